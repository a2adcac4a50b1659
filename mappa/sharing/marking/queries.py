"""One record that can be marked, and its mark, for those who may mark it."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged, restricting
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, decide_reading, standing
from mappa.access.labels import RecordLabel, label_of, protected_tables
from mappa.access.reading import RECORD, note_read, scope
from mappa.access.restricting import Marked
from mappa.access.terms import CASE_ROLES, Level, Role
from mappa.agencies import queries as agencies
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.errors import NotFound
from mappa.sharing.marking.rules import MARKABLE, Markable

READERS = (*CASE_ROLES, Role.INFORMATION_OFFICER)
"""Roles in which a colleague can be named as a reader."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A record of a kind that can be marked, of the reader's own agency, with its mark if any."""

    kind: Markable
    label: RecordLabel
    mark: Marked | None
    made_by: str

    def target(self) -> Target:
        """The record as the policy is asked about it."""
        return target_of(self.label)


def target_of(label: RecordLabel) -> Target:
    """A record as the policy is asked about it."""
    return Target(
        person=label.person,
        owner=label.owner,
        record=label.record,
        handling=label.handling,
        meeting=label.meeting,
    )


@cache
def _one(table: str) -> Query:
    model: Any = protected_tables()[table]
    return sa.select(model).where(model.__table__.c.id == RECORD, scope(model, need=Level.FULL))


def _record(actor: Actor, record_id: UUID) -> tuple[Markable, RecordLabel] | None:
    binds = actor.binds(uow.current().at) | {"record": record_id}
    for kind in MARKABLE:
        found = db.session.execute(_one(kind.table), binds).scalar_one_or_none()
        if found is not None:
            return kind, label_of(found)
    return None


def may_mark(actor: Actor, label: RecordLabel) -> bool:
    """Whether somebody may seal, hide or open this record now."""
    return decide(actor, Action.MARK_SET, target_of(label)).allowed


def find(actor: Actor, person_id: UUID, record_id: UUID) -> Found:
    """A record of a person that this reader may mark. Raises ``NotFound`` for every other id."""
    standing(actor, person_id)
    found = _record(actor, record_id)
    if found is None:
        raise NotFound
    kind, label = found
    of_person = label.person in merged.people_of(person_id)
    if not of_person or label.owner != actor.agency_id or not may_mark(actor, label):
        raise NotFound
    note_read([record_id])
    mark = restricting.mark_of(record_id)
    names = agencies.user_names([mark.made_by_id]) if mark else {}
    made_by = names.get(mark.made_by_id, "") if mark else ""
    return Found(kind=kind, label=label, mark=mark, made_by=made_by)


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody of the agency who reads the record now, and whether that one may take a mark off."""

    actor: Actor
    unseals: bool


def colleagues(actor: Actor, label: RecordLabel) -> list[Colleague]:
    """Who else of the agency reads the record in full now, by name: who can be named a reader."""
    staff = {each.user_id: each for each in agencies.staff_of([label.owner])}
    found = []
    for user in staff:
        each = agencies.acting_as(user, label.owner, READERS)
        if each is None or user == actor.user_id:
            continue
        if decide_reading(each, label.section, Level.FULL, target_of(label)).allowed:
            found.append(Colleague(actor=each, unseals=may_mark(each, label)))
    return found


def named(label: RecordLabel) -> list[Actor]:
    """The named readers of a record who act for its owner now."""
    found = (
        agencies.acting_as(user, label.owner, READERS)
        for user in restricting.named_users(label.record)
    )
    return [each for each in found if each is not None]
