"""Who is meant by an exact number, or a full name with date of birth: for the system alone.

Seen by anybody or not, and the same work whoever is meant, or nobody: what comes of it is for the
caller to keep to itself.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from mappa.kernel.db import NOBODY
from mappa.offenders import candidates
from mappa.offenders.keys import IDENTIFIERS, of_birth
from mappa.offenders.models import Person
from mappa.offenders.names import SCALE, identifiers, tokens

_WORTH = SCALE + 1


def by_number(value: str, kinds: Collection[str] = IDENTIFIERS) -> list[UUID]:
    """Those of whom a number of these kinds is ``value``, which is in its standard spelling."""
    met = candidates.among_all({value: _WORTH}, leave_out=NOBODY)
    return [each["id"] for each in met if value in _numbers(each, kinds)]


def by_name_and_birth(name: str, born_on: date | None) -> list[UUID]:
    """Those born on the day who bear the whole name, or another of theirs is it.

    However it is written and in whatever order its words are. Without a day it is nobody.
    """
    if born_on is None:
        return []
    met = candidates.among_all({of_birth(born_on): _WORTH}, leave_out=NOBODY)
    wanted = sorted(tokens(name))
    return [each["id"] for each in met if wanted in _names(each)]


def _numbers(row: dict[str, Any], kinds: Collection[str]) -> set[str]:
    return {identifiers.standard(kind, row[kind]) for kind in kinds if row[kind]}


def _names(row: dict[str, Any]) -> list[list[str]]:
    name = Person(given_name=row["given_name"], family_name=row["family_name"]).name
    others = (row["other_names"] or "").split(candidates.BETWEEN_NAMES)
    return [sorted(tokens(each)) for each in (name, *filter(None, others))]
