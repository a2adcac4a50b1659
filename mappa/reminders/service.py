"""Opening and closing duties, and telling people: part of the act of the feature that calls.

The features have asked the policy already; a duty is bookkeeping beside their record. A rule that
is missing stops the act: it never means that there is no deadline.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from mappa.access import merged
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.guard import add_many
from mappa.access.labels import RecordLabel
from mappa.access.queries import team_of
from mappa.access.reading import bookkeeping
from mappa.access.terms import Audience
from mappa.agencies.moves import Moved
from mappa.kernel.db import NOBODY, db
from mappa.reminders import closing, queries
from mappa.reminders.counting import Reckoned as Reckoned
from mappa.reminders.counting import count as count
from mappa.reminders.counting import holidays_between as holidays_between
from mappa.reminders.counting import holidays_for as holidays_for
from mappa.reminders.counting import reckon as reckon
from mappa.reminders.models import Deadline, DutyState, Notice
from mappa.reminders.standards import queries as standards
from mappa.rules.away import Away
from mappa.rules.levels import Jurisdiction


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A duty that ``owner_agency`` is to owe, from ``starts_on`` on.

    ``about`` is what the duty is done on, where that is not the record of the label. Without
    ``owner_team`` it is the team in which the owner acts for the agency.
    """

    rule: str
    label: RecordLabel
    kind: str
    starts_on: date
    jurisdiction: str
    owner_user: UUID
    owner_team: UUID = NOBODY
    owner_agency: UUID
    set_on: date | None = None
    title: str | None = None
    about: UUID | None = None
    away: tuple[Away, ...] = ()
    """Absences that its count may have to leave out; each reader of the duty may see them."""

    def columns(self, now: datetime) -> dict[str, Any]:
        """What a deadline keeps of it, opened now. Raises what ``reckon`` raises."""
        reckoned = reckon(
            self.rule,
            self.jurisdiction,
            self.starts_on,
            self.set_on,
            owed_by=self.owner_agency,
            away=self.away,
        )
        return {
            **self.label.columns(),
            **reckoned.columns(),
            "about_id": self.about or self.label.record,
            "kind": self.kind,
            "title": self.title or reckoned.rule.title,
            "owner_user_id": self.owner_user,
            "owner_team_id": _team(self.owner_team, self.owner_user, self.owner_agency),
            "owed_by_agency_id": self.owner_agency,
            "opened_at": now,
            "state": DutyState.OPEN.value,
        }


def open_deadline(
    rule_id: str,
    label: RecordLabel,
    *,
    kind: str,
    starts_on: date,
    jurisdiction: str,
    owner_user: UUID,
    owner_team: UUID = NOBODY,
    owner_agency: UUID,
    now: datetime,
    set_on: date | None = None,
    title: str | None = None,
    about: UUID | None = None,
) -> Deadline:
    """Open a ``Duty``; one of that kind that stands open on the same thing gives way to it.

    Raises what ``reckon`` raises; nothing is written then.
    """
    duty = Duty(
        rule=rule_id,
        label=label,
        kind=kind,
        starts_on=starts_on,
        jurisdiction=jurisdiction,
        owner_user=owner_user,
        owner_team=owner_team,
        owner_agency=owner_agency,
        set_on=set_on,
        title=title,
        about=about,
    )
    return _stand_open(Deadline(**duty.columns(now)), now)


def _stand_open(wanted: Deadline, now: datetime) -> Deadline:
    standing = closing.standing(wanted)
    if standing is not None:
        if closing.alike(standing, wanted):
            return standing
        closing.close_one(standing.id, now)
    db.session.add(wanted)
    db.session.flush()
    return wanted


def renew_deadlines(
    person_id: UUID, duties: Sequence[Duty], now: datetime, *, beside: Sequence[Duty] = ()
) -> None:
    """Close what the agency owes on a person of these kinds, and open these duties instead.

    One agency owes them all, and they are done on the person or on a new record. Duties ``beside``
    them are on what was made in this unit of work, and take no other's place. Raises what
    ``reckon`` raises; nothing is written then.
    """
    wanted = [each.columns(now) for each in (*duties, *beside)]
    (agency,) = {each.owner_agency for each in duties}
    kinds = {each.kind for each in duties}
    closing.close_kinds(merged.people_of(person_id), kinds, agency, now)
    add_many(Deadline, wanted)


def open_on_new(duties: Sequence[Duty], now: datetime) -> None:
    """Open duties on what was made in this unit of work. Raises what ``reckon`` raises."""
    if duties:
        add_many(Deadline, [each.columns(now) for each in duties])


def close_deadlines(subject_id: UUID, now: datetime, *, kind: str | None = None) -> None:
    """Close what is owed on a record (or on one thing of it), of one kind or of all."""
    conditions = [_DEADLINE.c.about_id == subject_id]
    if kind is not None:
        conditions.append(_DEADLINE.c.kind == kind)
    closing.close(now, *conditions)


def close_for_person(
    person_id: UUID, kind: str, now: datetime, owner_agency: UUID | None = None
) -> None:
    """Close all duties of a kind that concern a person, of all agencies or of the one that owes."""
    conditions = [_DEADLINE.c.person_id.in_(merged.people_of(person_id)), _DEADLINE.c.kind == kind]
    if owner_agency is not None:
        conditions.append(_DEADLINE.c.owed_by_agency_id == owner_agency)
    closing.close(now, *conditions)


def carry_duties(moved: Moved) -> None:
    """Let the duties of whoever changes teams stand in the lists of the new team's supervisors."""
    concerned = [
        _DEADLINE.c.owner_team_id == moved.before,
        _DEADLINE.c.owed_by_agency_id == moved.agency_id,
        _DEADLINE.c.state == DutyState.OPEN.value,
    ]
    if moved.user_id is not None:
        concerned.append(_DEADLINE.c.owner_user_id == moved.user_id)
    db.session.execute(
        sa.update(Deadline)
        .where(*concerned, bookkeeping(Deadline))
        .values(owner_team_id=moved.after),
        execution_options=_AS_IT_IS,
    )


@dataclass(frozen=True, kw_only=True)
class Owes:
    """Who owes duties: a user, in a team, for an agency."""

    user: UUID
    team: UUID
    agency: UUID


def pass_on(
    person_id: UUID, old: Owes, new: Owes, responsible: Collection[str], now: datetime
) -> list[UUID]:
    """Let ``new`` owe what ``old`` owes on a person, of rules for these roles.

    The day and the rule stay as they are. What ``old`` was told of it ends; the sweep tells
    ``new``. Gives the records of those duties that are open to named readers only.
    """
    open_still = sa.select(
        _DEADLINE.c.id, _DEADLINE.c.rule_id, _DEADLINE.c.rule_version, _DEADLINE.c.jurisdiction,
        _DEADLINE.c.subject_id, _DEADLINE.c.audience,
    ).where(
        _DEADLINE.c.person_id == person_id,
        _DEADLINE.c.state == DutyState.OPEN.value,
        _DEADLINE.c.owner_user_id == old.user,
        _DEADLINE.c.owed_by_agency_id == old.agency,
        bookkeeping(Deadline),
    ).with_for_update()  # fmt: skip
    passing = [row for row in db.session.execute(open_still) if _is_for(row, responsible)]
    pass_duties([row.id for row in passing], new, now)
    named = Audience.NAMED.value
    return list(dict.fromkeys(row.subject_id for row in passing if row.audience == named))


def pass_duties(ids: Sequence[UUID], new: Owes, now: datetime) -> None:
    """Let ``new`` owe these duties. What was told of them ends; the day and the rule stay."""
    _update(Deadline, _DEADLINE.c.id.in_(ids), owner_user_id=new.user, owner_team_id=new.team,
            owed_by_agency_id=new.agency)  # fmt: skip
    told = _NOTICE.c.duty_id.in_(ids)
    _update(Notice, sa.and_(told, _NOTICE.c.ended_at.is_(None)), ended_at=now)
    # Whoever gets a duty back was told of it once; the same notice stands again.
    own = sa.and_(_NOTICE.c.user_id == new.user, _NOTICE.c.agency_id == new.agency)
    # So do those of whoever was told that this owner is late.
    again = sa.and_(told, sa.or_(own, _NOTICE.c.key.like(f"%:{new.user.hex}")))
    _update(Notice, again, ended_at=None, read_at=None)


def owners_of(kinds: Collection[str]) -> list[tuple[UUID, UUID]]:
    """Who owes open duties of these kinds, for which agency. For jobs: no reader is asked."""
    asked = (
        sa.select(_DEADLINE.c.owner_user_id, _DEADLINE.c.owed_by_agency_id)
        .where(_DEADLINE.c.state == DutyState.OPEN.value, _DEADLINE.c.kind.in_(kinds))
        .distinct()
        .order_by(_DEADLINE.c.owed_by_agency_id, _DEADLINE.c.owner_user_id)
    )
    return [(user, agency) for user, agency in db.session.execute(asked)]


def pass_kinds(kinds: Collection[str], old: Owes, new: Owes, now: datetime) -> None:
    """Let ``new`` owe what ``old`` owes of these kinds, about whomever. For jobs."""
    asked = sa.select(_DEADLINE.c.id).where(
        _DEADLINE.c.state == DutyState.OPEN.value,
        _DEADLINE.c.kind.in_(kinds),
        _DEADLINE.c.owner_user_id == old.user,
        _DEADLINE.c.owed_by_agency_id == old.agency,
    )
    pass_duties(list(db.session.execute(asked).scalars()), new, now)


def _is_for(duty: Any, responsible: Collection[str]) -> bool:
    book = standards.book_of(Jurisdiction(duty.jurisdiction), "")
    return book.version(duty.rule_id, duty.rule_version).responsible in responsible


def _update(model: Any, which: sa.ColumnElement[bool], **values: Any) -> None:
    db.session.execute(
        sa.update(model).where(which, bookkeeping(model)).values(**values),
        execution_options=_AS_IT_IS,
    )


def tell(
    user_id: UUID,
    label: RecordLabel,
    *,
    event: str,
    text_key: str,
    now: datetime,
    about: UUID | None = None,
    agency: UUID = NOBODY,
    duty: UUID = NOBODY,
) -> bool:
    """Tell a user of something once; whether this was the first time.

    ``event`` names the sentence, ``text_key`` tells apart what may happen to a record repeatedly.
    ``about`` is where the notice leads, ``agency`` for which agency the user is told, ``duty`` a
    duty with which the notice ends. The user learns nothing that the policy does not let that user
    see at the time of reading.
    """
    notice = Notice(
        **label.columns(),
        user_id=user_id,
        event=event,
        key=text_key,
        about_id=about or label.record,
        duty_id=duty,
        agency_id=agency,
        at=now,
    )
    if db.session.execute(_told(notice)).scalar_one():
        return False
    try:
        with db.session.begin_nested():
            db.session.add(notice)
            db.session.flush()
    except IntegrityError:
        # Somebody else was quicker; any other cause shows again and is not swallowed.
        if not db.session.execute(_told(notice)).scalar_one():
            raise
        return False
    return True


def mark_read(actor: Actor, ids: Sequence[UUID], *, now: datetime) -> int:
    """Mark the reader's own notices as read; how many were new. Ids of others do nothing."""
    require(actor, Action.NOTICES)
    marked = queries.to_mark(actor, ids, now)
    for notice in marked:
        notice.read_at = now
    db.session.flush()
    return len(marked)


_DEADLINE = Deadline.__table__
_NOTICE = Notice.__table__
_AS_IT_IS = {"synchronize_session": False}


def _team(given: UUID, user: UUID, agency: UUID) -> UUID:
    return given if given != NOBODY else team_of(user, agency) or NOBODY


def _told(notice: Notice) -> sa.Select[bool]:
    same = (
        _NOTICE.c.user_id == notice.user_id,
        _NOTICE.c.event == notice.event,
        _NOTICE.c.subject_id == notice.subject_id,
        _NOTICE.c.key == notice.key,
    )
    return sa.select(sa.exists(sa.select(_NOTICE.c.id).where(*same, bookkeeping(Notice))))
