"""Meetings in lists, and planning one from a person's page."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.asking import Target, decide, require
from mappa.access.terms import Section
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.meetings import presenters, queries, service
from mappa.meetings.referring import service as referring
from mappa.meetings.rules import MeetingState
from mappa.meetings.schemas import PlanMeetingSchema
from mappa.meetings.views.blueprint import Errors, Values, bp, now
from mappa.offenders import queries as people
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render, render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

WORDINGS["meeting:planned"] = Wording(
    "You were asked to chair a meeting.", "meetings.show", "meeting_id", "Open the meeting"
)
WORDINGS["meeting:level-decided"] = Wording(
    "A meeting decided the category or level of a person whose case you manage.",
    "meetings.show",
    "meeting_id",
    "Open the meeting",
)

_LISTS = (
    ("To come", MeetingState.PLANNED, "No meeting is planned. Those you are asked to stand here."),
    ("Open", MeetingState.OPEN, "No meeting is open."),
    (
        "Signed off",
        MeetingState.SIGNED_OFF,
        "No minutes are signed off. Those you may read will be listed here.",
    ),
)
_ORDER = ("level", "held_on", "at", "place", "chair", "agencies")


@bp.get("/meetings")
@for_action(Action.MEETING_READ)
@witnessed
def index() -> ResponseReturnValue:
    """The reader's meetings: to come, open, signed off."""
    actor = current_actor()
    lists = [
        (heading, [presenters.row(each) for each in queries.listed(actor, state)], empty)
        for heading, state, empty in _LISTS
    ]
    return render("meetings/index.html", lists=lists)


@bp.get("/people/<uuid:person_id>/meetings")
@for_action(Action.MEETING_READ)
@witnessed
def of_person(person_id: UUID) -> ResponseReturnValue:
    """The meetings on a person, and planning one."""
    stands = standing_on(person_id)
    actor = current_actor()
    found = [presenters.row(each) for each in queries.of_person(actor, person_id)]
    if not found and not stands.opens(Section.MEETINGS):
        raise NotFound
    person = people.person(actor, person_id)
    target = Target(person=person_id, owner=person.owner_agency_id)
    plans = decide(actor, Action.MEETING_OPEN, target).allowed
    first = referring.standing(actor, person_id) if plans else None
    return render_person(
        "meetings/of_person.html",
        person_id,
        tab="meetings",
        section="meetings",
        meetings=found,
        plans=plans,
        first=first,
        waits=first is not None and referring.waits(first),
    )


@bp.get("/people/<uuid:person_id>/meetings/plan")
@for_action(Action.MEETING_OPEN)
@witnessed
def plan(person_id: UUID) -> ResponseReturnValue:
    """The form that plans a meeting; the agencies of the case team are ticked."""
    values = typed(level=request.args.get("level", ""))
    if "agencies" not in values:
        values.setlist("agencies", [str(each.agency_id) for each in teams.agencies_of(person_id)])
    return plan_page(person_id, values=values, errors={})


def plan_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form again, with everything typed."""
    standing_on(person_id)
    actor = current_actor()
    person = people.person(actor, person_id)
    require(actor, Action.MEETING_OPEN, Target(person=person_id, owner=person.owner_agency_id))
    on_team = {each.agency_id for each in teams.agencies_of(person_id)}
    known = sorted(agencies.agencies_in(actor.area_id), key=lambda each: each.id not in on_team)
    chairs = queries.chairs(actor.area_id)
    return render_person(
        "meetings/plan.html",
        person_id,
        tab="meetings",
        section="plan a meeting",
        values=values,
        errors=errors,
        order=_ORDER,
        chairs=[(str(each.user_id), f"{each.name}, {each.agency_name}") for each in chairs],
        agencies=[
            (str(each.id), each.name, "On the case team" if each.id in on_team else None)
            for each in known
        ],
    )


@bp.post("/people/<uuid:person_id>/meetings/plan")
@for_action(Action.MEETING_OPEN)
@writes(again=plan_page)
def plan_post(person_id: UUID) -> ResponseReturnValue:
    """Plan a meeting."""
    standing_on(person_id)
    command = understand(PlanMeetingSchema(), request.form)
    meeting = service.plan_meeting(current_actor(), person_id, command, now=now())
    flash("Meeting planned. The chair is told.")
    return redirect(url_for("meetings.show", meeting_id=meeting.id))
