"""The evaluator against a slow reference that walks day by day, on random questions."""

from datetime import timedelta
from random import Random

import pytest

from mappa.rules import deadlines
from tests.reference.deadline_cases import disagreement

NORMAL, DEEP, PARTS = 10_000, 1_000_000, 20


def disagreements(seed, cases):
    random = Random(seed)
    return [found for _ in range(cases) if (found := disagreement(random)) is not None]


def test_ten_thousand_questions_are_answered_alike():
    assert disagreements("normal", NORMAL)[:3] == []


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
def test_a_million_questions_are_answered_alike(part):
    assert disagreements(f"deep {part}", DEEP // PARTS)[:3] == []


@pytest.mark.parametrize("faulty", ["reckon", "around", "working_days_around"])
def test_a_fault_of_one_day_is_found(monkeypatch, faulty):
    right = getattr(deadlines, faulty)
    monkeypatch.setattr(
        deadlines, faulty, lambda *given, **named: right(*given, **named) + timedelta(days=1)
    )

    assert disagreements("faulty", 300)
