"""When a visit began and ended: past midnight, and on the nights on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from mappa.visits.hours import Chosen, came, which
from mappa.visits.hours import hours as hours_of

TODAY = date(2026, 11, 21)
BACK, FORWARD = date(2026, 10, 25), date(2026, 3, 29)


def hours(on, arrived, left, *, longest=12, **more):
    return hours_of(on, arrived, left, longest=lambda: timedelta(hours=longest), **more)


def at(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "arrived", "left", "made_on", "began", "ended", "overnight"),
    [
        pytest.param(
            date(2026, 11, 20), time(23, 30), time(0, 20),
            date(2026, 11, 20), at(20, 23, 30), at(21, 0, 20), True, id="past midnight",
        ),
        pytest.param(
            TODAY, time(23, 30), time(0, 20),
            date(2026, 11, 20), at(20, 23, 30), at(21, 0, 20), True, id="typed after midnight",
        ),
        pytest.param(
            date(2026, 11, 20), time(14), time(14, 25),
            date(2026, 11, 20), at(20, 14), at(20, 14, 25), False, id="by day",
        ),
        pytest.param(
            date(2026, 11, 20), time(23, 30), time(0),
            date(2026, 11, 20), at(20, 23, 30), at(21, 0), True, id="at midnight",
        ),
        pytest.param(
            date(2026, 11, 20), time(14, 40), time(14, 15),
            date(2026, 11, 20), at(20, 14, 40), at(20, 14, 15), False, id="a slip of the pen",
        ),
        pytest.param(
            date(2026, 11, 20), time(14, 40), time(14, 40),
            date(2026, 11, 20), at(20, 14, 40), at(20, 14, 40), False, id="no time at all",
        ),
        pytest.param(
            date(2026, 10, 24), time(23, 30), time(1, 15),
            date(2026, 10, 24), at(24, 22, 30, 10), at(25, 0, 15, 10), True,
            id="into the hour that comes twice",
        ),
        pytest.param(
            BACK, time(1, 40), time(1, 15),
            BACK, at(25, 0, 40, 10), at(25, 1, 15, 10), False, id="through the change",
        ),
        pytest.param(
            BACK, time(0, 30), time(2, 15),
            BACK, at(24, 23, 30, 10), at(25, 2, 15, 10), False, id="longer than it looks",
        ),
        pytest.param(
            date(2026, 3, 28), time(23, 30), time(2, 30),
            date(2026, 3, 28), at(28, 23, 30, 3), at(29, 1, 30, 3), True,
            id="shorter than it looks",
        ),
        pytest.param(
            date(2026, 7, 1), time(23, 30), time(0, 30),
            date(2026, 7, 1), at(1, 22, 30, 7), at(1, 23, 30, 7), True, id="in summer",
        ),
    ],
)  # fmt: skip
def test_day_and_times_become_moments(on, arrived, left, made_on, began, ended, overnight):
    found = hours(on, arrived, left, today=TODAY)
    assert (found.made_on, found.arrived_at, found.left_at) == (made_on, began, ended)
    assert found.overnight is overnight


def test_of_twelve_hours_a_minute_more_is_a_slip():
    assert hours(date(2026, 11, 20), time(20), time(8), today=TODAY).overnight
    assert not hours(date(2026, 11, 20), time(20), time(8, 1), today=TODAY).overnight


@pytest.mark.parametrize(
    ("longest", "overnight"), [pytest.param(8, False, id="8"), pytest.param(9, True, id="9")]
)
def test_the_area_says_how_long_a_night_can_be(longest, overnight):
    found = hours(date(2026, 11, 20), time(22), time(7), today=TODAY, longest=longest)
    assert found.overnight is overnight


def test_how_long_it_can_be_is_not_asked_by_day():
    def never():
        raise AssertionError

    assert hours_of(TODAY, time(9), time(10), today=TODAY, longest=never).left_at == at(21, 10)


@pytest.mark.parametrize(
    ("on", "said", "was"),
    [
        pytest.param(FORWARD, time(1, 30), False, id="left out"),
        pytest.param(FORWARD, time(0, 59), True, id="before it"),
        pytest.param(FORWARD, time(2), True, id="after it"),
        pytest.param(BACK, time(1, 30), True, id="comes twice"),
        pytest.param(TODAY, time(1, 30), True, id="any night"),
    ],
)
def test_an_hour_that_the_clocks_leave_out_never_came(on, said, was):
    assert came(on, said) is was


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        pytest.param(at(25, 0, 40, 10), "before the clocks went back", id="first"),
        pytest.param(at(25, 1, 15, 10), "after the clocks went back", id="second"),
        pytest.param(at(25, 2, 0, 10), "", id="later"),
        pytest.param(at(24, 23, 59, 10), "", id="earlier"),
        pytest.param(at(29, 1, 0, 3), "", id="in spring"),
        pytest.param(at(20, 14), "", id="any day"),
    ],
)
def test_of_a_time_that_comes_twice_it_is_said_which(moment, words):
    assert which(moment) == words


EITHER, BOTH = None, {"arrived", "left"}


@pytest.mark.parametrize(
    ("arrived", "left", "chosen", "began", "ended", "unsure"),
    [
        pytest.param(
            time(1, 10), time(1, 40), (EITHER, EITHER),
            at(25, 0, 10, 10), at(25, 0, 40, 10), BOTH, id="either way",
        ),
        pytest.param(
            time(1, 10), time(1, 40), (False, EITHER),
            at(25, 0, 10, 10), at(25, 0, 40, 10), {"left"}, id="arrived at the first",
        ),
        pytest.param(
            time(1, 10), time(1, 40), (False, True),
            at(25, 0, 10, 10), at(25, 1, 40, 10), set(), id="from the first to the second",
        ),
        pytest.param(
            time(1, 10), time(1, 40), (True, EITHER),
            at(25, 1, 10, 10), at(25, 1, 40, 10), set(), id="arrived at the second",
        ),
        pytest.param(
            time(1, 10), time(1, 40), (True, False),
            at(25, 1, 10, 10), at(25, 0, 40, 10), set(), id="left before the arrival",
        ),
        pytest.param(
            time(1, 40), time(1, 15), (EITHER, EITHER),
            at(25, 0, 40, 10), at(25, 1, 15, 10), set(), id="only one way",
        ),
        pytest.param(
            time(0, 50), time(1, 15), (EITHER, True),
            at(24, 23, 50, 10), at(25, 1, 15, 10), set(), id="left at the second",
        ),
        pytest.param(
            time(1, 15), time(2, 30), (EITHER, EITHER),
            at(25, 0, 15, 10), at(25, 2, 30, 10), {"arrived"}, id="when did it begin",
        ),
        pytest.param(
            time(0, 10), time(2), (True, True),
            at(24, 23, 10, 10), at(25, 2, 0, 10), set(), id="neither came twice",
        ),
    ],
)  # fmt: skip
def test_of_an_hour_that_came_twice_the_chosen_one_is_meant(
    arrived, left, chosen, began, ended, unsure
):
    found = hours(BACK, arrived, left, today=TODAY, chosen=Chosen(*chosen))
    assert (found.arrived_at, found.left_at, found.overnight) == (began, ended, False)
    assert found.unsure == unsure


def test_a_night_that_ends_in_the_hour_that_came_twice_can_be_chosen():
    on, arrived, left = date(2026, 10, 24), time(23, 30), time(1, 15)
    assert hours(on, arrived, left, today=TODAY).unsure == {"left"}
    found = hours(on, arrived, left, today=TODAY, chosen=Chosen(left=True))
    assert (found.left_at, found.overnight) == (at(25, 1, 15, 10), True)


def test_on_all_other_nights_nothing_is_asked():
    assert not hours(FORWARD, time(0, 30), time(2, 30), today=TODAY).unsure
    assert not hours(TODAY, time(1, 10), time(1, 40), today=TODAY).unsure
