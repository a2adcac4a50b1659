"""Whoever is kept out finds nothing, whatever else they have; and nobody loses a manager by it."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import asking, mirroring, reading, rights
from mappa.access.actions import Action
from mappa.access.models import Exclusion
from mappa.access.terms import Capacity, Level, Reader, Role, Section
from mappa.audit.models import AuditEntry
from mappa.kernel import clock, uow
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders.models import Person
from mappa.reminders import queries as duties
from mappa.reminders.models import Deadline, Notice
from mappa.sharing.restrictions import queries, service
from mappa.sharing.restrictions.rules import Exclude, Review
from tests.factories.reminders import duty, label
from tests.factories.visits import a_planned_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import form_on, submit

WHY = "A family tie of the officer"
REVIEW = date(2027, 2, 1)
UNKNOWN = "00000000-0000-4000-8000-00000000beef"


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.person_id = a_shared_person(made)
    return made


def keep_out(world, by, who="", **more):
    whom = {"user": world.staff[who].user_id} if who else {}
    command = Exclude(**{"reason": WHY, "review_on": REVIEW} | whom | more)
    with world.as_reader(by, Kind.WRITE) as actor:
        return service.exclude(actor, world.person_id, command, now=NOW).id


def sees(world, who, at=NOW):
    with world.as_reader(who) as actor:
        uow.current()._at = at
        try:
            asking.standing(actor, world.person_id)
        except NotFound:
            return False
    return True


def bare(answer):
    """An answer without what is new in every answer."""
    return answer.status_code, re.sub(
        r'(nonce|name="csrf_token" value|value)="[^"]*"', "", answer.get_data(as_text=True)
    )


def how_many(world):
    with world.system():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Exclusion))


class TestItBeatsEveryOtherRight:
    @pytest.mark.sql
    def test_case_team_share_named_reader_emergency_and_seat_at_once(self, world):
        visit = a_planned_visit(world, "priya", world.person_id)
        owen = world.staff["owen"].actor
        world.share(world.person_id, "probation", "police", Section.VISITS, Level.FULL)
        with world.system():
            given = rights.Given(at=NOW)
            rights.name_reader(visit, Reader.USER, owen.agency_id, given, user=owen.user_id)
            rights.open_emergency(
                owen.user_id, owen.agency_id, world.person_id, owen.area_id, "x", given
            )
        assert sees(world, "owen")
        keep_out(world, "naomi", "owen")
        assert [sees(world, who) for who in ("owen", "naomi", "priya")] == [False, True, True]
        with world.as_reader("owen") as actor:
            for section in Section:
                target = asking.Target(person=world.person_id, record=visit)
                said = asking.decide_reading(actor, section, Level.SEALED, target)
                assert said.reasons == ("excluded",)

    def test_every_page_answers_as_if_there_were_no_such_person(self, world):
        owen = world.client("owen")
        person = f"/people/{world.person_id}"
        pages = ["", "/timeline", "/visits", "/sharing", "/history", "/sharing/exclusions"]
        with clock.at(NOW):
            assert owen.get(person).status_code == 200
            keep_out(world, "naomi", "owen")
            for page in pages:
                got = bare(owen.get(f"{person}{page}"))
                assert got == bare(owen.get(f"/people/{UNKNOWN}{page}")), page
                assert got[0] == 404
            for page in ("/", "/people", "/work", "/visits", "/notices", "/caseload"):
                assert "Wexcombe" not in owen.get(page).text, page
            found = submit(owen, "/people", {"q": "Wexcombe"}, follow=True)
            assert "Daniel Wexcombe" not in found.text

    def test_duties_notices_and_counts_are_without_it(self, world):
        about = label(world, world.person_id, section=Section.IDENTITY, record=world.person_id)
        with world.system():
            db.session.add(Notice(
                **about.columns(), user_id=world.staff["owen"].user_id, event="lead:handed-over",
                key="k", about_id=world.person_id, at=NOW,
            ))  # fmt: skip
        duty(world, about, "owen")
        browser = world.client("owen")
        with clock.at(NOW):
            assert "Wexcombe" in browser.get("/").text
            assert "Wexcombe" in browser.get("/notices").text
            keep_out(world, "naomi", "owen")
            for page in ("/", "/work", "/notices"):
                assert "Wexcombe" not in browser.get(page).text
        with world.as_reader("owen") as actor:
            for model in (Deadline, Notice):
                assert reading.rows(actor, reading.scoped(model, person=False), model) == []

    def test_an_open_form_is_refused_once_its_author_is_kept_out(self, world):
        priya = world.client("priya")
        world.user("raj", "probation", Role.OFFENDER_MANAGER, team="probation one")
        page = f"/people/{world.person_id}/warnings/add"
        with clock.at(NOW):
            form = form_on(priya.get(page).text, {})
            keep_out(world, "grace", "priya", manager=world.staff["raj"].user_id)
            sent = {**form.fields, "text": "Two people at the door"}
            assert bare(priya.post(form.action, data=sent)) == bare(priya.get(f"/people/{UNKNOWN}"))

    def test_a_whole_agency_and_each_of_its_users(self, world):
        keep_out(world, "carl", agency=world.agencies["children"])
        assert [sees(world, who) for who in ("leah", "owen")] == [False, True]
        with world.as_reader("priya") as actor:
            from mappa.insight.presenters import sharing

            grid = sharing.grid(actor, asking.standing(actor, world.person_id))
            keys = {c.key for (a, _), c in grid.cells.items() if a == world.agencies["children"]}
        assert keys == {"excluded"}


class TestNobodyIsWithoutAManager:
    def test_a_manager_goes_only_if_another_is_named_and_begins_at_once(self, world):
        with pytest.raises(RuleBroken, match="EXCLUDE-MANAGER"):
            keep_out(world, "grace", "priya")
        with pytest.raises(FieldErrors, match="manager"):
            keep_out(world, "grace", "priya", manager=world.staff["owen"].user_id)
        with pytest.raises(RuleBroken, match="EXCLUDE-MANAGER"):
            keep_out(world, "grace", "priya", manager=world.staff["priya"].user_id)
        assert how_many(world) == 0
        world.user("raj", "probation", Role.OFFENDER_MANAGER, team="probation one")
        keep_out(world, "grace", "priya", manager=world.staff["raj"].user_id)
        with world.system():
            person = db.session.get_one(Person, world.person_id)
            assert person.manager_id == world.staff["raj"].user_id
        assert [sees(world, who) for who in ("priya", "raj", "grace")] == [False, True, True]

    def test_the_lead_and_ones_own_agency_stay(self, world):
        for agency, rule in (("probation", "EXCLUDE-LEAD"),):
            with pytest.raises(RuleBroken, match=rule):
                keep_out(world, "carl", agency=world.agencies[agency])
        assert how_many(world) == 0


class TestWhoMay:
    def test_neither_oneself_nor_the_users_of_others_nor_an_agency_by_a_supervisor(self, world):
        for by, more, error in (
            ("naomi", {"who": "naomi"}, RuleBroken),
            ("naomi", {"who": "priya"}, FieldErrors),
            ("naomi", {"agency": world.agencies["children"]}, FieldErrors),
            ("carl", {"who": "owen"}, FieldErrors),
            ("carl", {"agency": None}, FieldErrors),
            ("iris", {"who": "owen", "agency": world.agencies["children"]}, FieldErrors),
            ("owen", {"who": "naomi"}, (NotFound, NotPermitted)),
            ("ada", {"who": "priya"}, (NotFound, NotPermitted)),
            ("leah", {"who": "leah"}, (NotFound, NotPermitted)),
        ):
            with pytest.raises(error):
                keep_out(world, by, **more)
        assert how_many(world) == 0

    @pytest.mark.parametrize(
        "days",
        [
            {"review_on": None},
            {"from_on": date(2026, 11, 19)},
            {"until_on": date(2026, 11, 19)},
            {"from_on": date(2026, 12, 2), "until_on": date(2026, 12, 1)},
            {"review_on": date(2028, 1, 1)},
            {"review_on": date(2026, 11, 20)},
        ],
    )
    def test_days_that_contradict_each_other_are_refused(self, world, days):
        with pytest.raises(FieldErrors):
            keep_out(world, "naomi", "owen", **days)
        assert how_many(world) == 0

    def test_who_is_kept_out_reads_neither_the_list_nor_the_reason(self, world):
        exclusion = keep_out(world, "iris", "naomi")
        with world.as_reader("naomi") as actor, pytest.raises(NotFound):
            queries.exclusions(actor, world.person_id)
        with world.as_reader("naomi", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.end(actor, world.person_id, exclusion, "x", now=NOW)
        with world.as_reader("grace") as actor:
            assert queries.exclusions(actor, world.person_id) == [], "another agency's users"
        with world.as_reader("iris") as actor:
            assert [each.reason for each in queries.exclusions(actor, world.person_id)] == [WHY]
        assert not sees(world, "naomi")


class TestEnding:
    def test_the_end_lets_in_at_once_and_the_past_is_still_told(self, world):
        exclusion = keep_out(world, "naomi", "owen")
        with pytest.raises(RuleBroken, match="EXCLUDE-ONCE"):
            keep_out(world, "naomi", "owen")
        with world.as_reader("naomi", Kind.WRITE) as actor:
            service.end(actor, world.person_id, exclusion, "The tie is gone", now=NOW)
        assert sees(world, "owen")
        with world.as_reader("naomi", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.end(actor, world.person_id, exclusion, "again", now=NOW)
        with world.system():
            assert db.session.get_one(Exclusion, exclusion).reason == WHY
            events = set(db.session.scalars(sa.select(AuditEntry.event)))
        assert {service.SET, service.ENDED} <= events

    def test_one_from_a_day_until_a_day_holds_on_those_days(self, world):
        first, last = date(2026, 11, 23), date(2026, 11, 24)
        keep_out(world, "naomi", "owen", from_on=first, until_on=last, review_on=None)
        days = [sees(world, "owen", at=NOW + timedelta(days=each)) for each in (0, 3, 4, 5)]
        assert days == [True, False, False, True]

    def test_a_forged_id_ends_nothing(self, world):
        other = world.person("Rose", "Marsworth", manager="priya")
        exclusion = keep_out(world, "naomi", "owen")
        for person in (other, world.person_id):
            for by in ("grace", "carl"):
                with world.as_reader(by, Kind.WRITE) as actor, pytest.raises(NotFound):
                    service.end(actor, person, exclusion, "x", now=NOW)
        assert not sees(world, "owen")


def test_the_page_keeps_out_shows_why_and_lets_in_again(world):
    naomi = world.client("naomi")
    page = f"/people/{world.person_id}/sharing/exclusions"
    with clock.at(NOW):
        assert page in naomi.get(f"/people/{world.person_id}/sharing").text
        typed = {"user": str(world.staff["owen"].user_id), "reason": WHY, "review_on": "1 2 2027"}
        wrong = submit(naomi, page, typed | {"reason": "", "review_on": ""})
        assert wrong.status_code == 422
        assert "Say why" in wrong.text
        shown = submit(naomi, page, typed, follow=True).text
        assert WHY in shown
        assert "Kept out. It beats every other right." in shown
        end = page + "/" + shown.split(f"{page}/")[1].split('"')[0]
        assert "They see again" in submit(naomi, end, {"why": "Gone"}, follow=True).text
        assert world.client("priya").get(page).status_code == 404
        assert world.client("ada").get(page).status_code == 404


def test_the_policy_names_the_act(world):
    with world.as_reader("naomi") as actor:
        target = asking.Target(person=world.person_id)
        assert asking.decide(actor, Action.EXCLUDE, target).allowed


class TestItIsLookedAtAgain:
    def duties(self, world, who):
        with world.as_reader(who) as actor:
            return [
                (each.due_on, each.title)
                for each in duties.my_open(actor)
                if each.kind == service.REVIEW
            ]

    def look(self, world, by, exclusion, found="The tie is as it was", next_on=date(2027, 6, 1)):
        with world.as_reader(by, Kind.WRITE) as actor:
            command = Review(found=found, next_on=next_on)
            service.review(actor, world.person_id, exclusion, command, now=NOW)

    @pytest.mark.sql
    def test_it_is_a_duty_of_who_made_it_and_nobody_else_hears_of_it(self, world):
        keep_out(world, "naomi", "owen")
        world.user("una", "police", Role.PROTECTION_OFFICER, team="police one")
        assert self.duties(world, "naomi") == [(REVIEW, "Exclusion looked at again")]
        for who in ("owen", "una", "iris", "priya", "grace", "leah"):
            with world.as_reader(who) as actor:
                seen = reading.rows(actor, reading.scoped(Deadline, person=False), Deadline)
                assert [each for each in seen if each.kind == service.REVIEW] == [], who

    def test_looking_meets_it_and_whoever_looked_owes_the_next(self, world):
        exclusion = keep_out(world, "naomi", "owen")
        self.look(world, "iris", exclusion)
        assert self.duties(world, "naomi") == []
        assert self.duties(world, "iris") == [(date(2027, 6, 1), "Exclusion looked at again")]
        with world.as_reader("naomi") as actor:
            (found,) = queries.exclusions(actor, world.person_id)
        assert found.review_on == date(2027, 6, 1)
        assert [(each.by, each.found) for each in found.reviews] == [
            ("Iris Venn", "The tie is as it was")
        ]
        assert not sees(world, "owen")

    def test_ending_meets_it_and_without_a_day_there_is_none(self, world):
        exclusion = keep_out(world, "naomi", "owen")
        with world.as_reader("naomi", Kind.WRITE) as actor:
            service.end(actor, world.person_id, exclusion, "The tie is gone", now=NOW)
        assert self.duties(world, "naomi") == []
        keep_out(world, "naomi", "owen", until_on=date(2027, 1, 1), review_on=None)
        assert self.duties(world, "naomi") == []

    @pytest.mark.parametrize(
        ("more", "next_on"),
        [
            ({}, None),
            ({}, date(2026, 11, 20)),
            ({}, date(2027, 11, 22)),
            ({"until_on": date(2027, 3, 1)}, date(2027, 3, 2)),
        ],
    )
    def test_the_next_day_is_to_come_and_while_it_lasts(self, world, more, next_on):
        exclusion = keep_out(world, "naomi", "owen", **more)
        with pytest.raises(FieldErrors, match="next_on"):
            self.look(world, "naomi", exclusion, next_on=next_on)
        assert self.duties(world, "naomi") == [(REVIEW, "Exclusion looked at again")]

    def test_with_a_last_day_it_may_run_out_without_another_look(self, world):
        exclusion = keep_out(world, "naomi", "owen", until_on=date(2027, 3, 1))
        self.look(world, "naomi", exclusion, next_on=None)
        assert self.duties(world, "naomi") == []

    def test_others_look_at_nothing(self, world):
        exclusion = keep_out(world, "naomi", "owen")
        other = world.person("Rose", "Marsworth", manager="priya")
        for by, person in (("grace", world.person_id), ("owen", world.person_id), ("iris", other)):
            command = Review(found="x", next_on=REVIEW)
            with world.as_reader(by, Kind.WRITE) as actor, pytest.raises(NotFound):
                service.review(actor, person, exclusion, command, now=NOW)
        assert self.duties(world, "naomi") == [(REVIEW, "Exclusion looked at again")]

    def test_from_the_work_list_to_the_page_and_done(self, world):
        naomi = world.client("naomi")
        exclusion = keep_out(world, "naomi", "owen", review_on=date(2026, 11, 24))
        page = f"/people/{world.person_id}/sharing/exclusions/{exclusion}/review"
        with clock.at(NOW):
            listed = naomi.get("/work").text
            assert "Look again at who is kept out" in listed
            assert page in listed
            wrong = submit(naomi, page, {"found": "Still next door"})
            assert wrong.status_code == 422
            assert "Still next door" in wrong.text
            done = submit(naomi, page, {"found": "Still next door", "next_on": "1 6 2027"},
                          follow=True)  # fmt: skip
            assert "They stay kept out." in done.text
            assert "Still next door" in done.text
            assert "Tuesday 1 June" in naomi.get("/work").text
            assert world.client("priya").get(page).status_code == 404

    def test_of_a_merged_person_it_is_one_under_either_record(self, world):
        other = world.person("Danny", "Wexcombe", manager="priya")
        world.on_team(other, "police", Capacity.RESPONSIBLE)
        exclusion = keep_out(world, "naomi", "owen")
        with world.system():
            said = mirroring.Said(at=NOW, by=world.staff["carl"].user_id, reason="one person")
            mirroring.merge(other, world.person_id, "wexcombe,danny", said)
        with world.as_reader("naomi", Kind.WRITE) as actor:
            (found,) = queries.exclusions(actor, other)
            assert (found.id, found.review_on) == (exclusion, REVIEW)
            command = Review(found="Still so", next_on=date(2027, 6, 1))
            service.review(actor, other, exclusion, command, now=NOW)
        assert [day for day, _ in self.duties(world, "naomi")] == [date(2027, 6, 1)]
        with world.as_reader("naomi", Kind.WRITE) as actor:
            service.end(actor, other, exclusion, "Gone", now=NOW)
        assert sees(world, "owen")
        assert self.duties(world, "naomi") == []
