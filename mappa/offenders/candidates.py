"""Who may be meant: people met by stored keys, ranked and cut in one statement.

What is wanted goes to the database as one value (key to slot and worth), so the statement is built
once. A key counts only for a reader who may see the field it was made from, and a person only if
visible; both stand inside the cut, so nobody who is hidden takes a place.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged
from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.policy import AT
from mappa.access.predicates import in_area
from mappa.access.reading import Seen, rows, scope
from mappa.access.terms import Level, Role
from mappa.kernel.db import Query, db
from mappa.offenders import queries
from mappa.offenders.models import Alias, NameKey, Person, PlaceKey
from mappa.offenders.names import SCALE

MOST = 250
"""How many are ranked by what they are called; more are not looked at."""

BETWEEN_NAMES = "\x1f"
"""No name holds it."""

Keys = type[NameKey] | type[PlaceKey]

_WANTED = sa.bindparam("wanted", type_=sa.Text())
_MOST = sa.bindparam("most", type_=sa.Integer())
_NOT = sa.bindparam("leave_out", type_=sa.Uuid())
_person = Person.__table__
_alias = Alias.__table__


def _dialect() -> str:
    return db.engine.dialect.name


def _wanted(dialect: str) -> tuple[sa.FromClause, sa.ColumnElement[str], sa.ColumnElement[int]]:
    """The wanted values as rows: their table, the value, and its slot and worth."""
    if dialect == "sqlite":
        each = sa.func.json_each(_WANTED).table_valued("key", "value", name="wanted")
    else:
        given = sa.cast(_WANTED, sa.JSON())
        each = sa.func.json_each_text(given).table_valued("key", "value", name="wanted")
    key = sa.type_coerce(each.c.key, sa.Text())
    return each, key, sa.cast(each.c.value, sa.Integer())


def _met(dialect: str, model: Keys, *visible: sa.ColumnElement[bool]) -> sa.Subquery:
    """For each person the best answer of each slot, added up."""
    each, value, carried = _wanted(dialect)
    keys = model.__table__.c
    slot, worth = carried // SCALE, carried % SCALE
    hits = (
        sa.select(keys.person_id, sa.func.max(worth).label("worth"))
        .select_from(each.join(model.__table__, keys.value == value))
        .where(*visible)
        .group_by(keys.person_id, slot)
        .subquery("hit")
    )
    return (
        sa.select(hits.c.person_id, sa.func.sum(hits.c.worth).label("worth"))
        .group_by(hits.c.person_id)
        .subquery("met")
    )


def _best(met: sa.Subquery, *visible: sa.ColumnElement[bool]) -> sa.Subquery:
    return (
        sa.select(met.c.person_id, met.c.worth)
        .select_from(met.join(_person, _person.c.id == met.c.person_id))
        .where(*visible)
        .order_by(met.c.worth.desc(), _person.c.sort_name, _person.c.id)
        .limit(_MOST)
        .subquery("best")
    )


def _other_names() -> sa.Label[str | None]:
    """The aliases that the reader may see, in one text; the reader of a list asks for no more."""
    joined = sa.func.aggregate_strings(_alias.c.name, BETWEEN_NAMES)
    found = sa.select(joined).where(_alias.c.person_id == _person.c.id, scope(Alias))
    return found.scalar_subquery().label("other_names")


def _within_reach(model: Keys, *, area: bool) -> sa.ColumnElement[bool]:
    """Whom the reader may see at most, by one look at an index; it stands before the policy.

    A common name has thousands of keys, and the policy costs more than this. It grants nothing.
    """
    if area:
        return in_area(ME, model.label(), AT, Level.SUM)
    reach = teams.reached()
    return (
        sa.select(sa.literal_column("1"))
        .select_from(reach)
        .where(reach.c.person_id == model.__table__.c.person_id, reach.c.agency_id == ME.agency)
        .correlate_except(reach)
        .offset(sa.literal_column("0"))
        .exists()
    )


@cache
def _seen(dialect: str, model: Keys, *, area: bool) -> Query:
    met = _met(dialect, model, _within_reach(model, area=area), scope(model))
    best = _best(met, scope(Person))
    extra = [best.c.worth, merged.merged_into_one(_person.c.id)]
    extra += [_other_names()] if model is NameKey else []
    return queries.people_among(best, *extra).order_by(
        best.c.worth.desc(), _person.c.sort_name, _person.c.id
    )


def seen(actor: Actor, wanted: Mapping[str, int], *, by: Keys, most: int = 0) -> list[Seen]:
    """The people this reader may see who are met, those met best first, then by name.

    They carry ``worth`` and, met by names, ``other_names``: the text of ``names_of``. Whoever was
    merged into another is found as the other, once, with the names and births of both.
    """
    if not wanted:
        return []
    binds: dict[str, Any] = {"wanted": json.dumps(dict(wanted)), "most": most or MOST}
    statement = _seen(_dialect(), by, area=actor.role is Role.COORDINATOR)
    found = rows(actor, statement, Person, **binds)
    seen = [queries.gated(each) for each in found]
    if any(each.merged_into is not None for each in seen):
        return _as_one(actor, seen)
    return seen


def _as_one(actor: Actor, found: Sequence[Seen]) -> list[Seen]:
    """Each person once: records that were merged speak for the surviving one."""
    kept = merged.survivors([each.id for each in found])
    known = {each.id: each for each in found if each.id not in kept}
    known |= of_ids(actor, set(kept.values()) - known.keys())
    spoken: dict[UUID, list[Seen]] = {}
    for each in found:
        spoken.setdefault(kept.get(each.id, each.id), []).append(each)
    return [_speaking(known[who], records) for who, records in spoken.items() if who in known]


def _speaking(person: Seen, records: Sequence[Seen]) -> Seen:
    others = [each for each in records if each.id != person.id]
    names = [name for each in others for name in names_of(each)]
    joined = BETWEEN_NAMES.join(filter(None, [person.get("other_names") or "", *names]))
    births = tuple(each.born_on for each in others if each.born_on is not None)
    also = {"worth": records[0].worth, "other_names": joined, "also_born": births}
    return Seen(person.record, person.level, person.fields() | also)


def births_of(seen: Seen) -> list[date]:
    """The date of birth, then those that merged records say."""
    return [day for day in (seen.born_on, *seen.get("also_born", ())) if day is not None]


def names_of(seen: Seen) -> list[str]:
    """The name in the order in which it is said, then the aliases, by the alphabet."""
    others = seen.get("other_names") or ""
    return [queries.display_name(seen), *sorted(filter(None, others.split(BETWEEN_NAMES)))]


@cache
def _all(dialect: str) -> Query:
    best = _best(_met(dialect, NameKey), _person.c.id != _NOT)
    others = (
        sa.select(sa.func.aggregate_strings(_alias.c.name, BETWEEN_NAMES))
        .where(_alias.c.person_id == _person.c.id)
        .scalar_subquery()
        .label("other_names")
    )
    return (
        sa.select(_person, others)
        .select_from(best.join(_person, _person.c.id == best.c.person_id))
        .order_by(best.c.worth.desc(), _person.c.sort_name, _person.c.id)
    )


def among_all(
    wanted: Mapping[str, int], *, leave_out: UUID, most: int = MOST
) -> list[dict[str, Any]]:
    """Whoever is met, seen by anybody or not: for work of the system alone."""
    if not wanted:
        return []
    binds = {"wanted": json.dumps(dict(wanted)), "most": most, "leave_out": leave_out}
    found = db.session.execute(_all(_dialect()), binds).mappings()
    return [dict(each) for each in found]


@cache
def _of_ids() -> Query:
    wanted = _person.c.id.in_(sa.bindparam("ids", type_=sa.Uuid(), expanding=True))
    chosen = sa.select(_person.c.id.label("person_id")).where(wanted, scope(Person))
    return queries.people_among(chosen.subquery("chosen"), _other_names())


def of_ids(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Seen]:
    """Those of these people whom the reader may see, with ``other_names``."""
    found = rows(actor, _of_ids(), Person, ids=sorted(ids)) if ids else []
    return {each.id: queries.gated(each) for each in found}
