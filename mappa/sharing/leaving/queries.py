"""Whose shares are left behind, for the information officers of the agency."""

from uuid import UUID

from mappa.access import restricting
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import NotFound
from mappa.sharing.shares import queries as shares

AUTHORISES = Role.INFORMATION_OFFICER
"""The role that answers for an agency's shares."""


def officers(agency: UUID) -> set[UUID]:
    """Who answers for an agency's shares now."""
    return {each.user_id for each in agencies.posted(AUTHORISES, agency=agency)}


def leavers(agency: UUID) -> list[UUID]:
    """Who authorised what the agency shares and answers for it no more."""
    staying = officers(agency) | {NOBODY}
    return [each for each in restricting.sharers_of(agency) if each not in staying]


def waiting(actor: Actor) -> list[Seen]:
    """Shares of the reader's agency that nobody answers for, the first to end first.

    One that is let end, or renewed, was looked at: it is not among them.
    """
    found = [
        each
        for user in leavers(actor.agency_id)
        for each in shares.made_by(actor, user)
        if not each.get("lets_end")
    ]
    return sorted(found, key=lambda each: (each.ends_on, each.id))


def left_behind(actor: Actor, share_id: UUID) -> Seen:
    """One of them. Raises ``NotFound`` for any other share."""
    found = shares.own_share(actor, share_id)
    if found.authorised_by_id in officers(actor.agency_id):
        raise NotFound
    return found
