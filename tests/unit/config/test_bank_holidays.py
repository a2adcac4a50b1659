from datetime import date

import pytest

from config.read import bank_holidays
from mappa.rules.levels import Jurisdiction

EW, SC = Jurisdiction.ENGLAND_WALES, Jurisdiction.SCOTLAND


class TestBankHolidays:
    @pytest.mark.parametrize(
        ("on", "in_england", "in_scotland"),
        [
            (date(2027, 1, 1), "New Year’s Day", "New Year’s Day"),
            (date(2027, 1, 4), None, "2 January (substitute day)"),
            (date(2027, 3, 26), "Good Friday", "Good Friday"),
            (date(2027, 3, 29), "Easter Monday", None),
            (date(2027, 5, 3), "Early May bank holiday", "Early May bank holiday"),
            (date(2027, 8, 2), None, "Summer bank holiday"),
            (date(2027, 8, 30), "Summer bank holiday", None),
            (date(2027, 11, 30), None, "St Andrew’s Day"),
            (
                date(2027, 12, 27),
                "Christmas Day (substitute day)",
                "Christmas Day (substitute day)",
            ),
            (date(2027, 12, 28), "Boxing Day (substitute day)", "Boxing Day (substitute day)"),
            (date(2026, 6, 15), None, "Scotland's participation in the FIFA World Cup final"),
        ],
    )
    def test_differ_between_the_nations(self, on, in_england, in_scotland):
        assert bank_holidays(EW, [on.year]).get(on) == in_england
        assert bank_holidays(SC, [on.year]).get(on) == in_scotland

    @pytest.mark.parametrize("year", [2021, 2024, 2025, 2027, 2028, 2029])
    @pytest.mark.parametrize(("jurisdiction", "many"), [(EW, 8), (SC, 9)])
    def test_take_as_many_weekdays_as_the_law_gives(self, jurisdiction, many, year):
        # Banking and Financial Dealings Act 1971 Schedule 1, with the days proclaimed each year:
        # a day at a weekend has its substitute, so the number of weekdays never changes.
        # Left out are the years with a day of their own: 2022, 2023 and, in Scotland, 2026.
        weekdays = [on for on in bank_holidays(jurisdiction, [year]) if on.weekday() < 5]

        assert len(weekdays) == many

    def test_hold_only_the_years_that_were_asked_for(self):
        assert {on.year for on in bank_holidays(SC, [2026, 2027])} == {2026, 2027}
