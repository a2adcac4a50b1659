"""The list of work: what narrows it, what it tells nobody, its pages, and what was put off."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.labels import RecordLabel, label_of
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Role, Section
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.offenders.models import Person
from mappa.reminders import service as reminders
from mappa.reminders.assigning import service
from mappa.reminders.assigning.models import Snooze as Row
from mappa.reminders.assigning.rules import Snooze
from mappa.reminders.models import Deadline
from tests.factories.handover import with_marek
from tests.factories.offenders import with_overview
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import form_on, submit
from tests.pages.insight import TODAY, a_duty, get, plain, statements, text


@pytest.fixture
def world(app):
    with clock.at(NOW):
        found = northmoor(with_overview(app))
        with_marek(found)
        yield found


@pytest.fixture
def person(world):
    return a_shared_person(world)


def band(world, person, value):
    with world.system():
        db.session.get_one(Person, person).risk_band = value


def titles(page):
    return re.findall(r'm-due__title">([^<]+)<', page)


def counts(page):
    return re.findall(r'm-counts__number">([\d+]+)<', page)


def many(world, person, how_many, who="priya"):
    """Duties that fall due one after the other, written at once."""
    model = a_duty(world, person, who, due_in=1, title="Duty 0")
    with world.system():
        row = db.session.execute(sa.select(Deadline.__table__).where(Deadline.id == model)).one()
        more = [
            {
                **row._mapping,
                "id": new_id(),
                "about_id": new_id(),
                "title": f"Duty {number}",
                "due_on": row.due_on + timedelta(days=number // 3),
            }
            for number in range(1, how_many)
        ]
        db.session.execute(sa.insert(Deadline.__table__), more)


def snooze(world, who, duty, *, days=3):
    with world.as_reader(who, Kind.WRITE) as actor:
        command = Snooze(until_on=TODAY + timedelta(days=days), why="Waits for a report")
        service.snooze(actor, duty, command, now=NOW)


class TestFilter:
    def test_each_filter_leaves_what_answers_it_and_the_counts_follow(self, world, person):
        other = world.person(family="Arkwright", manager="priya", level=1)
        band(world, person, "high")
        a_duty(world, person, "priya", due_in=-2, title="High, level 2")
        a_duty(world, other, "priya", due_in=2, title="Visit", kind="visit")
        client = world.client("priya")
        for typed, left, counted in (
            ({"risk": "high"}, ["High, level 2"], ["1", "0", "0", "0"]),
            ({"level": "1"}, ["Visit"], ["0", "1", "0", "0"]),
            ({"kind": "visits"}, ["Visit"], ["0", "1", "0", "0"]),
            ({"state": "overdue"}, ["High, level 2"], ["1", "1", "0", "0"]),
            ({"risk": "low"}, [], ["0", "0", "0", "0"]),
        ):
            form = {"kind": "", "risk": "", "level": "", "state": ""} | typed
            page = text(submit(client, "/work", form, action="/work", follow=True))
            assert titles(page) == left, typed
            assert counts(page) == counted, typed

    def test_it_is_remembered_until_it_is_cleared(self, world, person):
        a_duty(world, person, "priya", due_in=2, title="Plan")
        client = world.client("priya")
        submit(client, "/work", {"kind": "minutes"}, action="/work")
        page = text(client.get("/work"))
        assert titles(page) == []
        assert "Nothing that you can see answers this: Minutes." in page
        submit(client, "/work", button=("clear", "yes"), action="/work")
        assert titles(text(client.get("/work"))) == ["Plan"]

    def test_a_look_at_one_count_is_not_remembered(self, world, person):
        a_duty(world, person, "priya", due_in=-2, title="Late")
        a_duty(world, person, "priya", due_in=2, title="Soon")
        client = world.client("priya")
        assert titles(text(client.get("/work?state=overdue"))) == ["Late"]
        assert titles(text(client.get("/work"))) == ["Late", "Soon"]

    def test_whose_is_as_far_as_the_role_reaches_whatever_was_kept(self, world, person):
        a_duty(world, person, "grace", due_in=2, title="Of Grace")
        a_duty(world, person, "priya", due_in=2, title="Of Priya")
        grace = world.client("grace")
        submit(grace, "/work", {"whose": "mine"}, action="/work")
        assert titles(text(grace.get("/work"))) == ["Of Grace"]
        priya = world.client("priya")
        form = form_on(text(priya.get("/work")), {"kind": ""}, action="/work")
        priya.post("/work", data={**form.fields, "whose": "agency"})
        assert titles(text(priya.get("/work"))) == ["Of Priya"]

    @pytest.mark.parametrize("wrong", [{"risk": "grave"}, {"level": "4"}, {"state": "done"}])
    def test_what_is_not_offered_is_refused_and_the_rest_stays_typed(self, world, person, wrong):
        answer = submit(
            world.client("priya"), "/work", {"kind": "plans"}, action="/work", extra=wrong
        )
        assert answer.status_code == 422
        assert '<option value="plans" selected>' in answer.get_data(as_text=True)

    @pytest.mark.parametrize("typed", [{}, {"risk": "high"}, {"risk": "low"}, {"state": "overdue"}])
    def test_who_does_not_get_the_risk_learns_nothing_by_filter_order_or_count(
        self, world, person, typed
    ):
        """The chair reads identity on the case, not risk: any band gives the same page."""
        other = world.person(family="Arkwright", manager="priya")
        for each in (person, other):
            a_duty(world, each, "helen", due_in=-3, section=Section.IDENTITY)
        client = world.client("helen")
        submit(client, "/work", typed, action="/work")
        pages = set()
        for bands in (("high", "low"), ("low", "high"), ("not_assessed", "very_high")):
            for each, value in zip((person, other), bands, strict=True):
                band(world, each, value)
            pages.add(plain(client.get("/work")))
        assert len(pages) == 1

    def test_a_hidden_duty_changes_no_count_page_or_order(self, world, person):
        many(world, person, 60)
        client = world.client("priya")
        before = [plain(client.get(url)) for url in ("/", "/work", "/work?state=snoozed")]
        hidden = new_id()
        with world.system():
            rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW - timedelta(days=9)))
            owed = reminders.open_deadline(
                "plan-review",
                RecordLabel(
                    person=person, owner=world.agencies["probation"], section=Section.PLAN,
                    record=hidden,
                ),
                kind="plan-review", starts_on=TODAY, set_on=TODAY + timedelta(days=3),
                jurisdiction="england-wales", owner_user=world.staff["priya"].user_id,
                owner_agency=world.agencies["probation"], now=NOW, title="Hidden",
            )  # fmt: skip
            _put_off(owed, world)
        assert [plain(client.get(u)) for u in ("/", "/work", "/work?state=snoozed")] == before


def _put_off(owed, world):
    db.session.add(
        Row(
            **label_of(owed).columns(), duty_id=owed.id, owner_user_id=owed.owner_user_id,
            agency_id=owed.owed_by_agency_id, due_on=owed.due_on, from_on=TODAY,
            until_on=TODAY + timedelta(days=2), why="Hidden", by_id=owed.owner_user_id, at=NOW,
        )
    )  # fmt: skip
    db.session.flush()


class TestPages:
    @pytest.mark.parametrize("who", ["priya", "grace", "lead"])
    def test_every_duty_is_on_one_page_and_no_page_is_cut_without_a_word(self, world, person, who):
        world.user("lead", "probation", Role.AGENCY_LEAD)
        many(world, person, 120)
        for days in (-9, -2):
            a_duty(world, person, "priya", due_in=days, title=f"Late {days}")
        client, url, seen = world.client(who), "/work", []
        while url:
            page = text(client.get(url))
            seen.append(titles(page))
            found = re.search(r'rel="next" href="([^"]+)"', page)
            url = found[1].replace("&amp;", "&") if found else None
        assert [len(each) for each in seen] == [50, 50, 22]
        whole = [title for each in seen for title in each]
        assert len(set(whole)) == 122
        assert whole[:2] == ["Late -9", "Late -2"]
        assert counts(page) == ["2", "21", "99", "0"]

    def test_a_duty_done_meanwhile_keeps_its_place(self, world, person):
        many(world, person, 60)
        client = world.client("priya")
        page = text(client.get("/work"))
        url = re.search(r'rel="next" href="([^"]+)"', page)[1]
        wanted = titles(text(client.get(url)))
        with world.system():
            db.session.execute(
                sa.update(Deadline)
                .where(Deadline.id == UUID(re.search("after=([0-9a-f-]+)", url)[1]))
                .values(state="closed", closed_at=NOW)
            )
        assert titles(text(client.get(url))) == wanted

    @pytest.mark.parametrize("after", ["nonsense", "00000000-0000-4000-8000-00000000beef"])
    def test_a_place_that_is_none_is_the_beginning(self, world, person, after):
        a_duty(world, person, "priya", due_in=1, title="Plan")
        page = text(world.client("priya").get(f"/work?after={after}"))
        assert titles(page) == ["Plan"]

    def test_home_says_how_many_it_does_not_show(self, world, person):
        many(world, person, 260)
        page = text(get(world, "priya", "/"))
        assert "These are the first" not in page  # 21 within the week
        with world.system():
            db.session.execute(
                sa.update(Deadline)
                .where(Deadline.title.like("Duty %"))
                .values(due_on=TODAY - timedelta(days=1))
            )
        page = text(get(world, "priya", "/"))
        assert "These are the first 50 of 200+" in page
        assert counts(page)[0] == "200+"
        assert len(titles(page)) == 50


class TestSnoozed:
    def test_it_stands_apart_with_its_reason_for_owner_and_supervisor(self, world, person):
        duty = a_duty(world, person, "priya", due_in=-1, title="Put off")
        a_duty(world, person, "priya", due_in=-1, title="Late")
        snooze(world, "priya", duty)
        home = text(get(world, "priya", "/"))
        assert titles(home) == ["Late"]
        assert "1 snoozed</a>" in home
        for who in ("priya", "grace"):
            page = text(get(world, who, "/work"))
            assert titles(page) == ["Late", "Put off"]
            assert counts(page) == ["1", "0", "0", "1"]
            assert "Snoozed until Monday 23 November by Priya Sandhurst: Waits" in page

    @pytest.mark.parametrize(("days", "counted"), [(1, ["0", "0", "0", "1"]), (0, list("0010"))])
    def test_on_its_day_it_is_back(self, world, person, days, counted):
        duty = a_duty(world, person, "priya", due_in=9, title="Put off")
        snooze(world, "priya", duty, days=3)
        with world.system():
            (row,) = db.session.scalars(sa.select(Row)).all()
            row.from_on = TODAY - timedelta(days=2)
            row.until_on = TODAY + timedelta(days=days)
        assert counts(text(get(world, "priya", "/work"))) == counted

    def test_from_the_list_to_the_history(self, world, person):
        duty = a_duty(world, person, "priya", due_in=2, title="Plan")
        client = world.client("priya")
        url = f"/deadlines/{duty}/snooze"
        assert f'href="{url}"' in text(client.get("/work"))
        typed = {"until_on": "23 11 2026", "why": "Waits for a report"}
        done = submit(client, url, typed, action=url, follow=True)
        assert "Snoozed until 23 November" in text(done)
        why = text(client.get(f"/deadlines/{duty}/why"))
        assert "Snoozed until Monday 23 November 2026 by Priya Sandhurst" in why
        assert "Waits for a report" in why
        submit(client, url, action=f"/deadlines/{duty}/take-up")
        assert counts(text(client.get("/work"))) == ["0", "1", "0", "0"]
        assert "taken up again on 20 November 2026" in text(client.get(f"/deadlines/{duty}/why"))

    def test_what_was_typed_survives_a_refusal_that_says_the_last_day(self, world, person):
        duty = a_duty(world, person, "priya", due_in=2)
        url = f"/deadlines/{duty}/snooze"
        typed = {"until_on": "24 12 2026", "why": "Waits for a report"}
        answer = submit(world.client("priya"), url, typed, action=url)
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert "Choose 4 December 2026 or an earlier day: 14 days at most" in page
        assert 'value="24 12 2026"' in page
        assert "Waits for a report</textarea>" in page

    @pytest.mark.parametrize("page", ["snooze", "hand-over"])
    def test_the_page_is_there_for_nobody_else(self, world, person, page):
        duty = a_duty(world, person, "priya", due_in=2)
        url = f"/deadlines/{duty}/{page}"
        assert get(world, "grace", url).status_code == 200
        unknown = get(world, "marek", f"/deadlines/{new_id()}/{page}")
        for who in ("marek", "owen", "sam"):
            answer = get(world, who, url)
            assert answer.status_code == 404
        assert plain(get(world, "marek", url)) == plain(unknown)


class TestGiving:
    def test_one_duty_to_a_colleague(self, world, person):
        duty = a_duty(world, person, "priya", due_in=2, title="Plan")
        with world.system():
            db.session.get_one(Deadline, duty).owner_team_id = world.teams["probation one"]
        url = f"/deadlines/{duty}/hand-over"
        typed = {"to": str(world.staff["marek"].user_id), "why": "At court"}
        done = submit(world.client("priya"), url, typed, action=url, follow=True)
        assert "Handed to Marek Dolny, who is told" in text(done)
        assert titles(text(get(world, "marek", "/work"))) == ["Plan"]
        assert "A duty was handed to you." in text(get(world, "marek", "/notices"))
        why = text(get(world, "marek", f"/deadlines/{duty}/why"))
        assert "Handed from Priya Sandhurst to Marek Dolny on 20 November 2026" in why

    def test_many_are_ticked_looked_at_and_confirmed(self, world, person):
        other = world.person(family="Arkwright", manager="priya")
        duties = [a_duty(world, each, "priya", due_in=2) for each in (person, other)]
        marek = world.staff["marek"].user_id
        with world.system():
            rights.exclude(other, Given(at=NOW - timedelta(days=1)), user=marek)
        client = world.client("grace")
        page = text(client.get("/work"))
        ticked = re.findall(r'name="duty" type="checkbox" value="([^"]+)"', page)
        assert {each[:36] for each in ticked} == {str(each) for each in duties}
        asked = "/work/assign?" + "&".join(f"duty={each}" for each in ticked)
        assert "Assign 2 duties" in text(client.get(asked))
        shown = text(client.get(f"{asked}&to={marek}"))
        assert "Assign 1 duty" in shown
        assert "These stay where they are" in shown
        assert "Arkwright" in shown.partition("These stay where they are")[2]
        done = submit(client, f"{asked}&to={marek}", {"why": "At court"}, action="/work/assign",
                      follow=True)  # fmt: skip
        assert "1 duty handed to Marek Dolny." in text(done)
        assert len(titles(text(get(world, "marek", "/work")))) == 1

    def test_what_was_done_meanwhile_is_said_and_the_rest_is_handed_over(self, world, person):
        duties = [
            a_duty(world, person, "priya", due_in=each, title=f"Plan {each}") for each in (1, 2)
        ]
        client, marek = world.client("grace"), world.staff["marek"].user_id
        url = "/work/assign?" + "&".join(f"duty={each}" for each in duties) + f"&to={marek}"
        form = form_on(text(client.get(url)), {"why": ""}, action="/work/assign")
        with world.system():
            found = db.session.get_one(Deadline, duties[0])
            found.state, found.closed_at = "closed", NOW
        answer = client.post(
            "/work/assign", data={**form.fields, "why": "At court"}, follow_redirects=True
        )
        page = text(answer)
        assert "1 duty handed to Marek Dolny." in page
        assert "1 duty done or changed meanwhile, so left as it is: Plan 1." in page

    def test_without_a_reason_the_preview_stands_again(self, world, person):
        duty, marek = a_duty(world, person, "priya", due_in=2), world.staff["marek"].user_id
        answer = submit(world.client("grace"), f"/work/assign?duty={duty}&to={marek}", {"why": ""},
                        action="/work/assign")  # fmt: skip
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert "Say why, so that your colleague can follow it" in page
        assert "To Marek Dolny" in page

    def test_nothing_ticked_says_what_to_do(self, world):
        assert "No duty is chosen." in text(get(world, "grace", "/work/assign"))
        assert get(world, "priya", "/work/assign").status_code == 403

    def test_ids_of_others_are_not_on_the_page(self, world, person):
        duty = a_duty(world, person, "owen", due_in=2, title="Of the police")
        page = text(get(world, "grace", f"/work/assign?duty={duty}&duty={new_id()}"))
        assert "No duty is chosen." in page


@pytest.mark.parametrize("who", ["priya", "grace"])
def test_the_list_takes_as_many_statements_for_25_rows_as_for_one(world, person, who):
    client, found, made = world.client(who), [], 0
    client.get("/work")
    for rows in (1, 5, 25):
        for number in range(made, rows):
            snoozed = a_duty(world, person, "priya", due_in=number)
            a_duty(world, person, "priya", due_in=number - 9)
            snooze(world, "priya", snoozed)
        made = rows
        with statements(world.app) as sent:
            page = text(client.get("/work"))
        assert len(titles(page)) == 2 * rows
        found.append(len(sent))
    assert len(set(found)) == 1
