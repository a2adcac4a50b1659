"""What is running, what waits for a judgement, and who judges it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import queries as rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.labels import word
from mappa.access.reading import RECORD, Seen, note_read, rows, scoped, unnoted
from mappa.access.terms import Level, Role
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency, User
from mappa.audit import queries as audit
from mappa.audit.queries import Answered, Consulted
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.sharing.emergency import rules
from mappa.sharing.emergency.models import EmergencyLookup, EmergencyUse
from mappa.sharing.emergency.rules import COUNTED, UseState

MOST = 50
MOST_EARLIER = 20

_use = EmergencyUse.__table__
_LOOKUP = EmergencyLookup.__table__.c
_judge = sa.alias(User.__table__, "judge")


# For the duty officer


@dataclass(frozen=True)
class Running:
    """A record that the reader has open, and until when (UTC)."""

    person_id: UUID
    name: str
    until: datetime


def running(actor: Actor) -> list[Running]:
    """What the reader has open in an emergency now, with names; the oldest first."""
    mine = rights.emergencies_of(actor.user_id)
    names = people.names(actor, {each.person_id for each in mine}) if mine else {}
    return [
        Running(each.person_id, names[each.person_id], each.ends_at)
        for each in mine
        if each.person_id in names
    ]


def how_many_run(actor: Actor) -> int:
    """How many records the reader has open in an emergency now."""
    return len(rights.emergencies_of(actor.user_id))


def own_uses(actor: Actor) -> list[Answered]:
    """The reader's own uses of the last 90 days with how they were judged, the newest first.

    From the audit, which names nobody: the reader need not see the person any more.
    """
    since = uow.current().at - COUNTED
    return audit.answered(actor.user_id, rules.OPENED, rules.JUDGED, since)


def lookups_since(user: UUID, since: datetime) -> int:
    """How often a user looked for somebody since then, with or without success."""
    counted = sa.select(sa.func.count(_LOOKUP.id))
    mine = (_LOOKUP.user_id == user, _LOOKUP.at > since)
    found: int = db.session.execute(counted.where(*mine)).scalar_one()
    return found


def whom_to_ring(actor: Actor) -> tuple[str, str]:
    """Desk and number of the reader's co-ordinator; the own agency's where the area has none.

    The same whoever was looked for.
    """
    posted = agencies.posted(Role.COORDINATOR, area=actor.area_id)
    home = agencies.agency(posted[0].agency_id if posted else actor.agency_id)
    return (f"the MAPPA co-ordinator at {home.name}" if posted else home.desk), home.phone


# For whoever judges


@cache
def _uses() -> Query:
    return (
        scoped(
            EmergencyUse,
            User.name.label("user_name"),
            Agency.name.label("agency_name"),
            sa.func.coalesce(_judge.c.name, "").label("judge_name"),
            need=Level.FULL,
            person=False,
        )
        .join(User, User.id == _use.c.user_id)
        .join(Agency, Agency.id == _use.c.user_agency_id)
        .outerjoin(_judge, _judge.c.id == _use.c.judged_by_id)
    )


@cache
def _one() -> Query:
    return _uses().where(_use.c.id == RECORD)


@cache
def _waiting() -> Query:
    still = _use.c.state == word(UseState.OPEN.value)
    return _uses().where(still).order_by(_use.c.opened_at, _use.c.id).limit(MOST)


@cache
def _judged() -> Query:
    done = _use.c.state != word(UseState.OPEN.value)
    return _uses().where(done).order_by(_use.c.judged_at.desc(), _use.c.id).limit(MOST)


@cache
def _earlier() -> Query:
    since, before = (sa.bindparam(name, type_=_use.c.opened_at.type) for name in ("since", "upto"))
    user, about = (sa.bindparam(name, type_=sa.Uuid()) for name in ("by_user", "about"))
    return (
        _uses()
        .where(
            sa.or_(_use.c.user_id == user, _use.c.person_id == about),
            _use.c.opened_at >= since,
            _use.c.opened_at < before,
            _use.c.id != RECORD,
        )
        .order_by(_use.c.opened_at.desc(), _use.c.id)
        .limit(MOST_EARLIER)
    )


def reviewers(use: Any) -> list[Actor]:
    """Who may judge a use (its columns), as readers; nobody whom the policy keeps out."""
    target = Target(person=use.person_id, owner=use.owner_agency_id, record=use.id)
    area = agencies.area_of(use.owner_agency_id)
    officers = agencies.posted(Role.INFORMATION_OFFICER, agency=use.owner_agency_id)
    coordinators = agencies.posted(Role.COORDINATOR, area=area)
    may = {
        each.user_id: each
        for each in (*coordinators, *officers)
        if decide(each, Action.EMERGENCY_REVIEW, target).allowed
    }
    chosen = rules.reviewers(
        [each.user_id for each in officers if each.user_id in may],
        [each.user_id for each in coordinators if each.user_id in may],
        user=use.user_id,
        above=_above(use),
    )
    return [may[each] for each in dict.fromkeys(chosen)]


def _above(use: Any) -> set[UUID]:
    """Whom the user answers to: who supervises the user's team, and the leads of the agency."""
    leads = agencies.posted(Role.AGENCY_LEAD, agency=use.user_agency_id)
    supervisors = rights.supervisors_of(use.user_agency_id, use.user_team_id)
    return {*supervisors, *(each.user_id for each in leads)}


def judges(actor: Actor, use: Any) -> bool:
    """Whether the reader, under this posting, is one of those who may judge a use."""
    posts = {(each.user_id, each.agency_id, each.role) for each in reviewers(use)}
    return (actor.user_id, actor.agency_id, actor.role) in posts


def use(actor: Actor, use_id: UUID) -> Seen:
    """One use for whoever may judge it, with names. Raises ``NotFound`` for everybody else."""
    with unnoted():
        found = rows(actor, _one(), EmergencyUse, record=use_id)
    if not found or not judges(actor, found[0]):
        raise NotFound
    note_read([found[0].record, found[0].person_id])
    return found[0]


def waiting(actor: Actor) -> list[Seen]:
    """The uses that wait for the reader's judgement, with names; the oldest first."""
    return _for_judge(actor, _waiting())


def judged(actor: Actor) -> list[Seen]:
    """The uses in the reader's charge that were judged, with names; the last judged first."""
    return _for_judge(actor, _judged())


def _for_judge(actor: Actor, statement: Query) -> list[Seen]:
    if actor.role not in (Role.INFORMATION_OFFICER, Role.COORDINATOR):
        return []
    with unnoted():
        found = [each for each in rows(actor, statement, EmergencyUse) if judges(actor, each)]
    note_read([record for each in found for record in (each.record, each.person_id)])
    return found


def earlier(actor: Actor, of: Seen) -> list[Seen]:
    """Uses by the same user or of the same person in the 90 days before that the reader sees."""
    return rows(
        actor, _earlier(), EmergencyUse, record=of.id, by_user=of.user_id, about=of.person_id,
        since=of.opened_at - COUNTED, upto=of.opened_at,
    )  # fmt: skip


@dataclass(frozen=True)
class End:
    """When a use ended or will (UTC), and who ended it before its time (a name), and why."""

    at: datetime
    by: str = ""
    reason: str = ""


def end_of(seen: Seen) -> End:
    """How a use ended."""
    early = rights.ended_early([seen.id]).get(seen.id)
    if early is None:
        return End(seen.until_at)
    names = agencies.user_names([early.by]) if early.by != NOBODY else {}
    return End(early.at, names.get(early.by, ""), early.reason)


def opened(seen: Seen, until: datetime) -> list[Consulted]:
    """What the user read of the person while it was open, the first first."""
    return audit.consulted(seen.user_id, seen.person_id, seen.opened_at, until)
