"""Whatever happens to a person: the next visit is due by the day that a slow count gives.

Histories have visits that were made and that failed, commitments, risk, time in custody, in
hospital or abroad, days off that are proclaimed in either nation, and reactive management.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from config.bank_holidays import bank_holidays
from mappa.access import guard
from mappa.access.terms import Capacity, Role
from mappa.agencies import seed
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import RuleBroken
from mappa.kernel.uow import Kind, current, unit_of_work
from mappa.offenders.models import Person
from mappa.offenders.record import service as records
from mappa.offenders.record.rules import KINDS, Entry, Shape
from mappa.reminders import queries as reminders
from mappa.reminders.holidays import service as days_off
from mappa.reminders.holidays.models import BankHoliday
from mappa.reminders.holidays.rules import AddHoliday
from mappa.reminders.models import Deadline
from mappa.reminders.standards import recounting
from mappa.risk import service as risk
from mappa.risk.rules import Band, Group
from mappa.rules.levels import Jurisdiction
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
from mappa.visits.reactive import jobs as reactive_jobs
from mappa.visits.reactive import service as reactive
from mappa.visits.reactive.rules import Decide, EndReactive, Propose, Verdict
from mappa.visits.rules import Outcome
from tests.factories.risk import findings
from tests.factories.visits import told
from tests.factories.world import NOW, northmoor
from tests.reference.windows import OWED, SATURDAY, Told

LOW_ON = date(2023, 11, 20)
"""Three years before ``NOW``, to the day."""
LAST = NOW + timedelta(days=850)
"""The agreement of the area ends after that, and nobody sees anything."""
NATIONS = ("england-wales", "scotland")
FAILED = (Outcome.NO_REPLY, Outcome.ENTRY_REFUSED)
NOT_SEEN = (*FAILED, Outcome.IN_CUSTODY, Outcome.NOT_LIVING_THERE)
AWAY = KINDS["custody"]

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
    st.tuples(st.just("band"), st.sampled_from(["low", "low", "medium", "high", "very_high"])),
    st.tuples(st.just("pass"), st.integers(1, 400)),
    st.tuples(st.just("away"), st.sampled_from(["remand", "hospital", "abroad"]), days_ago),
    st.tuples(st.just("back")),
    st.tuples(st.just("day off"), st.sampled_from(NATIONS), st.integers(-10, 12)),
    st.tuples(st.just("begin reactive")),
    st.tuples(st.just("end reactive")),
)
FROM_THE_START = st.booleans()
"""Whether the risk was assessed as low three years ago."""


class Life:
    """One person, to whom things happen through the services."""

    def __init__(self, world, nation: str) -> None:
        self.world, self.now, self.told = world, NOW, Told(nation)
        self.away: list[UUID] = []
        self.stands: UUID | None = None
        self.proclaimed: set[tuple[str, date]] = set()
        self.person = world.person(manager="priya")
        world.on_team(self.person, "police", Capacity.RESPONSIBLE)
        world.worker(self.person, "owen")
        with world.system():
            db.session.execute(sa.delete(BankHoliday).where(BankHoliday.kind == "proclaimed"))
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
        self.now = min(self.now + timedelta(days=days), LAST)

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
        self.told.sees(on, announced, self.today)

    def _not_seen(self, ago: int, outcome: Outcome) -> None:
        on = self._visit(ago, False, outcome)
        if outcome in FAILED:
            self.told.fails(on)

    def _set(self, every: str, unannounced: str) -> None:
        command = SetCommitment(
            basis=Basis.SUPERVISOR,
            every=INTERVALS[every],
            unannounced=INTERVALS.get(unannounced),
            times=(Times.EVENING,),
            manner=Manner.TWO,
            reason="No plan yet",
        )
        with self._refused_if(self.told.reactive), self.reader("naomi") as actor:
            commitments.set_commitment(actor, self.person, command, now=self.now)
        if not self.told.reactive:
            self.told.is_set(self.today, every, unannounced)

    def _end(self) -> None:
        nothing = not self.told.sets or not self.told.sets[-1][1]
        with self._refused_if(nothing or self.told.reactive), self.reader("naomi") as actor:
            commitments.end_commitment(actor, self.person, EndCommitment(reason="-"), now=self.now)
        if not nothing and not self.told.reactive:
            self.told.is_set(self.today, "", "")

    def _band(self, band: str, on: date | None = None) -> None:
        levels = {Group.PUBLIC: (Band(band), Band.LOW)}
        with self.reader("priya") as actor:
            said = findings(levels, assessed_on=on or self.today)
            risk.sign(actor, self.person, said, now=self.now)
        with clock.at(self.now):
            jobs.follow_bands(self.world.app)
            reactive_jobs.follow(self.world.app)
        self.told.assesses(band, on or self.today)

    def _away(self, kind: str, ago: int) -> None:
        said = {"kind": kind, "place": "Coldmarsh", "from_on": self.today - timedelta(days=ago)}
        empty = {
            each.name: None if each.shape in (Shape.DAY, Shape.NUMBER) else ""
            for each in AWAY.fields
        }
        with self.reader("priya") as actor:
            typed = Entry(values=empty | said, why="")
            self.away.append(records.add(actor, self.person, AWAY, typed, now=self.now).id)

    def _back(self) -> None:
        if self.away:
            with self.reader("priya") as actor:
                records.end(
                    actor, self.person, AWAY, self.away.pop(),
                    until_on=self.today, why="Released", now=self.now,
                )  # fmt: skip

    def _day_off(self, nation: str, ahead: int) -> None:
        on = self.today + timedelta(days=ahead)
        known = AddHoliday(
            falls_on=on, name="Mourning", kind="proclaimed", source="Proclamation", reason="-"
        )
        off = on in bank_holidays(Jurisdiction(nation), [on.year])
        if on.weekday() >= SATURDAY or off or (nation, on) in self.proclaimed:
            return
        with self.reader(nation) as actor:
            days_off.add_holiday(actor, known, now=self.now)
        self.proclaimed.add((nation, on))
        with clock.at(self.now + timedelta(hours=1)):
            recounting.recount(self.world.app)

    def _begin_reactive(self) -> None:
        may = self.told.may_begin(self.today)
        with self._refused_if(not may), self.reader("owen") as actor:
            proposed = Propose(reason="Settled and open")
            self.stands = reactive.propose(actor, self.person, proposed, now=self.now).id
        if may:
            said = Decide(verdict=Verdict.APPROVE, reason="As said")
            with self.reader("naomi") as actor:
                reactive.decide_on(actor, self.person, self.stands, said, now=self.now)
            self.told.begins()

    def _end_reactive(self) -> None:
        if self.told.reactive:
            with self.reader("naomi") as actor:
                reactive.end(
                    actor, self.person, self.stands, EndReactive(reason="New address"), now=self.now
                )
            self.told.ends(self.today)

    @contextmanager
    def _refused_if(self, refused: bool) -> Iterator[None]:
        if not refused:
            yield
            return
        with pytest.raises(RuleBroken):
            yield

    @property
    def today(self) -> date:
        return clock.day_of(self.now)

    def follows(self) -> dict[str, tuple[date, date]]:
        """What the slow count gives, with the days off that were proclaimed until now."""
        own = {on for nation, on in self.proclaimed if nation == self.told.nation}
        self.told.days_off = own
        return self.told.due()

    def owed(self) -> dict[str, tuple[date, date]]:
        """What the supervisor of the police finds owed; each kind once."""
        with self.reader("naomi", Kind.READ) as actor:
            police = self.world.agencies["police"]
            found = [
                each
                for each in reminders.for_person(actor, self.person)
                if each.owed_by_agency_id == police and each.kind in OWED
            ]
        kinds = [each.kind for each in found]
        assert len(kinds) == len(set(kinds))
        for each in found:
            late = window(each.starts_on, each.due_on).is_overdue(self.today)
            assert late == (each.due_on < self.today)
        return {each.kind: (each.starts_on, each.due_on) for each in found}

    def late(self) -> set[str]:
        """What the supervisor finds overdue on this person in the list of the team."""
        of = Deadline.__table__.c
        with self.reader("naomi", Kind.READ) as actor:
            late = reminders.team_select(actor).where(
                of.person_id == self.person, of.due_on < self.today, of.kind.in_(OWED)
            )
            names = late.with_only_columns(of.kind, maintain_column_froms=True)
            return set(db.session.execute(names, actor.binds(current().at)).scalars())


@pytest.fixture
def world(app):
    made = northmoor(app)
    with made.system():
        seed.add_area("stravaig", "Stravaig", "scotland")
    made.agency("stravaig police", "police", "Stravaig Police", area="stravaig")
    made.user("england-wales", "probation", Role.RULES_ADMINISTRATOR)
    made.user("scotland", "stravaig police", Role.RULES_ADMINISTRATOR)
    return made


def lives_through(world, nation, low_long_since, events) -> None:
    """Let it all happen to somebody, and compare after each step."""
    life = Life(world, nation)
    if low_long_since:
        life.happens(("band", "low", LOW_ON))
    for event in events:
        life.happens(event)
        follows = life.follows()
        assert life.owed() == follows, event
        assert life.late() == {kind for kind, (_, due) in follows.items() if due < life.today}


def examples(most: int) -> settings:
    """So many histories; the same rules for all of them."""
    return settings(
        max_examples=most,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


OLDER_VISIT = [("not seen", 22, Outcome.NO_REPLY), ("seen", 60, False)]
"""Logged after an attempt that failed, and made before it: it is to be tried again all the same."""
OLDER_ATTEMPT = [("not seen", 2, Outcome.NO_REPLY), ("not seen", 30, Outcome.ENTRY_REFUSED)]
"""The day counts from the last attempt, whichever is logged last."""
FIRST_MEANWHILE = [("begin reactive",), ("seen", 0, False), ("end reactive",)]
"""Never visited unannounced before reactive management, and then was."""


@pytest.mark.parametrize("nation", NATIONS)
@examples(16)
@example(low_long_since=False, events=OLDER_VISIT)
@example(low_long_since=False, events=OLDER_ATTEMPT)
@example(low_long_since=True, events=FIRST_MEANWHILE)
@given(low_long_since=FROM_THE_START, events=st.lists(EVENTS, min_size=3, max_size=12))
def test_the_next_window_is_never_lost_and_is_what_a_slow_count_gives(
    world, nation, low_long_since, events
):
    lives_through(world, nation, low_long_since, events)


@pytest.mark.deep
@pytest.mark.parametrize("nation", NATIONS)
@examples(150)
@given(low_long_since=FROM_THE_START, events=st.lists(EVENTS, min_size=6, max_size=30))
def test_nor_in_a_long_life(world, nation, low_long_since, events):
    lives_through(world, nation, low_long_since, events)
