"""Duties: when they fall due, how they open, move and close, and who sees them."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Level, Reader, Section
from mappa.kernel import crypto
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import queries, service
from mappa.reminders.models import Deadline, DutyState
from mappa.rules.deadlines import DateNotSet, UnknownRule
from tests.factories.reminders import all_of, duty, label, swept, to_named
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor

pytestmark = pytest.mark.sql


# When


@pytest.mark.parametrize(
    ("rule", "jurisdiction", "starts_on", "due_on"),
    [
        # Thursday: Friday and Monday count, the weekend does not.
        ("visit-write-up", "england-wales", date(2026, 11, 19), date(2026, 11, 23)),
        # Friday before the early May bank holiday of both nations.
        ("visit-write-up", "england-wales", date(2026, 5, 1), date(2026, 5, 6)),
        # St Andrew's Day, Monday 30 November 2026, is a working day south of the border.
        ("visit-write-up", "england-wales", date(2026, 11, 27), date(2026, 12, 1)),
        ("visit-write-up", "scotland", date(2026, 11, 27), date(2026, 12, 2)),
        # Easter Monday, 6 April 2026, is a holiday in England and Wales only.
        ("visit-write-up", "england-wales", date(2026, 4, 2), date(2026, 4, 8)),
        ("visit-write-up", "scotland", date(2026, 4, 2), date(2026, 4, 7)),
        # 2 January is one in Scotland; 2027 begins on a Friday.
        ("minutes-circulation-level-3", "england-wales", date(2026, 12, 31), date(2027, 1, 8)),
        ("minutes-circulation-level-3", "scotland", date(2026, 12, 31), date(2027, 1, 11)),
        # Months end early; weekends do not move a date in months.
        ("visit-review-high", "england-wales", date(2026, 11, 30), date(2027, 2, 28)),
        ("plan-review", "scotland", date(2026, 8, 31), date(2027, 2, 28)),
    ],
)
def test_a_duty_falls_due_by_its_rule(app, rule, jurisdiction, starts_on, due_on):
    with app.app_context(), unit_of_work(Kind.READ, system="test"):
        assert service.reckon(rule, jurisdiction, starts_on).counted.due_on == due_on


def test_holidays_reach_over_the_end_of_the_year(app):
    with app.app_context(), unit_of_work(Kind.READ, system="test"):
        reckoned = service.reckon("first-meeting-level-2", "scotland", date(2026, 12, 14))
    assert {date(2027, 1, 1), date(2027, 1, 4)} <= set(reckoned.holidays)
    assert reckoned.counted.due_on == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("rule", "starts_on", "error"),
    [
        ("no-such-rule", date(2026, 11, 20), UnknownRule),
        ("visit-write-up", date(1999, 1, 1), UnknownRule),
        ("action-due", date(2026, 11, 20), DateNotSet),
    ],
)
def test_a_missing_rule_or_day_stops_the_act(app, rule, starts_on, error):
    world = northmoor(app)
    person = a_shared_person(world)
    with pytest.raises(error):
        duty(world, label(world, person), "priya", rule=rule, starts_on=starts_on)
    assert all_of(world, Deadline) == []


# Opening, moving, closing


def test_a_duty_that_moves_closes_and_opens_another(app):
    world = northmoor(app)
    of = label(world, a_shared_person(world))
    first = duty(world, of, "priya", starts_on=date(2026, 11, 12))
    again = duty(world, of, "priya", starts_on=date(2026, 11, 12))
    moved = duty(world, of, "priya", starts_on=date(2026, 11, 18))
    assert again.id == first.id != moved.id
    states = {each.id: each.state for each in all_of(world, Deadline)}
    assert states == {first.id: DutyState.CLOSED, moved.id: DutyState.OPEN}
    with world.as_reader("priya") as actor:
        assert [each.due_on for each in queries.my_open(actor)] == [date(2026, 11, 20)]
        seen = queries.deadline(actor, moved.id)
        assert [each.due_on for each in queries.earlier(actor, seen)] == [date(2026, 11, 16)]


def test_two_agencies_can_owe_the_same_duty(app):
    world = northmoor(app)
    of = label(world, a_shared_person(world))
    assert duty(world, of, "priya").id != duty(world, of, "owen").id
    assert [each.state for each in all_of(world, Deadline)] == ["open", "open"]


def test_the_database_refuses_the_same_duty_open_twice(app):
    world = northmoor(app)
    opened = duty(world, label(world, a_shared_person(world)), "priya")
    columns = {each.key: getattr(opened, each.key) for each in Deadline.__table__.c}
    with pytest.raises(sa.exc.IntegrityError), world.system():
        db.session.execute(sa.insert(Deadline), columns | {"id": crypto.new_id()})


def test_duties_close_by_record_kind_person_and_agency(app):
    world = northmoor(app)
    person = a_shared_person(world)
    of, other = label(world, person), label(world, person)
    visit = duty(world, of, "priya", kind="visit")
    write_up = duty(world, of, "priya")
    theirs = duty(world, other, "owen", kind="visit")
    mine = duty(world, other, "priya", kind="visit")

    def still_open():
        return {each.id for each in all_of(world, Deadline) if each.state == "open"}

    # As a reader: what is closed need not be visible to the one whose act closes it.
    with world.as_reader("leah", Kind.WRITE):
        service.close_deadlines(of.record, NOW, kind="visit")
    assert still_open() == {write_up.id, theirs.id, mine.id}
    with world.as_reader("leah", Kind.WRITE):
        service.close_for_person(person, "visit", NOW, owner_agency=world.agencies["police"])
    assert still_open() == {write_up.id, mine.id}
    with world.as_reader("leah", Kind.WRITE):
        service.close_for_person(person, "visit", NOW)
        service.close_deadlines(of.record, NOW)
    assert still_open() == set()
    assert visit.id not in still_open()


# Who sees it


def test_a_reader_of_the_summary_sees_the_own_agency_s_duties_only(app):
    world = northmoor(app)
    person = a_shared_person(world)
    of = label(world, person)
    theirs, own = duty(world, of, "priya"), duty(world, of, "leah")
    with world.as_reader("leah") as actor:
        assert [each.id for each in queries.for_person(actor, person)] == [own.id]
        with pytest.raises(NotFound):
            queries.deadline(actor, theirs.id)
    with world.as_reader("owen") as actor:
        assert {each.id for each in queries.for_person(actor, person)} == {theirs.id, own.id}
    with world.as_reader("sam") as actor:
        assert queries.for_person(actor, person) == []


def test_an_unannounced_duty_is_there_for_those_who_make_it_only(app):
    world = northmoor(app)
    person = a_shared_person(world)
    of = label(world, person, owner="police", named=True)
    to_named(world, of, "owen")
    with world.system():
        rights.name_reader(
            of.record, Reader.TEAM_SUPERVISORS, world.agencies["police"],
            Given(at=NOW, starts_at=LONG_AGO), team=world.teams["police one"],
        )  # fmt: skip
    overdue = duty(world, of, "owen", kind="visit")
    swept(app)
    for who in ("priya", "grace", "leah", "helen", "carl", "iris", "sys"):
        with world.as_reader(who) as actor:
            assert queries.for_person(actor, person) == []
            assert queries.team_open(actor) == []
            assert queries.unread(actor) == 0
            with pytest.raises(NotFound):
                queries.deadline(actor, overdue.id)
    with world.as_reader("naomi") as actor:
        assert [each.id for each in queries.team_open(actor)] == [overdue.id]
    with world.as_reader("owen") as actor:
        assert [each.id for each in queries.my_open(actor)] == [overdue.id]
        assert queries.unread(actor) == 1


def test_a_team_s_duties_are_its_supervisor_s(app):
    world = northmoor(app)
    person = a_shared_person(world)
    owed = duty(world, label(world, person), "priya")
    assert owed.owner_team_id == world.teams["probation one"]
    with world.as_reader("grace") as actor:
        row = queries.team_open(actor)[0]
        assert (row.owner_name, row.owed_by_name) == ("Priya Sandhurst", "Northmoor Probation")
    for who in ("naomi", "priya", "helen"):
        with world.as_reader(who) as actor:
            assert queries.team_open(actor) == []


def test_a_list_costs_the_same_number_of_statements_whatever_its_length(app):
    world = northmoor(app)
    person = a_shared_person(world)

    def statements() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_):
            if not statement.startswith(("BEGIN", "SELECT strftime", "SELECT clock")):
                seen.append(statement)

        with world.as_reader("priya") as actor:
            engine = db.engine
            sa.event.listen(engine, "before_cursor_execute", note)
            queries.my_open(actor)
            queries.team_open(actor)
            queries.for_person(actor, person)
            queries.notices(actor)
            queries.unread(actor)
            sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    duty(world, label(world, person), "priya")
    before = statements()
    for _ in range(12):
        duty(world, label(world, person), "priya")
    swept(app)
    assert statements() == before <= 6


def test_a_shared_section_opens_its_duties_at_full(app):
    world = northmoor(app)
    person = world.person(manager="priya")
    of = label(world, person, section=Section.PLAN)
    owed = duty(world, of, "priya", rule="plan-review", kind="plan-review")
    with world.as_reader("sam") as actor:
        assert queries.for_person(actor, person) == []
    world.share(person, "probation", "housing", Section.PLAN, Level.FULL)
    with world.as_reader("sam") as actor:
        assert [each.id for each in queries.for_person(actor, person)] == [owed.id]
