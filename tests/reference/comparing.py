"""Asking the policy in all its ways about every row of some tables, and the reference beside it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import announcing, asking, policy
from mappa.access.actor import Actor
from mappa.access.asking import Target
from mappa.access.labels import ME
from mappa.access.reading import rows, scoped, shown_columns
from mappa.access.terms import Level, Section
from mappa.kernel.db import NOBODY, db
from mappa.offenders.models import Address, Offence, Person, PersonChange, StaffWarning
from tests.reference.reader import Of, Reference
from tests.reference.summaries import in_summary

MODELS: tuple[Any, ...] = (StaffWarning, Address, Offence, PersonChange, Person)
LEVELS = (Level.SUM, Level.FULL)


@dataclass
class Tally:
    """How many triples (reader, record, level) were compared, and how many answers differed."""

    triples: int = 0
    answers: Counter[tuple[str, Level]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass
class Stored:
    """The rows of every table as they are, read as the system."""

    rows: dict[Any, list[dict[str, Any]]]

    @classmethod
    def now(cls) -> "Stored":
        return cls(
            {
                model: [
                    dict(row) for row in db.session.execute(sa.select(model.__table__)).mappings()
                ]
                for model in MODELS
            }
        )


def of(model: Any, row: dict[str, Any]) -> Of:
    """The label of a row as the reference takes it."""
    if model is Person:
        return Of("identity", row["id"], row["owner_agency_id"], row["id"])
    section = model.__section__.value if model.__section__ else row["section"]
    return Of(
        section, row["person_id"], row["owner_agency_id"], row.get("subject_id", row["id"]),
        bool(row["audience"]), row["handling_group_id"], row.get("meeting_id", NOBODY),
    )  # fmt: skip


def expected(
    told: Reference, actor: Actor, at: datetime, stored: Stored, model: Any
) -> dict[UUID, tuple[Level, Level]]:
    """For every row its level, and the level at which a list shows it, by the reference."""
    rule, answer = in_summary(model.__tablename__), {}
    for row in stored.rows[model]:
        level = Level(told.level(actor, of(model, row), at))
        listed = level if level != Level.SUM or rule(row, actor) else Level.NONE
        answer[row["id"]] = (level, listed if listed >= Level.SUM else Level.NONE)
    return answer


@cache
def _list(model: Any) -> Any:
    return scoped(model, model.id.label("row_id"), person=False)


@cache
def _reasons(model: Any, need: Level) -> Any:
    """What ``decide_reading`` asks of one label, asked of every row of a table at once."""
    reasons = policy.reasons(model.__section__, ME, model.label(), policy.AT, need)
    return sa.select(model.__table__.c.id.label("row_id"), *reasons)


def by_lists(actor: Actor, model: Any) -> dict[UUID, Level]:
    """Each row of the list at the level its fields show; call in the reader's unit of work."""
    found = rows(actor, _list(model), model)
    for row in found:
        assert set(row.fields()) - {"row_id"} == shown_columns(model, row.level), row
    answer = {row.row_id: row.level for row in found}
    assert len(answer) == len(found), "a row came twice"
    return answer


def by_reasons(actor: Actor, model: Any, at: datetime, need: Level) -> set[UUID]:
    """The rows for which the named reasons come to yes; call in a system's unit of work."""
    allowed = set()
    for row in db.session.execute(_reasons(model, need), actor.binds(at)).mappings():
        said = {name: bool(value) for name, value in row.items() if name != "row_id"}
        yes, names = policy.verdict(model.__section__, said)
        assert names
        if yes:
            allowed.add(row["row_id"])
    return allowed


def by_decision(actor: Actor, label: Of, need: Level) -> bool:
    """``decide_reading`` itself, of one label that follows the agreement."""
    target = Target(
        person=label.person, owner=label.owner, record=label.record, handling=label.handling,
        meeting=label.meeting,
    )  # fmt: skip
    return asking.decide_reading(actor, Section(label.section), need, target).allowed


def by_wall(engine: sa.Engine, actor: Actor, at: datetime) -> dict[Any, set[UUID]]:
    """What SELECT * gives the application's role with this reader's settings, and no check of ours.

    ``engine`` knows no guard.
    """
    values = actor.binds(at)
    said = (*(str(values[bind]) for bind in announcing.SETTINGS.values()), "", "")
    with engine.connect() as connection:
        connection.exec_driver_sql(announcing.SAY, said)
        return {
            model: {
                row["id"]
                for row in connection.execute(
                    sa.text(f'SELECT * FROM "{model.__tablename__}"')
                ).mappings()
            }
            for model in MODELS
        }
