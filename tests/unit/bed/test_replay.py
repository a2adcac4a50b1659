"""The replay of answers against the audit sees what it must see."""

import pytest

from tests.support.replay import Sent, replay

DANIEL, KIT = "a" * 32, "b" * 32
MARKERS = {
    "Daniel Wexcombe": frozenset({DANIEL}),
    "Kit O’Dunnaghy": frozenset({KIT}),
    "Z900401": frozenset({DANIEL}),
}


def sent(body: str, request: str = "r1") -> Sent:
    return Sent("GET", "/people", 200, "c" * 32, request, body)


@pytest.mark.parametrize(
    "body",
    [
        "<bdi>Daniel Wexcombe</bdi>",
        "CRN Z900401",
        "Kit O&#8217;Dunnaghy",
        "Daniel Wexcombe</a> Daniel Wexcombe",
    ],
)
def test_an_answer_without_its_row_is_found(body):
    assert replay([sent(body)], MARKERS, {}).figures == (1, 1, 1)
    assert replay([sent(body)], MARKERS, {"r2": frozenset({DANIEL, KIT})}).figures == (1, 1, 1)
    assert replay([sent(body)], MARKERS, {"r1": frozenset({DANIEL, KIT})}).figures == (1, 1, 0)


def test_a_row_that_names_somebody_else_is_no_row():
    both = sent("Daniel Wexcombe, Kit O’Dunnaghy")
    (fault,) = replay([both], MARKERS, {"r1": frozenset({DANIEL})}).faults
    assert "Kit" in fault
    assert "Daniel" not in fault


@pytest.mark.parametrize(
    "body",
    [
        "Daniel Wexcombester",
        "Z9004011",
        '<input type="search" value="Daniel Wexcombe">',
        "<textarea name=why>Daniel Wexcombe</textarea>",
    ],
)
def test_other_words_and_what_was_typed_show_nobody(body):
    assert replay([sent(body)], MARKERS, {}).figures == (1, 0, 0)
