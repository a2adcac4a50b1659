"""Every row made from a record carries the record's label, on a database that services filled.

The label of each subject is read again from the subject's own row and compared. Subjects are
looked for in every protected table, so a new kind of record needs nothing here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.settings import demo_settings
from mappa.access.labels import Derived, protected_tables
from mappa.access.models import CaseTeam, CaseWorker, Exclusion, Posting
from mappa.access.terms import Audience, Section
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Person
from tests.support.live import copy_of_demo

Row = Mapping[str, Any]
LABEL = ("person_id", "owner_agency_id", "section", "audience", "handling_group_id", "meeting_id")

KEYS = {"name_key", "place_key"}
"""Search keys: they name their source in a column of their own."""

NAME_NO_RECORD: set[str] = set()
"""Derived tables that the demo leaves empty; none may be, or the law would say nothing of them."""


def rows(table: sa.Table) -> list[Row]:
    """All rows, in words of columns; texts that are stored encrypted are left closed."""
    closed = {"text", "conditions", "said", "typed"}
    columns = [column for column in table.columns if column.name not in closed]
    return list(db.session.execute(sa.select(*columns)).mappings())


def label_of(model: type[Any], row: Row) -> dict[str, Any]:
    """The label as the row itself says it, spelled like that of a derived row."""
    if model.__tablename__ == "person":
        return {
            "person_id": row["id"],
            "owner_agency_id": row["owner_agency_id"],
            "section": Section.IDENTITY.value,
            "audience": 0,
            "handling_group_id": NOBODY,
            "meeting_id": NOBODY,
        }
    return {
        "person_id": row["person_id"],
        "owner_agency_id": row["owner_agency_id"],
        "section": row["section"] if model.__section__ is None else model.__section__.value,
        "audience": row["audience"],
        "handling_group_id": row["handling_group_id"],
        "meeting_id": row.get("meeting_id", NOBODY),
    }


def subjects() -> dict[UUID, dict[str, Any]]:
    """The label of every record that something can be made from, by the record's id."""
    found: dict[UUID, dict[str, Any]] = {}
    for name, model in protected_tables().items():
        if issubclass(model, Derived) or name in KEYS or hasattr(model, "__record__"):
            continue
        found |= {row["id"]: label_of(model, row) for row in rows(model.__table__)}
    return found | exclusions() | places()


def places() -> dict[UUID, dict[str, Any]]:
    """A place on a case team is a right too: the lead answers for it, in team and sharing."""
    found = {}
    for model in (CaseTeam, CaseWorker):
        asked = sa.select(model.id, model.person_id, Person.owner_agency_id).join(
            Person, Person.id == model.person_id
        )
        for row in db.session.execute(asked):
            found[row.id] = {
                "person_id": row.person_id,
                "owner_agency_id": row.owner_agency_id,
                "section": Section.SHARING.value,
                "audience": Audience.AGREEMENT.value,
                "handling_group_id": NOBODY,
                "meeting_id": NOBODY,
            }
    return found


def exclusions() -> dict[UUID, dict[str, Any]]:
    """An exclusion is a right, not a record: what is made from it only named readers may know."""
    asked = sa.select(Exclusion.id, Exclusion.person_id, Posting.agency_id).join(
        Posting, Posting.user_id == Exclusion.made_by_id
    )
    return {
        row.id: {
            "person_id": row.person_id,
            "owner_agency_id": row.agency_id,
            "section": Section.SHARING.value,
            "audience": Audience.NAMED.value,
            "handling_group_id": NOBODY,
            "meeting_id": NOBODY,
        }
        for row in db.session.execute(asked)
    }


def derived() -> Iterator[tuple[str, Row]]:
    for name, model in sorted(protected_tables().items()):
        if issubclass(model, Derived):
            yield from ((name, row) for row in rows(model.__table__))


def faults(known: dict[UUID, dict[str, Any]], made: list[tuple[str, Row]]) -> Counter[str]:
    """What is wrong with which kind of row, and how often."""
    wrong: Counter[str] = Counter()
    for name, row in made:
        kind = row.get("kind") or row.get("event") or ""
        of = known.get(row["subject_id"])
        if of is None:
            wrong[f"{name} {kind}: subject is no record"] += 1
            continue
        for column in LABEL:
            if row[column] != of[column]:
                wrong[f"{name} {kind}: {column} is {row[column]}, of its record {of[column]}"] += 1
    return wrong


@pytest.fixture
def demo(tmp_path) -> Iterator[None]:
    from mappa.app import create_app

    app = create_app(demo_settings(copy_of_demo(tmp_path)))
    with app.app_context(), unit_of_work(Kind.READ, system="test"):
        yield
    with app.app_context():
        db.engine.dispose()


def test_every_derived_row_carries_the_label_of_its_record(demo):
    assert dict(faults(subjects(), list(derived()))) == {}


def test_the_demo_has_rows_of_every_derived_table(demo):
    tables = {name for name, model in protected_tables().items() if issubclass(model, Derived)}
    assert tables - {name for name, _ in derived()} == NAME_NO_RECORD


def test_a_wrong_label_is_found(demo):
    """Each part of a label, altered in one row, is seen."""
    known, made = subjects(), list(derived())
    name, row = made[0]
    before = faults(known, made)
    for column in (*LABEL, "subject_id"):
        altered = dict(row) | {column: UUID(int=7)}
        assert faults(known, [(name, altered), *made[1:]]) != before, column


def test_search_keys_carry_the_label_of_their_source(demo):
    known = subjects()
    columns = ("person_id", "owner_agency_id", "audience", "handling_group_id")
    wrong = Counter(
        f"{name} {row['kind']}: {column}"
        for name in KEYS
        for row in rows(protected_tables()[name].__table__)
        for column in columns
        if row[column] != known[row["source_id"]][column]
    )
    assert dict(wrong) == {}


def test_what_is_labelled_as_its_record_agrees_with_it(demo):
    """Rows that take another record's place in their label (where an item came from)."""
    known = subjects()
    for model in protected_tables().values():
        if issubclass(model, Derived) or not hasattr(model, "__record__"):
            continue
        for row in rows(model.__table__):
            of = known[row[model.__record__]]
            assert label_of(model, row) == of


def test_no_restricted_record_is_without_restriction_in_what_was_made_of_it(demo):
    """The demo has unannounced visits and intelligence, or the law above would prove little."""
    known = subjects()
    audiences = Counter(label["audience"] for label in known.values())
    groups = Counter(label["handling_group_id"] != NOBODY for label in known.values())
    meetings = Counter(label["meeting_id"] != NOBODY for label in known.values())
    assert min(audiences[1], groups[True], meetings[True]) > 0
    made = Counter(row["audience"] for _, row in derived())
    assert made[1] > 0
