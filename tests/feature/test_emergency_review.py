"""Judging an emergency access: who is told, who may, once, and what the page shows."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from mappa.access import guard, rights
from mappa.access.rights import Given
from mappa.access.terms import Role
from mappa.agencies import service as accounts
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.models import Deadline, Notice
from mappa.sharing.emergency import rules, service
from mappa.sharing.emergency.jobs import keep_reviewed
from mappa.sharing.emergency.rules import Judge
from tests.factories.emergency import (
    CRN,
    WHAT,
    a_stranger,
    an_access,
    judged,
    knock,
    uses,
    with_kit,
)
from tests.factories.world import NOW, World, northmoor
from tests.pages.forms import submit

REVIEWS = "/emergency/reviews"
JUSTIFIED = {"justified": "yes", "why": "There was nobody else to ask"}


@pytest.fixture
def world(app):
    with clock.at(NOW):
        found = northmoor(app)
        with_kit(found)
        yield found


@pytest.fixture
def person(world):
    return a_stranger(world)


def text(answer) -> str:
    return answer.get_data(as_text=True)


def told(world: World) -> list[Notice]:
    with world.system():
        statement = sa.select(Notice).where(Notice.event == service.OPENED)
        found = db.session.scalars(statement).all()
        db.session.expunge_all()
        return list(found)


def posted_to_probation(world: World, key: str = "ines") -> None:
    world.user(key, "probation", Role.INFORMATION_OFFICER, name="Ines Harrow")


class TestTelling:
    def test_the_information_officer_of_the_lead_is_told_at_once_without_personal_data(
        self, world, person
    ):
        """With the next page, no run of anything between; and neither name, number nor id."""
        posted_to_probation(world)
        knock(world.client("kit"))
        (notice,) = told(world)
        assert notice.user_id == world.staff["ines"].user_id
        assert notice.at == NOW
        with clock.at(NOW + timedelta(seconds=1)):
            page = text(world.client("ines").get("/notices"))
        assert "A record was opened in an emergency." in page
        (use,) = uses(world)
        assert f'href="{REVIEWS}/{use.id}"' in page
        for personal in ("Tarnmere", "Toby", CRN, str(person), person.hex, "Kit Lansdown", WHAT):
            assert personal not in page, personal

    def test_where_none_is_posted_the_co_ordinator_is_told(self, world, person):
        an_access(world)
        (notice,) = told(world)
        assert notice.user_id == world.staff["carl"].user_id
        assert "A record was opened in an emergency." in text(world.client("carl").get("/notices"))

    def test_one_who_is_kept_out_of_the_person_neither_hears_of_it_nor_judges_it(
        self, world, person
    ):
        posted_to_probation(world)
        with world.system():
            rights.exclude(person, Given(at=NOW), user=world.staff["ines"].user_id)
        use = an_access(world)
        (notice,) = told(world)
        assert notice.user_id == world.staff["carl"].user_id
        assert world.client("ines").get(f"{REVIEWS}/{use}").status_code == 404

    def test_it_opens_though_nobody_is_there_to_judge_it_and_waits_for_who_comes(
        self, world, person
    ):
        with world.system():
            from mappa.access.models import Posting

            posting = db.session.get_one(Posting, world.staff["carl"].posting_id)
            rights.end([posting], at=NOW, by=world.staff["carl"].user_id, reason="left")
        use = an_access(world)
        assert told(world) == []
        assert keep_reviewed(world.app) == 0
        posted_to_probation(world)
        assert f"{REVIEWS}/{use}" in text(world.client("ines").get(REVIEWS))
        assert [keep_reviewed(world.app) for _ in range(2)] == [1, 0]
        assert [each.user_id for each in told(world)] == [world.staff["ines"].user_id]

    def test_when_the_reviewer_leaves_it_passes_to_whoever_may_judge_and_keeps_its_day(
        self, world, person
    ):
        posted_to_probation(world)
        use = an_access(world)
        with world.system():
            accounts.end_posting(
                None, world.staff["ines"].posting_id, "Left", now=NOW, basis="test"
            )
        with clock.at(NOW + timedelta(days=4)):
            assert [keep_reviewed(world.app) for _ in range(2)] == [1, 0]
        with world.system():
            still = sa.select(Deadline).where(Deadline.about_id == use, Deadline.state == "open")
            duty = db.session.scalars(still).one()
            assert duty.owner_user_id == world.staff["carl"].user_id
            assert duty.due_on == date(2026, 11, 23)
        assert len(told(world)) == 2

    def test_it_is_a_duty_of_the_next_working_day_on_the_list_of_who_judges(self, world, person):
        """``NOW`` is a Friday."""
        use = an_access(world)
        with world.system():
            duty = db.session.scalars(sa.select(Deadline).where(Deadline.about_id == use)).one()
            assert (duty.due_on, duty.kind) == (date(2026, 11, 23), "emergency-review")
        page = text(world.client("carl").get("/work"))
        assert "Review an emergency access" in page
        assert f'href="{REVIEWS}/{use}"' in page
        judged(world, use)
        assert f"{REVIEWS}/{use}" not in text(world.client("carl").get("/work"))


class TestWho:
    def test_never_the_user_whatever_else_the_user_is(self, world, person):
        """Kit is posted as information officer of the lead too, and signs in as that."""
        use = an_access(world)
        kit = world.staff["kit"].actor
        with world.system():
            posting = rights.post(
                kit.user_id, world.agencies["probation"], kit.area_id, Role.INFORMATION_OFFICER,
                Given(at=NOW),
            )  # fmt: skip
            posting_id = posting.id
        world.staff["kit2"] = replace_posting(world, "kit", posting_id)
        client = world.client("kit2")
        assert client.get(f"{REVIEWS}/{use}").status_code == 404
        assert str(use) not in text(client.get(REVIEWS))
        actor = world.staff["kit2"].actor
        with world.app.app_context(), unit_of_work(Kind.WRITE):
            guard.acts_as(actor)
            with pytest.raises(NotFound):
                service.judge(actor, use, Judge(justified=True, why="Mine"), now=NOW)
        assert uses(world)[0].state == "open"

    @pytest.mark.parametrize(
        ("officers", "coordinators", "above", "chosen"),
        [
            ("io", "c", "", "io"),
            ("", "c", "", "c"),
            ("u", "c", "", "c"),
            ("iu", "c", "i", "c"),
            ("i", "", "i", "i"),
            ("i", "c", "ic", "i"),
            ("ij", "c", "i", "j"),
            ("u", "", "", ""),
        ],
    )
    def test_a_superior_only_where_there_is_nobody_else(
        self, officers, coordinators, above, chosen
    ):
        assert "".join(rules.reviewers(officers, coordinators, user="u", above=above)) == chosen

    def test_the_lead_of_the_own_agency_leaves_it_to_another_officer(self, world, person):
        """Ines answers for the children's duty officer as lead of that agency, besides."""
        world.user("nadia", "children", Role.DUTY_OFFICER)
        posted_to_probation(world)
        ines = world.staff["ines"].actor
        with world.system():
            rights.post(
                ines.user_id, world.agencies["children"], ines.area_id, Role.AGENCY_LEAD,
                Given(at=NOW),
            )  # fmt: skip
        an_access(world, "nadia")
        (notice,) = told(world)
        assert notice.user_id == world.staff["carl"].user_id

    def test_others_neither_find_it_nor_judge_it(self, world, person):
        use = an_access(world)
        for who in ("priya", "iris", "grace", "kit"):
            client = world.client(who)
            assert client.get(f"{REVIEWS}/{use}").status_code == 404, who
            assert client.get(REVIEWS).status_code == (200 if who == "iris" else 403)
            actor = world.staff[who].actor
            with world.app.app_context(), unit_of_work(Kind.WRITE):
                guard.acts_as(actor)
                with pytest.raises((NotPermitted, NotFound)):
                    service.judge(actor, use, Judge(justified=True, why="Fine"), now=NOW)
        assert str(use) not in text(world.client("iris").get(REVIEWS))

    def test_an_information_officer_of_the_lead_comes_before_the_co_ordinator(self, world, person):
        use = an_access(world)
        posted_to_probation(world)
        assert world.client("carl").get(f"{REVIEWS}/{use}").status_code == 404
        assert world.client("ines").get(f"{REVIEWS}/{use}").status_code == 200


class TestPage:
    def test_it_shows_why_what_was_opened_and_how_often_before(self, world, person):
        first = an_access(world, at=NOW - timedelta(days=3))
        judged(world, first, justified=False, at=NOW - timedelta(days=2))
        client = world.client("kit")
        knock(client, identifier="X999999")
        knock(client)
        for tab in ("", "/visits", "/visits"):
            client.get(f"/people/{person}{tab}")
        use = uses(world)[-1]
        page = text(world.client("carl").get(f"{REVIEWS}/{use.id}"))
        for said in (
            "Toby Tarnmere", "Kit Lansdown, Northmoor Police", "Someone is in danger now", WHAT,
            "Overview and details", "2 times", "Used once by Kit Lansdown in the 90 days before.",
            "Used once on this person", "1 look-up that opened nothing.",
            "The last use of this officer that was reviewed was judged not justified.",
        ):  # fmt: skip
            assert said in page, said
        assert f"{REVIEWS}/{first}" in page
        assert knock(client, identifier="X999999").status_code == 422

    def test_a_use_of_more_than_90_days_ago_counts_no_more(self, world, person):
        an_access(world, at=NOW - timedelta(days=100))
        use = an_access(world)
        page = text(world.client("carl").get(f"{REVIEWS}/{use}"))
        assert "Not used by Kit Lansdown in the 90 days before." in page

    def test_nothing_typed_is_lost_and_what_follows_is_needed_where_it_was_wrong(
        self, world, person
    ):
        use = an_access(world)
        client = world.client("carl")
        sent = submit(client, f"{REVIEWS}/{use}", {"justified": "no", "why": "A quiet evening"})
        assert sent.status_code == 422
        assert "Say what follows from it" in text(sent)
        assert "A quiet evening" in text(sent)
        assert uses(world)[0].state == "open"

    def test_a_judgement_that_is_replayed_is_judged_once(self, world, person):
        use = an_access(world)
        client = world.client("carl")
        page = f"{REVIEWS}/{use}"
        loaded = text(client.get(page))
        from tests.pages.forms import form_on

        form = form_on(loaded, JUSTIFIED)
        sent = [client.post(page, data={**form.fields, **JUSTIFIED}) for _ in range(2)]
        assert [each.status_code for each in sent] == [302, 302]
        other = client.post(
            page, data={**form.fields, **JUSTIFIED, "justified": "no", "follows": "x",
                        "idempotency_key": "another"},
        )  # fmt: skip
        assert other.status_code == 422
        assert "reviewed already: justified" in text(other)
        with world.system():
            entries = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.event == service.JUDGED)
            ).all()
            assert [each.basis for each in entries] == ["justified"]
        assert "Justified, by Carl Estover" in text(client.get(page))


@pytest.mark.sql
def test_two_who_judge_at_once_are_one_judgement(world, person):
    posted_to_probation(world)
    posted_to_probation(world, "isaac")
    use = an_access(world)
    said, start = [], Barrier(2)

    def go(who: str, *, justified: bool) -> None:
        start.wait()
        try:
            judged(world, use, who, justified=justified)
            said.append("done")
        except RuleBroken:
            said.append("already")

    threads = [
        Thread(target=go, args=("ines",), kwargs={"justified": True}),
        Thread(target=go, args=("isaac",), kwargs={"justified": False}),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["already", "done"]
    with world.system():
        judgements = sa.select(AuditEntry.id).where(AuditEntry.event == service.JUDGED)
        assert len(db.session.execute(judgements).all()) == 1


def replace_posting(world: World, who: str, posting_id):
    """The same user under another posting."""
    from dataclasses import replace

    from tests.factories.world import Staff

    actor = world.staff[who].actor
    as_officer = replace(
        actor, posting_id=posting_id, agency_id=world.agencies["probation"],
        role=Role.INFORMATION_OFFICER, team_id=actor.team_id,
    )  # fmt: skip
    return Staff(actor.user_id, posting_id, as_officer)
