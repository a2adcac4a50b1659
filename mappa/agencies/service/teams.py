"""Teams of an agency: added, renamed, closed. A closed team is kept for what was done in it.

Raises ``NotPermitted``, ``NotFound``, ``FieldErrors`` or ``RuleBroken``; then nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mappa.access import moving
from mappa.access.actor import Actor
from mappa.access.models import Posting
from mappa.access.rights import Given
from mappa.access.terms import Role
from mappa.agencies import moves, queries
from mappa.agencies.models import Agency, Team
from mappa.agencies.moves import Moved
from mappa.agencies.service.postings import ChangePosting, change_posting
from mappa.agencies.service.standing import check_team, home_of, record
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken


@dataclass(frozen=True, kw_only=True)
class MovePeople:
    """Whose postings go to another team, and why."""

    postings: Sequence[UUID]
    team: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class CloseTeam:
    """Which team takes over the people and the cases, and why the other closes."""

    successor: UUID
    reason: str


def add_team(actor: Actor, name: str, *, now: datetime) -> Team:
    """Add a team to the actor's agency. Raises ``FieldErrors`` for a name that is in use."""
    home = home_of(actor)
    _check_name(home, name)
    added = Team(agency_id=home.id, name=name)
    db.session.add(added)
    db.session.flush()
    record(actor, "team:added", [added.id], now, fields=("name",), basis=name)
    return added


def rename_team(actor: Actor, team_id: UUID, name: str, *, now: datetime) -> Team:
    """Give a team another name; the earlier one stays on record."""
    home, team = home_of(actor), _open_team(actor, team_id)
    if team.name == name:
        return team
    _check_name(home, name, but=team_id)
    earlier, team.name = team.name, name
    db.session.flush()
    record(actor, "team:renamed", [team.id], now, fields=("name",), basis=f"{earlier} → {name}")
    return team


def move_people(actor: Actor, team_id: UUID, command: MovePeople, *, now: datetime) -> int:
    """Take postings of a team to another one, cases and duties with them; how many."""
    home, team = home_of(actor), _open_team(actor, team_id)
    _check_other(home, team, command.team, field="team")
    here = {each.id: each for each in queries.postings_in(team.id, now)}
    if not command.postings or not set(command.postings) <= set(here):
        raise FieldErrors({"postings": ["Choose who moves"]})
    for posting_id in dict.fromkeys(command.postings):
        _move(actor, here[posting_id], command.team, command.reason, now)
    return len(set(command.postings))


def close_team(actor: Actor, team_id: UUID, command: CloseTeam, *, now: datetime) -> Team:
    """Close a team. Its people, cases and duties go to another: nobody is left unsupervised."""
    home, team = home_of(actor), _open_team(actor, team_id)
    _check_other(home, team, command.successor, field="successor")
    for posting in queries.postings_in(team.id, now):
        _move(actor, posting, command.successor, command.reason, now)
    given = Given(at=now, by=actor.user_id, reason=command.reason)
    moving.take_over(team.id, command.successor, given)
    moves.tell(Moved(user_id=None, agency_id=home.id, before=team.id, after=command.successor))
    team.closed_at = now
    db.session.flush()
    record(actor, "team:closed", [team.id, command.successor], now, basis=command.reason)
    return team


def _move(actor: Actor, posting: Posting, team: UUID, reason: str, now: datetime) -> None:
    change = ChangePosting(role=Role(posting.role), team=team, reason=reason)
    change_posting(actor, posting.id, change, now=now)


def _open_team(actor: Actor, team_id: UUID) -> Team:
    found = db.session.get(Team, team_id, with_for_update=True)
    if found is None or found.agency_id != actor.agency_id:
        raise NotFound
    if found.closed_at is not None:
        raise RuleBroken("team-open", "This team is closed already")
    return found


def _check_name(home: Agency, name: str, *, but: UUID | None = None) -> None:
    taken = [each for each in queries.teams_of(home.id) if each.id != but]
    if any(each.name.casefold() == name.casefold() for each in taken):
        raise FieldErrors({"name": ["Your agency has a team of this name. Choose another name"]})


def _check_other(home: Agency, team: Team, other: UUID, *, field: str) -> None:
    try:
        check_team(home, other)
    except FieldErrors as error:
        raise FieldErrors({field: ["Choose another team of your agency"]}) from error
    if other == team.id:
        raise FieldErrors({field: ["Choose another team of your agency"]})
