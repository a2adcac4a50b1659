"""Handing what was typed of a visit to the one that somebody else has on record already."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from mappa.access.reading import Seen
from mappa.kernel import clock
from mappa.kernel.errors import FieldErrors, NotPermitted, RuleBroken
from mappa.visits import drafts
from mappa.visits.doorstep import presenters as parts
from mappa.visits.doorstep import rules as drafted
from mappa.visits.doorstep.rules import CARD, FILE
from mappa.visits.joint import presenters, queries, service
from mappa.visits.joint.service import HandedOver
from mappa.visits.rules import LogVisit, VisitState
from mappa.visits.schemas import ANOTHER, Checked, ids_in
from mappa.visits.views.blueprint import Writing, now
from mappa.web import words

NOT_SAME = "not_same"
"""In a draft: ids of visits on record of which its author has said that this is another one."""

_KEPT_FROM_SOME = (
    "The case team is not told of the concern for a child: this visit is kept from some of it."
    " Tell those who may know yourself, now."
)


def _like(writing: Writing, values: drafts.Typed, told: LogVisit) -> list[Seen]:
    """The visits on record that may be this one, but for those that are said to be others."""
    if writing.plan is not None:
        return []
    said = ids_in(values.get(NOT_SAME, ""))
    found = queries.like(writing.actor, writing.person_id, told)
    return [each for each in found if each.id not in said]


def question(writing: Writing, values: drafts.Typed, told: LogVisit) -> dict[str, Any]:
    """What the page that checks a visit asks, if visits on record may be this one."""
    found = _like(writing, values, told)
    if not found:
        return {"like": []}
    place: dict[str, Any] = {"person_id": writing.person_id}
    return {
        "like": [
            (presenters.like_words(each), url_for("visits.visit", visit_id=each.id, **place))
            for each in found
        ],
        "asked": " ".join(str(each.id) for each in found),
        "same": [
            (str(each.id), presenters.choice_words(each), _becomes(writing, each)) for each in found
        ]
        + [(ANOTHER, "Another visit: log it as one of its own")],
    }


def _becomes(writing: Writing, visit: Seen) -> str:
    actor = writing.actor
    own = visit.owner_agency_id == actor.agency_id
    return presenters.becomes_words(own=own, agency=actor.agency_name)


def answered(
    writing: Writing, draft: drafts.Draft, told: LogVisit, checked: Checked
) -> UUID | None:
    """The visit on record that this one is said to be; None if there is none.

    Raises ``FieldErrors`` where it is asked and not said, also because somebody logged one since
    the page was made.
    """
    if writing.plan is not None:
        mine = writing.overtaken and checked.joins == writing.plan.id
        return writing.plan.id if mine else None
    if not draft.others and not checked.asked:
        return None
    found = {each.id for each in _like(writing, draft.values, told)}
    if checked.joins in found:
        return checked.joins
    if not found and checked.joins:
        said = "The visit that you chose is not on record in this way any more. Check yours again"
        raise RuleBroken("visit-like-gone", said)
    if not found or (checked.same == ANOTHER and found <= checked.asked):
        return None
    raise FieldErrors({"same": ["Choose whether it is the same visit"]})


def hand_over(
    writing: Writing, visit_id: UUID, told: LogVisit, values: drafts.Typed
) -> ResponseReturnValue:
    """Let the draft, which is taken in this unit of work, be an account of the visit on record."""
    read, unread = parts.finished(drafted.cards_in(values.getlist(CARD)))
    handed = HandedOver(
        told=told,
        account=presenters.account_of(told),
        cards=read,
        unread=unread,
        files=drafted.files_in(values.getlist(FILE)),
    )
    planned_at = writing.plan.planned_at if writing.plan else None
    _, reached = service.hand_over(
        writing.actor,
        writing.person_id,
        visit_id,
        handed,
        now=now(),
        planned_on=clock.day_of(planned_at) if planned_at else None,
    )
    flash("Added to the visit on record, as your account. It is not recorded twice.", "success")
    if not reached:
        flash(_KEPT_FROM_SOME, "error")
    return redirect(url_for("visits.visit", person_id=writing.person_id, visit_id=visit_id))


def overtaken(writing: Writing, told: LogVisit) -> dict[str, Any]:
    """Who recorded the planned visit meanwhile, and what can become of the draft."""
    plan = writing.plan
    assert plan is not None
    by = f" by {plan.by_name}" if plan.get("by_name") else ""
    at = words.moment(plan.written_at) if plan.get("written_at") else ""
    place: dict[str, Any] = {"person_id": writing.person_id, "visit_id": plan.id}
    return {
        "meanwhile": f"on {at}{by}" if at else "",
        "visit_href": url_for("visits.visit", **place),
        "own_href": url_for("visits.as_own", **place),
        "joins": str(plan.id),
        "agency": writing.actor.agency_name,
        "hand": _offer(writing, plan, told),
    }


def _offer(writing: Writing, plan: Seen, told: LogVisit) -> tuple[bool, str]:
    """Whether the draft can be handed over, else why not; no word of it to who reads a summary."""
    if not plan.full or plan.state != VisitState.MADE.value:
        return False, ""
    try:
        service.check_may_hand_over(writing.actor, plan, told)
    except RuleBroken as broken:
        return False, broken.sentences[0]
    except NotPermitted:
        return False, ""
    return True, ""
