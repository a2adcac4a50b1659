"""What the meeting decides: one small page for each decision."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.access.reading import Seen
from mappa.kernel.errors import RuleBroken
from mappa.meetings import service
from mappa.meetings.schemas import (
    DisclosureSchema,
    GiveActionSchema,
    LevelSchema,
    NextDateSchema,
    RiskSchema,
)
from mappa.meetings.views.blueprint import Errors, Values, bp, now, room, running_room
from mappa.rules.levels import CATEGORIES, LEVEL_NAMES
from mappa.web import stale, words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import person_word
from mappa.web.parking import typed
from mappa.web.settled import settled
from mappa.web.typed import CommandSchema, understand

_RISK = {"risk": "Risk to each group"}
_DISCLOSURE = {"disclosure": "Disclosure", "reason": "Reason"}
_LEVEL = {"level": "Level", "category": "Category", "reason": "Reason"}


def _stored_risk(seen: Seen) -> dict[str, str]:
    return {"risk": seen.risk}


def _stored_disclosure(seen: Seen) -> dict[str, str]:
    return {"disclosure": seen.disclosure, "reason": seen.disclosure_reason}


def _stored_level(seen: Seen) -> dict[str, str]:
    return {
        "level": str(seen.level_decided or ""),
        "category": str(seen.category_decided or ""),
        "reason": seen.level_reason,
    }


def _edited(
    meeting_id: UUID,
    schema: CommandSchema,
    labels: Mapping[str, str],
    stored: Callable[[Seen], dict[str, str]],
) -> Any:
    """The decision in the form; None if the sender kept what somebody else had saved.

    Raises ``FieldErrors``, or ``StaleEdit`` if somebody decided in the meantime; first of all what
    ``running_room`` raises, for both texts are only for those who may write.
    """
    seen = running_room(meeting_id).seen
    form = settled(request.form, last_line=[name for name in labels if name != "reason"])
    if form is None:
        return None
    edit = understand(schema, form)
    theirs = "The chair or the co-ordinator"
    stale.check_not_stale(
        edit.seen, stored(seen), form, labels, by=theirs, at_words="the same time"
    )
    return edit.decided


def _back(meeting_id: UUID, item: str) -> ResponseReturnValue:
    return redirect(url_for("meetings.item", meeting_id=meeting_id, item=item))


def _start(values: Values | None, stored: Mapping[str, str]) -> tuple[Values, str]:
    if values is None:
        return typed(**stored), stale.fingerprint(stored)
    return values, values.get("seen", "")


@bp.get("/meetings/<uuid:meeting_id>/risk")
@for_action(Action.MEETING_RUN)
@witnessed
def risk(meeting_id: UUID) -> ResponseReturnValue:
    """The form for the risk to each group."""
    return risk_page(meeting_id, values=None, errors={})


def risk_page(meeting_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The form, with everything typed."""
    found = running_room(meeting_id)
    values, seen = _start(values, _stored_risk(found.seen))
    return found.render("risk", values=values, errors=errors, seen=seen)


@bp.post("/meetings/<uuid:meeting_id>/risk")
@for_action(Action.MEETING_RUN)
@writes(again=risk_page)
def risk_post(meeting_id: UUID) -> ResponseReturnValue:
    """Record the risk to each group."""
    command = _edited(meeting_id, RiskSchema(), _RISK, _stored_risk)
    if command is not None:
        service.decide_risk(current_actor(), meeting_id, command, now=now())
        flash("Risk recorded.")
    return _back(meeting_id, "risk")


@bp.get("/meetings/<uuid:meeting_id>/disclosure")
@for_action(Action.MEETING_RUN)
@witnessed
def disclosure(meeting_id: UUID) -> ResponseReturnValue:
    """The form for the decision on disclosure."""
    return disclosure_page(meeting_id, values=None, errors={})


def disclosure_page(meeting_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The form, with everything typed."""
    found = running_room(meeting_id)
    values, seen = _start(values, _stored_disclosure(found.seen))
    return found.render("disclosure", values=values, errors=errors, seen=seen)


@bp.post("/meetings/<uuid:meeting_id>/disclosure")
@for_action(Action.MEETING_RUN)
@writes(again=disclosure_page)
def disclosure_post(meeting_id: UUID) -> ResponseReturnValue:
    """Decide about disclosure."""
    command = _edited(meeting_id, DisclosureSchema(), _DISCLOSURE, _stored_disclosure)
    if command is not None:
        service.decide_disclosure(current_actor(), meeting_id, command, now=now())
        flash("Decision on disclosure recorded.")
    return _back(meeting_id, "disclosure")


@bp.get("/meetings/<uuid:meeting_id>/level")
@for_action(Action.MEETING_RUN)
@witnessed
def level(meeting_id: UUID) -> ResponseReturnValue:
    """The form for level and category."""
    return level_page(meeting_id, values=None, errors={})


def level_page(meeting_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The form, with everything typed; the present category is filled in, the level is not."""
    found = running_room(meeting_id)
    stored = _stored_level(found.seen)
    first = values is None
    values, seen = _start(values, stored)
    if first and not values.get("category"):
        values = MultiDict(values)
        values["category"] = str(found.person.category or "")
    return found.render(
        "level",
        values=values,
        errors=errors,
        seen=seen,
        order=("level", "category", "reason"),
        levels=[(str(each), name) for each, name in _levels(found.jurisdiction)],
        categories=[
            (str(each.number), each.words, each.identified)
            for each in CATEGORIES[found.jurisdiction]
        ],
        whose=person_word(found.jurisdiction.value),
    )


def _levels(jurisdiction: Any) -> list[tuple[int, str]]:
    return [(int(each), name) for each, name in LEVEL_NAMES[jurisdiction].items()]


@bp.post("/meetings/<uuid:meeting_id>/level")
@for_action(Action.MEETING_RUN)
@writes(again=level_page)
def level_post(meeting_id: UUID) -> ResponseReturnValue:
    """Decide level and category."""
    command = _edited(meeting_id, LevelSchema(), _LEVEL, _stored_level)
    if command is not None:
        service.decide_level(current_actor(), meeting_id, command, now=now())
        flash("Level and category decided.")
    return _back(meeting_id, "level")


@bp.get("/meetings/<uuid:meeting_id>/next-date")
@for_action(Action.MEETING_RUN)
@witnessed
def next_date(meeting_id: UUID) -> ResponseReturnValue:
    """The form for the next date."""
    return next_date_page(meeting_id, values=None, errors={})


def next_date_page(meeting_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The form, with everything typed."""
    found = running_room(meeting_id)
    if found.latest is None:
        raise RuleBroken("NEXT-DATE", "Level 1 has no meetings, so there is no next date.")
    if values is None:
        set_on = found.seen.next_on
        stored = {"next_on": words.day(set_on) if set_on else "", "reason": found.seen.next_reason}
        values = typed(**stored)
    return found.render("next_date", values=values, errors=errors)


@bp.post("/meetings/<uuid:meeting_id>/next-date")
@for_action(Action.MEETING_RUN)
@writes(again=next_date_page)
def next_date_post(meeting_id: UUID) -> ResponseReturnValue:
    """Set the next date."""
    command = understand(NextDateSchema(), request.form)
    service.set_next_date(current_actor(), meeting_id, command, now=now())
    flash("Next date set.")
    return _back(meeting_id, "actions")


@bp.get("/meetings/<uuid:meeting_id>/actions")
@for_action(Action.MEETING_RUN)
@witnessed
def action(meeting_id: UUID) -> ResponseReturnValue:
    """The form that gives an action."""
    return action_page(meeting_id, values=typed(), errors={})


def action_page(meeting_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form, with everything typed."""
    found = running_room(meeting_id)
    owners = service.action_owners(found.actor, found.seen)
    return found.render(
        "action",
        values=values,
        errors=errors,
        order=("what", "who", "due_on"),
        owners=[(str(each.user_id), f"{each.name}, {each.agency_name}") for each in owners],
    )


@bp.post("/meetings/<uuid:meeting_id>/actions")
@for_action(Action.MEETING_RUN)
@writes(again=action_page)
def action_post(meeting_id: UUID) -> ResponseReturnValue:
    """Give an action."""
    command = understand(GiveActionSchema(), request.form)
    service.give_action(current_actor(), meeting_id, command, now=now())
    flash("Action given. It is on its owner’s list of work.")
    found = room(meeting_id)
    return redirect(found.href("actions"))
