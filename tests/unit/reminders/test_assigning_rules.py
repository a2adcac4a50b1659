"""Putting a duty off: the decision table, and that nothing gets past a national date."""

import random
from datetime import date, timedelta
from uuid import UUID

import pytest

from mappa.kernel.errors import RuleBroken
from mappa.reminders.assigning.rules import (
    MOST_AT_ONCE,
    NATIONAL,
    Assign,
    By,
    Chosen,
    Limits,
    Snooze,
    Standing,
    check_assign,
    check_snooze,
    last_day,
    why_not,
)
from mappa.rules.deadlines import Confidence

TODAY = date(2026, 11, 20)
LIMITS = Limits(longest_days=14, by_the_owner=1, by_a_supervisor=1)
ME, OTHER = UUID(int=1), UUID(int=2)


def standing(due, confidence="local_standard", before=0, by="owner"):
    return Standing(
        due_on=TODAY + timedelta(days=due),
        confidence=Confidence(confidence),
        before=before,
        by=By(by),
        today=TODAY,
    )


def days(of):
    return (last_day(of, LIMITS) - TODAY).days


TABLE = """
confidence      due before by         days
verified         30      0 owner        30
verified         30      5 owner        30
verified          0      0 owner         0
verified         -3      0 owner         0
verified         -3      0 supervisor    0
weak_source      30      0 deputy       30
weak_source      -1      0 supervisor    0
not_verified      3      0 owner         3
not_verified     -1      0 deputy        0
local_standard   30      0 owner        14
local_standard    3      0 owner        14
local_standard  -60      0 owner        14
local_standard    3      1 owner         0
local_standard    3      1 deputy        0
local_standard    3      1 supervisor   14
local_standard    3      2 supervisor    0
agreed_plan       3      0 owner        14
agreed_plan       3      1 owner         0
agreed_plan       3      1 supervisor   14
agreed_plan       3      2 supervisor    0
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]


@pytest.mark.parametrize("row", ROWS, ids=["-".join(row) for row in ROWS])
def test_for_how_many_days_a_duty_may_be_put_off(row):
    confidence, due, before, by, wanted = row
    assert days(standing(int(due), confidence, int(before), by)) == int(wanted)


def test_the_table_knows_every_confidence_and_every_place():
    assert {row[0] for row in ROWS} == {each.value for each in Confidence}
    assert {row[3] for row in ROWS} == {each.value for each in By}


def allowed(of, until, limits=LIMITS):
    try:
        check_snooze(Snooze(until_on=TODAY + timedelta(days=until), why="x"), of, limits)
    except RuleBroken as error:
        return error.rule
    return "yes"


def test_no_order_of_events_hides_a_national_duty_on_or_after_its_date():
    """The hardest: any confidence, date, place, count and limits, day by day, as it may go on."""
    chance = random.Random(4)
    tried = 0
    for _ in range(2000):
        of = standing(
            chance.randint(-40, 60),
            chance.choice(sorted(NATIONAL)).value,
            chance.randint(0, 9),
            chance.choice(list(By)).value,
        )
        limits = Limits(
            longest_days=chance.randint(1, 90),
            by_the_owner=chance.randint(0, 9),
            by_a_supervisor=chance.randint(0, 9),
        )
        until = chance.randint(-5, 120)
        if allowed(of, until, limits) == "yes":
            tried += 1
            # Hidden until that day, so it is back on the day itself: never hidden when due.
            assert TODAY < TODAY + timedelta(days=until) <= of.due_on
    assert tried > 200


def test_a_duty_cannot_be_pushed_on_for_ever():
    """One after the other, everybody puts it off as long as they may: at most twice 14 days."""
    day, before, hidden = TODAY, 0, 0
    for by in (By.OWNER, By.DEPUTY, By.OWNER, By.SUPERVISOR, By.SUPERVISOR, By.OWNER, By.DEPUTY):
        of = Standing(
            due_on=TODAY, confidence=Confidence.LOCAL_STANDARD, before=before, by=by, today=day
        )
        last = last_day(of, LIMITS)
        if last > day:
            hidden += (last - day).days
            day, before = last, before + 1
    assert (hidden, before) == (28, 2)


@pytest.mark.parametrize(
    ("of", "until", "said"),
    [
        (standing(3, "verified"), 0, "SNOOZE-TO-COME"),
        (standing(3, "verified"), -1, "SNOOZE-TO-COME"),
        (standing(3, "verified"), 3, "yes"),
        (standing(3, "verified"), 4, "SNOOZE-LAST-DAY"),
        (standing(0, "verified"), 1, "SNOOZE-NO-MORE"),
        (standing(-3), 14, "yes"),
        (standing(-3), 15, "SNOOZE-LAST-DAY"),
        (standing(-3, before=1), 1, "SNOOZE-NO-MORE"),
    ],
)
def test_what_is_said_of_a_day(of, until, said):
    assert allowed(of, until) == said


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (standing(-3, "weak_source"), "is overdue under a national rule"),
        (standing(0, "verified"), "is due today under a national rule"),
        (standing(3, before=1), "Your supervisor may do so once more"),
        (standing(3, before=2), "as often as it may be"),
        (standing(3, before=2, by="supervisor"), "as often as it may be"),
    ],
)
def test_a_refusal_says_what_to_do(of, words):
    assert words in why_not(of, LIMITS)


def test_nothing_is_said_against_what_may_be():
    assert why_not(standing(3), LIMITS) == ""


def chosen(number, owner=OTHER):
    return Chosen(id=UUID(int=number), owner=owner, due_on=TODAY)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (Assign(chosen=(), to=ME, why="x"), "ASSIGN-CHOSEN"),
        (Assign(chosen=(chosen(1), chosen(2)), to=OTHER, why="x"), "ASSIGN-OTHER"),
        (
            Assign(chosen=tuple(chosen(each) for each in range(MOST_AT_ONCE + 1)), to=ME, why="x"),
            "ASSIGN-MANY",
        ),
    ],
)
def test_what_cannot_be_assigned(command, said):
    with pytest.raises(RuleBroken) as error:
        check_assign(command, me=ME)
    assert error.value.rule == said


def test_a_mixed_choice_goes_to_somebody_who_has_some_of_it_already():
    check_assign(Assign(chosen=(chosen(1, ME), chosen(2)), to=ME, why="x"), me=ME)
