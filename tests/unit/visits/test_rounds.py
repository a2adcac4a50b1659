"""Rounds by district: nobody is lost, nobody is there twice, the most urgent come first."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappa.visits.rounds import rules
from mappa.visits.rounds.rules import NOT_KNOWN, Call, outward, rounds

TODAY = date(2026, 11, 20)
HOUR = datetime(2026, 11, 20, 10, tzinfo=UTC)
BANDS = ("very_high", "high", "medium", "low", "not_assessed", None)


def call(number: int, **changes: object) -> Call:
    plain = {"person": UUID(int=number), "name": f"Person {number}", "due_on": TODAY}
    return Call(**(plain | changes))


CALLS = st.lists(
    st.builds(
        lambda band, district, ago, hour: {
            "band": band,
            "district": district,
            "due_on": TODAY - timedelta(days=ago),
            "at": HOUR if hour else None,
        },
        st.sampled_from(BANDS),
        st.sampled_from(("NM1", "NM2", NOT_KNOWN)),
        st.integers(-20, 400),
        st.booleans(),
    ),
    max_size=30,
).map(lambda found: [call(number, **each) for number, each in enumerate(found)])


class TestRounds:
    @given(CALLS, st.integers(1, 8))
    def test_everybody_is_in_one_round_once_and_no_round_is_longer_than_a_day(self, calls, most):
        found = rounds(calls, most)
        listed = [each for of in found for each in (*of.calls, *of.left)]
        assert sorted(each.person for each in listed) == sorted(each.person for each in calls)
        assert all(len(of.calls) <= most and (not of.left or len(of.calls) == most) for of in found)
        assert all(each.district == of.district for of in found for each in (*of.calls, *of.left))
        assert len({of.district for of in found}) == len(found)

    @given(CALLS)
    def test_the_order_does_not_hang_on_the_order_of_asking(self, calls):
        assert rounds(calls, 4) == rounds(list(reversed(calls)), 4)

    @given(CALLS)
    def test_those_without_a_known_address_stand_last(self, calls):
        districts = [of.district for of in rounds(calls, 4)]
        assert NOT_KNOWN not in districts[:-1]

    def test_a_promised_hour_then_risk_then_who_has_waited(self):
        promised = call(1, at=HOUR, band="low")
        grave = call(2, band="very_high")
        old = call(3, band="medium", due_on=TODAY - timedelta(days=90))
        young = call(4, band="medium", due_on=TODAY - timedelta(days=3))
        unknown = call(5, band=None)
        (found,) = rounds([young, unknown, old, grave, promised], 9)
        assert list(found.calls) == [promised, grave, unknown, old, young]

    def test_the_district_with_the_most_urgent_comes_first(self):
        far, near = call(1, district="NM9", band="high"), call(2, district="NM1", band="low")
        assert [of.district for of in rounds([near, far], 6)] == ["NM9", "NM1"]


@pytest.mark.parametrize(
    ("postcode", "code"),
    [("NM1 4ZZ", "NM1"), ("nm14zz", "NM1"), ("NM12 4ZZ", "NM12"), ("", ""), ("X", "")],
)
def test_the_outward_code_of_a_postcode(postcode, code):
    assert outward(postcode) == code


class TestMonths:
    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("2026-12", date(2026, 12, 1)),
            ("2026-13", date(2026, 11, 1)),
            ("", date(2026, 11, 1)),
            (None, date(2026, 11, 1)),
            ("9999-01", date(2026, 11, 1)),
            ("²⁰²⁶-1", date(2026, 11, 1)),
        ],
    )
    def test_a_month_of_an_address_else_this_one(self, text, first):
        assert rules.month_of(text, TODAY) == first

    @given(st.dates(date(2001, 1, 1), date(2199, 12, 31)))
    def test_the_months_beside_and_the_weeks_of_a_month(self, day):
        first = day.replace(day=1)
        before, after = rules.months_beside(first)
        assert rules.months_beside(after)[0] == first == rules.months_beside(before)[1]
        assert rules.month_of(rules.month_words(first), TODAY) == first
        days = [on for week in rules.weeks(first) for on in week]
        assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
        assert day in days
        monday, sunday = rules.week_of(day)
        assert monday <= day <= sunday
        assert (monday.weekday(), sunday.weekday()) == (0, 6)
