"""How lists say a day: with its year where that is another than today's."""

from datetime import date

import pytest

from mappa.web.words import day

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2026, 11, 27), "Friday 27 November"),
        (date(2027, 1, 4), "Monday 4 January 2027"),
        (date(2025, 12, 31), "Wednesday 31 December 2025"),
    ],
)
def test_a_list_says_the_year_of_a_day_that_is_not_of_this_year(on, said):
    assert day(on, weekday=True, today=TODAY) == said


def test_where_nobody_says_which_day_it_is_the_year_stands():
    assert day(date(2026, 11, 27), weekday=True) == "Friday 27 November 2026"
    assert day(date(2026, 11, 27)) == "27 November 2026"
