"""A person's name, level and risk beside what another feature lists, under the person's scope."""

from mappa.access.labels import Column
from mappa.access.reading import Seen, scope
from mappa.kernel.db import Query
from mappa.offenders.identity import risk_band
from mappa.offenders.models import Person, full_name

_person = Person.__table__


def with_person(statement: Query, person_id: Column) -> Query:
    """The rows whose person the reader may see.

    They get ``given_name``, ``family_name``, ``person_level`` and ``person_risk``.
    """
    return (
        statement.add_columns(
            _person.c.given_name,
            _person.c.family_name,
            _person.c.level.label("person_level"),
            risk_band(_person.c.id).label("person_risk"),
        )
        .join(_person, _person.c.id == person_id)
        .where(scope(Person))
    )


def name_of(seen: Seen) -> str:
    """The name as it is said."""
    return full_name(seen.given_name, seen.family_name)
