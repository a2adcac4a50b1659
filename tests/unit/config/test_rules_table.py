"""Law: every row of the table of rules is in the files of its jurisdictions, as sure as it is."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from config.read import rule_book
from mappa.rules.deadlines import Confidence
from mappa.rules.levels import Jurisdiction

TODAY = date(2026, 11, 20)
_FILE = Path(__file__).with_name("rules_table.toml")
ROWS = tomllib.loads(_FILE.read_text(encoding="utf-8"))["row"]
ALLOWED = {
    "V": {Confidence.VERIFIED},
    "W": {Confidence.WEAK_SOURCE},
    "K": {Confidence.NOT_VERIFIED, Confidence.LOCAL_STANDARD},
    "?": {Confidence.LOCAL_STANDARD},
}
CASES = [(row, Jurisdiction(name)) for row in ROWS for name in row["jurisdictions"]]
IDS = [f"{row['id']} {jurisdiction.value}" for row, jurisdiction in CASES]


@pytest.mark.parametrize(("row", "jurisdiction"), CASES, ids=IDS)
def test_every_row_is_a_rule_or_says_why_it_is_none(row, jurisdiction):
    rules = [rule_book(jurisdiction).rule(rule_id, TODAY) for rule_id in row.get("rules", ())]

    assert rules or row["why"]


@pytest.mark.parametrize(("row", "jurisdiction"), CASES, ids=IDS)
def test_no_rule_is_surer_than_its_row(row, jurisdiction):
    allowed = set().union(*(ALLOWED[mark] for mark in row["marks"]))

    for rule_id in row.get("rules", ()):
        assert rule_book(jurisdiction).rule(rule_id, TODAY).confidence in allowed, rule_id


@pytest.mark.parametrize("jurisdiction", Jurisdiction)
def test_only_what_the_table_has_read_is_called_verified(jurisdiction):
    read = {
        rule_id
        for row, where in CASES
        if where is jurisdiction and "V" in row["marks"]
        for rule_id in row.get("rules", ())
    }
    verified = {
        rule.id for rule in rule_book(jurisdiction) if rule.confidence is Confidence.VERIFIED
    }

    assert verified <= read


@pytest.mark.parametrize("jurisdiction", Jurisdiction)
def test_every_rule_says_where_it_stands(jurisdiction):
    assert all(rule.source and rule.title for rule in rule_book(jurisdiction))
