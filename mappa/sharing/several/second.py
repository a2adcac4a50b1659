"""The kind ``bulk-share``: another information officer lets it be shared about more than 50 people.

Where the agency has no other information officer, its lead is the second person.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import url_for

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.sharing import words
from mappa.sharing.approvals.kinds import Facts, Kind
from mappa.sharing.approvals.rules import Payload
from mappa.sharing.several import service
from mappa.sharing.shares.presenters import amount
from mappa.web.words import day


def _may_ask(actor: Actor, _payload: Payload) -> bool:
    """Of each person it is asked when it is done."""
    return decide(actor, Action.SHARE_LIST).allowed


def _others(actor: Actor) -> list[Actor]:
    posted = agencies.posted(Role.INFORMATION_OFFICER, agency=actor.agency_id)
    return [each for each in posted if each.user_id != actor.user_id]


def _answerers(asker: Actor, _payload: Payload) -> Sequence[Actor]:
    if others := _others(asker):
        return others
    leads = agencies.posted(Role.AGENCY_LEAD, agency=asker.agency_id)
    return [each for each in leads if each.user_id != asker.user_id]


def _may_answer(actor: Actor, payload: Payload) -> bool:
    if decide(actor, Action.SHARE_LIST).allowed:
        return True
    if actor.role is not Role.AGENCY_LEAD:
        return False
    return len({each.user_id for each in _others(actor)}) <= 1


def _facts(_actor: Actor, payload: Payload) -> Facts:
    command = service.command_of(payload)
    return [
        ("What", f"Share about {len(payload['people']):,} people"),
        ("With", _name(command.agency_id)),
        ("Sections", amount(command.level, command.sections)),
        ("Purpose", command.purpose[:1].upper() + command.purpose[1:]),
        ("Lawful basis", "\n".join(words.basis_words(command.basis))),
        ("Starts", day(command.starts_on)),
        ("Ends", day(command.ends_on)),
        ("Review", day(command.review_on)),
    ]


def _name(agency: UUID) -> str:
    try:
        return agencies.agency(agency).name
    except NotFound:
        return "An agency that is closed"


def _where(_actor: Actor, payload: Payload) -> str:
    return url_for("several.show", several_id=UUID(payload["several"]))


KIND = Kind(
    key=service.KIND,
    title="Share about more than 50 people",
    may_ask=_may_ask,
    may_answer=_may_answer,
    answerers=_answerers,
    facts=_facts,
    where=_where,
    do=service.do,
)
