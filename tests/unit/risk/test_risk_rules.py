"""Overall is the highest of the groups; what an assessment must say."""

from datetime import date

import pytest

from mappa.kernel.errors import RuleBroken
from mappa.risk import rules
from mappa.risk.rules import Band, Group, Rating
from tests.factories.risk import findings

TODAY = date(2026, 11, 20)
NONE = Band.NOT_ASSESSED


@pytest.mark.parametrize(
    ("ratings", "overall"),
    [
        ([], NONE),
        ([(NONE, NONE)], NONE),
        ([(Band.LOW, NONE)], Band.LOW),
        ([(NONE, Band.LOW)], Band.LOW),
        ([(Band.LOW, Band.LOW), (Band.MEDIUM, Band.LOW)], Band.MEDIUM),
        ([(Band.LOW, Band.HIGH), (Band.MEDIUM, Band.LOW)], Band.HIGH),
        ([(Band.VERY_HIGH, NONE), (Band.HIGH, Band.HIGH)], Band.VERY_HIGH),
    ],
)
def test_overall_is_the_highest_of_the_groups(ratings, overall):
    rated = [Rating(group, *pair) for group, pair in zip(Group, ratings, strict=False)]
    assert rules.overall(rated) is overall


def test_low_is_not_at_risk():
    assert Band.LOW not in rules.AT_RISK
    assert NONE not in rules.AT_RISK


def test_what_is_whole_can_be_signed():
    rules.check_findings(findings(), today=TODAY, last_on=date(2026, 10, 2))


@pytest.mark.parametrize(
    ("changed", "last_on", "field"),
    [
        ({"assessed_on": date(2026, 11, 21)}, None, "assessed_on"),
        ({}, date(2026, 10, 3), "assessed_on"),
        ({"levels": {}}, None, "children_community"),
        ({"tool": ""}, None, "tool"),
    ],
)
def test_what_is_not_is_refused_with_its_field(changed, last_on, field):
    with pytest.raises(RuleBroken) as refused:
        rules.check_findings(findings(**changed), today=TODAY, last_on=last_on)
    assert refused.value.field == field


def test_the_words_are_those_of_the_page():
    assert NONE.words == "Not assessed"
    assert Band.VERY_HIGH.words == "Very high"
    assert Group.ADULTS_AT_RISK.words == "Adults at risk"
