"""Sessions of the agency's people: an administrator ends one, or all of somebody's."""

from datetime import datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.agencies import queries, sessions
from mappa.agencies.service.standing import account_of, not_oneself, postings_at, record
from mappa.kernel.errors import NotFound


def end_sessions(actor: Actor | None, user_id: UUID, *, now: datetime, basis: str = "") -> None:
    """End every session of an account under this agency's postings."""
    not_oneself(actor, user_id)
    user = account_of(actor, user_id)
    if actor is None:
        sessions.end_all(user.id, at=now, why="ended by command")
    else:
        for posting_id in postings_at(user.id, actor.agency_id):
            sessions.end_of_posting(posting_id, at=now, why="ended by administrator")
    record(actor, "user:sessions-ended", [user.id], now, basis=basis)


def end_one_session(actor: Actor, session_id: UUID, *, now: datetime) -> None:
    """End one session under a posting of the actor's agency, at once.

    Raises ``NotFound`` for one of another agency, and for one that has ended.
    """
    require(actor, Action.POSTINGS_ADMINISTER)
    user_id = queries.user_of_session(session_id, actor.agency_id)
    if user_id is None:
        raise NotFound
    not_oneself(actor, user_id)
    sessions.end(session_id, at=now, why="ended by administrator")
    record(actor, "user:session-ended", [user_id, session_id], now)
