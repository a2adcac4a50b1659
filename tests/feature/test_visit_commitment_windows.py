"""Whatever happens to a person: the next visit is due by the day that a slow count gives.

The count here knows nothing of duties: it goes through everything that ever happened, each time.
"""

import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mappa.access import guard
from mappa.access.terms import Capacity
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Person
from mappa.reminders import queries as reminders
from mappa.risk import service as risk
from mappa.risk.rules import Band, Group
from mappa.visits import queries as visits
from mappa.visits import service
from mappa.visits.commitment import jobs
from mappa.visits.commitment import service as commitments
from mappa.visits.commitment.rules import (
    INTERVALS,
    Basis,
    EndCommitment,
    Manner,
    SetCommitment,
    Times,
    window,
)
from mappa.visits.rules import Outcome
from tests.factories.risk import findings
from tests.factories.visits import told
from tests.factories.world import NOW, northmoor

BY_BAND = {"": (3, 6), "low": (12, 12), "medium": (6, 12), "high": (3, 6), "very_high": (1, 3)}
"""Months until the next visit and the next unannounced one, where nothing was set."""
NOT_SEEN = (Outcome.NO_REPLY, Outcome.ENTRY_REFUSED, Outcome.IN_CUSTODY, Outcome.NOT_LIVING_THERE)


def later(start: date, interval: str) -> date:
    """So much later, month by month and day by day."""
    amount, unit = interval.split()
    if unit == "weeks":
        return date.fromordinal(start.toordinal() + sum(7 for _ in range(int(amount))))
    year, month = start.year, start.month
    for _ in range(int(amount)):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


@dataclass
class Told:
    """Everything that happened, and the next visits that follow from it."""

    seen: list[tuple[date, bool]] = field(default_factory=list)
    sets: list[tuple[date, str, str]] = field(default_factory=list)
    band: str = ""

    def due(self) -> dict[str, tuple[date, date]]:
        """Kind to the day it counts from and the day by which it is due."""
        found = {}
        for place, kind in enumerate(("visit", "visit-unannounced")):
            start, interval = self.start(kind), self.interval(kind)
            if start is not None and interval is not None:
                by_band = f"{BY_BAND[self.band][place]} months"
                found[kind] = (start, later(start, interval or by_band))
        return found

    def interval(self, kind: str) -> str | None:
        """What is asked; empty if by the band, None if no such visit is."""
        if not self.sets or not self.sets[-1][1]:
            return ""
        return self.sets[-1][1] if kind == "visit" else self.sets[-1][2] or None

    def start(self, kind: str) -> date | None:
        made = [on for on, announced in self.seen if kind == "visit" or not announced]
        if made:
            return max(made)
        first = None
        for on, every, unannounced in self.sets:
            asked = every if kind == "visit" else unannounced
            if asked:
                first = first or on
            elif every:
                first = None
        return first


days_ago = st.integers(0, 60)
intervals = st.sampled_from(list(INTERVALS))


@st.composite
def a_commitment(draw):
    every = draw(intervals)
    longer = [code for code, each in INTERVALS.items() if each.days >= INTERVALS[every].days]
    return "set", every, draw(st.sampled_from(["", *longer]))


EVENTS = st.one_of(
    st.tuples(st.just("seen"), days_ago, st.booleans()),
    st.tuples(st.just("not seen"), days_ago, st.sampled_from(NOT_SEEN)),
    a_commitment(),
    st.tuples(st.just("end")),
    st.tuples(st.just("band"), st.sampled_from(["low", "medium", "high", "very_high"])),
    st.tuples(st.just("pass"), st.integers(1, 400)),
)


class Life:
    """One person, to whom things happen through the services."""

    def __init__(self, world, nation: str) -> None:
        self.world, self.now, self.told = world, NOW, Told()
        self.person = world.person(manager="priya")
        world.on_team(self.person, "police", Capacity.RESPONSIBLE)
        world.worker(self.person, "owen")
        if nation == "scotland":
            with world.system():
                row = sa.update(Person).where(Person.id == self.person)
                db.session.execute(row.values(jurisdiction=nation))

    @contextmanager
    def reader(self, who: str, kind: Kind = Kind.WRITE) -> Iterator:
        with clock.at(self.now), self.world.app.app_context(), unit_of_work(kind):
            guard.acts_as(self.world.staff[who].actor)
            yield self.world.staff[who].actor

    def happens(self, event: tuple) -> None:
        what, *more = event
        self.now += timedelta(seconds=1)
        getattr(self, "_" + what.replace(" ", "_"))(*more)

    def _pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    def _visit(self, ago: int, announced: bool, outcome: Outcome) -> date:
        arrived = self.now - timedelta(days=ago, hours=2)
        with self.reader("owen") as actor:
            made = told(
                arrived_at=arrived, outcome=outcome, announced=announced,
                officers=(visits.reader(actor),),
            )  # fmt: skip
            service.log_visit(actor, self.person, made, now=self.now)
        return arrived.date()

    def _seen(self, ago: int, announced: bool) -> None:
        on = self._visit(ago, announced, Outcome.SEEN_AND_SPOKEN_TO)
        self.told.seen.append((on, announced))

    def _not_seen(self, ago: int, outcome: Outcome) -> None:
        self._visit(ago, False, outcome)

    def _set(self, every: str, unannounced: str) -> None:
        command = SetCommitment(
            basis=Basis.SUPERVISOR,
            every=INTERVALS[every],
            unannounced=INTERVALS.get(unannounced),
            times=(Times.EVENING,),
            manner=Manner.TWO,
            reason="No plan yet",
        )
        with self.reader("naomi") as actor:
            commitments.set_commitment(actor, self.person, command, now=self.now)
        self.told.sets.append((self.today, every, unannounced))

    def _end(self) -> None:
        if not self.told.sets or not self.told.sets[-1][1]:
            return
        with self.reader("naomi") as actor:
            commitments.end_commitment(actor, self.person, EndCommitment(reason="-"), now=self.now)
        self.told.sets.append((self.today, "", ""))

    def _band(self, band: str) -> None:
        levels = {Group.PUBLIC: (Band(band), Band.LOW)}
        with self.reader("priya") as actor:
            said = findings(levels, assessed_on=self.today)
            risk.sign(actor, self.person, said, now=self.now)
        with clock.at(self.now):
            jobs.follow_bands(self.world.app)
        self.told.band = band

    @property
    def today(self) -> date:
        return clock.day_of(self.now)

    def owed(self) -> dict[str, tuple[date, date]]:
        """What the supervisor of the police finds owed; each kind once."""
        with self.reader("naomi", Kind.READ) as actor:
            police = self.world.agencies["police"]
            found = [
                each
                for each in reminders.for_person(actor, self.person)
                if each.owed_by_agency_id == police
            ]
        kinds = [each.kind for each in found if each.kind in ("visit", "visit-unannounced")]
        assert len(kinds) == len(set(kinds))
        for each in found:
            late = window(each.starts_on, each.due_on).is_overdue(self.today)
            assert late == (each.due_on < self.today)
        return {
            each.kind: (each.starts_on, each.due_on)
            for each in found
            if each.kind in ("visit", "visit-unannounced")
        }


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.mark.parametrize("nation", ["england-wales", "scotland"])
@settings(
    max_examples=7,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=st.lists(EVENTS, min_size=3, max_size=9))
def test_the_next_window_is_never_lost_and_is_what_a_slow_count_gives(world, nation, events):
    life = Life(world, nation)
    for event in events:
        life.happens(event)
        assert life.owed() == life.told.due(), event
