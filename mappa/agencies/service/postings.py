"""Postings: for whom somebody acts, in which role and team, since when and until when.

Nothing is overwritten: a change ends a posting and begins another. What takes two people is done
with ``second``, who approved it (mappa/sharing/approvals); a command is somebody who knows.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from mappa.access import moving, rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.models import Posting
from mappa.access.rights import Given
from mappa.access.terms import Role, State
from mappa.agencies import leaving, moves, queries, sessions
from mappa.agencies.models import Agency, User
from mappa.agencies.moves import Moved
from mappa.agencies.service.standing import (
    account_of,
    check_team,
    check_two,
    home_of,
    live_postings,
    may_give,
    not_an_operator,
    not_oneself,
    record,
)
from mappa.kernel import clock
from mappa.kernel.clock import FOREVER
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken


@dataclass(frozen=True, kw_only=True)
class NewPosting:
    """One more posting: from today or a later day, until a last day or without an end."""

    role: Role
    team: UUID = NOBODY
    from_on: date | None = None
    until_on: date | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangePosting:
    """Another role or another team in place of what somebody has, from now on."""

    role: Role
    reason: str
    team: UUID = NOBODY


def post(
    actor: Actor | None,
    user_id: UUID,
    command: NewPosting,
    *,
    now: datetime,
    agency_id: UUID | None = None,
    basis: str = "",
    second: Actor | None = None,
) -> Posting:
    """Give an account one more posting at the agency.

    Raises ``FieldErrors`` if it has that posting already, or if the days do not fit, and
    ``RuleBroken`` where it takes a ``second`` person. A first day that passed while that one was
    asked is today.
    """
    home = home_of(actor, agency_id)
    if second is not None:
        command = replace(command, from_on=None if _passed(command, now) else command.from_on)
    user = check_new_posting(actor, user_id, command, home, now)
    check_two(actor, user, home, command.role, second, now)
    begins = clock.start_of(command.from_on) if command.from_on else now
    given = Given(
        at=now,
        by=actor.user_id if actor else NOBODY,
        reason=basis or "posted by the administrator",
        starts_at=max(now, begins),
        ends_at=clock.end_of(command.until_on) if command.until_on else FOREVER,
    )
    return give(actor, user, home, command.role, command.team, given, basis=basis)


def _passed(command: NewPosting, now: datetime) -> bool:
    return command.from_on is not None and command.from_on <= clock.day_of(now)


def check_new_posting(
    actor: Actor | None, user_id: UUID, command: NewPosting, home: Agency, now: datetime
) -> User:
    """The account, if it can be given such a posting. Raises what ``post`` raises."""
    not_oneself(actor, user_id)
    user = account_of(actor, user_id)
    not_an_operator(actor, user.id, now)
    may_give(actor, home, command.role)
    check_team(home, command.team)
    _check_days(command, clock.day_of(now))
    _not_held(user, home, command.role, command.team, now)
    return user


def _check_days(command: NewPosting, today: date) -> None:
    if command.from_on and command.from_on < today:
        raise FieldErrors({"from_on": ["A posting begins today or later. Leave it empty for now"]})
    if command.until_on and command.until_on < (command.from_on or today):
        raise FieldErrors({"until_on": ["The last day must not be before the first day"]})


def _not_held(user: User, home: Agency, role: Role, team: UUID, now: datetime) -> None:
    if any(
        (each.agency_id, each.role, each.team_id) == (home.id, role.value, team)
        for each in live_postings(user.id, now)
    ):
        raise FieldErrors({"role": [f"{user.name} has this posting already"]})


def end_posting(
    actor: Actor | None,
    posting_id: UUID,
    reason: str,
    *,
    now: datetime,
    basis: str = "",
    anyway: bool = False,
) -> None:
    """End a posting and every session that acts under it, at once. The account remains.

    Whoever manages people hands them over first. With ``anyway`` it ends all the same: the people
    then stand without a manager on the pages of their supervisor.
    """
    found = _to_change(actor, posting_id, now)
    others = [each for each in live_postings(found.user_id, now) if each.id != found.id]
    leaving.check(actor, found.user_id, {found.agency_id} - leaving.homes(others), anyway=anyway)
    _end(actor, found, reason, now, basis=basis)


def change_posting(
    actor: Actor,
    posting_id: UUID,
    command: ChangePosting,
    *,
    now: datetime,
    second: Actor | None = None,
) -> Posting:
    """End a posting and begin another in its place, until the day the first would have ended.

    Whoever acts under it signs in again. In another team of the same role the cases and the duties
    go along, and the supervisors of the new team see them. Another role takes a ``second`` person.
    """
    found, user, home = check_change(actor, posting_id, command, now)
    if found.role != command.role.value:
        check_two(actor, user, home, command.role, second, now)
    until = found.ends_at
    begins = max(now, found.starts_at)
    _end(actor, found, command.reason, now)
    given = Given(at=now, by=actor.user_id, reason=command.reason, starts_at=begins, ends_at=until)
    made = give(actor, user, home, command.role, command.team, given, basis=command.reason)
    if found.role == command.role.value:
        moving.carry_cases(user.id, home.id, found.team_id, command.team, given)
        moves.tell(
            Moved(user_id=user.id, agency_id=home.id, before=found.team_id, after=command.team)
        )
    return made


def check_change(
    actor: Actor, posting_id: UUID, command: ChangePosting, now: datetime
) -> tuple[Posting, User, Agency]:
    """The posting, whose it is and where, if it can be changed so. Raises what a change raises."""
    found = _to_change(actor, posting_id, now)
    home = queries.agency(found.agency_id)
    user = db.session.get_one(User, found.user_id)
    may_give(actor, home, command.role)
    check_team(home, command.team)
    _not_held(user, home, command.role, command.team, now)
    return found, user, home


def _to_change(actor: Actor | None, posting_id: UUID, now: datetime) -> Posting:
    found = db.session.get(Posting, posting_id, with_for_update=True)
    if found is None or (actor and found.agency_id != actor.agency_id):
        raise NotFound
    if actor:
        require(actor, Action.POSTINGS_ADMINISTER)
    not_oneself(actor, found.user_id)
    not_an_operator(actor, found.user_id, now)
    if found.state != State.LIVE or found.ends_at <= now:
        raise RuleBroken("posting-live", "This posting has ended already")
    return found


def _end(
    actor: Actor | None, found: Posting, reason: str, now: datetime, *, basis: str = ""
) -> None:
    rights.end([found], at=now, by=actor.user_id if actor else NOBODY, reason=reason)
    sessions.end_of_posting(found.id, at=now, why="posting ended")
    left = leaving.Left(
        user_id=found.user_id, agency_id=found.agency_id, role=Role(found.role),
        by_id=actor.user_id if actor else NOBODY,
    )  # fmt: skip
    leaving.tell(left, now)
    record(actor, "posting:ended", [found.user_id, found.id], now, basis=basis or reason)


def give(
    actor: Actor | None,
    user: User,
    home: Agency,
    role: Role,
    team: UUID,
    given: Given,
    *,
    basis: str,
) -> Posting:
    """Write the posting and put it on record; everything has been asked."""
    posting = rights.post(user.id, home.id, home.area_id, role, given, team=team)
    record(
        actor, "posting:made", [user.id, posting.id], given.at, fields=("role", "team"), basis=basis
    )
    return posting
