"""The states of a meeting, its agenda, and every line of the sign-off table."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.meetings import rules
from mappa.meetings.rules import MeetingState, Settled
from mappa.rules.levels import Jurisdiction

EW = Jurisdiction.ENGLAND_WALES
WHOLE = Settled(
    confidentiality_read=True,
    chair_present=True,
    risk="High to known children, imminent.",
    disclosure="no",
    disclosure_reason="Nobody outside is at risk.",
    level=2,
    level_reason="Four agencies are needed.",
    category=1,
    next_on=date(2027, 2, 24),
    next_reason="",
    held_on=date(2026, 11, 25),
    latest_on=date(2027, 3, 17),
)

SIGN_OFF = {
    "everything settled": ({}, []),
    "confidentiality not read": (
        {"confidentiality_read": False},
        ["Record that confidentiality was read"],
    ),
    "chair not recorded": ({"chair_present": False}, ["Record that the chair is present"]),
    "no risk": ({"risk": ""}, ["Say what the risk to each group is"]),
    "no decision on disclosure": (
        {"disclosure": "", "disclosure_reason": ""},
        ["Decide about disclosure: yes or no, with the reason"],
    ),
    "disclosure yes without a reason": (
        {"disclosure": "yes", "disclosure_reason": ""},
        ["Give the reason for the decision on disclosure"],
    ),
    "disclosure no without a reason": (
        {"disclosure_reason": ""},
        ["Give the reason for the decision on disclosure"],
    ),
    "no level": ({"level": None, "category": None}, ["Decide the level, with the reason"]),
    "level without a reason": ({"level_reason": ""}, ["Give the reason for the level"]),
    "no category": ({"category": None}, ["Decide the category"]),
    "category 3 at level 1": (
        {"category": 3, "level": 1},
        [
            "Category 3 is managed at level 2 or 3 only. Choose level 2 or 3, "
            "or record that the person leaves MAPPA."
        ],
    ),
    "category 3 at level 2": ({"category": 3}, []),
    "no next date": ({"next_on": None}, ["Set the date of the next meeting"]),
    "no next date at level 1": ({"level": 1, "next_on": None}, []),
    "next date on the day itself": (
        {"next_on": date(2026, 11, 25)},
        ["Enter a date after 25 November 2026, the day of this meeting"],
    ),
    "next date on the last day": ({"next_on": date(2027, 3, 17)}, []),
    "next date a day too late": (
        {"next_on": date(2027, 3, 18)},
        ["17 March 2027 is the latest by the rule. Choose an earlier date, or give a reason."],
    ),
    "next date too late with a reason": (
        {"next_on": date(2027, 3, 18), "next_reason": "In custody until then."},
        [],
    ),
    "no limit in the rule": ({"next_on": date(2028, 1, 1), "latest_on": None}, []),
}


@pytest.mark.parametrize(("change", "problems"), SIGN_OFF.values(), ids=SIGN_OFF)
def test_the_sign_off_table(change, problems):
    settled = replace(WHOLE, **change)
    assert [check.problem for check in rules.missing(settled, EW)] == problems
    if problems:
        with pytest.raises(RuleBroken) as refused:
            rules.check_sign_off(settled, EW)
        assert list(refused.value.sentences) == problems
    else:
        rules.check_sign_off(settled, EW)


def test_everything_missing_is_said_at_once():
    empty = replace(
        WHOLE,
        confidentiality_read=False,
        chair_present=False,
        risk="",
        disclosure="",
        disclosure_reason="",
        level=None,
        level_reason="",
        category=None,
        next_on=None,
    )
    with pytest.raises(RuleBroken) as refused:
        rules.check_sign_off(empty, EW)
    assert len(refused.value.sentences) == len(rules.checks(empty, EW)) == 6


MOVES = [(a, b) for a in MeetingState for b in MeetingState]
ALLOWED = {
    (MeetingState.PLANNED, MeetingState.OPEN),
    (MeetingState.PLANNED, MeetingState.CANCELLED),
    (MeetingState.OPEN, MeetingState.SIGNED_OFF),
}


@pytest.mark.parametrize(("state", "to"), MOVES)
def test_only_three_moves_exist(state, to):
    if (state, to) in ALLOWED:
        rules.check_move(state, to)
    else:
        with pytest.raises(RuleBroken):
            rules.check_move(state, to)


@pytest.mark.parametrize("state", MeetingState)
def test_only_an_open_meeting_is_written_in(state):
    if state is MeetingState.OPEN:
        rules.check_running(state)
    else:
        with pytest.raises(RuleBroken):
            rules.check_running(state)


def test_a_closed_item_leaves_no_gap_for_those_who_do_not_hear_it():
    without = rules.agenda()
    assert [item.number for item in without] == list(range(1, 13))
    assert "Closed item" not in [item.title for item in without]


def test_each_closed_item_is_numbered_after_the_updates_for_its_readers():
    first, second = uuid4(), uuid4()
    order = rules.agenda([first, second])
    assert [item.number for item in order] == list(range(1, 15))
    assert [item.closed for item in order[3:6]] == [None, first, second]
    assert order[6].title == "Risk"


@pytest.mark.parametrize(
    ("next_on", "reason", "said"),
    [
        (date(2026, 11, 25), "", "Enter a date after 25 November 2026, the day of this meeting"),
        (date(2029, 1, 1), "x", "Enter a date within two years of this meeting"),
        (
            date(2027, 3, 18),
            "",
            "17 March 2027 is the latest by the rule. Choose an earlier date, or give a reason.",
        ),
        (date(2027, 3, 18), "In custody until then.", None),
        (date(2027, 3, 17), "", None),
    ],
)
def test_the_next_date(next_on, reason, said):
    check = (next_on, reason, date(2026, 11, 25), date(2027, 3, 17))
    if said is None:
        rules.check_next_date(*check)
    else:
        with pytest.raises(FieldErrors) as refused:
            rules.check_next_date(*check)
        assert refused.value.errors == {"next_on": [said]}


@pytest.mark.parametrize(
    ("on", "fine"),
    [
        (date(2026, 11, 19), False),
        (date(2026, 11, 20), True),
        (date(2028, 11, 19), True),
        (date(2028, 11, 20), False),
    ],
)
def test_a_meeting_is_planned_ahead(on, fine):
    if fine:
        rules.check_planned_day(on, date(2026, 11, 20))
    else:
        with pytest.raises(FieldErrors):
            rules.check_planned_day(on, date(2026, 11, 20))
