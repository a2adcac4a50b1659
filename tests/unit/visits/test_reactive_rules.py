"""When reactive management is possible: a decision table, and low risk since when."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappa.kernel.errors import RuleBroken
from mappa.visits.reactive.rules import (
    NEXT,
    OF_OTHERS,
    OF_POLICE,
    Answer,
    Assessed,
    Known,
    ReactiveState,
    check_answer,
    check_eligible,
    check_next,
    conditions,
    low_since,
)

TODAY = date(2026, 11, 20)
PROBATION, POLICE = UUID(int=1), UUID(int=2)
ELIGIBLE = Known(
    jurisdiction="england-wales",
    category=1,
    band="low",
    low_since=date(2023, 11, 20),
    eligible_on=TODAY,
    low_for="3 years",
)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        pytest.param({}, [], id="all holds, on the very day"),
        pytest.param({"jurisdiction": "scotland"}, [0], id="scotland"),
        pytest.param({"category": 2}, [1], id="not subject to notification"),
        pytest.param({"category": None}, [1], id="no category"),
        pytest.param({"band": "medium"}, [2], id="medium"),
        pytest.param({"band": "not_assessed"}, [2], id="not assessed"),
        pytest.param({"band": None}, [2], id="the band is not for this reader"),
        pytest.param({"eligible_on": TODAY + timedelta(days=1)}, [3], id="a day too early"),
        pytest.param({"low_since": None, "eligible_on": None}, [3], id="no low assessment"),
        pytest.param({"recent": "NP/26/7"}, [4], id="recent intelligence"),
        pytest.param(
            {"band": "high", "low_since": None, "eligible_on": None, "recent": "NP/26/7"},
            [2, 3, 4],
            id="all that is missing is said at once",
        ),
    ],
)
def test_who_is_eligible(changes, missing):
    known = replace(ELIGIBLE, **changes)
    held = [each.holds for each in conditions(known, TODAY)]
    assert [number for number, holds in enumerate(held) if not holds] == missing
    if not missing:
        check_eligible(known, TODAY)
        return
    with pytest.raises(RuleBroken) as refused:
        check_eligible(known, TODAY)
    said = [conditions(known, TODAY)[number].words for number in missing]
    assert all(words in found for words, found in zip(said, refused.value.sentences, strict=True))


class TestLowSince:
    def test_nobody_assessed_it(self):
        assert low_since([]) is None

    def test_it_counts_from_the_first_of_an_unbroken_row(self):
        found = [(2019, "low"), (2020, "medium"), (2021, "low"), (2024, "low")]
        said = [Assessed(PROBATION, band, date(year, 5, 1)) for year, band in found]
        assert low_since(said) == date(2021, 5, 1)

    def test_another_agency_that_still_says_high_breaks_it(self):
        said = [
            Assessed(POLICE, "high", date(2018, 5, 1)),
            Assessed(PROBATION, "low", date(2020, 5, 1)),
        ]
        assert low_since(said) is None
        assert low_since([*said, Assessed(POLICE, "low", date(2022, 1, 1))]) == date(2022, 1, 1)

    @example([(PROBATION, "low", 0), (PROBATION, "medium", 1), (PROBATION, "low", 1)])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([PROBATION, POLICE]),
                st.sampled_from(["low", "medium", "high"]),
                st.integers(0, 40),
            ),
            max_size=12,
        )
    )
    def test_it_equals_a_walk_over_every_day(self, found):
        found = sorted(found, key=lambda each: each[2])
        said = [Assessed(who, band, TODAY + timedelta(days=day)) for who, band, day in found]

        def is_low(entries):
            newest = {who: band for who, band, _ in entries}
            return bool(newest) and set(newest.values()) == {"low"}

        def low_all_along(day):
            """From before the first of the day's assessments to after the last of them."""
            before = sum(on < day for _, _, on in found)
            within = sum(on == day for _, _, on in found)
            return all(is_low(found[: before + number]) for number in range(within + 1))

        since = None
        if is_low(found):
            for day in range(40, -1, -1):
                since = TODAY + timedelta(days=day)
                if not low_all_along(day):
                    break
        assert low_since(said) == since


def test_each_state_goes_where_the_picture_says_and_nowhere_else():
    for state in ReactiveState:
        for following in ReactiveState:
            if following in NEXT[state]:
                check_next(state.value, following)
            else:
                with pytest.raises(RuleBroken):
                    check_next(state.value, following)


def test_the_police_decide_on_visits_and_others_on_telling_them():
    assert set(OF_POLICE) | set(OF_OTHERS) == set(Answer)
    check_answer(Answer.KEPT, OF_POLICE)
    for given_, offered in ((Answer.ENDED, OF_OTHERS), (Answer.TOLD, OF_POLICE), (Answer.KEPT, ())):
        with pytest.raises(RuleBroken):
            check_answer(given_, offered)
