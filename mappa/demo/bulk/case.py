"""One person's case as it is loaded: who works on it, from when until when."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from random import Random

from mappa.access.terms import Section
from mappa.audit.bulk import Acts, History, act
from mappa.demo.bulk.area import Office, Place, Worker
from mappa.demo.people import SyntheticPerson
from mappa.kernel.crypto import many_ids
from mappa.kernel.db import NOBODY
from mappa.visits.preparing.rules import Warned
from mappa.web.typed import moment

ACTIVE = 0.42
"""The share of people whose case is open; what others were given has ended."""

HISTORY_DAYS = 720
_REVOKED = 0.33
_OTHERS = {"children": 0.4, "housing": 0.2, "health": 0.15, "adults": 0.1, "prison": 0.1}
_ids = many_ids()


@dataclass(frozen=True)
class Seat:
    """An agency's place on a case team, and its worker."""

    office: Office
    worker: Worker


@dataclass
class Known:
    """What later writers must know of what earlier ones wrote."""

    warned: list[tuple[date, Warned]] = field(default_factory=list)
    """Warnings to staff that stand, and since when."""
    plan_on: date | None = None
    """The day on which the plan was agreed."""


@dataclass(frozen=True)
class Case:
    """A person and who works on the case; ``closed_on`` is None while it is open."""

    person: SyntheticPerson
    id: str
    place: Place
    opened_on: date
    closed_on: date | None
    revoked: bool
    """Whether the rights of a closed case were ended early, and did not run out."""
    today: date
    lead: Seat
    partner: Seat
    others: tuple[Seat, ...]
    rng: Random
    acts: Acts
    known: Known = field(default_factory=Known)

    @property
    def ends_on(self) -> date:
        """The last day on which something happens."""
        return min(self.closed_on or self.today, self.person.died_on or self.today)

    @property
    def assessed_on(self) -> date:
        """The day of the first assessment, if there is one."""
        return self.opened_on + timedelta(days=14)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The case team, the lead first."""
        return (self.lead, self.partner, *self.others)

    @property
    def police(self) -> Seat:
        """The police, who may lead."""
        return self.lead if self.lead.office.service == "police" else self.partner

    def act(self, when: str, by: Worker, kind: int, *records: str) -> None:
        """Put on record what somebody did."""
        self.acts.append(act(when[:19], by.who, kind, ",".join((self.id, *records))))


def open_case(
    person: SyntheticPerson, place: Place, history: History, *, seed: int, today: date
) -> Case:
    """Decide who works on a case, and when it began and ended."""
    rng = Random(f"{seed}-{person.index}")
    closed_on = None if rng.random() < ACTIVE else today - timedelta(days=rng.randrange(2, 400))
    began = today - timedelta(days=HISTORY_DAYS)
    known = max(began, person.transferred_on or person.sentenced_on or began)
    opened_on = min(known + timedelta(days=rng.randrange(40)), today - timedelta(days=10))
    if closed_on is not None:
        opened_on = min(opened_on, closed_on - timedelta(days=60))
    partner = place.offices[place.partner]
    first, second = place.offices["police"], partner
    if person.lead != "police":
        first, second = second, first
    identity = next(_ids)
    return Case(
        person=person,
        id=identity,
        place=place,
        opened_on=opened_on,
        closed_on=closed_on,
        revoked=closed_on is not None and rng.random() < _REVOKED,
        today=today,
        lead=_seat(first, rng),
        partner=_seat(second, rng),
        others=tuple(_others(place, rng, closed=closed_on is not None)),
        rng=rng,
        acts=history.of(identity),
    )


def _seat(office: Office, rng: Random) -> Seat:
    return Seat(office, rng.choice(office.workers))


def _others(place: Place, rng: Random, *, closed: bool) -> list[Seat]:
    """Agencies beside police and partner; one that holds few people takes its share first."""
    found = []
    for service, chance in _OTHERS.items():
        drawn, office = rng.random() < chance, place.offices.get(service)
        if office is None:
            continue
        if office.most is not None:
            drawn = not closed and office.taken < office.most
            office.taken += drawn
        if drawn:
            found.append(_seat(office, rng))
    return found


@cache
def _ahead(day: date) -> int:
    """How many hours London is ahead of UTC around noon of a day."""
    return 12 - moment(day, time(12)).hour


def at(day: date, hour: int = 10, minute: int = 0) -> str:
    """A moment of a London day, as it is stored; from 2 in the morning on."""
    return f"{day.isoformat()} {hour - _ahead(day):02}:{minute:02}:00.000000"


def labels(case: Case, owner: str, section: Section, subject: str) -> dict[str, str]:
    """The label columns of a row that is made from a record which follows the agreement."""
    return {
        "person_id": case.id,
        "owner_agency_id": owner,
        "section": section.value,
        "subject_id": subject,
        "audience": "0",
        "handling_group_id": NOBODY.hex,
        "meeting_id": NOBODY.hex,
    }
