"""What speaks for one person: numbers, names in any spelling, births with a slip."""

from datetime import date

import pytest

from mappa.offenders.matching.rules import (
    Birth,
    Candidate,
    Known,
    Strength,
    births,
    compare,
    wanted_for,
)
from mappa.offenders.names import SCALE, keys

DANIEL = Known(
    names=("Daniel Wexcombe", "Danny Marsh"), born_on=date(1979, 3, 14),
    numbers={"crn": "Z900412", "pnc": "2012/0900412T"},
)  # fmt: skip


def candidate(name="Daniel Wexcombe", **said):
    given, _, family = name.rpartition(" ")
    return Candidate(given_name=given, family_name=family, **said)


class TestCompare:
    @pytest.mark.parametrize(
        ("asked", "strength", "first"),
        [
            (candidate("Ann Other", crn="z900412"), Strength.SAME, "Same CRN"),
            (candidate("Ann Other", pnc="12/900412T"), Strength.SAME, "Same PNC number"),
            (candidate(born_on=date(1979, 3, 14)), Strength.LIKELY, "Exact name"),
            (candidate("Danial Wexcome", born_on=date(1979, 3, 14)), Strength.LIKELY, "Sounds"),
            (candidate("Wexcombe Daniel", born_on=date(1979, 3, 14)), Strength.LIKELY, "Exact"),
            (candidate("Danny Marsh", born_on=date(1979, 3, 14)), Strength.LIKELY, "Exact name."),
            (candidate(born_on=date(1979, 3, 15)), Strength.LIKELY, "Exact name"),
            (candidate(born_on=date(1979, 4, 13)), Strength.LIKELY, "Exact name"),
            (candidate(), Strength.POSSIBLE, "Exact name"),
            (candidate(born_about=1980), Strength.POSSIBLE, "Exact name"),
            (candidate("Kevin Wexcombe", born_on=date(1979, 3, 14)), Strength.POSSIBLE, "Part"),
        ],
        ids=lambda value: getattr(value, "given_name", None),
    )  # fmt: skip
    def test_it_says_how_much_and_why(self, asked, strength, first):
        found = compare(asked, DANIEL)
        assert found.strength is strength
        assert found.reasons[0].startswith(first)

    @pytest.mark.parametrize(
        "asked",
        [
            candidate(born_on=date(1985, 7, 2)),
            candidate(born_about=1990),
            candidate("Ann Other", born_on=date(1979, 3, 14)),
            candidate("Danial Marrow"),
            candidate("Ann Other", crn="Z900413"),
        ],
    )
    def test_too_little_is_no_match(self, asked):
        assert compare(asked, DANIEL) is None

    def test_a_number_that_is_not_seen_is_not_compared(self):
        unseen = Known(names=("Ann Other",))
        assert compare(candidate(crn="Z900412"), unseen) is None

    def test_an_alias_is_named_in_the_reason(self):
        found = compare(candidate("Dany Marsh", born_on=date(1979, 3, 14)), DANIEL)
        assert "Also known as Danny Marsh" in found.reasons[0]


class TestBirths:
    @pytest.mark.parametrize(
        ("other", "answer"),
        [
            (date(1979, 3, 14), Birth.SAME),
            (date(1979, 3, 4), Birth.ONE_DIGIT),
            (date(1989, 3, 14), Birth.ONE_DIGIT),
            (date(1997, 3, 14), Birth.TWO_DIGITS),
            (date(1979, 4, 13), Birth.TWO_DIGITS),
            (date(1980, 3, 15), Birth.OTHER),
        ],
    )
    def test_days(self, other, answer):
        assert births(date(1979, 3, 14), None, Known(names=(), born_on=other)) is answer

    def test_day_and_month_exchanged(self):
        assert births(date(1979, 3, 4), None, Known(names=(), born_on=date(1979, 4, 3))) is (
            Birth.SWAPPED
        )

    def test_a_year_stands_against_a_day(self):
        assert births(None, 1981, DANIEL) is Birth.ABOUT
        assert births(None, 1990, DANIEL) is Birth.OTHER
        assert births(None, None, DANIEL) is Birth.UNKNOWN


def test_what_is_asked_for_meets_each_name_and_number():
    said = {"aliases": ("Dany Marsh",), "crn": "z900412", "born_on": date(1979, 3, 4)}
    asked = wanted_for(candidate("Danial Wexcome", **said))
    for name in DANIEL.names:
        assert asked.keys() & {key.value for key in keys(name)}
    assert {"Z900412", "1979-03-04", "1979-04-03"} <= asked.keys()
    slots = {value: carried // SCALE for value, carried in asked.items()}
    names = {slots[value] for value in asked if "+" in value}
    assert slots["Z900412"] not in names | {slots["1979-03-04"]}
