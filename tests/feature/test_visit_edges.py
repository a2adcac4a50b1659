"""Around a visit: fewer visits than before, wrong places, and who is told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders.models import Notice
from mappa.visits import concern
from mappa.visits import service as visits
from mappa.visits.commitment import service as commitments
from mappa.visits.commitment.rules import INTERVALS, Basis, Now, visits_less
from mappa.visits.entry import rules as entries
from mappa.visits.entry import service as entry
from mappa.visits.rules import EndVisit, Outcome, Present, VisitState
from tests.factories.entries import a_home
from tests.factories.plans import an_agreed_plan
from tests.factories.visits import ARRIVED, a_made_visit, a_planned_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.feature.test_entry import failed, owed, raised, say
from tests.feature.test_visit_commitment import said, sets

MONTH, QUARTER, YEAR = (INTERVALS[f"{each} months"] for each in (1, 3, 12))


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def told(world, event):
    with world.system():
        users = set(db.session.scalars(sa.select(Notice.user_id).where(Notice.event == event)))
    return {name for name, staff in world.staff.items() if staff.user_id in users}


@pytest.mark.parametrize(
    ("before", "unannounced", "every", "then", "less"),
    [
        (None, None, YEAR, None, False),
        (QUARTER, None, QUARTER, None, False),
        (QUARTER, None, YEAR, None, True),
        (YEAR, None, QUARTER, None, False),
        (QUARTER, YEAR, QUARTER, YEAR, False),
        (QUARTER, YEAR, MONTH, None, True),
        (QUARTER, QUARTER, QUARTER, YEAR, True),
        (QUARTER, YEAR, QUARTER, QUARTER, False),
    ],
)
def test_when_there_would_be_fewer_visits(before, unannounced, every, then, less):
    until_now = Now(before, unannounced)
    assert visits_less(said(every=every, unannounced=then), until_now) is less


@pytest.mark.sql
def test_fewer_visits_have_their_reason_and_the_supervisor_is_told(world, person):
    an_agreed_plan(world, person)
    sets(world, "owen", person, basis=Basis.PLAN, reason="", every=QUARTER, unannounced=None)
    assert told(world, commitments.LESS_OFTEN) == set()
    fewer = {"basis": Basis.PLAN, "every": YEAR, "unannounced": None}
    with pytest.raises(FieldErrors) as refused:
        sets(world, "owen", person, reason="", **fewer)
    assert refused.value.errors == {
        "reason": ["Say why the person is to be visited less often"]
    }  # fmt: skip
    sets(world, "owen", person, reason="The panel decided it", **fewer)
    assert told(world, commitments.LESS_OFTEN) == {"naomi"}


@pytest.mark.sql
def test_an_overdue_visit_does_not_go_away_by_visiting_less_often(world, person):
    an_agreed_plan(world, person)
    a_made_visit(world, "owen", person, arrived_at=ARRIVED - timedelta(days=300))
    before = {each.due_on for each in owed(world, "visit")}
    with pytest.raises(RuleBroken) as refused:
        sets(
            world, "owen", person, basis=Basis.PLAN, every=YEAR, unannounced=None, reason="So it is"
        )
    assert (refused.value.rule, refused.value.field) == ("commitment-overdue", "every")
    assert {each.due_on for each in owed(world, "visit")} == before
    sets(world, "naomi", person, every=YEAR, unannounced=None, reason="Low risk for years")
    assert {each.due_on for each in owed(world, "visit")} != before


def test_what_is_still_to_come_cannot_have_been_missed(world, person):
    plan = a_planned_visit(world, "owen", person)
    with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(RuleBroken) as refused:
        visits.end_visit(actor, plan, EndVisit(VisitState.MISSED, "Not made"), now=NOW)
    assert refused.value.field == "state"
    later = NOW + timedelta(days=60)
    with world.as_reader("owen", Kind.WRITE) as actor:
        ended = visits.end_visit(actor, plan, EndVisit(VisitState.MISSED, "Not made"), now=later)
        assert ended.state == VisitState.MISSED.value


@pytest.mark.parametrize(
    ("logged", "holds"),
    [
        ("18 Tallow Row, Northmoor NM1 4ZZ", True),
        ("18 Tallow Row", True),
        ("18 tallow row,Northmoor", True),
        ("Back door of 18 Tallow Row", True),
        ("", True),
        ("12 Somewhere Else Street", False),
        ("Northmoor library", False),
    ],
)
def test_where_a_failed_entry_was(logged, holds):
    if holds:
        entries.check_place(logged, "18 Tallow Row, Northmoor, NM1 4ZZ")
        return
    with pytest.raises(FieldErrors) as refused:
        entries.check_place(logged, "18 Tallow Row, Northmoor, NM1 4ZZ")
    assert logged in refused.value.errors["address_id"][0]


def test_entry_is_not_said_of_an_address_at_which_the_visit_was_not(world, person):
    home = a_home(world, person)
    visit = a_made_visit(
        world, "owen", person, outcome=Outcome.NO_REPLY, place="12 Somewhere Else Street"
    )
    with pytest.raises(FieldErrors):
        say(world, person, visit, home)
    assert say(world, person, failed(world, person, 3), home) == []


@pytest.mark.sql
def test_a_supervisor_owes_the_decision_on_a_warrant(world, person):
    raised(world, person, a_home(world, person))
    (duty,) = owed(world, entry.DECISION)
    assert duty.owner_user_id == world.staff["naomi"].user_id


@pytest.mark.sql
def test_the_case_team_is_told_of_a_concern_for_a_child_once(world, person):
    a_made_visit(world, "owen", person)
    assert told(world, concern.CONCERN) == set()
    a_made_visit(
        world, "owen", person, present={Present.CHILD}, children="A boy of about six",
        concern=True, concerns="He was alone with the boy", concern_child=True,
    )  # fmt: skip
    assert told(world, concern.CONCERN) == {"priya", "leah"}
    with world.system():
        assert not db.session.scalars(
            sa.select(Notice).where(Notice.event == concern.CONCERN).group_by(Notice.user_id)
            .having(sa.func.count() > 1).with_only_columns(Notice.user_id)
        ).all()  # fmt: skip
