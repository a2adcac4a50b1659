"""Failed entries and warrants through the services: what is raised, for whom, and what follows."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.actions.models import ActionItem
from mappa.audit.models import AuditEntry
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders.record.models import Custody
from mappa.reminders.models import Deadline
from mappa.visits.entry import queries, service, trying
from mappa.visits.entry.models import EntryAttempt, WarrantCase, WarrantStep
from mappa.visits.entry.rules import Rank, SayEntry, Step, TakeStep
from mappa.visits.rules import Outcome
from tests.factories.entries import a_home
from tests.factories.visits import ARRIVED, a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor

DAY = timedelta(days=1)
ASK = {"senior": "R. Copeland", "rank": Rank.SUPERINTENDENT}


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def home(world, person):
    return a_home(world, person)


def failed(world, person, days, who="owen", outcome=Outcome.NO_REPLY):
    return a_made_visit(world, who, person, arrived_at=ARRIVED - days * DAY, outcome=outcome)


def say(world, person, visit, home, who="owen", sought=True, now=NOW):
    with world.as_reader(who, Kind.WRITE) as actor:
        command = SayEntry(sought=sought, address_id=home)
        return [each.id for each in service.say(actor, person, visit, command, now=now)]


def raised(world, person, home):
    for days in (5, 3):
        found = say(world, person, failed(world, person, days), home)
    return found


def step(world, person, case, what, who="naomi", **more):
    given = {"step": what, "on": ARRIVED.date(), "reason": "As it was decided"}
    with world.as_reader(who, Kind.WRITE) as actor:
        made = service.take_step(actor, person, case, TakeStep(**given | more), now=NOW)
        return made.valid_until, made.entries


def owed(world, kind):
    with world.system():
        return db.session.scalars(
            sa.select(Deadline).where(Deadline.kind == kind, Deadline.state == "open")
        ).all()


@pytest.mark.sql
class TestRaising:
    def test_the_second_occasion_raises_it_once_for_the_police_alone(self, world, person, home):
        assert say(world, person, failed(world, person, 5), home) == []
        (case,) = say(world, person, failed(world, person, 3), home)
        assert say(world, person, failed(world, person, 2), home) == []
        (duty,) = owed(world, service.DECISION)
        assert (duty.subject_id, duty.owed_by_agency_id) == (case, world.agencies["police"])
        for who, sees in (("owen", 1), ("naomi", 1), ("priya", 0), ("leah", 0), ("grace", 0)):
            with world.as_reader(who) as actor:
                assert len(queries.cases(actor, person)) == sees, who

    def test_attempts_of_another_agency_do_not_count(self, world, person, home):
        failed(world, person, 6, who="priya")
        failed(world, person, 5, who="priya")
        assert say(world, person, failed(world, person, 3), home) == []
        with world.as_reader("owen") as actor:
            found = queries.attempts(actor, person)
        assert sorted(each.police for each in found) == [False, False, True]

    @pytest.mark.parametrize("kind", ["remand", "hospital", "abroad"])
    def test_nothing_is_raised_while_in_custody_in_hospital_or_abroad(
        self, world, person, home, kind
    ):
        with world.system():
            db.session.add(
                Custody(
                    person_id=person, owner_agency_id=world.agencies["probation"], kind=kind,
                    place="HMP Example", from_on=NOW.date() - DAY, added_at=NOW,
                    added_by_id=world.staff["priya"].user_id,
                )
            )  # fmt: skip
        assert raised(world, person, home) == []
        with world.system():
            assert count(WarrantCase) == 0
        with world.as_reader("owen") as actor:
            (away,) = queries.absences(actor, person)
        assert away.kind.value == ("custody" if kind == "remand" else kind)

    def test_nothing_is_raised_of_somebody_who_need_not_notify(self, world):
        other = world.person("Kit", "Exempt", lead="police", manager="owen", category=2)
        assert raised(world, other, a_home(world, other)) == []

    def test_what_was_said_first_stays_and_the_latest_counts(self, world, person, home):
        first, second = failed(world, person, 5), failed(world, person, 3)
        say(world, person, first, home)
        say(world, person, first, home, sought=False)
        assert say(world, person, second, home) == []
        with world.as_reader("owen") as actor:
            assert [each.sought for each in queries.said(actor, person)[first]] == [True, False]
        assert len(say(world, person, first, home)) == 1


class TestWhoSays:
    @pytest.mark.parametrize("who", ["priya", "leah", "iris"])
    def test_only_the_police_say_it_of_their_own_visits(self, world, person, home, who):
        visit = failed(world, person, 3)
        with pytest.raises((NotPermitted, NotFound)):
            say(world, person, visit, home, who=who)
        with world.system():
            assert count(EntryAttempt) == 0

    def test_of_a_visit_of_another_agency_the_police_say_nothing(self, world, person, home):
        with pytest.raises(NotPermitted):
            say(world, person, failed(world, person, 3, who="priya"), home)

    def test_of_a_visit_at_which_the_person_was_seen_nothing_is_asked(self, world, person, home):
        seen = failed(world, person, 3, outcome=Outcome.SEEN_AND_SPOKEN_TO)
        with pytest.raises(NotFound):
            say(world, person, seen, home)

    def test_an_address_of_somebody_else_cannot_be_chosen(self, world, person, home):
        other = a_home(world, world.person("Kit", "Other", lead="police", manager="owen"))
        with pytest.raises(FieldErrors):
            say(world, person, failed(world, person, 3), other)


class TestWarrants:
    @pytest.fixture
    def case(self, world, person, home):
        (made,) = raised(world, person, home)
        return made

    def test_it_goes_from_asked_to_executed_each_a_row(self, world, person, case):
        step(world, person, case, Step.ASKED, **ASK)
        assert owed(world, service.DECISION) == []
        until = NOW.date() + 20 * DAY
        given = step(world, person, case, Step.GRANTED, valid_until=until, entries=2)
        assert given == (until, 2)
        step(world, person, case, Step.EXECUTED)
        step(world, person, case, Step.EXECUTED)
        with pytest.raises(RuleBroken):
            step(world, person, case, Step.EXECUTED)
        with world.as_reader("owen") as actor:
            (found,) = queries.cases(actor, person)
            assert [each.step for each in found.steps] == [
                "asked", "granted", "executed", "executed",
            ]  # fmt: skip
            assert not found.still_open
        with world.system():
            events = db.session.scalars(
                sa.select(AuditEntry.event).where(AuditEntry.event.like("warrant:%"))
            ).all()
        assert sorted(events) == sorted(
            ["warrant:raised", "warrant:asked", "warrant:granted", *["warrant:executed"] * 2]
        )

    def test_in_scotland_the_law_gives_the_month_and_the_one_entry(self, world, person, case):
        with world.system():
            db.session.execute(sa.text("UPDATE person SET jurisdiction = 'scotland', category = 1"))
        step(world, person, case, Step.ASKED, **ASK)
        on = ARRIVED.date()
        lasts = step(world, person, case, Step.GRANTED, valid_until=on + 90 * DAY, entries=9)
        assert lasts == (date(on.year, on.month + 1, on.day) - DAY, 1)
        step(world, person, case, Step.EXECUTED)
        with pytest.raises(RuleBroken):
            step(world, person, case, Step.EXECUTED)

    def test_who_decided_must_be_a_superintendent_or_above(self, world, person, case):
        for missing in ({}, {"senior": "R. Copeland"}, {"rank": Rank.CHIEF_CONSTABLE}):
            with pytest.raises(FieldErrors):
                step(world, person, case, Step.ASKED, **missing)
        with world.system():
            assert count(WarrantStep) == 0

    def test_in_england_the_warrant_says_how_long_and_how_often(self, world, person, case):
        step(world, person, case, Step.ASKED, **ASK)
        with pytest.raises(FieldErrors) as refused:
            step(world, person, case, Step.GRANTED)
        assert set(refused.value.errors) == {"valid_until", "entries"}

    def test_a_refusal_uses_the_attempts_up(self, world, person, case, home):
        step(world, person, case, Step.ASKED, **ASK)
        step(world, person, case, Step.REFUSED)
        later = NOW + timedelta(hours=1)
        assert say(world, person, failed(world, person, 2), home, now=later) == []

    @pytest.mark.parametrize("who", ["owen", "priya", "grace", "leah"])
    def test_only_police_supervisors_record_it(self, world, person, case, who):
        with pytest.raises((NotPermitted, NotFound)):
            step(world, person, case, Step.ASKED, who=who, **ASK)
        with world.system():
            assert count(WarrantStep) == 0

    def test_no_step_is_left_out(self, world, person, case):
        with pytest.raises(RuleBroken):
            step(world, person, case, Step.EXECUTED)


class TestWhatFollows:
    def test_a_failed_attempt_is_to_be_tried_again_soon_until_the_person_is_seen(
        self, world, person
    ):
        failed(world, person, 3)
        (duty,) = owed(world, trying.TRY_AGAIN)
        assert duty.due_on == date(2026, 11, 23)
        failed(world, person, 2, outcome=Outcome.SEEN_AND_SPOKEN_TO)
        assert owed(world, trying.TRY_AGAIN) == []

    def test_an_attempt_from_before_the_person_was_seen_owes_nothing(self, world, person):
        failed(world, person, 2, outcome=Outcome.SEEN_AND_SPOKEN_TO)
        failed(world, person, 5)
        assert owed(world, trying.TRY_AGAIN) == []

    @pytest.mark.parametrize(
        ("who", "words"), [("owen", trying.BREACH), ("leah", trying.TELL_POLICE)]
    )
    def test_not_living_there_is_a_task_at_once(self, world, person, who, words):
        failed(world, person, 0, who=who, outcome=Outcome.NOT_LIVING_THERE)
        with world.system():
            (task,) = db.session.scalars(sa.select(ActionItem)).all()
        assert (task.what, task.owner_user_id) == (words, world.staff[who].user_id)
        assert task.due_on == NOW.date() + DAY
