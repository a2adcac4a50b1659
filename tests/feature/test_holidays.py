"""Days off in the table: what is reckoned from now on, and what was set before."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access.terms import Role
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import service as reminders
from mappa.reminders.holidays import queries, service
from mappa.reminders.holidays.models import BankHoliday
from mappa.reminders.holidays.rules import AddHoliday
from mappa.rules.levels import Jurisdiction
from tests.factories.reminders import duty, label
from tests.factories.world import NOW, a_shared_person, northmoor

pytestmark = pytest.mark.sql

MOURNING = date(2026, 11, 23)
"""A Monday; a count from Friday 20 November goes over it."""


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.user("rosa", "probation", Role.RULES_ADMINISTRATOR)
    return made


def day(**other):
    given = {
        "falls_on": MOURNING, "name": "Day of mourning", "kind": "proclaimed",
        "source": "Proclamation of 19 November 2026", "reason": "Proclaimed",
    }  # fmt: skip
    return AddHoliday(**given | other)


def add(world, **other):
    with world.as_reader("rosa", Kind.WRITE) as actor:
        return service.add_holiday(actor, day(**other), now=NOW)


def due(world, agency="probation", jurisdiction="england-wales", rule="visit-write-up"):
    with world.system():
        owed_by = world.agencies[agency]
        reckoned = reminders.reckon(rule, jurisdiction, date(2026, 11, 20), owed_by=owed_by)
        return reckoned.counted.due_on


def test_a_proclaimed_day_moves_what_is_reckoned_afterwards_in_its_jurisdiction_only(world):
    assert due(world) == date(2026, 11, 24)
    add(world)
    assert due(world) == date(2026, 11, 25)
    assert due(world, jurisdiction="scotland") == date(2026, 11, 24)


def test_in_the_same_unit_of_work_too(world):
    with world.as_reader("rosa", Kind.WRITE) as actor:
        before = reminders.reckon("visit-write-up", "england-wales", date(2026, 11, 20))
        service.add_holiday(actor, day(), now=NOW)
        after = reminders.reckon("visit-write-up", "england-wales", date(2026, 11, 20))
    assert before.counted.due_on < after.counted.due_on


def test_a_day_that_ends_is_counted_again(world):
    made = add(world)
    with world.as_reader("rosa", Kind.WRITE) as actor:
        service.end_holiday(actor, made.id, "Withdrawn", now=NOW)
    assert due(world) == date(2026, 11, 24)
    with world.as_reader("rosa", Kind.WRITE) as actor:
        with pytest.raises(RuleBroken, match="holiday-live"):
            service.end_holiday(actor, made.id, "Again", now=NOW)
        service.add_holiday(actor, day(), now=NOW)
    with world.system():
        entries = db.session.execute(
            sa.select(AuditEntry.event, AuditEntry.basis).where(
                AuditEntry.event.like("holiday:%"), AuditEntry.records.is_not(None)
            )
        ).all()
    assert sorted(tuple(each) for each in entries) == [
        ("holiday:added", "Proclaimed"), ("holiday:added", "Proclaimed"),
        ("holiday:ended", "Withdrawn"),
    ]  # fmt: skip


def test_a_listed_day_that_was_moved_can_be_ended(world):
    with world.system():
        listed = db.session.scalars(
            sa.select(BankHoliday).where(
                BankHoliday.falls_on == date(2026, 12, 28),
                BankHoliday.jurisdiction == "england-wales",
            )
        ).one()
    with world.as_reader("rosa", Kind.WRITE) as actor:
        service.end_holiday(actor, listed.id, "Moved", now=NOW)
        assert date(2026, 12, 28) not in queries.between(Jurisdiction.ENGLAND_WALES, 2026, 2026)


def test_a_local_holiday_counts_in_its_area_and_never_against_the_law(world):
    with world.system():
        from mappa.agencies import seed

        seed.add_area("southmoor", "Southmoor", "england-wales")
    world.agency("south", "probation", "Southmoor Probation", area="southmoor")
    add(world, kind="local")
    assert due(world) == date(2026, 11, 25)
    assert due(world, agency="south") == date(2026, 11, 24)
    from config.read import rule_book
    from mappa.rules.deadlines import Confidence, Unit

    for jurisdiction in Jurisdiction:
        for rule in rule_book(jurisdiction):
            if rule.unit is Unit.WORKING_DAYS and rule.confidence is not Confidence.LOCAL_STANDARD:
                with world.system():
                    found = reminders.holidays_for(
                        rule, date(2026, 11, 20), owed_by=world.agencies["probation"]
                    )
                assert MOURNING not in found, rule.id


def test_a_date_that_was_set_is_explained_by_the_days_known_then(world):
    opened = duty(
        world, label(world, a_shared_person(world)), "priya", starts_on=date(2026, 11, 20)
    )
    later = NOW + timedelta(minutes=5)
    with clock.at(later), world.app.app_context(), unit_of_work(Kind.WRITE, system="test"):
        db.session.add(
            BankHoliday(
                jurisdiction="england-wales", falls_on=MOURNING, name="Day of mourning",
                kind="proclaimed", source="x", reason="x", added_at=later,
            )
        )  # fmt: skip
    with clock.at(later):
        page = world.client("priya").get(f"/deadlines/{opened.id}/why").text
    assert "Day of mourning" not in page
    assert "it will be Wednesday 25 November 2026." in page
    assert opened.due_on == date(2026, 11, 24)


def test_a_year_beyond_the_table_is_taken_from_the_calendar(world):
    with world.system():
        found = queries.between(Jurisdiction.SCOTLAND, 2050, 2050)
    assert date(2050, 12, 27) in found  # Christmas Day 2050 is a Sunday
    assert {on.year for on in found} == {2050}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"falls_on": date(2026, 11, 21)}, "at a weekend"),
        ({"falls_on": date(2026, 12, 25)}, "in the list already: Christmas Day"),
        ({"falls_on": date(2024, 11, 22)}, "Enter a day of the years 2025 to 2036"),
        ({"falls_on": date(2037, 1, 5)}, "Enter a day of the years 2025 to 2036"),
    ],
)
def test_a_day_that_would_change_nothing_is_refused_in_words(world, wrong, said):
    with pytest.raises(FieldErrors) as refused:
        add(world, **wrong)
    assert said in refused.value.errors["falls_on"][0]


def test_a_local_day_over_a_proclaimed_one_is_refused(world):
    add(world)
    with pytest.raises(FieldErrors, match="falls_on"):
        add(world, kind="local")


def test_nobody_else_changes_a_day_and_days_of_elsewhere_are_not_found(world):
    made = add(world)
    with world.as_reader("carl", Kind.WRITE) as actor:
        with pytest.raises(NotPermitted):
            service.add_holiday(actor, day(), now=NOW)
        with pytest.raises(NotPermitted):
            service.end_holiday(actor, made.id, "x", now=NOW)
    with world.system():
        scottish = db.session.scalars(
            sa.select(BankHoliday.id).where(BankHoliday.jurisdiction == "scotland")
        ).first()
    with world.as_reader("rosa", Kind.WRITE) as actor, pytest.raises(NotFound):
        service.end_holiday(actor, scottish, "x", now=NOW)
