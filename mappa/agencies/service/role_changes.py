"""Roles that take two people: what is asked, as plain words, and how it is done once approved.

Exceptions: ``mappa init`` and ``mappa users`` give any role by one command, on record with its
basis; that is how an area gets its first administrator, and an agency that has one person only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.terms import Role
from mappa.agencies import second_person
from mappa.agencies.service.accounts import NewUser, check_new_user, create_user
from mappa.agencies.service.postings import (
    ChangePosting,
    NewPosting,
    change_posting,
    check_change,
    check_new_posting,
    post,
)
from mappa.agencies.service.standing import home_of, takes_two
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import FieldErrors

WHY = "Say why. This role takes a second person, who reads it"


@dataclass(frozen=True, kw_only=True)
class Approved:
    """What a second person approved: who asked, who approved, and when it is done."""

    asker: Actor
    second: Actor
    now: datetime


def ask_to_add(actor: Actor, command: NewUser, *, now: datetime) -> UUID | None:
    """Ask for a new account in a role that takes two; None for a role that one gives alone."""
    home = home_of(actor)
    check_new_user(actor, command, home)
    if not takes_two(actor, NOBODY, home, command.role, now):
        return None
    payload = {"act": "add", "name": command.name, "email": command.email, **_place(command)}
    return _ask(actor, payload, "why", command.why, now)


def ask_to_post(actor: Actor, user_id: UUID, command: NewPosting, *, now: datetime) -> UUID | None:
    """Ask for one more posting in a role that takes two; None for one that one gives alone."""
    home = home_of(actor)
    user = check_new_posting(actor, user_id, command, home, now)
    if not takes_two(actor, user.id, home, command.role, now):
        return None
    days = {"from_on": _day(command.from_on), "until_on": _day(command.until_on)}
    payload = {"act": "post", "user": user.id.hex, **_place(command), **days}
    return _ask(actor, payload, "why", command.why, now)


def ask_to_change(
    actor: Actor, posting_id: UUID, command: ChangePosting, *, now: datetime
) -> UUID | None:
    """Ask for another role in place of a posting; None where only the team is another."""
    found, user, home = check_change(actor, posting_id, command, now)
    same = found.role == command.role.value
    if same or not takes_two(actor, user.id, home, command.role, now):
        return None
    payload = {"act": "change", "user": user.id.hex, "posting": found.id.hex, **_place(command)}
    return _ask(actor, payload, "reason", command.reason, now)


def _place(command: NewUser | NewPosting | ChangePosting) -> dict[str, str]:
    return {"role": command.role.value, "team": command.team.hex}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _ask(actor: Actor, payload: Mapping[str, Any], field: str, why: str, now: datetime) -> UUID:
    if not why.strip():
        raise FieldErrors({field: [WHY]})
    return second_person.ask(actor, payload, why, now)


# Doing


def do(payload: Mapping[str, Any], why: str, approved: Approved) -> None:
    """Do what was asked and approved. Raises what the act raises; nothing has changed then."""
    _DOING[payload["act"]](payload, why, approved)


def _add(payload: Mapping[str, Any], why: str, approved: Approved) -> None:
    command = NewUser(name=payload["name"], email=payload["email"], **_placed(payload))
    create_user(approved.asker, command, now=approved.now, basis=why, second=approved.second)


def _post(payload: Mapping[str, Any], why: str, approved: Approved) -> None:
    command = NewPosting(
        **_placed(payload),
        from_on=_as_day(payload["from_on"]),
        until_on=_as_day(payload["until_on"]),
    )
    user = UUID(payload["user"])
    post(approved.asker, user, command, now=approved.now, basis=why, second=approved.second)


def _change(payload: Mapping[str, Any], why: str, approved: Approved) -> None:
    command = ChangePosting(reason=why, **_placed(payload))
    posting = UUID(payload["posting"])
    change_posting(approved.asker, posting, command, now=approved.now, second=approved.second)


def _placed(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"role": Role(payload["role"]), "team": UUID(payload["team"])}


def _as_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_DOING: Mapping[str, Callable[[Mapping[str, Any], str, Approved], None]] = {
    "add": _add,
    "post": _post,
    "change": _change,
}
