"""The table of kinds is whole, and its checks say what is wrong in words."""

import re
from datetime import date

import pytest

from mappa.kernel.errors import RuleBroken
from mappa.offenders.importing.rules import COLUMNS
from mappa.offenders.record.rules import (
    ADD,
    CORRECT,
    END,
    KINDS,
    Shape,
    changed,
    checks,
    said,
    spelled,
    told,
)

TODAY = date(2026, 11, 20)


def test_every_kind_has_its_words():
    for key, kind in KINDS.items():
        assert key == kind.key
        assert set(kind.said) <= set(kind.names), key
        assert kind.empty.endswith("."), key
        assert kind.ways <= {ADD, CORRECT, END}, key
        assert set(kind.pages).isdisjoint(kind.ways), key
        for field in kind.fields:
            assert field.shape is not Shape.CHOICE or field.choices, (key, field.name)
            assert field.shape is not Shape.DAY or field.what, (key, field.name)


@pytest.mark.parametrize(
    ("check", "typed", "kept"),
    [
        (checks.pnc, "12/900412q", "2012/0900412Q"),
        (checks.crn, " z 900412", "Z900412"),
        (checks.prison_number, "a9041zw", "A9041ZW"),
        (checks.visor, "nm 009041", "NM-009041"),
        (checks.visor, "local 7", "LOCAL 7"),
        (checks.registration, "nm70 zzz", "NM70ZZZ"),
        (checks.postcode, "nm14zz", "NM1 4ZZ"),
    ],
)
def test_the_standard_spelling(check, typed, kept):
    assert check(typed) == kept


@pytest.mark.parametrize(
    ("check", "typed"),
    [
        (checks.pnc, "2012/0900412T"),  # the letter of another number
        (checks.pnc, "twelve"),
        (checks.crn, "Z90041"),
        (checks.prison_number, "9041AZW"),
        (checks.registration, "not a plate"),
    ],
)
def test_what_has_another_format_is_refused_in_words(check, typed):
    with pytest.raises(ValueError, match=r"^[A-Z].+"):
        check(typed)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"born_on": date(1979, 3, 14), "born_about": 1979}, "born_about"),
        ({"born_on": date(2027, 1, 1)}, "born_on"),
        ({"born_on": date(1879, 1, 1)}, "born_on"),
        ({"born_about": 2027}, "born_about"),
        ({"born_on": date(1979, 3, 14), "died_on": date(1979, 3, 13)}, "died_on"),
        ({"born_about": 1979, "died_on": date(1978, 1, 1)}, "died_on"),
        ({"died_on": date(2027, 1, 1)}, "died_on"),
    ],
)
def test_births_that_cannot_be(values, field):
    with pytest.raises(RuleBroken) as refused:
        checks.birth(values, TODAY)
    assert refused.value.field == field


def test_a_birth_may_be_unknown():
    checks.birth({}, TODAY)
    checks.birth({"born_about": 1979, "died_on": date(1979, 1, 1)}, TODAY)


def test_words_of_values():
    height, build = KINDS["description"].fields[:2]
    assert told(height, 181) == "181 cm"
    assert told(build, "slim") == "Slim"
    assert told(build, "") == told(height, None) == ""
    born = KINDS["birth"].fields[0]
    assert (told(born, date(1979, 3, 14)), spelled(born, date(1979, 3, 14))) == (
        "14 March 1979", "14 3 1979",
    )  # fmt: skip


def test_from_and_to_name_each_field_that_changed():
    fields = KINDS["description"].fields
    before = {"height_cm": 181, "build": "slim", "marks": "A\nB"}
    after = {"height_cm": 183, "build": "", "marks": "A\nB"}
    assert changed(fields, before, after) == (
        "Height: 181 cm\nBuild: Slim", "Height: 183 cm\nBuild: nothing",
    )  # fmt: skip
    assert said(fields, before) == "181 cm, Slim, A, B"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_every_example_of_a_number_is_one_that_the_form_takes(kind):
    """A hint that the form refuses teaches the wrong thing."""
    for field in kind.fields:
        example = field.hint.removeprefix("Like ")
        if field.check is not None and example != field.hint:
            assert field.check(example) == example


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_the_numbers_in_the_words_of_the_import_are_right(column):
    for example in re.findall(r"\d{4}/\d{7}[A-Z]", column.says):
        assert checks.pnc(example) == example


def test_the_form_of_a_new_level_asks_why_once():
    assert [key for key, kind in KINDS.items() if kind.asks_why] == ["level"]
