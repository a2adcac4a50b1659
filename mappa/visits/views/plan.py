"""Planning a visit, and taking it out of the plan."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.kernel.errors import FieldErrors
from mappa.offenders import queries as people
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.visits import presenters, queries, suggestions
from mappa.visits import service as visits
from mappa.visits.pattern import Part, could_be_expected
from mappa.visits.preparing import queries as preparing
from mappa.visits.preparing import service
from mappa.visits.preparing.rules import too_few, turnout_faults
from mappa.visits.rules import Attending, Faults, PlanVisit, ToldHow, VisitState
from mappa.visits.schemas import ELSEWHERE, HOME, EndSchema, Planned, PlannedSchema
from mappa.visits.views.blueprint import Writing, bp, may_write, now
from mappa.web import words
from mappa.web.flow import for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]

WORDINGS |= {
    service.ALONE: Wording(
        "Fewer officers are to go on a visit than a warning to staff asks for.",
        "visits.visit",
        "visit_id",
        "See the plan and why",
        names_person=False,
    )
}

_ORDER = (
    "warnings_read",
    "kind",
    "on",
    "at",
    "told_by",
    "told_how",
    "from_on",
    "until_on",
    "part",
    "where",
    "place",
    "officers",
    "other_name",
    "other_agency",
    "alone_reason",
    "plain_clothes",
    "marked_car",
    "accredited",
    "turnout_reason",
    "expected",
    "elsewhere",
)


@bp.get("/people/<uuid:person_id>/visits/plan")
@for_action(Action.VISIT_PLAN)
@witnessed
def plan(person_id: UUID) -> ResponseReturnValue:
    """The form of a visit to come; nobody is told by it."""
    writing = may_write(person_id, None, Action.VISIT_PLAN)
    values = typed() or MultiDict(
        {
            "where": HOME if writing.home() else ELSEWHERE,
            "officers": str(writing.actor.user_id),
        }
        | _as_drawn(writing)
    )
    return plan_page(person_id, values=values, errors={})


def _as_drawn(writing: Writing) -> dict[str, str]:
    """The day that was drawn, as it can be typed; nothing if none was."""
    kept = suggestions.kept(writing.actor, writing.person_id, now=now())
    if kept is None:
        return {}
    day = presenters.typed_day(kept.suggested.on)
    part = kept.suggested.part.value
    return {"kind": "unannounced", "from_on": day, "until_on": day, "part": part}


def _drawn_words(writing: Writing) -> dict[str, str | int] | None:
    kept = suggestions.kept(writing.actor, writing.person_id, now=now())
    if kept is None:
        return None
    drawn = kept.suggested
    day = words.day(drawn.on, weekday=True)
    return {"day": day, "part": drawn.part.words, "days": drawn.days, "draws": kept.draws}


def plan_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    writing = may_write(person_id, None, Action.VISIT_PLAN)
    return render_person(
        "visits/plan.html",
        person_id,
        tab="visits",
        section="plan a visit",
        short=True,
        values=values,
        errors=errors,
        order=_ORDER,
        home=writing.home(),
        officers=writing.options(),
        parts_of_day=[("", "Any"), *((each.value, each.words.capitalize()) for each in Part)],
        ways=[(each.value, each.words) for each in ToldHow],
        asks_turnout=writing.asks_turnout(),
        suggested=_drawn_words(writing),
        draw_href=url_for("visits.draw", person_id=person_id),
        back_href=url_for("visits.index", person_id=person_id),
        form_href=url_for("visits.plan", person_id=person_id),
    )


@bp.post("/people/<uuid:person_id>/visits/plan")
@for_action(Action.VISIT_PLAN)
@writes(again=plan_page)
def plan_post(person_id: UUID) -> ResponseReturnValue:
    """Put the visit into the plan."""
    writing = may_write(person_id, None, Action.VISIT_PLAN)
    understood, besides = writing.understand(PlannedSchema())
    besides |= {} if understood.expected else _expected(writing, understood)
    offered, asks = writing.offered(), writing.asks_turnout()
    try:
        command = presenters.plan_command(
            understood, offered=offered, home=writing.home(), asks_turnout=asks
        )
    except FieldErrors as wrong:
        besides |= _of_officers(writing, understood, offered)
        raise FieldErrors(besides | dict(wrong.errors)) from None
    if not understood.elsewhere:
        besides |= _elsewhere(writing, command)
    planned = service.plan_visit(writing.actor, person_id, command, now=now(), besides=besides)
    flash("Visit planned.")
    return redirect(url_for("visits.visit", person_id=person_id, visit_id=planned.id))


def _of_officers(writing: Writing, planned: Planned, offered: list[Attending]) -> Faults:
    """What else is to be said of who goes, and how, where the rest is wrong already."""
    officers, _ = presenters.attending(planned, offered)
    turnout, _ = presenters.turnout(planned)
    standing = preparing.standing(writing.actor, writing.person_id)
    return too_few(len(officers), planned.alone_reason, standing) | turnout_faults(turnout)


def _expected(writing: Writing, planned: Planned) -> Faults:
    """Stop at a day that continues a habit of earlier visits: it may be kept, but not unseen."""
    on, part = planned.from_on, planned.part
    if planned.kind or on is None or on != planned.until_on or part is None:
        return {}
    habit = could_be_expected(queries.pattern_of(writing.actor, writing.person_id), on, part)
    if habit is None:
        return {}
    said = f"{habit.sentence}. Choose another time, or tick the box to keep this one"
    return {"expected": [said]}


def _elsewhere(writing: Writing, plan: PlanVisit) -> Faults:
    """Stop where an officer is to be at another visit: nobody is at two doors at once."""
    users = [each.user_id for each in plan.officers if each.user_id]
    found = preparing.elsewhere(writing.actor, users, plan.window_from, plan.window_to)
    if not found:
        return {}
    at = [
        f"{each.officer_name} is to visit {people.display_name(each)} ({presenters.when(each)})"
        for each in found[:3]
    ]
    return {"elsewhere": [f"{'; '.join(at)}. Choose another time, or tick the box to keep it"]}


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/end")
@for_action(Action.VISIT_PLAN)
@witnessed
def end(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """The form that takes a planned visit out of the plan."""
    return end_page(person_id, visit_id, values=typed(), errors={})


def end_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    writing = may_write(person_id, visit_id, Action.VISIT_PLAN)
    assert writing.plan is not None
    return render_person(
        "visits/end.html",
        person_id,
        tab="visits",
        section="take a visit out of the plan",
        short=True,
        values=values,
        errors=errors,
        states=[
            (VisitState.WITHDRAWN.value, "It will not be made"),
            (VisitState.MISSED.value, "It should have been made, and was not"),
        ],
        when=presenters.when(writing.plan),
        visit=writing.plan,
        back_href=url_for("visits.visit", person_id=person_id, visit_id=visit_id),
        form_href=url_for("visits.end", person_id=person_id, visit_id=visit_id),
    )


@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/end")
@for_action(Action.VISIT_PLAN)
@writes(again=end_page)
def end_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Take the visit out of the plan; it stays on record with its reason."""
    writing = may_write(person_id, visit_id, Action.VISIT_PLAN)
    command = understand(EndSchema(), request.form)
    visits.end_visit(writing.actor, visit_id, command, now=now())
    flash(f"Visit {command.state.words.lower()}.")
    return redirect(url_for("visits.visit", person_id=person_id, visit_id=visit_id))
