"""Category and level as history: a period begins, and the one before it ends."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import RecordLabel
from mappa.access.reading import scope
from mappa.access.terms import Level, Section
from mappa.kernel import uow
from mappa.kernel.db import db
from mappa.kernel.errors import RuleBroken
from mappa.offenders.models import Person
from mappa.offenders.record.models import ManagementLevel
from mappa.rules.levels import Jurisdiction, check_category_and_level


def label_of_person(person: Person) -> RecordLabel:
    """The label of a person's own facts."""
    return RecordLabel(
        person=person.id, owner=person.owner_agency_id, section=Section.IDENTITY, record=person.id
    )


def check(jurisdiction: str, category: int, level: int) -> None:
    """Category and level go together: category 3 never at level 1. Raises ``RuleBroken``."""
    broken = check_category_and_level(Jurisdiction(jurisdiction), category, level)
    if broken is not None:
        raise RuleBroken(broken.rule_id, broken.sentence, field="level")


def running(actor: Actor, person: Person) -> ManagementLevel | None:
    """The period without an end, if the reader sees one in full."""
    table = ManagementLevel.__table__
    statement = (
        sa.select(ManagementLevel)
        .where(
            table.c.person_id == person.id,
            table.c.until_on.is_(None),
            scope(ManagementLevel, need=Level.FULL),
        )
        .order_by(table.c.from_on.desc())
    )
    return db.session.scalars(statement, actor.binds(uow.current().at)).first()


def end(period: ManagementLevel, *, before: date) -> None:
    """Let a period end the day before another begins, or on its own first day."""
    period.until_on = max(period.from_on, before - timedelta(days=1))
    db.session.flush()


def begin_period(
    actor: Actor, person: Person, *, from_on: date, reason: str, now: datetime
) -> ManagementLevel | None:
    """Begin the period of the person's category and level as they stand now; None without both.

    The caller writes as the person's owner, and has checked that the two go together.
    """
    earlier = running(actor, person)
    if earlier is not None:
        end(earlier, before=from_on)
    return next(iter(first(actor, [person], from_on=from_on, reason=reason, now=now)), None)


def first(
    actor: Actor, people: Sequence[Person], *, from_on: date, reason: str, now: datetime
) -> list[ManagementLevel]:
    """Begin a period for each of these people who has a category and a level, and none before."""
    begun = [
        ManagementLevel(
            **label_of_person(person).columns(),
            category=person.category,
            level=person.level,
            from_on=from_on,
            reason=reason,
            added_by_id=actor.user_id,
            added_at=now,
        )
        for person in people
        if person.category is not None and person.level is not None
    ]
    db.session.add_all(begun)
    db.session.flush()
    return begun
