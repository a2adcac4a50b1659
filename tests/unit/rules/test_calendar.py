from datetime import date

import pytest

from config.bank_holidays import bank_holidays
from mappa.rules.calendar import (
    add_months,
    add_working_days,
    day_words,
    is_working_day,
    skipped_days,
    weekday_words,
)
from mappa.rules.levels import Jurisdiction

EW = bank_holidays(Jurisdiction.ENGLAND_WALES, range(2024, 2031))
SC = bank_holidays(Jurisdiction.SCOTLAND, range(2024, 2031))


class TestAddWorkingDays:
    @pytest.mark.parametrize(
        ("start", "days", "holidays", "expected"),
        [
            pytest.param(date(2026, 11, 9), 20, SC, date(2026, 12, 8), id="over St Andrew's Day"),
            pytest.param(date(2026, 11, 9), 20, EW, date(2026, 12, 7), id="no St Andrew's Day"),
            pytest.param(date(2026, 12, 23), 5, EW, date(2027, 1, 4), id="year end, England"),
            pytest.param(date(2026, 12, 23), 5, SC, date(2027, 1, 5), id="year end, Scotland"),
            pytest.param(date(2026, 4, 2), 5, EW, date(2026, 4, 13), id="Easter Monday counts not"),
            pytest.param(date(2026, 4, 2), 5, SC, date(2026, 4, 10), id="Easter Monday counts"),
            pytest.param(date(2026, 8, 28), 1, EW, date(2026, 9, 1), id="last Monday of August"),
            pytest.param(date(2026, 8, 28), 1, SC, date(2026, 8, 31), id="August 31 in Scotland"),
            pytest.param(date(2026, 7, 31), 1, SC, date(2026, 8, 4), id="first Monday of August"),
            pytest.param(date(2028, 2, 28), 1, EW, date(2028, 2, 29), id="leap day"),
            pytest.param(date(2026, 11, 21), 1, EW, date(2026, 11, 23), id="from a Saturday"),
            pytest.param(date(2026, 11, 21), 0, EW, date(2026, 11, 21), id="none"),
        ],
    )
    def test_gives_the_day_on_which_they_have_passed(self, start, days, holidays, expected):
        assert add_working_days(start, days, holidays) == expected

    def test_takes_bare_days_without_names(self):
        assert add_working_days(date(2026, 11, 27), 1, frozenset(SC)) == date(2026, 12, 1)

    def test_refuses_to_count_backwards(self):
        with pytest.raises(ValueError, match="forwards"):
            add_working_days(date(2026, 11, 20), -1, EW)


class TestIsWorkingDay:
    @pytest.mark.parametrize(
        ("on", "in_england", "in_scotland"),
        [
            pytest.param(date(2026, 11, 30), True, False, id="St Andrew's Day"),
            pytest.param(date(2026, 1, 2), True, False, id="2 January"),
            pytest.param(date(2026, 4, 6), False, True, id="Easter Monday"),
            pytest.param(date(2026, 12, 28), False, False, id="substitute for Boxing Day"),
            pytest.param(date(2027, 12, 27), False, False, id="substitute for Christmas Day"),
            pytest.param(date(2027, 1, 4), True, False, id="substitute for 2 January"),
            pytest.param(date(2028, 1, 3), False, False, id="substitute for New Year's Day"),
            pytest.param(date(2028, 1, 4), True, False, id="second substitute in Scotland"),
            pytest.param(date(2026, 6, 15), True, False, id="proclaimed in Scotland only"),
            pytest.param(date(2026, 11, 22), False, False, id="Sunday"),
        ],
    )
    def test_differs_between_the_nations(self, on, in_england, in_scotland):
        assert (is_working_day(on, EW), is_working_day(on, SC)) == (in_england, in_scotland)


class TestAddMonths:
    @pytest.mark.parametrize(
        ("start", "months", "expected"),
        [
            pytest.param(date(2026, 8, 12), 3, date(2026, 11, 12), id="same day"),
            pytest.param(date(2027, 1, 31), 1, date(2027, 2, 28), id="short month"),
            pytest.param(date(2028, 1, 31), 1, date(2028, 2, 29), id="short month, leap year"),
            pytest.param(date(2028, 2, 29), 12, date(2029, 2, 28), id="leap day and a year"),
            pytest.param(date(2028, 2, 29), 48, date(2032, 2, 29), id="leap day and four years"),
            pytest.param(date(2026, 11, 30), 3, date(2027, 2, 28), id="over the year end"),
            pytest.param(date(2026, 12, 15), 12, date(2027, 12, 15), id="December and a year"),
            pytest.param(date(2026, 2, 28), 1, date(2026, 3, 28), id="end of month does not stick"),
            pytest.param(date(2099, 11, 30), 3, date(2100, 2, 28), id="2100 is no leap year"),
        ],
    )
    def test_gives_the_corresponding_day_or_the_end_of_the_month(self, start, months, expected):
        assert add_months(start, months) == expected


class TestWords:
    def test_days_are_written_out(self):
        assert day_words(date(2026, 11, 9)) == "9 November 2026"
        assert weekday_words(date(2026, 12, 8)) == "Tuesday 8 December 2026"


class TestSkippedDays:
    def test_says_weekends_once_and_each_holiday_by_name(self):
        assert skipped_days(date(2026, 11, 27), date(2026, 12, 1), SC) == [
            "Saturdays and Sundays are not counted: 2 in all.",
            "Monday 30 November 2026 is not counted: St Andrew’s Day.",
        ]

    def test_holiday_without_a_name_is_a_bank_holiday(self):
        said = skipped_days(date(2026, 11, 30), date(2026, 12, 1), frozenset(SC))

        assert said == ["Monday 30 November 2026 is not counted: Bank holiday."]

    def test_holiday_at_a_weekend_is_not_said_twice(self):
        said = skipped_days(date(2026, 12, 26), date(2026, 12, 27), EW)

        assert said == ["Saturdays and Sundays are not counted: 2 in all."]

    def test_is_empty_when_every_day_counts(self):
        assert skipped_days(date(2026, 11, 9), date(2026, 11, 13), EW) == []
