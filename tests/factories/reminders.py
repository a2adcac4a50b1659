"""Duties and notices on a person of a ``World``, written for the system."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from mappa.access import rights
from mappa.access.labels import RecordLabel
from mappa.access.rights import Given
from mappa.access.terms import Audience, Reader, Section
from mappa.kernel import clock, crypto
from mappa.kernel.db import db
from mappa.reminders import service
from mappa.reminders.models import Deadline
from mappa.reminders.sweep import Swept, sweep
from tests.factories.world import LONG_AGO, NOW, World


def label(
    world: World,
    person: UUID,
    *,
    owner: str = "probation",
    section: Section = Section.VISITS,
    record: UUID | None = None,
    named: bool = False,
    meeting: UUID | None = None,
) -> RecordLabel:
    """The label of a record that an agency would own; ``named`` keeps it to named readers."""
    return RecordLabel(
        person=person,
        owner=world.agencies[owner],
        section=section,
        record=record or crypto.new_id(),
        audience=(Audience.NAMED if named else Audience.AGREEMENT).value,
        **({"meeting": meeting} if meeting else {}),
    )


def duty(
    world: World,
    of: RecordLabel,
    who: str,
    *,
    rule: str = "visit-write-up",
    kind: str = "visit-write-up",
    starts_on: date = date(2026, 11, 12),
    set_on: date | None = None,
    jurisdiction: str = "england-wales",
    title: str | None = None,
    now: datetime = NOW,
) -> Deadline:
    """Open a duty that ``who`` owes."""
    actor = world.staff[who].actor
    with world.system():
        return service.open_deadline(
            rule,
            of,
            kind=kind,
            starts_on=starts_on,
            set_on=set_on,
            jurisdiction=jurisdiction,
            owner_user=actor.user_id,
            owner_team=actor.team_id,
            owner_agency=actor.agency_id,
            now=now,
            title=title,
        )


def swept(app: Flask, *, at: datetime = NOW, **how: Any) -> Swept:
    """Run the sweep at a moment."""
    with clock.at(at):
        return sweep(app, **how)


def all_of(world: World, model: Any) -> Sequence[Any]:
    """Every row of a table."""
    with world.system():
        return db.session.scalars(sa.select(model).order_by(model.id)).all()


def to_named(world: World, of: RecordLabel, *who: str) -> None:
    """Let these read the record by name."""
    with world.system():
        for each in who:
            reader = world.staff[each].actor
            rights.name_reader(
                of.record, Reader.USER, reader.agency_id, Given(at=NOW, starts_at=LONG_AGO),
                user=reader.user_id,
            )  # fmt: skip
