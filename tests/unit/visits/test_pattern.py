"""Whether visits could be guessed, and what is drawn instead."""

import random
from collections import Counter
from datetime import date, time, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappa.visits import pattern
from mappa.visits.pattern import (
    FEWEST,
    LOOKED_AT,
    Made,
    Part,
    at_least,
    choices,
    could_be_expected,
    fullest_at_least,
    part_of,
    suggested,
    window,
)

TUESDAY = date(2026, 1, 6)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
VISITS = st.lists(st.builds(Made, DAYS, st.sampled_from(Part)), max_size=30)


def weekly(number: int, *, every: int = 28, part: Part = Part.MORNING) -> list[Made]:
    return [Made(TUESDAY + timedelta(days=every * each), part) for each in range(number)]


class TestLikelihood:
    @pytest.mark.parametrize(("of", "places"), [(1, 3), (4, 3), (5, 2), (6, 3)])
    def test_it_is_that_of_every_way_written_out(self, of, places):
        ways = list(product(range(places), repeat=of))
        for count in range(1, of + 1):
            full = sum(max(Counter(way).values()) >= count for way in ways)
            assert fullest_at_least(count, of, places) == pytest.approx(full / len(ways))

    @given(st.integers(0, 20), st.integers(0, 20), st.fractions(0, 1, max_denominator=50))
    def test_tries_that_succeed_are_counted_as_with_fractions(self, count, of, chance):
        exact = at_least(count, of, chance)
        assert at_least(count, of, float(chance)) == pytest.approx(float(Fraction(exact)))


class TestHabits:
    def test_the_same_day_and_part_of_it_is_said_first_and_in_words(self):
        others = [Made(TUESDAY + timedelta(days=5, weeks=2), Part.EVENING)]
        found = pattern.pattern([*weekly(7), *others])
        assert found.guessable[0].sentence == "7 of the last 8 were on a Tuesday morning"

    def test_all_of_them_is_said_so(self):
        found = pattern.pattern(weekly(8))
        assert found.guessable[0].sentence == "All of the last 8 were on a Tuesday morning"
        assert found.evenness == pytest.approx(0)

    def test_one_distance_is_a_habit_although_no_day_is(self):
        days = (0, 30, 61, 91, 122, 152, 183, 214)
        parts = (*Part, *Part, *Part)
        found = pattern.pattern(
            Made(TUESDAY + timedelta(days=each), part)
            for each, part in zip(days, parts, strict=False)
        )
        assert [each.words for each in found.guessable] == [
            "came 30 to 31 days after the one before"
        ]

    def test_never_in_an_evening_nor_at_a_weekend_is_a_habit(self):
        spread = [Made(TUESDAY + timedelta(days=each), part) for each, part in [
            (0, Part.MORNING), (8, Part.AFTERNOON), (31, Part.MORNING), (45, Part.AFTERNOON),
            (97, Part.MORNING), (105, Part.AFTERNOON), (160, Part.MORNING), (167, Part.AFTERNOON),
            (240, Part.MORNING),
        ]]  # fmt: skip
        assert all(each.in_office_hours for each in spread)
        words = [each.words for each in pattern.pattern(spread).guessable]
        assert words == ["were on a weekday before 5pm"]

    def test_of_too_few_nothing_is_said(self):
        assert not pattern.pattern(weekly(FEWEST - 1)).guessable
        assert pattern.pattern(weekly(FEWEST)).guessable
        assert pattern.pattern([]).evenness == 1

    def test_visits_drawn_at_random_are_called_guessable_less_than_once_in_twenty(self):
        drawn = random.Random(20261127)
        called = 0
        for _ in range(1000):
            on, made = TUESDAY, []
            for _ in range(12):
                on += timedelta(days=drawn.randrange(1, 57))
                made.append(Made(on, drawn.choice(list(Part))))
            called += bool(pattern.pattern(made).guessable)
        assert called / 1000 < pattern.UNLIKELY

    @given(VISITS)
    def test_only_the_newest_count_and_their_order_does_not(self, visits):
        newest = sorted(visits)[-LOOKED_AT:]
        assert pattern.pattern(visits) == pattern.pattern(newest)
        assert pattern.pattern(visits) == pattern.pattern(reversed(visits))

    @given(VISITS)
    def test_evenness_and_likelihoods_are_shares(self, visits):
        found = pattern.pattern(visits)
        assert -1e-9 <= found.evenness <= 1 + 1e-9
        assert all(0 <= each.likelihood <= 1 + 1e-9 for each in found.habits)
        assert sum(found.by_slot.values()) == found.of == min(len(visits), LOOKED_AT)


class TestExpected:
    def test_the_next_of_a_habit_is_expected_and_another_time_is_not(self):
        found = pattern.pattern([*weekly(7), Made(TUESDAY + timedelta(days=18), Part.EVENING)])
        next_tuesday = TUESDAY + timedelta(weeks=40)
        assert could_be_expected(found, next_tuesday, Part.MORNING)
        assert could_be_expected(found, next_tuesday, Part.AFTERNOON)
        assert not could_be_expected(found, next_tuesday + timedelta(days=4), Part.EVENING)

    def test_without_a_habit_nothing_is_expected(self):
        assert could_be_expected(pattern.pattern([]), TUESDAY, Part.MORNING) is None


class TestDrawing:
    @given(DAYS, st.integers(0, 120))
    def test_each_day_and_part_comes_up_exactly_once(self, first, days):
        last = first + timedelta(days=days)
        every = [suggested(first, last, each) for each in range(choices(first, last))]
        assert len({(each.on, each.part) for each in every}) == 3 * (days + 1) == len(every)
        assert {each.on for each in every} == {first + timedelta(days=n) for n in range(days + 1)}
        assert {each.days for each in every} == {days + 1}

    def test_nobody_guesses_the_day_better_than_by_chance(self):
        """10,000 draws over 28 days: the commonest day is within 1.2 of its share."""
        first, last = TUESDAY, TUESDAY + timedelta(days=27)
        drawn = random.Random(6)
        days = Counter(
            suggested(first, last, drawn.randrange(choices(first, last))).on for _ in range(10_000)
        )
        assert max(days.values()) / 10_000 <= 1.2 / 28

    @pytest.mark.parametrize("number", [-1, 84])
    def test_a_number_that_is_no_choice_is_refused(self, number):
        with pytest.raises(ValueError, match="choices"):
            suggested(TUESDAY, TUESDAY + timedelta(days=27), number)

    def test_a_window_that_ends_before_it_begins_is_refused(self):
        with pytest.raises(ValueError, match="ends before"):
            choices(TUESDAY, TUESDAY - timedelta(days=1))

    @given(DAYS, st.none() | DAYS)
    def test_a_window_lies_ahead_and_not_beyond_what_is_due(self, today, due_on):
        first, last = window(today, due_on)
        assert today < first <= last
        if due_on is not None and due_on > today:
            assert last == due_on


@pytest.mark.parametrize(
    ("at", "part"),
    [
        (time(0), Part.MORNING),
        (time(11, 59), Part.MORNING),
        (time(12), Part.AFTERNOON),
        (time(16, 59), Part.AFTERNOON),
        (time(17), Part.EVENING),
        (time(23, 59), Part.EVENING),
    ],
)
def test_the_day_is_parted_at_noon_and_at_five(at, part):
    assert part_of(at) is part
