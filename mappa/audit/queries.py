"""Reads of the audit for an agency's auditor: who did what, when; never a record kept from it.

An agency is shown acts by its own users, and acts by anybody on records it owns. A record that is
sealed to it, hidden from it or kept to readers it is not among is not named; an act on such a
record is not shown. A reading that found other records too is shown without it. References stand
for records; sequence numbers and digests of the chain are never given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import predicates as p
from mappa.access.actor import Actor
from mappa.access.labels import ME, Clause, Label, protected_tables, word
from mappa.access.models import PersonMerge
from mappa.access.reading import bookkeeping, note_read
from mappa.access.terms import Level, State
from mappa.audit.log import Operation
from mappa.audit.models import AuditEntry, AuditSubject
from mappa.kernel import uow
from mappa.kernel.crypto import digest
from mappa.kernel.db import Query, db
from mappa.kernel.errors import NotFound

PAGE = 25

_E, _S = AuditEntry.__table__, AuditSubject.__table__


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which acts are wanted; times are UTC, ``until`` is not included."""

    since: datetime | None = None
    until: datetime | None = None
    operation: Operation | None = None
    actor_id: UUID | None = None
    before: tuple[datetime, UUID] | None = None
    """The last entry of the page before, as the key to go on from."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act as an auditor may see it."""

    id: UUID
    at: datetime
    actor_id: UUID
    agency_id: UUID
    operation: str
    event: str
    outcome: str
    references: Sequence[str]
    fields: Sequence[str]


def reference(record: UUID) -> str:
    """A short name for a record that tells nothing of it: the same in every entry."""
    short = digest(record.hex)[:8].upper()
    return f"{short[:4]}-{short[4:]}"


def _kept(of: Label) -> Clause:
    """The record is sealed to the agency, hidden from it, or kept to others by name."""
    about = (ME, of, policy.AT)
    told_only = sa.and_(
        p.on_team(*about, Level.SEALED),
        sa.not_(p.on_team(*about, Level.SUM)),
        sa.not_(p.shared(*about, Level.SUM)),
        sa.not_(p.own_record(*about, Level.SUM)),
    )
    named_only = sa.and_(
        sa.not_(p.follows_agreement(*about, Level.SUM)),
        sa.not_(p.named_reader(*about, Level.SUM)),
    )
    denied = (deny(*about, Level.SUM) for deny in policy.DENY)
    return sa.or_(*denied, told_only, named_only)


@cache
def _lies(wanted: Callable[[Label], Clause]) -> Clause:
    """The subject is in some protected table, where ``wanted`` holds of its label.

    Built once for all statements. Only this bit leaves the query, never a column of the record:
    hence ``bookkeeping``.
    """
    found = []
    for _, model in sorted(protected_tables().items()):
        table, of = model.__table__, model.label()  # type: ignore[attr-defined]
        if "id" not in table.c or table.c.id.info.get("shown") is None:
            continue
        condition = sa.and_(table.c.id == _S.c.record_id, wanted(of), bookkeeping(model))
        found.append(
            sa.select(sa.literal_column("1"))
            .select_from(table)
            .where(condition)
            .correlate_except(table)
            .exists()
        )
    return sa.or_(sa.false(), *found)


def _own(of: Label) -> Clause:
    """The agency owns the record; a record lies in one table, so what is kept is asked apart."""
    return p.own_record(ME, of, policy.AT, Level.SUM)


@cache
def _register(*, among: bool) -> Query:
    """The people whose record may be named, but those whom a merge made one with another."""
    model = protected_tables()["person"]
    table, of = model.__table__, model.label()  # type: ignore[attr-defined]
    merge = PersonMerge.__table__
    lost = sa.select(merge.c.loser_id).where(merge.c.state == word(State.LIVE.value))
    found = sa.select(table.c.id).where(
        _own(of), sa.not_(_kept(of)), table.c.id.not_in(lost), bookkeeping(model)
    )
    if among:
        found = found.where(table.c.id.in_(sa.bindparam("among", expanding=True, type_=sa.Uuid())))
    return found


def register(actor: Actor, among: Sequence[UUID] | None = None) -> set[UUID]:
    """The people, or those of them, of whom this page may name an act: the agency leads them.

    The rule is that of every line here. Their ids are for drawing from and for ``reference``,
    never for a page.
    """
    binds = actor.binds(uow.current().at)
    if among is not None:
        binds["among"] = list(among)
    found = db.session.execute(_register(among=among is not None), binds)
    return set(found.scalars())


def _subject(*conditions: Clause) -> Clause:
    return (
        sa.select(sa.literal_column("1"))
        .select_from(_S)
        .where(_S.c.entry_id == _E.c.id, *conditions)
        .correlate_except(_S)
        .exists()
    )


def _shown() -> Clause:
    kept, own = _lies(_kept), _lies(_own)
    reading = _E.c.operation == Operation.CONSULTATION.value
    return sa.and_(
        sa.or_(_E.c.actor_agency_id == ME.agency, _subject(own, sa.not_(kept))),
        sa.or_(
            sa.and_(reading, sa.or_(_subject(sa.not_(kept)), sa.not_(_subject()))),
            sa.and_(sa.not_(reading), sa.not_(_subject(kept))),
        ),
    )


_COLUMNS = (
    _E.c.id,
    _E.c.at,
    _E.c.actor_id,
    _E.c.actor_agency_id,
    _E.c.operation,
    _E.c.event,
    _E.c.outcome,
    _E.c.fields,
)


@cache
def _list(since: bool, until: bool, operation: bool, actor: bool, before: bool) -> Query:
    statement = sa.select(*_COLUMNS).where(_shown())
    if since:
        statement = statement.where(_E.c.at >= sa.bindparam("since", type_=_E.c.at.type))
    if until:
        statement = statement.where(_E.c.at < sa.bindparam("until", type_=_E.c.at.type))
    if operation:
        statement = statement.where(_E.c.operation == sa.bindparam("operation"))
    if actor:
        statement = statement.where(_E.c.actor_id == sa.bindparam("actor", type_=sa.Uuid()))
    if before:
        at, key = (
            sa.bindparam("key_at", type_=_E.c.at.type),
            sa.bindparam("key_id", type_=sa.Uuid()),
        )
        statement = statement.where(sa.or_(_E.c.at < at, sa.and_(_E.c.at == at, _E.c.id < key)))
    return statement.order_by(_E.c.at.desc(), _E.c.id.desc()).limit(PAGE + 1)


@cache
def _subjects() -> Query:
    return sa.select(
        _S.c.entry_id,
        _S.c.record_id,
        _lies(_kept).label("kept"),
        _lies(_own).label("owned"),
    ).where(_S.c.entry_id.in_(sa.bindparam("entries", expanding=True, type_=sa.Uuid())))


def entries(actor: Actor, wanted: Filter) -> tuple[list[Entry], bool]:
    """A page of the acts an auditor may see, newest first, and whether there are more."""
    binds = actor.binds(uow.current().at)
    given = {
        "since": wanted.since,
        "until": wanted.until,
        "operation": wanted.operation.value if wanted.operation else None,
        "actor": wanted.actor_id,
        "before": wanted.before,
    }
    statement = _list(**{name: value is not None for name, value in given.items()})
    if wanted.before:
        given["key_at"], given["key_id"] = wanted.before
    found = db.session.execute(statement, binds | given).all()
    return _seen(actor, found[:PAGE]), len(found) > PAGE


@cache
def _one() -> Query:
    wanted = _E.c.id == sa.bindparam("entry", type_=sa.Uuid())
    return sa.select(*_COLUMNS).where(wanted, _shown())


def entry(actor: Actor, entry_id: UUID) -> Entry:
    """One act. Raises ``NotFound`` if the auditor may not see it."""
    binds = actor.binds(uow.current().at) | {"entry": entry_id}
    found = db.session.execute(_one(), binds).all()
    if not found:
        raise NotFound
    return _seen(actor, found)[0]


def _seen(actor: Actor, found: Sequence[sa.Row[tuple[object, ...]]]) -> list[Entry]:
    ids = [row.id for row in found]
    note_read(ids)
    binds = actor.binds(uow.current().at) | {"entries": ids}
    own: dict[UUID, bool] = {row.id: row.actor_agency_id == actor.agency_id for row in found}
    whole = dict.fromkeys(ids, True)
    references: dict[UUID, list[str]] = {each: [] for each in ids}
    for row in db.session.execute(_subjects(), binds):
        if not row.kept and (own[row.entry_id] or row.owned):
            references[row.entry_id].append(reference(row.record_id))
        elif not own[row.entry_id]:
            whole[row.entry_id] = False
    return [
        Entry(
            id=row.id,
            at=row.at,
            actor_id=row.actor_id,
            agency_id=row.actor_agency_id,
            operation=row.operation,
            event=row.event,
            outcome=row.outcome,
            references=sorted(references[row.id]),
            fields=row.fields if whole[row.id] else (),
        )
        for row in found
    ]


@dataclass(frozen=True)
class Consulted:
    """One reading of a person: when (UTC), what, and how many records the answer showed."""

    at: datetime
    event: str
    records: int


@cache
def _consulted() -> Query:
    since, until = (sa.bindparam(name, type_=_E.c.at.type) for name in ("since", "until"))
    return (
        sa.select(_E.c.at, _E.c.event, _E.c.records)
        .where(
            _E.c.actor_id == sa.bindparam("reader", type_=sa.Uuid()),
            _E.c.at >= since,
            _E.c.at < until,
            _E.c.operation == Operation.CONSULTATION.value,
            _E.c.outcome == "done",
            _subject(_S.c.record_id == sa.bindparam("person", type_=sa.Uuid())),
        )
        .order_by(_E.c.at, _E.c.id)
    )


def consulted(reader: UUID, person: UUID, since: datetime, until: datetime) -> list[Consulted]:
    """What a user read of a person in a time (UTC, ``until`` not included), the first first.

    For whoever judges an emergency access; the caller has asked who may. No record is named. Of an
    answer that spoke of several people only that it spoke of this one is told.
    """
    binds = {"reader": reader, "person": person, "since": since, "until": until}
    return [
        Consulted(row.at, row.event, len(row.records) if row.records[0] == person.hex else 1)
        for row in db.session.execute(_consulted(), binds)
    ]


@dataclass(frozen=True)
class Answered:
    """An act of a user, and what another act about the same thing came to: times in UTC."""

    at: datetime
    answered_at: datetime | None
    basis: str


@cache
def _acts_by() -> Query:
    return (
        sa.select(_E.c.at, _E.c.records)
        .where(
            _E.c.actor_id == sa.bindparam("user", type_=sa.Uuid()),
            _E.c.at >= sa.bindparam("since", type_=_E.c.at.type),
            _E.c.event == sa.bindparam("event"),
        )
        .order_by(_E.c.at.desc(), _E.c.id)
        .limit(PAGE)
    )


@cache
def _acts_about() -> Query:
    things = sa.bindparam("things", type_=sa.Uuid(), expanding=True)
    return (
        sa.select(_S.c.record_id, _E.c.at, _E.c.basis)
        .join(_E, _E.c.id == _S.c.entry_id)
        .where(_S.c.record_id.in_(things), _E.c.event == sa.bindparam("event"))
    )


def answered(user: UUID, event: str, answer: str, since: datetime) -> list[Answered]:
    """The acts of a kind by a user since then, newest first, with what was answered to each.

    For that user alone. The last record of each act is the thing that ``answer`` is about. Neither
    names a record or a person.
    """
    acts = db.session.execute(_acts_by(), {"user": user, "since": since, "event": event}).all()
    things = {UUID(row.records[-1]): row.at for row in acts}
    if not things:
        return []
    about = {"things": list(things), "event": answer}
    found = {row.record_id: row for row in db.session.execute(_acts_about(), about)}
    return [
        Answered(at, found[thing].at, found[thing].basis)
        if thing in found
        else Answered(at, None, "")
        for thing, at in things.items()
    ]
