"""Counting open dates anew when a standard or a bank holiday changed. A job of the system.

What waits is a row. A pass goes through the open dates in their order and remembers how far it
came; it may be killed, and two may run at once: a date that moves is closed and opened anew under
a lock, and whoever comes second finds it closed. A date that stays is not written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from mappa.access.guard import add_many
from mappa.agencies.models import Agency
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Query, db, keep_writers_off
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import closing, service
from mappa.reminders.holidays import rules as holiday_rules
from mappa.reminders.models import Deadline, DutyState, Event, Notice
from mappa.reminders.service import Reckoned
from mappa.reminders.standards import queries
from mappa.reminders.standards.models import Recount
from mappa.rules.away import read
from mappa.rules.deadlines import StandsStill, Unit, UnknownRule
from mappa.rules.levels import Jurisdiction

LOOK, CHUNK = 2000, 200
"""So many dates are looked at in one reading, and so many moved in one writing transaction."""
SETTLES = timedelta(minutes=2)
"""A request that began before the change may still open a date that was counted the old way."""

_DEADLINE = Deadline.__table__.c
_RECOUNT = Recount.__table__.c
_FIRST = (date.min, NOBODY)
_OF_THE_DUTY = [
    each.name
    for each in _DEADLINE
    if each.name not in ("id", "opened_at", "closed_at", "moved_from", "moved_because")
]
_LOOKED_AT = (
    "id",
    "rule_id",
    "rule_version",
    "jurisdiction",
    "starts_on",
    "due_on",
    "owed_by_agency_id",
    "away",
)
"""What the count of a duty needs; the rest is read of those that move."""
_TOLD = (
    "person_id",
    "owner_agency_id",
    "section",
    "subject_id",
    "audience",
    "handling_group_id",
    "meeting_id",
    "about_id",
)

Place = tuple[date, UUID]


@dataclass(frozen=True, kw_only=True)
class Recounted:
    """What a run did: dates that moved, and whether something still waits."""

    moved: int
    waiting: int


@dataclass(frozen=True)
class Asked:
    """A recount as it stood when the pass began."""

    id: UUID
    event: str
    jurisdiction: str
    area_id: str
    rule_id: str
    from_on: date
    because: str
    asked_at: datetime
    after_on: date | None
    after_id: UUID

    @property
    def of_a_day_off(self) -> bool:
        """Whether a day off changed: then each date keeps the version of its rule."""
        return not self.rule_id

    @property
    def place(self) -> Place:
        """After which date to go on."""
        return (self.after_on, self.after_id) if self.after_on else _FIRST


def ask(
    event: str,
    cause: UUID,
    jurisdiction: Jurisdiction,
    *,
    from_on: date,
    because: str,
    now: datetime,
    area: str = "",
    rule_id: str = "",
) -> None:
    """Have the open dates counted anew: of one rule in an area, or (a day off) of all over a day.

    ``because`` is a clause that is shown to everybody whose date moves.
    """
    db.session.add(
        Recount(
            event=event,
            cause_id=cause,
            jurisdiction=jurisdiction.value,
            area_id=area,
            rule_id=rule_id,
            from_on=from_on,
            because=because,
            asked_at=now,
        )
    )
    db.session.flush()


def recount(app: Flask) -> Recounted:
    """Count anew what waits for it; safe to run twice, and at the same time in two places."""
    moved = 0
    with app.app_context():
        with unit_of_work(Kind.READ, system="recount") as unit:
            began, waiting = unit.at, _waiting()
        for asked in waiting:
            moved += _pass(asked)
            _settle(asked, began)
        with unit_of_work(Kind.READ, system="recount"):
            return Recounted(moved=moved, waiting=len(_waiting()))


def _waiting() -> list[Asked]:
    names = Asked.__dataclass_fields__
    statement = (
        sa.select(*(_RECOUNT[name] for name in names))
        .where(_RECOUNT.done_at.is_(None))
        .order_by(_RECOUNT.asked_at, _RECOUNT.id)
    )
    return [Asked(**row) for row in db.session.execute(statement).mappings()]


def _pass(asked: Asked) -> int:
    """Go once through the open dates concerned; how many moved."""
    moved = 0
    for chunk, place in _chunks(asked):
        moved += _move(asked, chunk, place)
    return moved


def _chunks(asked: Asked) -> Iterator[tuple[list[UUID], Place]]:
    """The dates that would move, chunk by chunk, each with the place that it brings us to."""
    place = asked.place
    while True:
        with unit_of_work(Kind.READ, system="recount"):
            found = db.session.execute(_next(asked, place)).all()
            wrong = [row for row, _ in _moving(asked, found)]
        if not found:
            return
        for start in range(0, len(wrong), CHUNK):
            some = wrong[start : start + CHUNK]
            yield [row.id for row in some], (some[-1].due_on, some[-1].id)
        place = (found[-1].due_on, found[-1].id)


def _next(asked: Asked, after: Place) -> Query:
    return (
        sa.select(*(_DEADLINE[name] for name in _LOOKED_AT))
        .where(
            *_concerned(asked),
            sa.or_(
                _DEADLINE.due_on > after[0],
                sa.and_(_DEADLINE.due_on == after[0], _DEADLINE.id > after[1]),
            ),
        )
        .order_by(_DEADLINE.due_on, _DEADLINE.id)
        .limit(LOOK)
    )


def _concerned(asked: Asked) -> list[sa.ColumnElement[bool]]:
    """Open dates that go by the rule alone and that the change may move."""
    found = [
        _DEADLINE.state == DutyState.OPEN.value,
        _DEADLINE.jurisdiction == asked.jurisdiction,
        _DEADLINE.set_on.is_(None),
        _DEADLINE.interval == "",
    ]
    if asked.area_id:
        agency = Agency.__table__.c
        of_area = sa.select(agency.id).where(agency.area_id == asked.area_id)
        found.append(_DEADLINE.owed_by_agency_id.in_(of_area))
    if asked.of_a_day_off:
        # Only a count that goes over the day; the bound on the due day is the index's first. No day
        # off moves a rule that never counted working days, in any version.
        found.append(_DEADLINE.rule_id.in_(_in_working_days(asked.jurisdiction)))
        return [*found, _DEADLINE.starts_on <= asked.from_on, _DEADLINE.due_on >= asked.from_on]
    return [*found, _DEADLINE.rule_id == asked.rule_id, _DEADLINE.starts_on >= asked.from_on]


def _in_working_days(jurisdiction: str) -> list[str]:
    versions = queries.every_version(Jurisdiction(jurisdiction)).versions()
    return sorted({each.id for each in versions if each.unit is Unit.WORKING_DAYS})


def _moving(asked: Asked, duties: Sequence[Any]) -> Iterator[tuple[Any, Reckoned]]:
    """Those of the duties whose day is another when it is counted now, and the count."""
    known: dict[tuple[Any, ...], Reckoned | None] = {}
    for duty in duties:
        key = (
            duty.rule_id, duty.rule_version, duty.starts_on, duty.owed_by_agency_id, duty.away,
        )  # fmt: skip
        if key not in known:
            known[key] = _anew(asked, duty)
        found = known[key]
        if found is not None and found.counted.due_on != duty.due_on:
            yield duty, found


def _anew(asked: Asked, duty: Any) -> Reckoned | None:
    """The count of a duty as it would be made now; None where the change does not concern it."""
    agency = duty.owed_by_agency_id
    try:
        if not asked.of_a_day_off:
            return service.reckon(
                duty.rule_id, duty.jurisdiction, duty.starts_on, owed_by=agency,
                away=read(duty.away),
            )  # fmt: skip
        book = queries.book_for(Jurisdiction(duty.jurisdiction), agency)
        rule = book.version(duty.rule_id, duty.rule_version)
        if not holiday_rules.moves(rule, local=bool(asked.area_id)):
            return None
        return service.count(rule, duty.starts_on, owed_by=agency, away=read(duty.away))
    except (UnknownRule, StandsStill):
        # Its rule left the file: the day that was told stays, and the page of rules shows it. Or it
        # would run into an absence that has not ended: whoever ends it has it counted anew.
        return None


def _move(asked: Asked, ids: Sequence[UUID], place: Place) -> int:
    """Close these, if they are open still, and open each anew on its new day."""
    with unit_of_work(Kind.WRITE, system="recount") as unit:
        # Else an act that is closing a duty just now would find it closed, and leave the one that
        # was opened instead of it standing for ever.
        keep_writers_off(Deadline)
        still = sa.select(*(_DEADLINE[name] for name in ("id", *_OF_THE_DUTY))).where(
            _DEADLINE.id.in_(ids), *_concerned(asked)
        )
        moving = list(_moving(asked, db.session.execute(still).all()))
        closing.close(unit.at, _DEADLINE.id.in_([duty.id for duty, _ in moving]))
        opened = [_opened(duty, count, asked, unit.at) for duty, count in moving]
        add_many(Deadline, opened)
        add_many(Notice, [_told(duty, unit.at) for duty in opened])
        db.session.execute(
            sa.update(Recount)
            .where(Recount.id == asked.id)
            .values(after_on=place[0], after_id=place[1], moved=Recount.moved + len(opened)),
            execution_options={"synchronize_session": False},
        )
        return len(opened)


def _opened(duty: Any, count: Reckoned, asked: Asked, at: datetime) -> dict[str, Any]:
    return {
        **{name: getattr(duty, name) for name in _OF_THE_DUTY},
        **count.columns(),
        "id": new_id(),
        "opened_at": at,
        "moved_from": duty.due_on,
        "moved_because": asked.because,
    }


def _told(duty: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "user_id": duty["owner_user_id"],
        "event": Event.MOVED.value,
        "key": duty["id"].hex,
        "duty_id": duty["id"],
        "agency_id": duty["owed_by_agency_id"],
        "at": at,
        **{name: duty[name] for name in _TOLD},
    }


def _settle(asked: Asked, began: datetime) -> None:
    """End a recount whose pass began late enough; else the next run goes through once more."""
    with unit_of_work(Kind.WRITE, system="recount") as unit:
        late_enough = began - asked.asked_at >= SETTLES and asked.place == _FIRST
        db.session.execute(
            sa.update(Recount)
            .where(Recount.id == asked.id, Recount.done_at.is_(None))
            .values(after_on=None, after_id=NOBODY, done_at=unit.at if late_enough else None),
            execution_options={"synchronize_session": False},
        )
