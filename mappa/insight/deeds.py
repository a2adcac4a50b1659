"""What one does about a duty or a happening: the words of the link, and where it leads."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app, url_for

from mappa.access.asking import Standing
from mappa.access.terms import Section


@dataclass(frozen=True)
class Deed:
    """The label of a link and the endpoint it leads to; ``by`` is what the endpoint is asked by.

    With ``section`` the page is that section's: it opens for whoever gets something of it, and not
    for somebody who only reads what the own agency wrote there.
    """

    label: str
    endpoint: str
    by: str = "person_id"
    section: Section | None = None
    asked: tuple[tuple[str, str], ...] = ()
    """What the page is asked besides."""
    by_owner: bool = False
    """Whether only the one who owes it has the page, and no colleague who may do it instead."""


DUTIES: dict[str, Deed] = {
    "visit": Deed("Log the visit", "visits.log"),
    "visit-unannounced": Deed("Log the visit", "visits.log", asked=(("kind", "unannounced"),)),
    "visit-write-up": Deed("Write it up", "visits.visit", "visit_id"),
    "entry-warrant-decision": Deed("Decide on a warrant", "visits.entries"),
    "reactive-management-decision": Deed("Decide on it", "visits.reactive_decide", "reactive_id"),
    "reactive-management-reconsider": Deed(
        "Look at it again", "visits.reactive_review", "review_id", by_owner=True
    ),
    "visit-try-again": Deed("Log the visit", "visits.log"),
    "visit-commitment": Deed("Set the commitment", "visits.commitment"),
    "visit-countersign": Deed("Countersign it", "visits.sign", "visit_id"),
    "plan-review": Deed("Review the plan", "plans.index"),
    "plan-review-olr": Deed("Review the plan", "plans.index"),
    "risk-review": Deed("Review the risk", "risk.index"),
    "level-review": Deed("Review the level", "level_review.review"),
    "meeting-review": Deed("Prepare the meeting", "meetings.of_person"),
    "first-meeting": Deed("Plan the meeting", "meetings.of_person"),
    "minutes": Deed("Send the minutes", "meetings.show", "meeting_id"),
    "action": Deed("Update the action", "actions.show", "action_id", by_owner=True),
    "share-ending": Deed("Renew or let it end", "shares.show", "share_id", by_owner=True),
    "share-review": Deed("Review the share", "shares.review", "share_id", by_owner=True),
    "handover": Deed("Answer it", "handover.show", "handover_id"),
    "share-reauthorise": Deed("Answer for the share", "leaving.show", "share_id", by_owner=True),
    "mark-review": Deed("Look at the mark", "marking.show", "record_id", by_owner=True),
    "exclusion-review": Deed(
        "Look at it again", "restrictions.review", "exclusion_id", by_owner=True
    ),
    "approval": Deed("Answer it", "approvals.show", "approval_id", by_owner=True),
    "share-request": Deed("Answer it", "requests.answer", "share_request_id", by_owner=True),
    "emergency-review": Deed("Review it", "emergency.review", "use_id", by_owner=True),
}

HAPPENINGS: dict[str, Deed] = {
    "visit": Deed("Open the visit", "visits.visit", "visit_id"),
    "risk": Deed("Open the assessment", "risk.assessment", "assessment_id", Section.RISK),
    "plan": Deed("Open the plan", "plans.version", "plan_id", Section.PLAN),
    "intelligence": Deed("Open the item", "intelligence.item", "item_id"),
    "meeting": Deed("Open the meeting", "meetings.show", "meeting_id"),
    "action": Deed("Open the action", "actions.show", "action_id"),
    "address": Deed("See the address history", "people.addresses", section=Section.CONTACT),
    "warning": Deed("Read the warning", "people.warning", "warning_id"),
    "order": Deed("See the orders", "people.orders", section=Section.ORDERS),
    "offence": Deed("See the sentences", "people.orders", section=Section.ORDERS),
    "custody": Deed("See the sentences", "people.orders", section=Section.ORDERS),
}

OPEN_THE_RECORD = Deed("Open the record", "insight.overview")


def duty_link(kind: str, person: UUID, about: UUID) -> tuple[str, str]:
    """Label and address of the one thing to do about a duty."""
    deed = DUTIES.get(kind, OPEN_THE_RECORD)
    return deed.label, _href(deed, person, about) or _overview(person)


def by_owner(kind: str) -> bool:
    """Whether a duty is done by the one who owes it, and by nobody else of the agency."""
    return DUTIES.get(kind, OPEN_THE_RECORD).by_owner


def happening_link(kind: str, stands: Standing, record: UUID) -> tuple[str, str] | None:
    """Label and address of what happened; None if there is no page of it for this reader."""
    deed = HAPPENINGS.get(kind)
    if deed and deed.section and not stands.opens(deed.section):
        return None
    href = _href(deed, stands.person, record) if deed else None
    return (deed.label, href) if deed and href else None


def _href(deed: Deed, person: UUID, record: UUID) -> str | None:
    """The address; None where no such page takes these arguments."""
    given: dict[str, Any] = {deed.by: record, "person_id": person}
    if deed.endpoint not in current_app.view_functions:
        return None
    for rule in current_app.url_map.iter_rules(deed.endpoint):
        if rule.arguments <= set(given):
            of_page = {name: given[name] for name in rule.arguments} | dict(deed.asked)
            return url_for(deed.endpoint, **of_page)
    return None


def _overview(person: UUID) -> str:
    return url_for("insight.overview", person_id=person)
