"""What a standard would move, counted over the dates that the reader sees and no others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.labels import word
from mappa.access.reading import rows, scope, scoped, sees_person
from mappa.agencies.models import Agency
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.reminders import service
from mappa.reminders.models import Deadline, DutyState
from mappa.reminders.standards import queries, rules
from mappa.reminders.standards.models import LocalStandard
from mappa.reminders.standards.rules import Effect, Group
from mappa.rules.away import read
from mappa.rules.deadlines import RuleBook, StandsStill, UnknownRule
from mappa.rules.levels import Jurisdiction

MOST_LINES = 10


@dataclass(frozen=True, kw_only=True)
class Line:
    """One date that moves."""

    duty_id: UUID
    person_id: UUID
    title: str
    before: date
    after: date


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The effect of a change, as far as the reader sees it, and the first dates that move."""

    effect: Effect
    lines: tuple[Line, ...]


_CONCERNED = (
    Deadline.state == word(DutyState.OPEN.value),
    Deadline.rule_id == sa.bindparam("of_rule"),
    Deadline.jurisdiction == sa.bindparam("of_jurisdiction"),
    Deadline.set_on.is_(None),
    Deadline.interval == "",
    Deadline.starts_on >= sa.bindparam("from_on", type_=sa.Date()),
    Agency.area_id == sa.bindparam("of_area"),
)
"""As ``recounting`` finds them; the scope is added to it."""


@cache
def _groups() -> Query:
    owing = Deadline.owed_by_agency_id == Agency.id
    return (
        sa.select(Deadline.starts_on, Deadline.away, Deadline.due_on, sa.func.count())
        .join(Agency, owing)
        .where(scope(Deadline), sees_person(Deadline.__table__.c.person_id), *_CONCERNED)
        .group_by(Deadline.starts_on, Deadline.away, Deadline.due_on)
    )


@cache
def _first() -> Query:
    pairs = sa.tuple_(Deadline.starts_on, Deadline.away, Deadline.due_on)
    return (
        scoped(Deadline, person=False)
        .join(Agency, Deadline.owed_by_agency_id == Agency.id)
        .where(
            sees_person(Deadline.__table__.c.person_id),
            *_CONCERNED,
            pairs.in_(sa.bindparam("pairs", expanding=True)),
        )
        .order_by(Deadline.due_on, Deadline.id)
        .limit(MOST_LINES)
    )


def sees(actor: Actor) -> bool:
    """Whether the reader is told what a standard moves: not where the role opens no records."""
    return decide(actor, Action.PEOPLE_LIST).allowed


def effect(actor: Actor, of: LocalStandard, today: date) -> Preview | None:
    """What it moves; None for a reader whose role opens no records, who gets no number at all."""
    if not sees(actor):
        return None
    concerned = {
        "of_rule": of.rule_id,
        "of_jurisdiction": of.jurisdiction,
        "from_on": of.from_on,
        "of_area": of.area_id,
    }
    found = db.session.execute(_groups(), actor.binds(uow.current().at) | concerned)
    groups = [Group(*row) for row in found]
    book = _book_if_set(of)
    anew = _anew(
        book, of.rule_id, {(each.starts_on, each.away) for each in groups}, actor.agency_id
    )
    moved = rules.effect_of(groups, anew, today)
    lines: list[Line] = []
    if moved.pairs:
        seen = rows(actor, _first(), Deadline, pairs=list(moved.pairs), **concerned)
        lines = [
            Line(
                duty_id=each.id,
                person_id=each.person_id,
                title=each.title,
                before=each.due_on,
                after=moved.pairs[each.starts_on, each.away, each.due_on],
            )
            for each in seen
        ]
    return Preview(effect=moved, lines=tuple(lines))


def _book_if_set(of: LocalStandard) -> RuleBook:
    jurisdiction = Jurisdiction(of.jurisdiction)
    known = tuple(queries.standards(jurisdiction))
    above = max((each.version for each in known), default=rules.FIRST_VERSION) + 1
    return queries.book_with(jurisdiction, (*known, queries.as_standard(of, above)), of.area_id)


def _anew(
    book: RuleBook, rule_id: str, starts: Iterable[tuple[date, str]], agency: UUID
) -> dict[tuple[date, str], date]:
    """On which day what started so, with these absences, would fall due in the agency's area."""
    found = {}
    for on, away in starts:
        try:
            rule = book.rule(rule_id, on)
            count = service.count(rule, on, owed_by=agency, away=read(away))
        except (UnknownRule, StandsStill):
            continue
        found[on, away] = count.counted.due_on
    return found
