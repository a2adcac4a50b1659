"""The one search box takes names, dates, numbers and postcodes as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappa.offenders.names import Asked, parse_query, pnc_check_letter


class TestDates:
    @pytest.mark.parametrize(
        "typed",
        [
            "14 March 1979", "14/3/1979", "14-03-1979", "14.3.1979", "1979-03-14", "14031979",
            "14th of March 1979", "March 14, 1979", "14 mar 1979", "14mar1979", "14 3 1979",
            "3/14/1979", "19790314", "born 14 March 1979", "DOB: 14/03/1979",
        ],
    )  # fmt: skip
    def test_one_day_in_many_spellings(self, typed):
        query = parse_query(typed)
        assert (query.asked, query.births) == (Asked.BIRTH, (date(1979, 3, 14),))

    def test_a_short_year_may_be_either_century(self):
        assert parse_query("14/3/12").births == (date(1912, 3, 14), date(2012, 3, 14))

    def test_a_name_and_a_date_are_both_kept(self):
        query = parse_query("Daniel Wexcombe, 14/3/1979")
        assert (query.asked, query.name) == (Asked.NAME_AND_BIRTH, "Daniel Wexcombe")

    @pytest.mark.parametrize("typed", ["31/2/1979", "99/99/1979", "14/3/1679"])
    def test_an_impossible_date_is_no_date(self, typed):
        assert parse_query(typed).births == ()

    def test_a_name_like_a_month_stays_a_name(self):
        assert parse_query("May Carr") == parse_query("May  Carr ")
        assert parse_query("May Carr").asked is Asked.NAME


class TestNumbers:
    @pytest.mark.parametrize(
        ("typed", "asked", "value"),
        [
            ("z900412", Asked.CRN, "Z900412"),
            ("CRN: Z 900412", Asked.CRN, "Z900412"),
            ("2012/0900412Q", Asked.PNC, "2012/0900412Q"),
            ("12/900412q", Asked.PNC, "2012/0900412Q"),
            ("79/900412k", Asked.PNC, "1979/0900412K"),
            ("PNC ID 20120900412Q", Asked.PNC, "2012/0900412Q"),
            ("a1234bc", Asked.PRISON_NUMBER, "A1234BC"),
            ("ViSOR NM-009041", Asked.VISOR, "NM-009041"),
            ("nm009041", Asked.VISOR, "NM-009041"),
            ("nm14zz", Asked.POSTCODE, "NM1 4ZZ"),
            ("NM1", Asked.POSTCODE_DISTRICT, "NM1"),
        ],
    )
    def test_an_identifier_gets_its_standard_spelling(self, typed, asked, value):
        query = parse_query(typed)
        assert (query.asked, query.value, query.name) == (asked, value, "")

    def test_a_wrong_check_letter_is_noticed(self):
        assert parse_query("2012/0900412Q").check_letter_right
        assert not parse_query("2012/0900412T").check_letter_right

    def test_the_check_letter_is_the_public_one(self):
        # 12 0900412 = 23 * 5256539 + 15, and Q stands at place 15.
        assert pnc_check_letter(2012, 900412) == "Q"


class TestAnythingElse:
    @pytest.mark.parametrize("typed", ["", "   ", "'", "--", "?!"])
    def test_nothing_to_search_for_is_told(self, typed):
        assert parse_query(typed).asked is Asked.NOTHING

    @given(st.text(max_size=300))
    def test_no_text_makes_it_fail(self, text):
        assert parse_query(text).asked in Asked

    @given(st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 11, 20)))
    def test_every_birth_date_is_read_back(self, day):
        assert parse_query(f"{day.day}/{day.month}/{day.year}").births == (day,)
