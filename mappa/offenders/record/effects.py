"""What else follows when a record of some kind is written: search keys, the person's own columns.

One function for each kind that needs it; all others need none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.actor import Actor
from mappa.access.reading import load, scope
from mappa.access.terms import Level
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import RuleBroken
from mappa.offenders import periods
from mappa.offenders.keys import keys_for, keys_for_address, keys_for_alias
from mappa.offenders.models import Alias, NameKey, Person, PlaceKey
from mappa.offenders.names import identifiers, sort_name
from mappa.offenders.record import queries
from mappa.offenders.record.rules import END, Kind, said


@dataclass
class Act:
    """One act in the making: who writes what of whom, why and when, and what stood before.

    ``more`` are columns that are not typed; ``told`` what the history says beside the fields.
    """

    actor: Actor
    person_id: UUID
    kind: Kind
    values: dict[str, Any]
    why: str
    now: datetime
    before: dict[str, Any] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    ended: str = ""
    """What ended because this one begins, in the words of the history."""


def before_adding(act: Act) -> None:
    """What is looked up or ended before a record is added. Raises ``RuleBroken``."""
    if act.kind.key == "child":
        _year_of_birth(act)
    elif act.kind.key == "associate":
        _look_up(act)
    elif act.kind.key == "level":
        _check_level(act)
    elif act.kind.one_at_a_time:
        _end_earlier(act)


def before_correcting(act: Act, record: Any) -> None:
    """What a correction must not break. Raises ``RuleBroken``."""
    if act.kind.key == "child":
        _year_of_birth(act)
    elif act.kind.key == "level":
        person = load(act.actor, Person, act.person_id)
        periods.check(person.jurisdiction, act.values["category"], act.values["level"])
    elif act.kind.key == "associate" and record.other_person_id == NOBODY:
        _needs_name(act)
    elif act.kind.key == "name":
        act.told["old"] = record.name


def before_ending(act: Act, record: Any) -> None:
    """What an end must not break. Raises ``RuleBroken``."""
    if act.kind.key == "level" and act.values["until_on"] < record.from_on:
        raise RuleBroken(
            "RECORD-ENDS-AFTER", "It cannot end before it began. Check the date", field="until_on"
        )


def after(act: Act, record: Any, way: str) -> None:
    """What follows once the row is written."""
    follows = _AFTER.get(act.kind.key)
    if follows:
        follows(act, record, way)


def names_of(act: Act, record: Any) -> dict[str, Any]:
    """The name of a linked person, as the writer sees it, for the line of a link."""
    other = getattr(record, "other_person_id", NOBODY)
    found = queries.names(act.actor, [other]).get(other) if other != NOBODY else None
    return {"name": found} if found else {}


def _year_of_birth(act: Act) -> None:
    born = act.values.get("born_on")
    if isinstance(born, date):
        act.values["born_about"] = born.year


def _look_up(act: Act) -> None:
    """Find the linked person by a number; a number of nobody whom the writer sees finds nobody."""
    typed = str(act.values.get("number") or "")
    if not typed:
        _needs_name(act)
        return
    found = queries.person_numbered(act.actor, _spellings(typed))
    if found is None or found == act.person_id:
        raise RuleBroken(
            "ASSOCIATE-FOUND",
            "No other person whom you can see has this number. Look at it again, or leave it "
            "empty and enter the name",
            field="number",
        )
    act.more["other_person_id"] = found
    act.told["name"] = queries.names(act.actor, [found])[found]


def _needs_name(act: Act) -> None:
    if not act.values.get("name"):
        raise RuleBroken("RECORD-EMPTY", "Enter the name", field="name")


def _spellings(typed: str) -> set[str]:
    pnc = identifiers.pnc(typed)
    said = (
        typed.strip().upper(),
        identifiers.crn(typed),
        identifiers.prison_number(typed),
        identifiers.visor_reference(typed),
        pnc[0] if pnc else None,
    )
    return {each for each in said if each}


def _check_level(act: Act) -> None:
    person = load(act.actor, Person, act.person_id)
    category, level, from_on = (act.values[name] for name in ("category", "level", "from_on"))
    periods.check(person.jurisdiction, category, level)
    running = periods.running(act.actor, person)
    if running is None:
        return
    if (running.category, running.level) == (category, level):
        raise RuleBroken("LEVEL-NEW", "This is the category and level of today", field="level")
    if from_on < running.from_on:
        on = running.from_on
        raise RuleBroken(
            "LEVEL-ORDER",
            f"Enter a date on or after {on.day} {on:%B} {on.year}, when the one of today began",
            field="from_on",
        )
    act.ended = said(act.kind.line_of(), {"category": running.category, "level": running.level})
    periods.end(running, before=from_on)


def _end_earlier(act: Act) -> None:
    """Of what there is one of at a time, the writer's own earlier one ends."""
    model: Any = queries.MODELS[act.kind.key]
    table = queries.table_of(act.kind.key)
    statement = sa.select(model).where(
        table.c.person_id == act.person_id,
        table.c.until_on.is_(None),
        table.c.owner_agency_id == act.actor.agency_id,
        scope(model, need=Level.FULL),
    )
    binds = act.actor.binds(uow.current().at)
    for earlier in db.session.scalars(statement, binds).all():
        on = act.values.get("from_on") or day_of(act.now)
        earlier.until_on = max(earlier.from_on or on, on)
        act.ended = said(act.kind.line_of(), {n: getattr(earlier, n) for n in act.kind.said})
    db.session.flush()


def _renew_keys(act: Act, model: Any, source: UUID, keys: Iterable[dict[str, Any]]) -> None:
    """Replace the search keys that were made from a record."""
    table = model.__table__
    statement = sa.select(model).where(
        table.c.source_id == source, table.c.person_id == act.person_id, scope(model)
    )
    for old in db.session.scalars(statement, act.actor.binds(uow.current().at)).all():
        db.session.delete(old)
    db.session.flush()
    db.session.add_all(model(**row) for row in keys)
    db.session.flush()


def _person_keys(act: Act, person: Any, way: str) -> None:
    _renew_keys(act, NameKey, person.id, keys_for(person))


def _renamed(act: Act, person: Any, way: str) -> None:
    """The old name stays as a former name; the new one is carried to lists and search."""
    former = Alias(
        person_id=person.id,
        owner_agency_id=person.owner_agency_id,
        name=act.told["old"],
        kind="former name",
        until_on=day_of(act.now),
    )
    db.session.add(former)
    person.sort_name = sort_name(person.family_name, person.given_name)
    db.session.flush()
    db.session.add_all(NameKey(**row) for row in keys_for_alias(former))
    _person_keys(act, person, way)
    rights.rename_in_reach(person.id, person.sort_name)


def _alias_keys(act: Act, alias: Any, way: str) -> None:
    if way != END:  # a name that is no longer used still finds the person
        _renew_keys(act, NameKey, alias.id, keys_for_alias(alias))


def _address_keys(act: Act, address: Any, way: str) -> None:
    _renew_keys(act, PlaceKey, address.id, keys_for_address(address))


def _level_of_today(act: Act, period: Any, way: str) -> None:
    """The person's own category and level are those of the period that runs."""
    person = load(act.actor, Person, act.person_id)
    if way == END:
        person.category = person.level = person.level_since = None
    elif period.until_on is None:
        person.category, person.level = period.category, period.level
        person.level_since = period.from_on
    db.session.flush()


def _order_ended(act: Act, order: Any, way: str) -> None:
    order.ended = order.until_on is not None
    db.session.flush()


_AFTER: dict[str, Callable[[Act, Any, str], None]] = {
    "name": _renamed,
    "birth": _person_keys,
    "identifiers": _person_keys,
    "alias": _alias_keys,
    "address": _address_keys,
    "level": _level_of_today,
    "order": _order_ended,
}
