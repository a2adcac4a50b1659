"""Who is here: the attendance list, and who agrees to confidentiality."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.kernel.errors import NotFound
from mappa.meetings import queries, service
from mappa.meetings.rules import Presence
from mappa.meetings.schemas import ChangeAttendanceSchema, RecordAttendanceSchema
from mappa.meetings.views.blueprint import Errors, Values, bp, now, running_room
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.parking import typed
from mappa.web.typed import understand

_PRESENCE = [(each.value, each.words) for each in Presence]
_ORDER = ("user", "name", "agency", "presence", "agreed")


@bp.get("/meetings/<uuid:meeting_id>/attendance")
@for_action(Action.MEETING_RUN)
@witnessed
def attendance(meeting_id: UUID) -> ResponseReturnValue:
    """The attendance list, and the form that adds to it."""
    return attendance_page(meeting_id, values=typed(presence=Presence.PRESENT.value), errors={})


def attendance_page(meeting_id: UUID, *, values: Values, errors: Errors) -> str:
    """The list and the form, with everything typed."""
    found = running_room(meeting_id)
    there = {each.user_id for each in found.attendance}
    staff = queries.who_may_come(found.actor, found.seen)
    return found.render(
        "attendance",
        values=values,
        errors=errors,
        order=_ORDER,
        presence=_PRESENCE,
        words=dict(_PRESENCE),
        staff=[
            (str(each.user_id), f"{each.name}, {each.agency_name}")
            for each in staff
            if each.user_id not in there
        ],
        agencies=[(str(each.agency_id), each.agency_name) for each in found.invited],
    )


@bp.post("/meetings/<uuid:meeting_id>/attendance")
@for_action(Action.MEETING_RUN)
@writes(again=attendance_page)
def attendance_post(meeting_id: UUID) -> ResponseReturnValue:
    """Put somebody on the attendance list."""
    command = understand(RecordAttendanceSchema(), request.form)
    service.record_attendance(current_actor(), meeting_id, command, now=now())
    flash("Attendance recorded.")
    return redirect(url_for("meetings.attendance", meeting_id=meeting_id))


@bp.get("/meetings/<uuid:meeting_id>/attendance/<uuid:attendance_id>")
@for_action(Action.MEETING_RUN)
@witnessed
def one_attendance(meeting_id: UUID, attendance_id: UUID) -> ResponseReturnValue:
    """The form that changes how somebody takes part."""
    return one_attendance_page(meeting_id, attendance_id, values=None, errors={})


def one_attendance_page(
    meeting_id: UUID, attendance_id: UUID, *, values: Values | None, errors: Errors
) -> str:
    """The form, with everything typed."""
    found = running_room(meeting_id)
    who = next((each for each in found.attendance if each.id == attendance_id), None)
    if who is None:
        raise NotFound
    if values is None:
        values = typed(presence=who.presence, agreed="yes" if who.agreed_at else "")
    return found.render("one_attendance", who=who, values=values, errors=errors, presence=_PRESENCE)


@bp.post("/meetings/<uuid:meeting_id>/attendance/<uuid:attendance_id>")
@for_action(Action.MEETING_RUN)
@writes(again=one_attendance_page)
def one_attendance_post(meeting_id: UUID, attendance_id: UUID) -> ResponseReturnValue:
    """Change how somebody takes part."""
    command = understand(ChangeAttendanceSchema(), request.form)
    service.change_attendance(current_actor(), meeting_id, attendance_id, command, now=now())
    flash("Attendance changed.")
    return redirect(url_for("meetings.attendance", meeting_id=meeting_id))


@bp.post("/meetings/<uuid:meeting_id>/attendance/<uuid:attendance_id>/agrees")
@for_action(Action.MEETING_RUN)
@writes()
def agrees(meeting_id: UUID, attendance_id: UUID) -> ResponseReturnValue:
    """Record that somebody agrees to confidentiality."""
    service.record_agreement(current_actor(), meeting_id, attendance_id, now=now())
    return redirect(url_for("meetings.item", meeting_id=meeting_id, item="attendance"))
