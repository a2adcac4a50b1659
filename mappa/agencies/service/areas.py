"""Areas and agencies: what an installation begins with. Of the system administrator, or a command.

``actor`` is None for a command, which is named as ``basis``. Raises ``NotPermitted``, ``NotFound``,
``FieldErrors`` or ``RuleBroken``; then nothing is written.
"""

from dataclasses import dataclass
from datetime import date, datetime

from config import read
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.queries import agreements_until
from mappa.agencies import queries, seed
from mappa.agencies.models import Agency, Area
from mappa.agencies.service.standing import record
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.rules.calendar import day_words
from mappa.rules.levels import Jurisdiction


@dataclass(frozen=True, kw_only=True)
class NewAgency:
    """A service that is to have its own access. ``desk`` and ``phone``: whom to ring, and where."""

    type: str
    name: str
    short_name: str
    phone: str = ""
    desk: str = ""


def open_area(actor: Actor | None, key: str, *, now: datetime, basis: str = "") -> Area:
    """Open an area of the shipped list. It has no agreement yet, so nothing is shared in it.

    Raises ``NotFound`` for one that is not in the list, ``RuleBroken`` for one that is open.
    """
    _may(actor)
    listed = {each.id: each for each in read.areas()}.get(key)
    if listed is None:
        raise NotFound
    if queries.find_area(key) is not None:
        raise RuleBroken("area-not-open", f"{listed.name} is open already")
    seed.add_area(listed.id, listed.name, listed.jurisdiction, verified=not listed.note)
    record(actor, "area:opened", [], now, basis=basis or f"opened {listed.id}")
    return queries.area(key)


def sign_agreement(
    actor: Actor | None, key: str, starts_on: date, *, now: datetime, basis: str = ""
) -> None:
    """Put the default agreement in force in an area, from a day on that is not past.

    Raises ``RuleBroken`` while the area has an agreement, and once the default has run out.
    """
    _may(actor)
    area = queries.area(key)
    if area.id in agreements_until(now):
        raise RuleBroken("no-agreement", f"{area.name} has an agreement already", field="starts_on")
    if starts_on < clock.day_of(now):
        raise FieldErrors({"starts_on": ["The agreement begins today or later"]})
    default = read.default_agreement()
    if starts_on > default.until:
        words = f"The default agreement ends on {day_words(default.until)}. Choose an earlier day"
        raise FieldErrors({"starts_on": [words]})
    seed.sign_default_agreement(area.id, at=now, starts_at=max(now, clock.start_of(starts_on)))
    said = basis or f"default agreement, version {default.version}, in {area.id}"
    record(actor, "agreement:signed", [], now, basis=said)


def add_agency(
    actor: Actor | None, key: str, command: NewAgency, *, now: datetime, basis: str = ""
) -> Agency:
    """Add an agency of a kind that the area's jurisdiction knows. It has nobody in it yet."""
    _may(actor)
    area = queries.area(key)
    kind = read.agency_types().get(command.type)
    if kind is None or kind.capacity_in(Jurisdiction(area.jurisdiction)) is None:
        raise FieldErrors({"type": ["Choose a kind of agency from the list"]})
    names = {each.name.casefold() for each in queries.agencies_in(area.id)}
    if command.name.casefold() in names:
        raise FieldErrors({"name": ["The area has an agency of this name. Choose another name"]})
    added = Agency(area_id=area.id, **vars(command))
    db.session.add(added)
    db.session.flush()
    record(
        actor, "agency:added", [added.id], now,
        fields=("name", "phone", "short_name", "type"), basis=basis or f"{command.name}, {area.id}",
    )  # fmt: skip
    return added


def _may(actor: Actor | None) -> None:
    if actor is not None:
        require(actor, Action.AREAS_ADMINISTER)
