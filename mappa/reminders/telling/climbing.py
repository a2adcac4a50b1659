"""The ladder: a late duty goes to the people of its step, and on where nobody may be told.

Nobody is told of a duty that the policy does not let that reader see, and an unannounced visit
stays with the supervisor and the lead of the agency that owes it.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.terms import Audience, Role
from mappa.kernel.db import NOBODY, Query, db
from mappa.reminders.models import Deadline
from mappa.reminders.standards import queries as standards
from mappa.reminders.telling import notices, recipients
from mappa.reminders.telling.models import OUTBOX
from mappa.reminders.telling.recipients import Post
from mappa.reminders.telling.rules import LATE, is_kept_near, ladder, late_event, step_of
from mappa.rules.levels import Jurisdiction

_DUTY = Deadline.__table__.c
_ROW = OUTBOX.c


@dataclass
class Climbed:
    """Notices written, and steps at which nobody could be told."""

    told: int = 0
    unheard: int = 0


@dataclass(frozen=True)
class Rung:
    """A step of one duty's ladder: its number and whom it names."""

    number: int
    post: Post


Pending = dict[UUID, tuple[Rung, ...]]
"""By duty what is left of its ladder; the first rung is to be told now."""


def climb(claimed: sa.ColumnElement[bool], binds: dict[str, Any]) -> Climbed:
    """Tell the steps of the claimed rows. Raises ``UnknownRule`` for a rule that is gone."""
    climbed = Climbed()
    by_step: dict[int, Pending] = defaultdict(dict)
    known: dict[tuple[Any, ...], tuple[Rung, ...]] = {}
    for row in db.session.execute(_late(claimed), binds).all():
        alike = tuple(row[:-1])  # all but the id: very many duties climb the same ladder
        if alike not in known:
            step = step_of(row.event)
            known[alike] = tuple(rung for rung in _rungs(row) if rung.number >= step)
        by_step[step_of(row.event)][row.id] = known[alike]
    for pending in by_step.values():
        while pending:
            pending = _tell_first(pending, climbed, binds)
    return climbed


def _tell_first(pending: Pending, climbed: Climbed, binds: dict[str, Any]) -> Pending:
    """Tell each duty's first rung; what is left for those that nobody there could be told of."""
    heard: set[UUID] = set()
    for rung, duties in _by_rung(pending).items():
        for actor in recipients.at(rung.post):
            seen = sorted(recipients.seen_by(actor, duties))
            heard.update(seen)
            event = late_event(rung.number)
            climbed.told += notices.to_reader(
                actor.user_id, actor.agency_id, event, seen, binds
            )  # fmt: skip
    left = {duty: rungs for duty, rungs in pending.items() if duty not in heard}
    climbed.unheard += len(left)
    return {duty: rungs[1:] for duty, rungs in left.items() if rungs[1:]}


def _by_rung(pending: Pending) -> dict[Rung, list[UUID]]:
    found: dict[Rung, list[UUID]] = defaultdict(list)
    for duty, rungs in pending.items():
        if rungs:
            found[rungs[0]].append(duty)
    return found


def _rungs(duty: Any) -> list[Rung]:
    rule = standards.every_version(Jurisdiction(duty.jurisdiction)).version(
        duty.rule_id, duty.rule_version
    )
    near = is_kept_near(duty.kind, duty.rule_id, named=duty.audience == Audience.NAMED.value)
    return [
        Rung(number, _post(Role(step.to), duty.owed_by_agency_id, duty.owner_team_id))
        for number, step in ladder(rule, near=near)
    ]


def _post(role: Role, agency: UUID, team: UUID) -> Post:
    return Post(role, agency, team if role is Role.SUPERVISOR else NOBODY)


@cache
def _late(claimed: sa.ColumnElement[bool]) -> Query:
    names = (
        "kind", "rule_id", "rule_version", "jurisdiction", "audience",
        "owner_team_id", "owed_by_agency_id",
    )  # fmt: skip
    return sa.select(_ROW.event, *(_DUTY[name] for name in names), _DUTY.id).where(
        claimed, _ROW.event.like(f"{LATE}%")
    )
