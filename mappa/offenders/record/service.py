"""Adding, correcting and ending a record of any kind: the same steps for all of them.

Who may is asked first, then what the kind's table says; then the row, what follows from it, its
line in the history and in the audit. Each function raises ``NotPermitted``, ``RuleBroken`` or
``NotFound``; then nothing is written.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require, standing
from mappa.access.labels import Derived, label_of
from mappa.access.reading import load
from mappa.access.terms import Level, Section
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, RuleBroken
from mappa.offenders.changes import record_change
from mappa.offenders.models import Person
from mappa.offenders.periods import label_of_person
from mappa.offenders.record import effects
from mappa.offenders.record.effects import Act
from mappa.offenders.record.queries import MODELS
from mappa.offenders.record.rules import (
    ADD,
    CORRECT,
    END,
    Entry,
    Kind,
    Values,
    changed,
    checks,
    said,
)

ACTIONS: dict[Section, Action] = {
    Section.IDENTITY: Action.IDENTITY_WRITE,
    Section.CONTACT: Action.CONTACT_WRITE,
    Section.RISK: Action.ASSOCIATE_WRITE,
    Section.VICTIMS: Action.VICTIM_WRITE,
    Section.ORDERS: Action.ORDER_WRITE,
    Section.OFFENCES: Action.OFFENCE_WRITE,
    Section.WARNINGS: Action.WARNING_ADD,
}
"""The act that writes a kind of each section."""

_NOUN = {ADD: "added", CORRECT: "corrected", END: "ended"}


def values_of(kind: Kind, record: Any) -> dict[str, Any]:
    """What stands in the fields of a record now; of a row or of what a reader sees of it."""
    read = record.get if hasattr(record, "get") else lambda name: getattr(record, name)
    return {each.name: read(each.name) for each in kind.fields if not each.only_when_added}


def may_add(actor: Actor, person_id: UUID, kind: Kind) -> None:
    """Raise unless the actor may add a record of this kind to the person."""
    standing(actor, person_id)
    if ADD not in kind.ways:
        raise NotFound
    owner = actor.agency_id
    if kind.of_lead:
        owner = load(actor, Person, person_id).owner_agency_id
    require(actor, ACTIONS[kind.section], Target(person=person_id, owner=owner))


def to_write(actor: Actor, person_id: UUID, kind: Kind, record_id: UUID, way: str) -> Any:
    """The row of a record, for those who may correct or end it: its owner's writers.

    Raises ``NotFound`` also for a record of another person, or where this is not done.
    """
    standing(actor, person_id)
    model = MODELS[kind.key]
    found: Any = load(actor, model, record_id)
    whose = found.id if model is Person else found.person_id
    if whose != person_id or way not in kind.ways:
        raise NotFound
    target = Target(person=person_id, owner=found.owner_agency_id, record=_label(found).record)
    require(actor, ACTIONS[kind.section], target)
    if way == END and getattr(found, kind.until) is not None:
        raise RuleBroken("RECORD-ENDED", f"This {kind.one} has already ended")
    return found


def add(actor: Actor, person_id: UUID, kind: Kind, entry: Entry, *, now: datetime) -> Any:
    """Add a record. Where there is one at a time, the writer's earlier one ends."""
    may_add(actor, person_id, kind)
    kind.check(entry.values, day_of(now))
    _check_birth(actor, person_id, kind, entry.values)
    why = entry.why or str(entry.values.get("reason") or "")
    act = Act(actor, person_id, kind, dict(entry.values), why, now)
    effects.before_adding(act)
    model: Any = MODELS[kind.key]
    columns = {name: act.values[name] for name in _columns(kind, act.values)}
    added = model(**_label_columns(act, model), **columns, **_written(act, model), **act.more)
    db.session.add(added)
    db.session.flush()
    effects.after(act, added, ADD)
    _keep(act, added, ADD, act.ended, said(kind.line_of(), act.values | act.told))
    return added


def correct(
    actor: Actor, person_id: UUID, kind: Kind, record_id: UUID, entry: Entry, *, now: datetime
) -> Any:
    """Correct a record of one's own agency; from and to of every field stay in the history."""
    record = to_write(actor, person_id, kind, record_id, CORRECT)
    before = values_of(kind, record)
    after = {name: entry.values[name] for name in before}
    if all((before[name] or None) == (after[name] or None) for name in before):
        raise RuleBroken("NOTHING-CHANGED", "Nothing was changed. Change something, or go back")
    kind.check(after, day_of(now))
    _check_birth(actor, person_id, kind, after)
    act = Act(actor, person_id, kind, after, entry.why, now, before)
    effects.before_correcting(act, record)
    for name, value in act.values.items():
        setattr(record, name, value)
    db.session.flush()
    effects.after(act, record, CORRECT)
    _keep(act, record, CORRECT, *changed(kind.fields, before, act.values))
    return record


def end(
    actor: Actor,
    person_id: UUID,
    kind: Kind,
    record_id: UUID,
    *,
    until_on: date,
    why: str,
    now: datetime,
) -> Any:
    """End a record of one's own agency; it stays, with its last day."""
    record = to_write(actor, person_id, kind, record_id, END)
    values = values_of(kind, record)
    checks.ended(values | {"until_on": until_on}, day_of(now), kind.begins)
    act = Act(actor, person_id, kind, values | {"until_on": until_on}, why, now, values)
    effects.before_ending(act, record)
    record.until_on = until_on
    db.session.flush()
    effects.after(act, record, END)
    last = f"Ended {until_on.day} {until_on:%B} {until_on.year}"
    _keep(act, record, END, said(kind.line_of(), values | effects.names_of(act, record)), last)
    return record


def _check_birth(actor: Actor, person_id: UUID, kind: Kind, values: Values) -> None:
    """Against the birth, for who may read it: to others a refusal would tell of it."""
    if not values.get(kind.begins):
        return
    if standing(actor, person_id).at_least(Section.IDENTITY, Level.SUM):
        person = load(actor, Person, person_id, need=Level.SUM)
        checks.after_birth(values, kind.begins, person.born_on, person.born_about)


def _label(record: Any) -> Any:
    return label_of_person(record) if isinstance(record, Person) else label_of(record)


def _columns(kind: Kind, values: Values) -> list[str]:
    return [each.name for each in kind.fields if each.name in values and not each.only_when_added]


def _label_columns(act: Act, model: Any) -> dict[str, Any]:
    if issubclass(model, Derived):
        return label_of_person(load(act.actor, Person, act.person_id)).columns()
    return {"person_id": act.person_id, "owner_agency_id": act.actor.agency_id}


def _written(act: Act, model: Any) -> dict[str, Any]:
    if "added_by_id" not in model.__table__.c:
        return {}
    return {"added_by_id": act.actor.user_id, "added_at": act.now}


def _keep(act: Act, record: Any, way: str, before: str = "", after: str = "") -> None:
    """The history and the audit of an act."""
    kind, event = act.kind, f"{act.kind.key}:{_NOUN[way]}"
    what = kind.one[:1].upper() + kind.one[1:]
    record_change(
        act.actor,
        _label(record),
        kind=event,
        what=what,
        before=before,
        after=after,
        why=act.why,
        other=getattr(record, "other_person_id", NOBODY),
        now=act.now,
    )
    was = act.before or {}
    fields = [
        name for name, value in act.values.items() if (was.get(name) or None) != (value or None)
    ]
    operation = Operation.COLLECTION if way == ADD else Operation.ALTERATION
    log.record(
        act.actor, operation, event, [act.person_id, record.id], at=act.now, fields=fields
    )  # fmt: skip
