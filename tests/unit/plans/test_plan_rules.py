"""What a plan is, and when it can be agreed."""

from datetime import date
from uuid import UUID

import pytest

from mappa.kernel.db import NOBODY
from mappa.kernel.errors import RuleBroken
from mappa.plans import rules
from mappa.plans.rules import NEXT, ContingencyText, MeasureText, Pillar, PlanText, State

TODAY = date(2026, 11, 20)
PRIYA, PROBATION = UUID(int=1), UUID(int=2)
PEOPLE = {PRIYA: "Priya Sandhurst", PROBATION: "Northmoor Probation"}


def measure(**columns):
    said = {
        "pillar": Pillar.SUPERVISION,
        "what": "Office appointment",
        "user": PRIYA,
        "agency": PROBATION,
        "when": "Every week",
    }
    return MeasureText(**(said | columns))


def contingency(**columns):
    said = {
        "if_": "Moves out",
        "then": "Visit",
        "user": PRIYA,
        "agency": PROBATION,
        "within": "1 day",
    }
    return ContingencyText(**(said | columns))


def plan(**columns):
    said = {
        "number": 1,
        "review_on": date(2027, 5, 20),
        "measures": [measure()],
        "contingencies": [contingency()],
    }
    return PlanText(**(said | columns))


@pytest.mark.parametrize("now", State)
@pytest.mark.parametrize("to", State)
def test_a_version_goes_only_where_the_table_says(now, to):
    lawful = {
        (State.DRAFT, State.AGREED),
        (State.DRAFT, State.WITHDRAWN),
        (State.AGREED, State.SUPERSEDED),
    }
    if (now, to) in lawful:
        rules.check_step(now, to)
    else:
        with pytest.raises(RuleBroken):
            rules.check_step(now, to)


def test_every_state_is_in_the_table():
    assert set(NEXT) == set(State)


@pytest.mark.parametrize("state", [State.AGREED, State.SUPERSEDED, State.WITHDRAWN])
def test_only_a_draft_is_written(state):
    rules.check_draft(State.DRAFT)
    with pytest.raises(RuleBroken):
        rules.check_draft(state)


def test_a_whole_plan_lacks_nothing():
    assert rules.missing(plan(), today=TODAY) == []
    rules.check_complete(plan(), today=TODAY)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"measures": []}, "There is no measure yet"),
        ({"measures": [measure(agency=NOBODY, user=NOBODY)]}, "Nobody is named for “Office"),
        ({"measures": [measure(when="")]}, "“Office appointment” has neither a date nor how often"),
        ({"contingencies": []}, "There is no contingency yet"),
        ({"contingencies": [contingency(agency=NOBODY)]}, "Nobody is named for “If Moves out”"),
        ({"contingencies": [contingency(within="")]}, "“If Moves out” does not say how soon"),
        ({"review_on": None}, "The day of the next review is not set"),
        ({"review_on": TODAY}, "The day of the next review is not after today"),
    ],
)
def test_what_is_missing_is_said(changed, said):
    found = rules.missing(plan(**changed), today=TODAY)
    assert len(found) == 1
    assert found[0].startswith(said)


def test_a_date_serves_as_well_as_how_often():
    dated = plan(measures=[measure(when="", due_on=date(2027, 1, 4))])
    assert rules.missing(dated, today=TODAY) == []


def test_everything_that_is_missing_is_said_at_once():
    with pytest.raises(RuleBroken) as refused:
        rules.check_complete(plan(measures=[], contingencies=[], review_on=None), today=TODAY)
    assert len(refused.value.sentences) == 3


def test_scotland_has_its_own_headings_and_order():
    assert list(rules.headings("scotland").values()) == [
        "Monitoring",
        "Supervision",
        "Intervention",
        "Victim safety planning",
    ]
    assert list(rules.headings("england-wales").values())[1] == "Monitoring and control"


def frozen(text, people=PEOPLE):
    return rules.frozen(text, people=people, jurisdiction="england-wales")


def test_the_frozen_text_says_everything():
    text = frozen(plan(measures=[measure(due_on=date(2027, 1, 4))]))
    assert "Office appointment | Priya Sandhurst, Northmoor Probation | Every week" in text
    assert "by 4 January 2027" in text
    assert "If Moves out | then Visit | Priya Sandhurst, Northmoor Probation | within 1 day" in text
    assert text.endswith("Next review by 20 May 2027")


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 2},
        {"review_on": date(2027, 5, 21)},
        {"measures": [measure(what="Home visit")]},
        {"measures": [measure(pillar=Pillar.MONITORING)]},
        {"measures": [measure(user=NOBODY)]},
        {"measures": [measure(agency=NOBODY)]},
        {"measures": [measure(when="Every month")]},
        {"measures": [measure(due_on=date(2027, 1, 4))]},
        {"measures": [measure(), measure(what="Home visit")]},
        {"measures": [measure(what="Office appointment | Priya Sandhurst")]},
        {"measures": [measure(what="Office\nappointment")]},
        {"contingencies": [contingency(if_="Loses work")]},
        {"contingencies": [contingency(then="Ring")]},
        {"contingencies": [contingency(within="2 days")]},
        {"contingencies": [contingency(user=NOBODY)]},
    ],
)
def test_the_digest_changes_if_the_text_would(changed):
    assert rules.digest(frozen(plan(**changed))) != rules.digest(frozen(plan()))


def test_a_typed_bar_or_line_break_cannot_stand_for_a_part():
    one = frozen(plan(measures=[measure(what="A", when="B | C")]))
    other = frozen(plan(measures=[measure(what="A | B", when="C")]))
    assert one != other
    assert frozen(plan(measures=[measure(what="A\nB")])) != frozen(
        plan(measures=[measure(what="A\\nB")])
    )


@pytest.mark.parametrize("on", [TODAY, date(2026, 11, 19), date(1950, 1, 1)])
def test_the_review_is_still_to_come(on):
    with pytest.raises(RuleBroken):
        rules.check_review(on, today=TODAY)
    rules.check_review(date(2026, 11, 21), today=TODAY)
