"""What every act on accounts asks first: who may, to whom, and for which agency.

``actor`` is an agency administrator, or None for a command. Nobody changes the own account.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.models import Posting
from mappa.access.terms import Role, State
from mappa.agencies import queries, rules
from mappa.agencies.models import Agency, Team, User
from mappa.audit import log
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken


def home_of(actor: Actor | None, agency_id: UUID | None = None) -> Agency:
    """The agency that is administered: the actor's own, or the one a command names."""
    if actor is not None:
        require(actor, Action.POSTINGS_ADMINISTER)
        return queries.agency(actor.agency_id)
    assert agency_id is not None
    return queries.agency(agency_id)


def account_of(actor: Actor | None, user_id: UUID) -> User:
    """The account. Raises ``NotFound`` for one that never had a posting at the actor's agency."""
    if actor is not None:
        require(actor, Action.POSTINGS_ADMINISTER)
    user = db.session.get(User, user_id, with_for_update=True)
    if user is None or (actor and not postings_at(user_id, actor.agency_id)):
        raise NotFound
    return user


def own_alone(actor: Actor | None, user_id: UUID, now: datetime) -> User:
    """The account, if no other agency relies on it: its password opens their records too."""
    user = account_of(actor, user_id)
    not_oneself(actor, user_id)
    not_an_operator(actor, user_id, now)
    elsewhere = [
        each for each in live_postings(user.id, now) if actor and each.agency_id != actor.agency_id
    ]
    if elsewhere:
        raise RuleBroken(
            "account-of-one-agency",
            f"{user.name} works for another agency too. End the posting at your agency, "
            "or ask the system administrator",
        )
    return user


def not_oneself(actor: Actor | None, user_id: UUID) -> None:
    """Raise ``RuleBroken`` if somebody would change the own account."""
    if actor is not None and actor.user_id == user_id:
        raise RuleBroken(
            "administer-not-oneself", "You cannot do this to yourself. Ask another administrator"
        )


def not_an_operator(actor: Actor | None, user_id: UUID, now: datetime) -> None:
    """Raise ``RuleBroken`` for an account that runs the system or sets the rules."""
    if actor is None:
        return
    if any(each.role in rules.OPERATORS for each in live_postings(user_id, now)):
        raise RuleBroken(
            "operators-by-command", "This account runs the system. It is changed by command only"
        )


def may_give(actor: Actor | None, home: Agency, role: Role) -> None:
    """Raise ``FieldErrors`` for a role that this actor, or this kind of agency, cannot give."""
    if actor is not None and role in rules.NEED_A_SECOND:
        # Two people will give these; one alone never does.
        raise FieldErrors({"role": ["Choose a role from the list"]})
    if not rules.has_role(home.type, role):
        words = f"{role.words} is not a role of this kind of agency. Choose another"
        raise FieldErrors({"role": [words]})


def takes_two(actor: Actor | None, user_id: UUID, home: Agency, role: Role, now: datetime) -> bool:
    """Whether this actor asks a second person before this account gets this role there."""
    held = {Role(each.role) for each in live_postings(user_id, now) if each.agency_id == home.id}
    return actor is not None and rules.takes_two(role, held)


def check_two(
    actor: Actor | None, user: User, home: Agency, role: Role, second: Actor | None, now: datetime
) -> None:
    """Raise ``RuleBroken`` where it takes two people and there is no other second person."""
    if not takes_two(actor, user.id, home, role, now):
        return
    one = second is None or actor is None or second.user_id in (actor.user_id, user.id)
    if one or second is None or second.agency_id != home.id:
        raise RuleBroken("ROLE-TWO", "This role takes a second person to approve it", field="role")


def check_team(home: Agency, team: UUID) -> None:
    """Raise ``FieldErrors`` unless it is an open team of the agency, or none."""
    if team == NOBODY:
        return
    found = db.session.get(Team, team)
    if found is None or found.agency_id != home.id or found.closed_at is not None:
        raise FieldErrors({"team": ["Choose a team from the list"]})


def postings_at(user_id: UUID, agency_id: UUID) -> Iterable[UUID]:
    """Every posting that an account has or had at an agency."""
    return db.session.scalars(
        sa.select(Posting.id).where(Posting.user_id == user_id, Posting.agency_id == agency_id)
    ).all()


def live_postings(user_id: UUID, now: datetime) -> Iterable[Posting]:
    """The postings of an account that last, begun or still to begin."""
    return db.session.scalars(
        sa.select(Posting).where(
            Posting.user_id == user_id, Posting.state == State.LIVE.value, Posting.ends_at > now
        )
    ).all()


def record(
    actor: Actor | None,
    event: str,
    records: list[UUID],
    now: datetime,
    *,
    fields: Iterable[str] = (),
    basis: str = "",
    actor_id: UUID = NOBODY,
) -> None:
    """Put an act of administration on record."""
    log.record(
        actor,
        log.Operation.ADMINISTRATION,
        event,
        records,
        at=now,
        fields=fields,
        basis=basis,
        actor_id=actor_id,
    )
