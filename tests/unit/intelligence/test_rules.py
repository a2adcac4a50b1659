"""Grading 3×5×2, without a database."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from mappa.intelligence import rules
from mappa.intelligence.rules import AddItem, Assessment, Handling, Source, check_item
from mappa.kernel.errors import RuleBroken

TODAY = date(2026, 11, 20)
ITEM = AddItem(
    event_on=date(2026, 11, 14),
    source=Source.UNTESTED,
    assessment=Assessment.CORROBORATED,
    handling=Handling.CONDITIONS,
    conditions="Ring the author first",
    text="He uses the name Danny West.",
    provenance="",
    group=UUID(int=7),
)


class TestCheckItem:
    def test_a_graded_item_with_a_condition_can_be_filed(self):
        check_item(ITEM, today=TODAY)

    def test_an_event_of_today_can_be_filed(self):
        check_item(replace(ITEM, event_on=TODAY), today=TODAY)

    @pytest.mark.parametrize(
        ("said", "field", "sentence"),
        [
            pytest.param(
                {"event_on": date(2026, 11, 21)},
                "event_on",
                "The event cannot be in the future",
                id="tomorrow",
            ),
            pytest.param(
                {"conditions": " \n\t\n"},
                "conditions",
                "Code C needs at least one condition",
                id="code C without conditions",
            ),
            pytest.param(
                {"handling": Handling.PERMITTED},
                "handling",
                "Code P has no conditions. Choose code C, or take the conditions out",
                id="code P with conditions",
            ),
            pytest.param(
                {"conditions": "\n".join("ab" for _ in range(21))},
                "conditions",
                "Write at most 20 conditions",
                id="too many conditions",
            ),
        ],
    )
    def test_what_cannot_be_filed_says_why(self, said, field, sentence):
        with pytest.raises(RuleBroken) as broken:
            check_item(replace(ITEM, **said), today=TODAY)
        assert (broken.value.field, broken.value.sentences) == (field, (sentence,))


class TestGrading:
    def test_it_has_three_sources_five_assessments_and_two_codes(self):
        assert (len(Source), len(Assessment), len(Handling)) == (3, 5, 2)

    def test_every_grade_has_its_words(self):
        graded = [rules.in_words(each) for each in (*Source, *Assessment, *Handling)]
        assert len({word for word, _ in graded}) == len(graded) == 10

    def test_the_same_letter_says_another_thing_in_another_part(self):
        assert rules.in_words(Assessment.KNOWN_INDIRECTLY)[0] == "Known indirectly"
        assert rules.in_words(Handling.CONDITIONS)[0] == "Share with conditions"

    def test_it_is_spoken_with_dashes(self):
        assert rules.code("2", "B", "C") == "2-B-C"


class TestReference:
    def test_it_has_two_groups_of_three(self):
        assert rules.reference(0) == "222-222"
        assert rules.reference(28**6 - 1) == "ZZZ-ZZZ"

    def test_numbers_of_any_size_give_a_reference(self):
        assert len(rules.reference(2**48 - 1)) == 7

    def test_it_can_spell_no_word(self):
        assert not set("AEIOU01L") & set(rules._SIGNS)


def test_conditions_stand_one_to_a_line():
    assert rules.conditions_in("  one \n\n two\n") == ("one", "two")
