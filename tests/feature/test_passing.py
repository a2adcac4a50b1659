"""Whoever owes something of sharing leaves, and it is somebody else's, or somebody hears of it."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import reading
from mappa.access.terms import MarkKind, Role
from mappa.agencies import service as agencies
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.reminders import queries as reminders
from mappa.reminders.models import Deadline, DutyState
from mappa.sharing.approvals import service as approvals
from mappa.sharing.emergency import jobs as emergencies
from mappa.sharing.emergency import service as emergency
from mappa.sharing.leaving import jobs as leavers
from mappa.sharing.leaving import service as leaving
from mappa.sharing.marking import service as marking
from mappa.sharing.marking.rules import SetMark
from mappa.sharing.passing import jobs
from mappa.sharing.passing.kinds import registered
from mappa.sharing.requests import service as requests
from mappa.sharing.restrictions import passing as ran_out
from mappa.sharing.restrictions import service as restrictions
from mappa.sharing.restrictions.rules import Exclude
from mappa.sharing.shares import jobs as shares
from mappa.sharing.shares import service as sharing
from tests.factories.emergency import a_stranger, an_access, with_kit
from tests.factories.requests import a_request, delivered
from tests.factories.sharing import a_share
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, World, a_shared_person, northmoor


@pytest.fixture
def world(app) -> World:
    """Northmoor, with Abe who leads the police and Ruth who leads probation."""
    made = northmoor(app)
    made.user("abe", "police", Role.AGENCY_LEAD, name="Abe Loam")
    made.user("ruth", "probation", Role.AGENCY_LEAD, name="Ruth Ambleby")
    made.person_id = a_shared_person(made)
    made.visit = a_made_visit(made, "owen", made.person_id)
    return made


def leave(world, who):
    with world.system():
        agencies.end_posting(None, world.staff[who].posting_id, "Left", now=NOW)


def run(world):
    """All jobs of sharing, in their order."""
    with clock.at(NOW):
        leavers.open_duties(world.app)
        shares.pass_on(world.app)
        emergencies.keep_reviewed(world.app)
        return jobs.pass_on(world.app)


def owed(world, kind):
    """Open duties of a kind by the short names of those who owe them."""
    names = {each.user_id: key for key, each in world.staff.items()}
    with world.system():
        found = sa.select(Deadline.owner_user_id).where(
            Deadline.kind == kind, Deadline.state == DutyState.OPEN.value
        )
        return sorted(names[each] for each in db.session.scalars(found))


def on_list(world, who, kind):
    with world.as_reader(who) as actor:
        return [each for each in reminders.my_open(actor) if each.kind == kind]


def heard(world, who):
    """Whether somebody reads that nobody takes it."""
    with world.as_reader(who) as actor:
        return jobs.NOBODY_TAKES in {each.event for each in reminders.notices(actor)}


def shared(world):
    a_share(world, world.person_id)


def left_behind(world):
    world.user("ivy", "police", Role.INFORMATION_OFFICER)
    a_share(world, world.person_id, by="ivy")
    leave(world, "ivy")


def asked(world):
    a_request(world, "police", world.person_id)
    delivered(world)


def used(world):
    with_kit(world)
    world.user("ines", "probation", Role.INFORMATION_OFFICER)
    a_stranger(world)
    an_access(world)


def marked(world, kind=MarkKind.SEALED, readers=("iris",)):
    command = SetMark(
        kind=kind, reason="A relative", review_on=date(2027, 3, 1),
        readers=tuple(world.staff[each].user_id for each in readers),
    )  # fmt: skip
    with world.as_reader("naomi", Kind.WRITE) as actor:
        marking.set_mark(actor, world.person_id, world.visit, command, now=NOW)


def to_unseal(world):
    world.user("nat", "police", Role.SUPERVISOR, team="police one")
    world.worker(world.person_id, "nat")
    marked(world, readers=("iris", "nat"))
    with world.as_reader("naomi", Kind.WRITE) as actor:
        marking.ask_to_unseal(actor, world.person_id, world.visit, "Settled", now=NOW)


def kept_out(world):
    command = Exclude(user=world.staff["owen"].user_id, reason="A tie", review_on=date(2027, 3, 1))
    with world.as_reader("naomi", Kind.WRITE) as actor:
        restrictions.exclude(actor, world.person_id, command, now=NOW)


def agency_kept_out(world):
    world.user("cora", "probation", Role.COORDINATOR)
    command = Exclude(agency=world.agencies["children"], reason="A tie", review_on=date(2027, 3, 1))
    with world.as_reader("carl", Kind.WRITE) as actor:
        restrictions.exclude(actor, world.person_id, command, now=NOW)


OFFICE = Role.INFORMATION_OFFICER
# What makes it, who owes it, who comes meanwhile, who has it then, who hears where nobody is left.
EVERY = {
    (sharing.ENDING, "share"): (shared, "iris", ("ian", OFFICE), "ian", "abe"),
    (sharing.REVIEW, "share"): (shared, "iris", ("ian", OFFICE), "ian", "abe"),
    (leaving.REAUTHORISE, "share"): (left_behind, "iris", ("ian", OFFICE), "ian", "abe"),
    (requests.DUTY, "request"): (asked, "iris", ("ian", OFFICE), "ian", "carl"),
    (emergency.REVIEW, "use"): (used, "ines", None, "carl", "ruth"),
    (marking.REVIEW, "mark"): (marked, "naomi", None, "iris", "abe"),
    (approvals.ANSWER, "unsealing"): (to_unseal, "iris", None, "nat", "naomi"),
    (restrictions.REVIEW, "user"): (kept_out, "naomi", None, "iris", "carl"),
    (restrictions.REVIEW, "agency"): (agency_kept_out, "carl", None, "cora", "ruth"),
}


def test_the_table_names_every_kind_that_the_package_opens(app):
    assert {kind for kind, _ in EVERY} == {kind for each in registered() for kind in each.kinds}


class TestNothingIsOrphaned:
    @pytest.mark.sql
    @pytest.mark.parametrize("what", EVERY, ids="-".join)
    def test_who_owes_it_leaves_and_the_next_has_it_under_the_same_day(self, world, what):
        make, owner, newcomer, heir, _ = EVERY[what]
        make(world)
        if what[0] == leaving.REAUTHORISE:
            run(world)
        if newcomer:
            world.user(newcomer[0], "police", newcomer[1])
        assert owed(world, what[0]) == [owner]
        (before,) = on_list(world, owner, what[0])
        leave(world, owner)
        run(world)
        assert owed(world, what[0]) == [heir]
        (after,) = on_list(world, heir, what[0])
        assert (after.due_on, after.title) == (before.due_on, before.title)
        assert run(world) == jobs.Passed(0, 0)
        assert not heard(world, "abe")

    @pytest.mark.parametrize("what", EVERY, ids="-".join)
    def test_where_nobody_is_left_to_take_it_somebody_hears_of_it(self, world, what):
        make, owner, _, heir, hears = EVERY[what]
        make(world)
        if what[0] == leaving.REAUTHORISE:
            run(world)
        also = {heir, "abe"} if hears == "carl" and heir == "iris" else {heir}
        for who in [owner, *(also & set(world.staff))]:
            leave(world, who)
        assert run(world).orphaned >= 1
        assert len(owed(world, what[0])) == 1, "it still stands"
        assert heard(world, hears)
        assert not any(heard(world, each) for each in ("owen", "priya", "leah"))
        told = run(world)
        assert told.passed == 0
        if what[0] in (sharing.ENDING, requests.DUTY):
            world.user("ian", "police", OFFICE)
            run(world)
            assert owed(world, what[0]) == ["ian"]


def test_of_a_hidden_record_nobody_is_told_who_may_not_know_of_it(world):
    marked(world, kind=MarkKind.HIDDEN)
    for who in ("naomi", "iris"):
        leave(world, who)
    assert run(world).orphaned == 1
    assert not any(heard(world, who) for who in ("abe", "carl", "owen", "priya"))


def test_whoever_is_kept_out_of_the_person_owes_nothing_on_it(world):
    asked(world)
    shared(world)
    world.user("ian", "police", OFFICE)
    command = Exclude(user=world.staff["iris"].user_id, reason="A tie", review_on=date(2027, 3, 1))
    with world.as_reader("naomi", Kind.WRITE) as actor:
        restrictions.exclude(actor, world.person_id, command, now=NOW)
    run(world)
    for kind in (sharing.ENDING, sharing.REVIEW, requests.DUTY):
        assert owed(world, kind) == ["ian"], kind


def test_a_request_passes_to_nobody_who_does_not_see_the_person_any_more(world):
    asked(world)
    command = Exclude(agency=world.agencies["police"], reason="A tie", review_on=date(2027, 3, 1))
    with world.as_reader("carl", Kind.WRITE) as actor:
        restrictions.exclude(actor, world.person_id, command, now=NOW)
    assert run(world).orphaned == 1
    assert heard(world, "carl")
    assert not heard(world, "abe")


def test_passing_is_on_record_and_the_heir_is_told(world):
    asked(world)
    world.user("ian", "police", OFFICE)
    leave(world, "iris")
    run(world)
    with world.as_reader("ian") as actor:
        assert jobs.PASSED in {each.event for each in reminders.notices(actor)}
    with world.system():
        events = list(db.session.scalars(sa.select(AuditEntry.event)))
    assert events.count(jobs.PASSED) == 1


def test_the_duty_of_an_exclusion_that_ran_out_ends_with_it(world):
    command = Exclude(
        user=world.staff["owen"].user_id, reason="A tie", review_on=date(2026, 11, 23),
        until_on=date(2026, 11, 24),
    )  # fmt: skip
    with world.as_reader("naomi", Kind.WRITE) as actor:
        restrictions.exclude(actor, world.person_id, command, now=NOW)
    with clock.at(NOW):
        assert ran_out.close_what_ran_out(world.app) == 0
    with clock.at(NOW.replace(day=25)):
        assert ran_out.close_what_ran_out(world.app) == 1
        assert ran_out.close_what_ran_out(world.app) == 0
    assert owed(world, restrictions.REVIEW) == []


def test_colleagues_do_not_see_a_duty_that_passed(world):
    kept_out(world)
    leave(world, "naomi")
    run(world)
    world.user("una", "police", Role.PROTECTION_OFFICER, team="police one")
    for who in ("una", "owen", "priya", "grace"):
        with world.as_reader(who) as actor:
            seen = reading.rows(actor, reading.scoped(Deadline, person=False), Deadline)
            assert [each for each in seen if each.kind == restrictions.REVIEW] == [], who
