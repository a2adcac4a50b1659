"""The sign-off and the minutes."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.meetings import minutes as text
from mappa.meetings import presenters, queries, service
from mappa.meetings.rules import MeetingState, missing
from mappa.meetings.views.blueprint import Errors, Values, bp, now, room, running_room
from mappa.web.flow import current_actor, for_action, witnessed, writes


@bp.get("/meetings/<uuid:meeting_id>/sign-off")
@for_action(Action.MEETING_CHAIR)
@witnessed
def sign_off(meeting_id: UUID) -> ResponseReturnValue:
    """What is still missing, or the minutes as they will be frozen."""
    return sign_off_page(meeting_id, values={}, errors={})


def sign_off_page(meeting_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page before the sign-off."""
    found = running_room(meeting_id, Action.MEETING_CHAIR)
    settled = service.settled_in(found.actor, found.seen, found.jurisdiction)
    open_still = missing(settled, found.jurisdiction)
    will_be = "" if open_still else text.text_of(
        service.minutes_of(found.actor, found.seen, now())
    )  # fmt: skip
    return found.render(
        "sign_off",
        errors=errors,
        problems=[each.problem for each in open_still],
        first=found.href(presenters.ITEM_OF_CHECK[open_still[0].key]) if open_still else "",
        will_be=will_be,
        not_agreed=[
            each.name for each in presenters.in_the_room(found.attendance) if each.agreed_at is None
        ],
    )


@bp.post("/meetings/<uuid:meeting_id>/sign-off")
@for_action(Action.MEETING_CHAIR)
@writes(again=sign_off_page)
def sign_off_post(meeting_id: UUID) -> ResponseReturnValue:
    """Freeze the minutes and end the meeting."""
    service.sign_off(current_actor(), meeting_id, now=now())
    flash("Minutes signed off. They can no longer change.")
    return redirect(url_for("meetings.minutes", meeting_id=meeting_id))


@bp.get("/meetings/<uuid:meeting_id>/minutes")
@for_action(Action.MEETING_READ)
@witnessed
def minutes(meeting_id: UUID) -> ResponseReturnValue:
    """The frozen minutes, checked against their digest now."""
    found = room(meeting_id)
    seen = found.seen
    if found.state is not MeetingState.SIGNED_OFF:
        raise NotFound
    names = agencies.user_names([seen.signed_by_id, seen.circulated_by_id])
    return found.render(
        "minutes",
        matches=text.digest_of(seen.minutes) == seen.minutes_digest,
        signed_by=names.get(seen.signed_by_id, ""),
        closed=[
            (each, text.digest_of(each.minutes) == each.minutes_digest) for each in found.closed
        ],
        circulates=seen.circulated_at is None and found.may(Action.MEETING_CIRCULATE),
        given=queries.actions_of(found.actor, seen),
    )


@bp.post("/meetings/<uuid:meeting_id>/circulated")
@for_action(Action.MEETING_CIRCULATE)
@writes()
def circulated(meeting_id: UUID) -> ResponseReturnValue:
    """Record that the minutes went out."""
    service.record_circulation(current_actor(), meeting_id, now=now())
    flash("Recorded that the minutes went out.")
    return redirect(url_for("meetings.minutes", meeting_id=meeting_id))
