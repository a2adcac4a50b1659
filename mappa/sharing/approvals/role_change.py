"""The kind ``role-change``: an administrator gives more rights, and another one lets it be done.

Where the agency has no other administrator, its lead is the second person; never the person whose
role it is.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.agencies.service import role_changes
from mappa.kernel.db import NOBODY
from mappa.sharing.approvals import service
from mappa.sharing.approvals.kinds import Agreed, Facts, Kind
from mappa.sharing.approvals.rules import Payload
from mappa.web.words import day

KEY = "role-change"
_ACTS = {
    "add": "Add an account",
    "post": "Give one more posting",
    "change": "Change a posting to another role",
}


def ask(actor: Actor, payload: Payload, why: str, now: datetime) -> UUID:
    """Ask a second person for this change of roles; the id of the question."""
    return service.ask(actor, KEY, payload, why, now)


def _may_ask(actor: Actor, payload: Payload) -> bool:
    return decide(actor, Action.POSTINGS_ADMINISTER).allowed and not _is_subject(actor, payload)


def _is_subject(actor: Actor, payload: Payload) -> bool:
    return bool(payload.get("user") == actor.user_id.hex)


def _answerers(asker: Actor, payload: Payload) -> Sequence[Actor]:
    def of(role: Role) -> list[Actor]:
        return [
            each
            for each in agencies.posted(role, agency=asker.agency_id)
            if each.user_id != asker.user_id and not _is_subject(each, payload)
        ]

    return of(Role.AGENCY_ADMINISTRATOR) or of(Role.AGENCY_LEAD)


def _may_answer(actor: Actor, payload: Payload) -> bool:
    if _is_subject(actor, payload):
        return False
    if decide(actor, Action.POSTINGS_ADMINISTER).allowed:
        return True
    return actor.role is Role.AGENCY_LEAD and _lead_is_second(actor, payload)


def _lead_is_second(lead: Actor, payload: Payload) -> bool:
    """Only one administrator is posted, whoever that is: then nobody else could be the second."""
    posted = agencies.posted(Role.AGENCY_ADMINISTRATOR, agency=lead.agency_id)
    others = {each.user_id for each in posted if not _is_subject(each, payload)}
    return len(others - {lead.user_id}) <= 1


def _facts(actor: Actor, payload: Payload) -> Facts:
    who = payload.get("name") or _name(UUID(payload["user"]))
    facts = [("What", _ACTS[payload["act"]]), ("Who", who)]
    if payload.get("email"):
        facts.append(("Email address", payload["email"]))
    facts.append(("Role", Role(payload["role"]).words))
    if UUID(payload["team"]) != NOBODY:
        names = {each.id: each.name for each in agencies.teams_of(actor.agency_id)}
        facts.append(("Team", names.get(UUID(payload["team"]), "A team that is closed")))
    for key, label in (("from_on", "First day"), ("until_on", "Last day")):
        if payload.get(key):
            facts.append((label, day(date.fromisoformat(payload[key]))))
    return facts


def _name(user: UUID) -> str:
    return agencies.user_names([user]).get(user, "")


def _do(agreed: Agreed) -> None:
    approved = role_changes.Approved(asker=agreed.asker, second=agreed.answerer, now=agreed.now)
    role_changes.do(agreed.payload, agreed.why, approved)


KIND = Kind(
    key=KEY,
    title="Change of role",
    may_ask=_may_ask,
    may_answer=_may_answer,
    answerers=_answerers,
    facts=_facts,
    do=_do,
)
