"""The meeting while it runs: its item, the room, what is still open."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.reading import Seen
from mappa.actions import queries as actions
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.meetings import presenters, queries, service
from mappa.meetings.rules import ITEM_KEYS, Item, MeetingState, check_running, checks
from mappa.meetings.schemas import AddClosedItemSchema, AddLineSchema, CancelSchema
from mappa.meetings.views.blueprint import (
    Errors,
    Room,
    Values,
    bp,
    now,
    room,
    running_room,
)
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.parking import typed
from mappa.web.typed import understand


@bp.get("/meetings/<uuid:meeting_id>")
@for_action(Action.MEETING_READ)
@witnessed
def show(meeting_id: UUID) -> ResponseReturnValue:
    """The meeting where it is: its invitation, its first open item, or its minutes."""
    found = room(meeting_id)
    if found.state is MeetingState.SIGNED_OFF:
        return redirect(url_for("meetings.minutes", meeting_id=meeting_id))
    if found.state is not MeetingState.OPEN:
        return found.render(
            "cover",
            runs=found.may(Action.MEETING_RUN) and found.state is MeetingState.PLANNED,
            cancels=_cancels(found),
        )
    now_at = presenters.first_open(found.order, presenters.done_items(found.seen), found.closed)
    return _live(found, now_at, typed(), {})


def _cancels(found: Room) -> bool:
    either = found.may(Action.MEETING_RUN) or found.may(Action.MEETING_OPEN)
    return found.state is MeetingState.PLANNED and either


@bp.post("/meetings/<uuid:meeting_id>/open")
@for_action(Action.MEETING_RUN)
@writes()
def open_it(meeting_id: UUID) -> ResponseReturnValue:
    """Begin the meeting."""
    service.open_meeting(current_actor(), meeting_id, now=now())
    return redirect(url_for("meetings.show", meeting_id=meeting_id))


@bp.get("/meetings/<uuid:meeting_id>/cancel")
@for_action(Action.MEETING_OPEN)
@witnessed
def cancel(meeting_id: UUID) -> ResponseReturnValue:
    """The form that cancels a meeting."""
    return cancel_page(meeting_id, values=typed(), errors={})


def cancel_page(meeting_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form again, with everything typed."""
    found = room(meeting_id)
    if not found.may(Action.MEETING_RUN):
        service.require_on(found.actor, Action.MEETING_OPEN, found.seen)
    return found.render("cancel", values=values, errors=errors)


@bp.post("/meetings/<uuid:meeting_id>/cancel")
@for_action(Action.MEETING_OPEN)
@writes(again=cancel_page)
def cancel_post(meeting_id: UUID) -> ResponseReturnValue:
    """Cancel a meeting that has not begun."""
    command = understand(CancelSchema(), request.form)
    service.cancel_meeting(current_actor(), meeting_id, command.reason, now=now())
    flash("Meeting cancelled.")
    return redirect(url_for("meetings.index"))


@bp.get("/meetings/<uuid:meeting_id>/items/<item>")
@for_action(Action.MEETING_READ)
@witnessed
def item(meeting_id: UUID, item: str) -> ResponseReturnValue:
    """One item of the agenda."""
    return item_page(meeting_id, item, values=typed(), errors={})


def item_page(meeting_id: UUID, item: str, *, values: Values, errors: Errors) -> str:
    """The item, with everything typed."""
    found = room(meeting_id)
    if item not in ITEM_KEYS:
        raise NotFound
    _only_while_open(found)
    return _live(found, next(each for each in found.order if each.key == item), values, errors)


def _only_while_open(found: Room) -> None:
    check_running(found.state)


@bp.post("/meetings/<uuid:meeting_id>/items/<item>")
@for_action(Action.MEETING_RUN)
@writes(again=item_page)
def item_post(meeting_id: UUID, item: str) -> ResponseReturnValue:
    """Save a line under an item, or finish it and go to the next."""
    command = understand(AddLineSchema(), request.form)
    service.add_line(current_actor(), meeting_id, item, command, now=now())
    found = room(meeting_id)
    return _onward(found, next(each for each in found.order if each.key == item), command.finish)


@bp.get("/meetings/<uuid:meeting_id>/closed/<uuid:closed_id>")
@for_action(Action.MEETING_READ)
@witnessed
def closed(meeting_id: UUID, closed_id: UUID) -> ResponseReturnValue:
    """A closed item, for those who may hear it."""
    return closed_page(meeting_id, closed_id, values=typed(), errors={})


def closed_page(meeting_id: UUID, closed_id: UUID, *, values: Values, errors: Errors) -> str:
    """The closed item, with everything typed."""
    found = room(meeting_id)
    item = _closed_in(found, closed_id)
    _only_while_open(found)
    return _live(found, item, values, errors)


def _closed_in(found: Room, closed_id: UUID) -> Item:
    for each in found.order:
        if each.closed == closed_id:
            return each
    raise NotFound


@bp.post("/meetings/<uuid:meeting_id>/closed/<uuid:closed_id>")
@for_action(Action.MEETING_CHAIR)
@writes(again=closed_page)
def closed_post(meeting_id: UUID, closed_id: UUID) -> ResponseReturnValue:
    """Save a line under a closed item, or finish it and go to the next."""
    command = understand(AddLineSchema(), request.form)
    service.add_closed_line(current_actor(), meeting_id, closed_id, command, now=now())
    found = room(meeting_id)
    return _onward(found, _closed_in(found, closed_id), command.finish)


def _onward(found: Room, item: Item, finished: bool | None) -> ResponseReturnValue:
    following = presenters.after(found.order, item) if finished else item
    if following is None:
        return redirect(url_for("meetings.sign_off", meeting_id=found.seen.id))
    return redirect(found.href_of(following))


@bp.get("/meetings/<uuid:meeting_id>/closed-item")
@for_action(Action.MEETING_CHAIR)
@witnessed
def add_closed(meeting_id: UUID) -> ResponseReturnValue:
    """The form that opens a closed item."""
    return add_closed_page(meeting_id, values=typed(), errors={})


def add_closed_page(meeting_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form again, with everything typed."""
    found = running_room(meeting_id, Action.MEETING_CHAIR)
    asked = [(str(each.agency_id), each.agency_name) for each in found.invited]
    return found.render("add_closed", values=values, errors=errors, asked=asked)


@bp.post("/meetings/<uuid:meeting_id>/closed-item")
@for_action(Action.MEETING_CHAIR)
@writes(again=add_closed_page)
def add_closed_post(meeting_id: UUID) -> ResponseReturnValue:
    """Open a closed item."""
    command = understand(AddClosedItemSchema(), request.form)
    made = service.add_closed_item(current_actor(), meeting_id, command, now=now())
    return redirect(url_for("meetings.closed", meeting_id=meeting_id, closed_id=made.id))


@bp.post("/meetings/<uuid:meeting_id>/confidentiality")
@for_action(Action.MEETING_RUN)
@writes()
def confidentiality(meeting_id: UUID) -> ResponseReturnValue:
    """Record that the statement was read."""
    service.read_confidentiality(current_actor(), meeting_id, now=now())
    return redirect(url_for("meetings.item", meeting_id=meeting_id, item="attendance"))


def _live(found: Room, item: Item, values: Values, errors: Errors) -> str:
    seen = found.seen
    following = presenters.after(found.order, item)
    settled = service.settled_in(found.actor, seen, found.jurisdiction)
    own = seen.id if item.closed is None else item.closed
    return found.render(
        "live",
        item=item,
        following=following,
        steps=_steps(found, item),
        lines=[
            (words.hour(each.at), each)
            for each in queries.entries(found.actor, seen)
            if each.record == own and (item.closed or each.item == item.key)
        ],
        here=presenters.in_the_room(found.attendance),
        elsewhere=presenters.elsewhere(found.attendance),
        speakers=[(str(e.id), f"{e.name}, {e.agency_name}") for e in found.attendance],
        checks=presenters.check_rows(checks(settled, found.jurisdiction), found.href),
        decision=presenters.decision_of(item.key, seen),
        statement=presenters.CONFIDENTIALITY,
        given=queries.actions_of(found.actor, seen),
        earlier=_earlier_actions(found) if item.key == "previous-actions" else [],
        hears=_closed_words(found, item.closed),
        comes=_closed_words(found, following.closed) if following else None,
        comes_href=found.href_of(following) if following else "",
        next_words=_next_words(found),
        action=found.href_of(item),
        values=values,
        errors=errors,
    )


def _steps(found: Room, current: Item) -> list[presenters.Step]:
    done = presenters.done_items(found.seen)
    steps = []
    for each in found.order:
        finished = presenters.item_done(each, done, found.closed)
        note = "Now" if each == current else presenters.note_of(each, found.seen, finished)
        state = "now" if each == current else "done" if finished else "open"
        label = f"{each.number} {each.title}"
        steps.append(presenters.Step(label, found.href_of(each), note, state))
    return steps


def _earlier_actions(found: Room) -> list[Seen]:
    everything = actions.for_person(found.actor, found.seen.person_id)
    return [each for each in everything if each.subject_id != found.seen.id]


def _closed_words(found: Room, closed_id: UUID | None) -> dict[str, Any] | None:
    if closed_id is None:
        return None
    closed = next(each for each in found.closed if each.id == closed_id)
    heard_by = queries.heard_by(closed)
    names = [agencies.agency(each).name for each in heard_by]
    return {
        "agency": closed.agency_name,
        "names": ", ".join(names),
        "leave": presenters.asked_to_leave(found.attendance, heard_by, found.seen.chair_id),
    }


def _next_words(found: Room) -> str:
    if found.seen.next_on is None or found.latest is None:
        return ""
    return presenters.weeks_words(found.seen.next_on, found.held_on, found.latest.on)
