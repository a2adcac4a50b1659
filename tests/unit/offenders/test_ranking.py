"""The results page says in words why a person is listed, and the closest stands first."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappa.offenders.names import keys, rank, rank_birth, swapped, wanted

TYPED = "danial wexcome"


class TestRank:
    def test_it_answers_the_search_of_the_design_in_its_words_and_order(self):
        people = [
            ["Neil Daniels-Waxham"],
            ["Danielle Wexham", "Dani Wexcomb"],
            ["Daniel Wexcombe"],
        ]

        found = sorted((rank(TYPED, names) for names in people), key=lambda match: -match.score)

        assert [(match.reason, match.marks) for match in found] == [
            ("Sounds the same. 2 letters differ:", ("Daniel", "Wexcombe")),
            ("Sounds close. Also known as", ("Dani Wexcomb",)),
            ("Part of the name, in another order", ()),
        ]

    @pytest.mark.parametrize(
        ("typed", "name", "reason"),
        [
            ("Daniel Wexcombe", "Daniel Wexcombe", "Exact name"),
            ("WEXCOMBE, daniel", "Daniel Wexcombe", "Exact name, in another order"),
            ("wexcombe", "Daniel Wexcombe", "Part of the name"),
            ("smith john", "John Daniel Smith", "Part of the name, in another order"),
            ("Liz Arkwright", "Elizabeth Arkwright", "Another form of the same name:"),
            ("shivaun obrien", "Siobhán O'Brien", "Sounds the same:"),
            ("colbek", "Ishaan Colbeck", "Sounds the same. 1 letter differs:"),
            ("renwicm", "Tobias Renwick", "1 letter differs:"),
            ("mohammed alhassan", "Mohammed Al-Hassan", "Same letters, spaced differently"),
            ("d wexcombe", "Daniel Wexcombe", "Initial and name:"),
            ("王小明", "王小明", "Exact name"),
        ],
    )
    def test_the_reason_says_what_is_shared(self, typed, name, reason):
        assert rank(typed, [name]).reason.startswith(reason)

    def test_an_exact_alias_beats_a_close_name(self):
        match = rank("Dan Renwick", ["Tobias Renwick", "Dan Renwick"])
        assert (match.reason, match.marks) == ("Exact name. Also known as", ("Dan Renwick",))

    def test_at_equal_scores_the_name_of_the_record_wins(self):
        assert rank("Gwen Arkwright", ["Gwen Arkwright", "Gwen Arkwright"]).reason == "Exact name"

    @pytest.mark.parametrize("typed", ["smith", "", "'", "王"])
    def test_another_name_is_no_match(self, typed):
        assert rank(typed, ["Daniel Wexcombe"]) is None

    def test_a_person_without_a_name_is_no_match(self):
        assert rank(TYPED, []) is None
        assert rank(TYPED, ["", "--"]) is None

    @given(st.text(max_size=50), st.lists(st.text(max_size=50), max_size=3))
    def test_any_text_gets_a_score_between_0_and_100(self, typed, names):
        match = rank(typed, names)
        assert match is None or 0 <= match.score <= 100


class TestSlots:
    def test_the_people_of_the_design_share_keys_with_the_search(self):
        for name in ("Daniel Wexcombe", "Dani Wexcomb", "Neil Daniels-Waxham"):
            assert wanted(TYPED).keys() & {key.value for key in keys(name)}


class TestBirth:
    def test_the_day_itself_and_the_swapped_day_are_told_apart(self):
        born_on = date(1979, 4, 3)
        assert rank_birth([date(1979, 4, 3)], born_on).reason == "Date of birth"
        found = rank_birth([date(1979, 3, 4)], born_on)
        assert found.reason == "Date of birth with day and month swapped"
        assert rank_birth([date(1979, 3, 5)], born_on) is None

    @pytest.mark.parametrize("day", [date(1979, 3, 14), date(1979, 3, 3)])
    def test_a_day_that_cannot_be_swapped_has_no_other(self, day):
        assert swapped(day) is None
