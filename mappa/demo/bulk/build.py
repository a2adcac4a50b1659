"""Building a large demo: the stage and the first people by the services, the rest in one load."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from mappa.access.actions import Action
from mappa.audit.bulk import History, act
from mappa.audit.chain import PARTITIONS, partition_of
from mappa.demo.bulk import area
from mappa.demo.bulk.area import Place
from mappa.demo.bulk.case import ACTIVE, HISTORY_DAYS, Case, open_case
from mappa.demo.bulk.planning import Planning
from mappa.demo.bulk.record import Record
from mappa.demo.bulk.team import Rights
from mappa.demo.bulk.visits import Visits
from mappa.demo.people import people
from mappa.demo.people.person import STRATHANNAN
from mappa.demo.stage import Stage
from mappa.kernel.bulk import Load, loading

ABOVE = 2_000
"""A demo of more people is loaded at once."""

TOLD = 12

_SECONDS_BETWEEN = 10
_VISITS_OPEN, _VISITS_CLOSED = (8, 32), (0, 9)
_READINGS = (Action.PERSON_READ, Action.TIMELINE_READ, Action.VISIT_READ)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much a large demo holds beside its people."""

    people: int
    longest: int = 6_000
    """Visits to the one person who has by far the most."""
    entries_each: int = 50
    """Entries of the audit for each person."""
    told: int = TOLD
    """So many people are told through the services: they have meetings and intelligence too."""


class Progress:
    """Says how far the build is: a bar where there is somebody to see it, else now and then."""

    def __init__(self, out: Callable[[str], None], *, live: bool) -> None:
        self._out, self._live = out, live
        self._began = self._said = time.monotonic()

    def say(self, what: str, part: float) -> None:
        """``part`` of all that is to be done is done."""
        now = time.monotonic()
        minutes, seconds = divmod(int(now - self._began), 60)
        if self._live:
            bar = ("█" * int(part * 30)).ljust(30, "░")
            self._out(f"\r{bar} {part:4.0%}  {minutes}:{seconds:02}  {what:<44.44}")
        elif now - self._said >= _SECONDS_BETWEEN or part == 1:
            self._out(f"{minutes}:{seconds:02} {part:.0%} {what}\n")
            self._said = now


def progress() -> Progress:
    """On standard output."""

    def out(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    return Progress(out, live=sys.stdout.isatty())


@dataclass
class _Readers:
    """Who read whose record, to be told once all acts are known."""

    open: list[list[tuple[str, int, int, tuple[int, ...]]]] = field(
        default_factory=lambda: [[] for _ in range(PARTITIONS)]
    )

    def add(self, case: Case) -> None:
        readers = tuple(seat.worker.who for seat in case.seats)
        days = max(1, (case.ends_on - case.opened_on).days)
        known = (case.id, case.opened_on.toordinal(), days, readers)
        self.open[partition_of(UUID(case.id))].append(known)

    def tell(self, history: History, wanted: int, rng: Random) -> None:
        kinds = [history.kind("consultation", each.value, ()) for each in _READINGS]
        each = max(0, wanted - sum(map(len, history.partitions()))) // PARTITIONS
        for acts, known in zip(history.partitions(), self.open, strict=True):
            acts.extend(_readings(known, each if known else 0, kinds, rng))


def _readings(
    known: list[tuple[str, int, int, tuple[int, ...]]], wanted: int, kinds: list[int], rng: Random
) -> Iterator[str]:
    draw = rng.random
    for _ in range(wanted):
        person, opened, days, readers = known[int(draw() * len(known))]
        second = int(draw() * 36_000)
        day = date.fromordinal(opened + int(draw() * days)).isoformat()
        at = f"{day} {8 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        who, kind = readers[int(draw() * len(readers))], kinds[int(draw() * 3)]
        yield act(at, who, kind, person)


def load_people(
    url: str, stage: Stage, size: Size, *, seed: int, today: date, show: Progress
) -> None:
    """Load everybody after the first people, who were told through the services."""
    with loading(url, lambda what: show.say(f"index {what}", 0.93)) as load:
        history = History(load)
        places = area.places(
            stage, load, history, active=int(size.people * ACTIVE / (2 + len(area.FURTHER)))
        )
        readers = _Readers()
        write = _Writers(load, history, places)
        for case in _cases(places, history, size, seed=seed, today=today):
            write.all_of(case, size)
            readers.add(case)
            if case.person.index % 500 == 0:
                part = 0.5 * case.person.index / size.people
                show.say(f"{case.person.index:,} of {size.people:,} people", part)
        readers.tell(history, size.people * size.entries_each, Random(seed))
        for done, _ in enumerate(history.write(), start=1):
            show.say(f"audit, partition {done} of {PARTITIONS}", 0.5 + 0.4 * done / PARTITIONS)


@dataclass
class _Writers:
    load: Load
    history: History
    places: list[Place]

    def __post_init__(self) -> None:
        self._record = Record(self.load, self.history)
        self._rights = Rights(self.load, self.places)
        self._planning = Planning(self.load, self.history)
        self._visits = Visits(self.load, self.history)

    def all_of(self, case: Case, size: Size) -> None:
        """Everything about one person."""
        sort_name = self._record.write(case)
        self._rights.give(case, sort_name)
        self._planning.write(case)
        between = _VISITS_OPEN if case.closed_on is None else _VISITS_CLOSED
        longest = case.person.index == size.told
        how_many = size.longest if longest else case.rng.randrange(*between)
        self._visits.write(case, how_many)


def _cases(
    places: list[Place], history: History, size: Size, *, seed: int, today: date
) -> Iterator[Case]:
    by_id = {place.id: place for place in places}
    elsewhere = [place for place in places if place.id != STRATHANNAN]
    drawn = people(size.people, seed, on=today)
    for person in islice(drawn, size.told, None):
        place = elsewhere[person.index % len(elsewhere)]
        if person.area == STRATHANNAN:
            place = by_id[STRATHANNAN]
        case = open_case(person, place, history, seed=seed, today=today)
        if case.person.index == size.told:
            began = today - timedelta(days=HISTORY_DAYS)
            case = replace(case, opened_on=began, closed_on=None, revoked=False)
        yield case
