"""The page that plans an unannounced visit to each of those whom a sample drew for visits."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.reading import Seen
from mappa.kernel.errors import FieldErrors
from mappa.visits import presenters
from mappa.visits.presenters import TURNOUT_MISSING
from mappa.visits.sampled import queries, rules, service
from mappa.visits.sampled.rules import MOST_AT_ONCE, Line, PlanSample, Stop
from mappa.visits.sampled.schemas import EVERYBODY, TICKED, PlanSampleSchema, command_of
from mappa.visits.views.blueprint import bp, now, today
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand_part

Values = Mapping[str, Any]
Errors = Mapping[str, Sequence[str]]
_TURNOUT = (*TURNOUT_MISSING, "turnout_reason")


@bp.get("/visits/samples/<uuid:sample_id>/plans")
@for_action(Action.SAMPLE_PLAN)
@witnessed
def sample_plans(sample_id: UUID) -> ResponseReturnValue:
    """What is planned for those whom a sample drew, what can be, and what cannot and why."""
    return plans_page(sample_id, values=typed(), errors={})


def plans_page(sample_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page with what was typed."""
    actor = current_actor()
    lines = queries.outlook(actor, service.drawn_for_visits(actor, sample_id))
    can = rules.at_once(lines)
    plans = queries.planned(actor, [each.person_id for each in lines if each.name])
    return render(
        "sampled/plans.html",
        values=_ticked(values, can),
        errors=errors,
        order=("chosen", *(f"officer_{each.place}" for each in can), *_TURNOUT),
        can=[(each, _officers(each)) for each in can],
        ticks=[(str(each.place), each.name, _due_words(each)) for each in can],
        waiting=sum(each.stop is None for each in lines) - len(can),
        most=MOST_AT_ONCE,
        asks_turnout=rules.asked(can),
        planned=[
            (each.name, *_plan(plans[each.person_id]))
            for each in lines
            if each.stop is Stop.PLANNED
        ],
        stopped=[_stopped(each) for each in lines if each.stop not in (None, Stop.PLANNED)],
        everybody=EVERYBODY,
        ticked=TICKED,
        form_href=url_for("visits.sample_plans", sample_id=sample_id),
        back_href=url_for("visits.sample", sample_id=sample_id),
    )


def _ticked(values: Values, can: Sequence[Line]) -> dict[str, Any]:
    """What was typed; before that the offender managers, as far as the reader supervises them."""
    chosen = values.getlist("chosen") if hasattr(values, "getlist") else []
    if values.get("then") == EVERYBODY:
        chosen = [str(each.place) for each in can]
    officers = {f"officer_{each.place}": str(each.officer or "") for each in can}
    return officers | dict(values.items()) | {"chosen": chosen}


def _due_words(line: Line) -> str:
    if line.due_on is None:
        return "Your agency owes no visit, so the day is drawn from the next four weeks"
    due = "is due by" if line.due_on >= today() else "was due by"
    return f"A visit {due} {words.day(line.due_on)}"


def _officers(line: Line) -> list[tuple[str, str]]:
    return [(str(user), name) for user, name in line.officers.items()]


def _plan(found: Sequence[Seen]) -> tuple[str, str, str]:
    """When, by whom and where: of the plan that comes first."""
    first = found[0]
    of_first = [each.officer_name for each in found if each.id == first.id]
    href = url_for("visits.visit", person_id=first.person_id, visit_id=first.id)
    return presenters.planned_words(first), ", ".join(of_first), href


def _stopped(line: Line) -> tuple[str, str, str]:
    """Who, why, and where one plans alone; of somebody unseen only that there is one."""
    assert line.stop is not None
    alone = url_for("visits.plan", person_id=line.person_id) if line.stop.alone else ""
    return line.name, line.stop.words, alone


@bp.post("/visits/samples/<uuid:sample_id>/plans")
@for_action(Action.SAMPLE_PLAN)
@writes(again=plans_page)
def sample_plans_post(sample_id: UUID) -> ResponseReturnValue:
    """Plan for those chosen; the page then says for whom, and for whom not and why."""
    command = _understood(sample_id)
    made = service.plan_for_each(current_actor(), sample_id, command, now=now())
    asked = len(made) if command.everybody else len(set(command.chosen))
    flash(_said(len(made), asked), "success" if made else "information")
    return redirect(url_for("visits.sample_plans", sample_id=sample_id))


def _understood(sample_id: UUID) -> PlanSample:
    """What was sent. Raises ``FieldErrors`` with all that is wrong."""
    actor = current_actor()
    drawn = service.drawn_for_visits(actor, sample_id)
    form = request.form.copy()
    names = {place: f"officer_{place}" for place in range(len(drawn))}
    sent = {place: form.pop(name) for place, name in names.items() if name in form}
    understood, wrong = understand_part(PlanSampleSchema(), form)
    command = command_of(understood, sent)
    lines = queries.outlook(actor, drawn)
    if rules.asked(rules.wanted(lines, command)):
        unsaid = (name for name in TURNOUT_MISSING if getattr(understood, name) is None)
        wrong = {name: [TURNOUT_MISSING[name]] for name in unsaid} | wrong
    if wrong:
        raise FieldErrors(rules.faults(lines, command) | wrong)
    return command


def _said(made: int, asked: int) -> str:
    several = "1 unannounced visit" if made == 1 else f"{made} unannounced visits"
    said = f"{several} planned." if made else "No visit was planned."
    left = asked - made
    return f"{said} {left} of those chosen could not be: see below why." if left else said
