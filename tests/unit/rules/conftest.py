from dataclasses import replace
from datetime import date

import pytest

from mappa.rules.deadlines import Confidence, Counting, DeadlineRule, Escalation, Unit
from mappa.rules.levels import Jurisdiction

_PLAIN = DeadlineRule(
    id="plain",
    version=1,
    jurisdiction=Jurisdiction.ENGLAND_WALES,
    title="Plan reviewed",
    trigger="the plan was agreed",
    start_word="Agreed",
    amount=3,
    unit=Unit.MONTHS,
    counting=Counting.AFTER,
    responsible="offender_manager",
    escalation=(Escalation("supervisor", 1), Escalation("agency_lead", 5)),
    source="a board's standard",
    confidence=Confidence.LOCAL_STANDARD,
    in_force_from=date(2020, 1, 1),
)


@pytest.fixture
def a_rule():
    """A function that gives a rule that differs from a plain one in what is named."""

    def build(**differences):
        return replace(_PLAIN, **differences)

    return build
