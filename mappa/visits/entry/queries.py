"""Reads of failed entries and warrants, each as far as the reader sees it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import Protected
from mappa.access.reading import Seen, one, rows, scoped
from mappa.access.terms import Level
from mappa.agencies.models import Agency
from mappa.kernel.db import NOBODY, Query
from mappa.offenders import queries as people
from mappa.offenders.record import queries as record
from mappa.offenders.record.rules import KINDS
from mappa.reminders.standards import queries as standards
from mappa.rules.away import Absence, Away
from mappa.rules.book import UnknownRule
from mappa.rules.deadlines import due
from mappa.rules.levels import Jurisdiction
from mappa.visits import queries as visits
from mappa.visits.entry.models import EntryAttempt, WarrantCase, WarrantStep
from mappa.visits.entry.rules import (
    PREMISES_KINDS,
    SUBJECT_CATEGORY,
    Around,
    Attempt,
    Found,
    Step,
    Terms,
    is_open,
    weigh,
)
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.rules import Outcome, VisitState

_FAILED = [each.value for each in Outcome if each.asks.failed]
_LOOKED_AT = 50
_visit = Visit.__table__
_agency = sa.alias(Agency.__table__, "entry_agency")
_VISITS = sa.bindparam("visits", type_=sa.Uuid(), expanding=True)
_CASE = sa.bindparam("case", type_=sa.Uuid())


def _whole(model: type[Protected], *order: sa.ColumnElement[object]) -> Query:
    return scoped(model, need=Level.FULL, person=True).order_by(*order)


@cache
def _failed() -> Query:
    of = _visit.c
    return (
        scoped(Visit, _agency.c.type.label("agency_type"), need=Level.FULL, person=True)
        .select_from(_visit.join(_agency, _agency.c.id == of.owner_agency_id))
        .where(of.state == VisitState.MADE.value, of.outcome.in_(_FAILED))
        .order_by(of.made_on.desc(), of.id)
        .limit(_LOOKED_AT)
    )


@cache
def _said() -> Query:
    said = EntryAttempt.__table__.c
    return _whole(EntryAttempt, said.subject_id, said.number)


@cache
def _officers() -> Query:
    table = VisitOfficer.__table__.c
    found = _whole(VisitOfficer, table.subject_id, table.place_in_list, table.id)
    return found.where(table.subject_id.in_(_VISITS), table.attended)


@cache
def _cases() -> Query:
    case = WarrantCase.__table__.c
    return _whole(WarrantCase, case.raised_at.desc(), case.id)


@cache
def _one_case() -> Query:
    return _cases().where(WarrantCase.__table__.c.id == _CASE)


@cache
def _steps() -> Query:
    step = WarrantStep.__table__.c
    return _whole(WarrantStep, step.subject_id, step.number)


def said(actor: Actor, person_id: UUID) -> dict[UUID, list[Seen]]:
    """What was said of each visit, the latest last."""
    found: dict[UUID, list[Seen]] = defaultdict(list)
    for each in rows(actor, _said(), EntryAttempt, person=person_id):
        found[each.subject_id].append(each)
    return dict(found)


def premises(actor: Actor, person_id: UUID) -> list[Seen]:
    """The addresses that stand for which a warrant can be asked: home, or regularly used."""
    return [
        each
        for each in people.addresses(actor, person_id)
        if each.kind in PREMISES_KINDS and each.full and each.until_on is None
    ]


def place_words(address: Seen) -> str:
    """An address on one line."""
    lines = [line.strip(" ,") for line in address.lines.split("\n") if line.strip(" ,")]
    return ", ".join([*lines, address.postcode] if address.postcode else lines)


def attempts(actor: Actor, person_id: UUID) -> list[Attempt]:
    """The visits without entry that the reader sees in full, of every agency."""
    failed = rows(actor, _failed(), Visit, person=person_id)
    answers = said(actor, person_id)
    went: dict[UUID, set[str]] = defaultdict(set)
    ids = [each.id for each in failed]
    if ids:
        for each in rows(actor, _officers(), VisitOfficer, person=person_id, visits=ids):
            went[each.subject_id].add(each.name)
    return [_attempt(each, answers.get(each.id, []), went[each.id]) for each in failed]


def _attempt(visit: Seen, answers: Sequence[Seen], officers: set[str]) -> Attempt:
    last = answers[-1] if answers else None
    at_address = last is not None and last.address_id != NOBODY
    return Attempt(
        visit_id=visit.id,
        at=visit.arrived_at,
        on=visit.made_on,
        police=visit.agency_type == "police",
        sought=last.sought if last else None,
        premises=last.address_id if last is not None and at_address else None,
        officers=frozenset(officers),
        reason=visit.account,
        place=visit.place,
    )


_AWAY = KINDS["custody"]
_AS = {"hospital": Absence.HOSPITAL, "abroad": Absence.ABROAD}


def absences(actor: Actor, person_id: UUID) -> list[Away]:
    """When the person was in custody, in hospital or abroad, as far as the reader sees it."""
    return [
        Away(
            _AS.get(each.kind, Absence.CUSTODY),
            each.from_on,
            each.until_on,
        )
        for each in record.records(actor, person_id, _AWAY)
        if each.full and each.from_on
    ]


@dataclass(frozen=True)
class Case:
    """A warrant to be considered, with its steps in order."""

    case: Seen
    steps: Sequence[Seen]

    @property
    def last(self) -> Step:
        """The latest step."""
        return Step(self.steps[-1].step) if self.steps else Step.RAISED

    @property
    def granted(self) -> Seen | None:
        """The step that granted it."""
        return next((each for each in self.steps if each.step == Step.GRANTED.value), None)

    @property
    def still_open(self) -> bool:
        """Whether anything can still come of it."""
        used = sum(each.step == Step.EXECUTED.value for each in self.steps)
        return is_open(self.last, used, self.granted.entries if self.granted else None)

    @property
    def since(self) -> date:
        """The day of the latest step, or on which it was raised."""
        since: date = self.steps[-1].done_on if self.steps else self.case.raised_on
        return since


def cases(actor: Actor, person_id: UUID) -> list[Case]:
    """Warrants that were to be considered, the latest first."""
    found = rows(actor, _cases(), WarrantCase, person=person_id)
    return _with_steps(actor, person_id, found)


def case(actor: Actor, person_id: UUID, case_id: UUID) -> Case:
    """One of them. Raises ``NotFound``."""
    found = one(actor, _one_case(), WarrantCase, person=person_id, case=case_id)
    return _with_steps(actor, person_id, [found])[0]


def _with_steps(actor: Actor, person_id: UUID, found: Sequence[Seen]) -> list[Case]:
    steps: dict[UUID, list[Seen]] = defaultdict(list)
    if found:
        for each in rows(actor, _steps(), WarrantStep, person=person_id):
            steps[each.subject_id].append(each)
    return [Case(each, steps[each.id]) for each in found]


def found(
    actor: Actor,
    person: Seen,
    *,
    today: date,
    standing: Collection[UUID],
    known: Sequence[Case],
) -> Found:
    """What the failed entries amount to, on what this reader sees."""
    seen = visits.last_seen_by_own(actor, person.record)
    decided: Mapping[UUID, datetime] = {
        each.case.address_id: each.steps[-1].at for each in reversed(known) if not each.still_open
    }
    around = Around(
        subject=person.category == SUBJECT_CATEGORY,
        premises=standing,
        today=today,
        needed=needed(actor, person, today),
        away=absences(actor, person.record),
        seen_on=seen.made_on if seen else None,
        decided=decided,
    )
    return weigh(attempts(actor, person.record), around)


def terms(actor: Actor, person: Seen, on: date) -> Terms:
    """How long a warrant granted on this day holds and for how many entries, where law says so."""
    book = standards.book_for(Jurisdiction(person.jurisdiction), actor.agency_id)
    last_day, entries = None, None
    with suppress(UnknownRule):
        last_day = due(book.rule("entry-warrant-validity", on), on, ()).due_on
    with suppress(UnknownRule):
        entries = book.rule("entry-warrant-entries", on).amount
    return Terms(last_day, entries)


def needed(actor: Actor, person: Seen, on: date) -> int:
    """On how many occasions entry must have failed, as the rule of the jurisdiction says."""
    book = standards.book_for(Jurisdiction(person.jurisdiction), actor.agency_id)
    return book.rule("entry-warrant", on).amount
