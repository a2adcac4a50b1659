"""A person's name, level and risk beside what another feature lists, under the person's scope."""

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.labels import ME, Column, Label, nobody, word
from mappa.access.reading import Seen, scope
from mappa.access.terms import Audience, Level, Section
from mappa.kernel.db import Query
from mappa.offenders.models import Person, full_name

_person = Person.__table__


def risk_band() -> sa.Label[str | None]:
    """The shared overall band for readers of the section risk; NULL for all others."""
    of = Label(
        section=word(Section.RISK.value),
        person=_person.c.id,
        owner=_person.c.owner_agency_id,
        record=nobody(),
        audience=sa.literal_column(str(Audience.AGREEMENT.value)),
        handling=nobody(),
        meeting=nobody(),
    )
    reads = policy.where(Section.RISK, ME, of, policy.AT, Level.SUM)
    return sa.case((reads, _person.c.risk_band)).label("person_risk")


def with_person(statement: Query, person_id: Column) -> Query:
    """The rows whose person the reader may see.

    They get ``given_name``, ``family_name``, ``person_level`` and ``person_risk``.
    """
    return (
        statement.add_columns(
            _person.c.given_name,
            _person.c.family_name,
            _person.c.level.label("person_level"),
            risk_band(),
        )
        .join(_person, _person.c.id == person_id)
        .where(scope(Person))
    )


def name_of(seen: Seen) -> str:
    """The name as it is said."""
    return full_name(seen.given_name, seen.family_name)
