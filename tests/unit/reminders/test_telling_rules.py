"""How late a duty is, who is told at which step, and when a failed row is tried again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.read import rule_book
from mappa.reminders.telling import rules
from mappa.rules.calendar import add_working_days
from mappa.rules.deadlines import Escalation
from mappa.rules.levels import Jurisdiction

FRIDAY = date(2026, 11, 20)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (date(2026, 11, 20), 0),
        (date(2026, 11, 22), 0),  # the weekend
        (date(2026, 11, 23), 1),
        (date(2026, 11, 27), 5),
        (date(2026, 11, 30), 6),
    ],
)
def test_a_duty_due_on_a_friday(today, late):
    assert rules.days_late(FRIDAY, today, ()) == late


def test_a_bank_holiday_makes_nothing_later():
    assert rules.days_late(FRIDAY, date(2026, 11, 24), {date(2026, 11, 23): "Off"}) == 1


@given(DAYS, DAYS, st.integers(1, 25), st.sets(DAYS, max_size=30))
def test_a_day_reaches_a_step_when_so_many_working_days_have_passed(due_on, today, after, off):
    """Three ways of counting agree: forwards from the day, backwards from today, and one by one."""
    by_hand = add_working_days(due_on, after, off) <= today
    assert (due_on <= rules.late_since(today, after, off)) == by_hand
    assert (rules.days_late(due_on, today, off) >= after) == by_hand


def test_an_unannounced_visit_stays_with_the_supervisor_and_the_lead():
    ladder = (Escalation("supervisor", 1), Escalation("coordinator", 3), Escalation("chair", 5))
    written = rule_book(Jurisdiction.ENGLAND_WALES).version("visit-review-high", 1)
    rule = replace(written, escalation=ladder)
    assert [step.to for _, step in rules.ladder(rule, near=True)] == ["supervisor"]
    assert [number for number, _ in rules.ladder(rule, near=False)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("kind", "rule_id", "named", "near"),
    [
        ("visit-unannounced", "visit-review-high", False, True),
        ("visit-review", "unannounced-visit-review-high", False, True),
        ("visit-write-up", "visit-write-up", True, True),
        ("visit-review", "visit-review-high", False, False),
    ],
)
def test_what_must_not_be_told_beyond_the_agency(kind, rule_id, named, near):
    assert rules.is_kept_near(kind, rule_id, named=named) is near


def test_tries_are_further_and_further_apart():
    waits = [rules.wait_after(tries) for tries in range(1, rules.MOST_TRIES + 3)]
    assert waits[0] == timedelta(minutes=1)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=12)


@pytest.mark.parametrize("step", [1, 2, 12])
def test_an_event_knows_its_step(step):
    assert rules.step_of(rules.late_event(step)) == step


def test_other_events_are_no_step():
    assert rules.step_of("deadline:overdue") == rules.step_of("visit:planned") == 0
