"""Examples worked by hand, each naming its paragraph: the table, not the code, is right."""

import tomllib
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.read import bank_holidays, rule_book
from mappa.rules import deadlines
from mappa.rules.counts import reached
from mappa.rules.deadlines import Absence, Away, StandsStill, due, due_at, for_under_18
from mappa.rules.levels import Jurisdiction

LONDON = ZoneInfo("Europe/London")
_FILE = Path(__file__).with_name("worked_examples.toml")
EXAMPLES = tomllib.loads(_FILE.read_text(encoding="utf-8"))["example"]
HOLIDAYS = {where: bank_holidays(where, range(2020, 2030)) for where in Jurisdiction}


def absence(text):
    """ "custody 2027-06-01 to 2027-09-10", or without an end."""
    kind, began_on, *end = text.split()
    return Away(Absence(kind), date.fromisoformat(began_on), _day(end[1]) if end else None)


def _day(text):
    return date.fromisoformat(text)


def named(example):
    start = example.get("start") or example["days"][0]
    return f"{example['rule']}, {example['in']}, {start}: {example['why']}"


def worked(example):
    """What the evaluator says to the same question."""
    where = Jurisdiction(example["in"])
    first = example["days"][0] if "days" in example else example["start"]
    on = first.date() if hasattr(first, "hour") else first
    rule = rule_book(where).rule(example["rule"], on)
    if example.get("under_18"):
        rule = for_under_18(rule)
    away = [absence(text) for text in example.get("away", ())]
    if "days" in example:
        found = reached(rule, example["days"], away)
        return found and found.on
    if hasattr(first, "hour"):
        return due_at(rule, first.replace(tzinfo=LONDON)).replace(tzinfo=None)
    counted = due(
        rule, first, HOLIDAYS[where], example.get("set_on"), away, known_on=example.get("known_on")
    )
    return counted.due_on


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_the_evaluator_agrees_with_the_hand(example):
    if "stands_still" in example:
        with pytest.raises(StandsStill) as still:
            worked(example)
        assert still.value.since == example["stands_still"]
    elif "no_date" in example:
        with pytest.raises(getattr(deadlines, example["no_date"])):
            worked(example)
    else:
        assert worked(example) == example.get("due")


def test_there_are_at_least_sixty_and_each_names_its_paragraph():
    assert len(EXAMPLES) >= 60
    assert all(example["paragraph"] and example["why"] for example in EXAMPLES)
    assert {example["in"] for example in EXAMPLES} == set(Jurisdiction)
