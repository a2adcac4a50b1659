"""The case team in the words of its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from mappa.access.teaming import Place
from mappa.access.terms import Capacity, Level, Part, Section
from mappa.kernel.db import NOBODY
from mappa.sharing import words as sharing
from mappa.web import words

_LEVELS = {
    Level.FULL: "In full",
    Level.SUM: "A summary",
    Level.SEALED: "Told that something is held",
    Level.NONE: "Nothing",
}


@dataclass(frozen=True)
class Line:
    """One place: who, as what, since when, by whom and why; where it is ended, if it may be."""

    who: str
    role: str
    since: str
    why: str
    end_href: str | None = None


@dataclass(frozen=True)
class Member:
    """An agency on the team, and its workers below it."""

    agency: Line
    workers: Sequence[Line]


@dataclass(frozen=True)
class Names:
    """How agencies and users are called."""

    agencies: Mapping[UUID, str]
    users: Mapping[UUID, str]

    def who(self, place: Place) -> str:
        """The worker, or the agency."""
        agency = self.agencies.get(place.agency, "An agency")
        return agency if place.user == NOBODY else self.users.get(place.user, "Somebody")

    def by(self, user: UUID) -> str:
        """Who did it; the platform, where nobody did."""
        return self.users.get(user, "the platform")


def role_of(place: Place) -> str:
    """As what an agency or a worker is on the team."""
    if place.user == NOBODY:
        return sharing.CAPACITIES[Capacity(place.what)]
    return place.what.capitalize()


def capacity_words(capacity: Capacity) -> str:
    """A capacity as pages say it."""
    return sharing.CAPACITIES[capacity]


def members(places: Sequence[Place], names: Names, ends: Mapping[UUID, str]) -> list[Member]:
    """The team of today: each agency with its workers, the manager first."""
    standing = [each for each in places if each.stands]
    workers = sorted(
        (each for each in standing if each.user != NOBODY),
        key=lambda each: (each.what != Part.MANAGER, names.who(each)),
    )
    shown: dict[UUID, Place] = {}
    for each in standing:
        if each.user == NOBODY:
            shown.setdefault(each.agency, each)
    return [
        Member(
            line(each, names, ends),
            [line(one, names, ends) for one in workers if one.agency == each.agency],
        )
        for each in shown.values()
    ]


def line(place: Place, names: Names, ends: Mapping[UUID, str] | None = None) -> Line:
    """One place that stands."""
    until = f" until {words.day(place.ends_at)}" if place.ends_at.year < _FOR_GOOD else ""
    since = f"Since {words.day(place.starts_at)}{until}, by {names.by(place.made_by)}."
    return Line(names.who(place), role_of(place), since, place.why, (ends or {}).get(place.id))


_FOR_GOOD = 9000


def earlier(places: Sequence[Place], names: Names) -> list[tuple[str, str, str, str]]:
    """Who was on the team, the latest to leave first: who, as what, from, to, who and why."""
    gone = [each for each in places if not each.stands and _left_at(each) > each.starts_at]
    gone.sort(key=_left_at, reverse=True)
    return [
        (
            names.who(each)
            if each.user == NOBODY
            else f"{names.who(each)}, {names.agencies.get(each.agency, '')}",
            role_of(each),
            _came(each, names),
            _went(each, names),
        )
        for each in gone
    ]


def _left_at(place: Place) -> datetime:
    return place.ended.at if place.ended else place.ends_at


def _came(place: Place, names: Names) -> str:
    return _said(words.day(place.starts_at), names.by(place.made_by), place.why)


def _went(place: Place, names: Names) -> str:
    if place.ended is None:
        return words.day(place.ends_at)
    return _said(words.day(place.ended.at), names.by(place.ended.by), place.ended.reason)


def _said(day: str, by: str, why: str) -> str:
    return f"{day}, by {by}" + (f": {why}" if why else "")


def opens(
    cells: Mapping[tuple[Capacity, Section], Level], capacity: Capacity
) -> list[tuple[str, str]]:
    """What an agency in this capacity sees of each section by the agreement."""
    return [
        (sharing.SECTIONS[section], _amount(section, cells.get((capacity, section), Level.NONE)))
        for section in Section
    ]


def _amount(section: Section, level: Level) -> str:
    if section is Section.MEETINGS and level < Level.FULL:
        return "The meetings to which it is invited"
    return _LEVELS[level]


def end_href(person_id: UUID, place: Place) -> str:
    """Where a place is ended."""
    return url_for("case_team.leave", person_id=person_id, place_id=place.id)
