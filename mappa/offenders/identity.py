"""One person: who they are, and the reader's standing on them, read together."""

from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.actor import Actor
from mappa.access.asking import Standing, standing_columns, standing_from
from mappa.access.labels import ME, Clause, Column, Label, nobody, word
from mappa.access.reading import PERSON, Seen, note_read, of_person, one, scope, scoped
from mappa.access.terms import Level, Section
from mappa.agencies.models import Agency, User
from mappa.kernel import uow
from mappa.kernel.db import Query
from mappa.offenders.models import Address, Person
from mappa.reminders.standards import queries as standards

_person = Person.__table__
_address = Address.__table__
LEAD_AGENCY = sa.alias(Agency.__table__, "lead_agency")
STAFF = sa.alias(User.__table__, "manager")


def reads_risk(person: Column) -> Clause:
    """The reader gets the person's shared overall band: it belongs to the section risk."""
    of = Label(
        section=word(Section.RISK.value),
        person=person,
        owner=_person.c.owner_agency_id,
        record=nobody(),
        audience=sa.literal_column("0"),
        handling=nobody(),
        meeting=nobody(),
    )
    return policy.where(Section.RISK, ME, of, policy.AT, Level.SUM)


def risk_band(person: Column) -> sa.Label[str | None]:
    """The shared overall band, only for readers of the section risk; NULL for all others."""
    return sa.case((reads_risk(person), _person.c.risk_band)).label("risk_band")


def with_lead(start: sa.FromClause) -> sa.FromClause:
    """``start`` (which holds the person) with the lead agency and the manager."""
    return start.join(LEAD_AGENCY, LEAD_AGENCY.c.id == _person.c.owner_agency_id).outerjoin(
        STAFF, STAFF.c.id == _person.c.manager_id
    )


LEAD = (
    LEAD_AGENCY.c.name.label("lead_agency"),
    LEAD_AGENCY.c.phone.label("lead_phone"),
    STAFF.c.name.label("manager"),
)


class Lives(NamedTuple):
    """Kind and district of a current address; both empty where none is known."""

    kind: str = ""
    district: str = ""

    @classmethod
    def read(cls, text: str | None) -> "Lives":
        """From the kind and, behind a space, the district."""
        return cls(*text.split(" ", 1)) if text else cls()


class _Lives(sa.TypeDecorator[Lives]):
    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value: str | None, _dialect: Any) -> Lives:
        return Lives.read(value)


def lives(person: Column) -> sa.Label[Lives]:
    """The newest current address that the reader may see, in one look at a person's addresses."""
    of = replace(Address.label(), person=person)
    said = sa.type_coerce(_address.c.kind + sa.literal_column("' '") + _address.c.district, _Lives)
    current = (
        sa.select(said)
        .where(
            of_person(_address.c.person_id) if person is PERSON else _address.c.person_id == person,
            _address.c.until_on.is_(None),
            _address.c.kind != "regular",
            scope(Address, of=of),
        )
        .order_by(_address.c.from_on.desc(), _address.c.id)
        .limit(1)
    )
    return current.scalar_subquery().label("lives")


@cache
def one_person(*, standing: bool = False) -> Query:
    """The person ``:person``, if the reader sees them; if asked, with the standing."""
    extra = [*LEAD, risk_band(PERSON), lives(PERSON)]
    if standing:
        extra += (*standing_columns(PERSON), standards.are_set())
    return scoped(Person, *extra, person=True).select_from(with_lead(_person))


def gated(seen: Seen) -> Seen:
    """The row without the risk band where the reader does not get it."""
    if seen.get("risk_band") is not None:
        return seen
    fields = {name: value for name, value in seen.fields().items() if name != "risk_band"}
    return Seen(seen.record, seen.level, fields)


def person(actor: Actor, person_id: UUID) -> Seen:
    """Who the person is, with ``lead_agency``, ``lead_phone`` and ``manager`` (a name or None).

    ``risk_band`` is there only for readers of the section risk, ``lives`` (kind and district) is
    empty for readers without contact. Raises ``NotFound`` if the person is invisible.
    """
    return opened(actor, person_id).person


def standing(actor: Actor, person_id: UUID) -> Standing:
    """The reader's standing on a person, read with the person. Raises ``NotFound``."""
    return opened(actor, person_id).standing


class Opened(NamedTuple):
    """A person as the reader sees them, and the reader's standing: read in one statement."""

    person: Seen
    standing: Standing


def opened(actor: Actor, person_id: UUID) -> Opened:
    """The person and the reader's standing: asked once in a unit of work that only reads.

    Raises ``NotFound`` if the person is invisible.
    """
    unit = uow.current()
    kept: list[tuple[Actor, UUID, Opened]] = unit.kept.setdefault("opened", [])
    for reader, person, found in kept:
        if (reader, person) == (actor, person_id):
            note_read([person_id])
            return found
    row = one(actor, one_person(standing=True), Person, person=person_id)
    stands = standing_from(person_id, row.fields())
    if not row.standards_are_set:
        standards.known_unset()
    fields = {name: value for name, value in row.fields().items() if name not in _BESIDE}
    found = Opened(gated(Seen(row.record, row.level, fields)), stands)
    if unit.kind is uow.Kind.READ:
        kept.append((actor, person_id, found))
    return found


_BESIDE = frozenset(column.name for column in (*standing_columns(), standards.are_set()))
