"""The search keys of a person's names, identifiers and places: rows to store, made in one place.

Every key carries a copy of its source's label, and the level at which its field is shown.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from mappa.access.terms import Audience, Level
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY
from mappa.offenders.models import Address, Alias, Person
from mappa.offenders.names import identifiers
from mappa.offenders.names import keys as keys_of_name

BIRTH = "birth"
POSTCODE = "postcode"
DISTRICT = "district"
IDENTIFIERS = ("crn", "pnc", "visor", "prison_number")

Row = dict[str, Any]
"""The columns of one key."""


def _label(person: UUID, owner: UUID, source: UUID, audience: int, handling: UUID) -> Row:
    return {
        "person_id": person,
        "owner_agency_id": owner,
        "source_id": source,
        "audience": audience,
        "handling_group_id": handling,
    }


def _openness(record: Alias | Address) -> tuple[int, UUID]:
    """Audience and handling; what a row that was not flushed will have, if it does not say."""
    said = vars(record)
    return said.get("audience", Audience.AGREEMENT.value), said.get("handling_group_id", NOBODY)


def _row(label: Row, kind: str, value: str, level: Level) -> Row:
    return {"id": new_id(), **label, "kind": kind, "value": value, "level": level.value}


def _names(label: Row, name: str) -> Iterator[Row]:
    for kind, value in sorted(keys_of_name(name)):
        yield _row(label, kind.value, value, Level.SUM)


def of_birth(day: date) -> str:
    """The value under which a date of birth is stored and asked for."""
    return day.isoformat()


def keys_for_alias(alias: Alias) -> list[Row]:
    """The keys of another name."""
    label = _label(
        alias.person_id, alias.owner_agency_id, alias.id,
        *_openness(alias),
    )  # fmt: skip
    return list(_names(label, alias.name))


def keys_for(person: Person, aliases: Iterable[Alias] = ()) -> list[Row]:
    """The rows of ``name_key`` for a person and the aliases: names, birth, identifiers.

    For many people at once insert the rows of all of them in one statement.
    """
    label = _label(person.id, person.owner_agency_id, person.id, Audience.AGREEMENT.value, NOBODY)
    found = list(_names(label, person.name))
    if person.born_on is not None:
        found.append(_row(label, BIRTH, of_birth(person.born_on), Level.SUM))
    for kind in IDENTIFIERS:
        value = getattr(person, kind)
        if value:
            found.append(_row(label, kind, identifiers.standard(kind, value), Level.FULL))
    for alias in aliases:
        found += keys_for_alias(alias)
    return found


def keys_for_address(address: Address) -> list[Row]:
    """The rows of ``place_key`` for an address: its postcode, and the postcode's district."""
    postcode = identifiers.postcode(address.postcode or "")
    if postcode is None or " " not in postcode:
        return []
    label = _label(
        address.person_id, address.owner_agency_id, address.id,
        *_openness(address),
    )  # fmt: skip
    district = Level.FULL if address.until_on is not None else Level.SUM
    return [
        _row(label, POSTCODE, postcode, Level.FULL),
        _row(label, DISTRICT, postcode.split()[0], district),
    ]
