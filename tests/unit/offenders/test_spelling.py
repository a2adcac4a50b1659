"""Names are compared without case, diacritics and punctuation, in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappa.offenders.names import normalise, sort_name, tokens


class TestNormalise:
    @pytest.mark.parametrize(
        ("written", "compared"),
        [
            ("Siobhán O’Brien", "siobhan obrien"),
            ("Łukasz Wiśniewski", "lukasz wisniewski"),
            ("Søren Ærø", "soren aero"),
            ("Weiß", "weiss"),
            ("Margaret Oyelaran-Fitzwilliam", "margaret oyelaran fitzwilliam"),
            ("Gwenllïan Tŷ-Gwyn", "gwenllian ty gwyn"),
            ("  Wexcombe,   DANIEL ", "wexcombe daniel"),
            ("王小明", "王小明"),
            ("مُحَمَّد", "محمد"),
            ("Фёдор", "федор"),
            ("मोहन", "मोहन"),
            ("J.R. Arkwright", "j r arkwright"),
        ],
    )
    def test_it_folds_what_people_leave_out(self, written, compared):
        assert normalise(written) == compared

    def test_punctuation_alone_leaves_no_gap(self):
        assert normalise("0:`:0") == "0 0"

    @given(st.text(max_size=60))
    def test_normalising_twice_changes_nothing(self, text):
        assert normalise(normalise(text)) == normalise(text)

    @given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzáéíóúłøæ '-", max_size=40))
    def test_case_never_matters(self, text):
        assert normalise(text.upper()) == normalise(text)


class TestTokens:
    @pytest.mark.parametrize("written", ["O'Brien", "O’Brien", "O Brien", "OBrien", "o'brien"])
    def test_the_spellings_of_one_family_name_are_one_word(self, written):
        assert tokens(written) == ("obrien",)

    def test_a_hyphen_parts_words(self):
        assert tokens("Neil Daniels-Waxham") == ("neil", "daniels", "waxham")

    @pytest.mark.parametrize("nothing", ["", "  ", "'", "-", "…!?"])
    def test_a_text_without_letters_has_no_words(self, nothing):
        assert tokens(nothing) == ()


class TestSortName:
    def test_family_names_come_first_and_shorter_ones_before_longer(self):
        people = [("Wexham", "Ann"), ("Wex", "Zoë"), ("Ångström", "Bo"), ("wexcombe", "Daniel")]

        ordered = sorted(sort_name(family, given) for family, given in people)

        assert ordered == ["angstrom,bo", "wex,zoe", "wexcombe,daniel", "wexham,ann"]

    def test_a_person_with_one_name_has_a_place(self):
        assert sort_name("", "Gwen") == ",gwen"
