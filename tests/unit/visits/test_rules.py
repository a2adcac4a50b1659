"""What must be said of a visit, in the words of the pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mappa.visits import rules
from mappa.visits.rules import (
    NEXT,
    Attending,
    LogVisit,
    Outcome,
    PlanVisit,
    Present,
    VisitState,
    attempt_words,
    log_faults,
    may_become,
    plan_faults,
)

NOW = datetime(2026, 11, 20, 14, 41, tzinfo=UTC)
PLAIN = LogVisit(
    announced=False,
    outcome=Outcome.SEEN_AND_SPOKEN_TO,
    made_on=NOW.date(),
    arrived_at=NOW - timedelta(minutes=26),
    left_at=NOW - timedelta(minutes=1),
    place="Flat 4, 18 Tallow Row",
    officers=(Attending("Owen Marsh", "Northmoor Police"),),
    present=frozenset({Present.NOBODY}),
    concern=False,
    told_next=False,
)
LATER = NOW + timedelta(minutes=30)


def test_a_plain_visit_has_no_fault():
    assert log_faults(PLAIN, now=NOW) == {}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"left_at": PLAIN.arrived_at},
            "left",
            "The time you left must be after the time you arrived",
        ),
        ({"left_at": LATER}, "left", "The time you left cannot be in the future"),
        (
            {"arrived_at": LATER, "left_at": LATER + timedelta(minutes=1)},
            "arrived",
            "The time you arrived cannot be in the future",
        ),
        (
            {"arrived_at": NOW - timedelta(days=4000)},
            "made_on",
            "The visit must be in the last 10 years",
        ),
        (
            {"made_on": NOW.date() + timedelta(days=3)},
            "made_on",
            "The day of the visit cannot be in the future",
        ),
        ({"place": ""}, "place", "Say where the visit was"),
        ({"officers": ()}, "officers", "Choose at least one officer who attended"),
        ({"present": frozenset()}, "present", "Choose “Nobody else”, or say who was there"),
        (
            {"present": frozenset({Present.NOBODY, Present.CHILD})},
            "present",
            "Choose “Nobody else”, or say who was there",
        ),
        ({"concern": None}, "concern", "Choose whether there were concerns"),
        ({"concern": True, "concern_child": False}, "concerns", "Say what the concern is"),
        (
            {"concern": True, "concerns": "Drink"},
            "concern_child",
            "Choose whether the concern is for a child",
        ),
        ({"told_next": None}, "told_next", "Choose whether you said when the next visit is"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_fault_is_said_at_its_field(changes, field, sentence):
    assert log_faults(replace(PLAIN, **changes), now=NOW) == {field: [sentence]}


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Outcome.NO_REPLY, "Say what you tried"),
        (Outcome.ENTRY_REFUSED, "Say what you tried"),
        (Outcome.NOT_LIVING_THERE, "Say how you know"),
        (Outcome.IN_CUSTODY, "Say where, and how you know"),
    ],
)
def test_without_a_meeting_only_the_account_is_asked(outcome, sentence):
    bare = replace(
        PLAIN, outcome=outcome, present=frozenset(), concern=None, told_next=None, account=""
    )
    assert log_faults(bare, now=NOW) == {"account": [sentence]}
    assert log_faults(replace(bare, account="As said"), now=NOW) == {}


def test_leaving_for_safety_asks_for_all_of_it():
    bare = replace(PLAIN, outcome=Outcome.LEFT_EARLY_FOR_SAFETY, present=frozenset(), concern=None)
    assert set(log_faults(bare, now=NOW)) == {"account", "present", "concern"}


def test_a_visit_planned_on_a_day_was_not_made_before_it():
    tomorrow = NOW.date() + timedelta(days=1)
    assert set(log_faults(PLAIN, now=NOW, planned_on=tomorrow)) == {"made_on"}


class TestPlans:
    PLAN = PlanVisit(
        announced=False,
        window_from=NOW,
        window_to=NOW + timedelta(days=7),
        officers=PLAIN.officers,
    )

    def test_a_window_to_come_has_no_fault(self):
        assert plan_faults(self.PLAN, now=NOW) == {}

    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            ({"window_to": NOW - timedelta(days=1)}, {"until_on"}),
            ({"window_to": NOW + timedelta(days=400)}, {"until_on"}),
            ({"officers": ()}, {"officers"}),
            ({"announced": True, "window_to": NOW + timedelta(hours=1)}, {"told_by", "told_how"}),
            (
                {
                    "window_from": NOW + timedelta(days=9000),
                    "window_to": NOW + timedelta(days=9000),
                },
                {"from_on"},
            ),
        ],
    )
    def test_each_fault_is_said_at_its_field(self, changes, fields):
        assert set(plan_faults(replace(self.PLAN, **changes), now=NOW)) == fields


@pytest.mark.parametrize("state", list(VisitState))
def test_a_planned_visit_has_three_ends_and_one_that_was_made_may_be_withdrawn(state):
    may = {wanted for wanted in VisitState if may_become(state.value, wanted)}
    ends = {VisitState.MADE, VisitState.MISSED, VisitState.WITHDRAWN}
    after = {VisitState.PLANNED: ends, VisitState.MADE: {VisitState.WITHDRAWN}}
    assert may == NEXT[state] == after.get(state, set())


def test_a_second_attempt_may_lead_to_a_warrant():
    assert attempt_words(1, warrant=True) == "This is failed attempt 1."
    said = "This is failed attempt 2. Your supervisor may consider a warrant."
    assert attempt_words(2, warrant=True) == said
    assert attempt_words(2, warrant=False) == "This is failed attempt 2."


@pytest.mark.parametrize(
    ("agency", "category", "possible"),
    [("police", 1, True), ("police", 2, False), ("police", None, False), ("probation", 1, False)],
)
def test_a_warrant_is_for_the_police_and_who_must_notify(agency, category, possible):
    assert rules.warrant_possible(agency, category) is possible


def test_every_outcome_has_words_of_its_own():
    assert len({each.words for each in Outcome}) == len(Outcome)
