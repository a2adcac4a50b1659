"""Whether visits could be guessed, and a day drawn at random for the next one."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.terms import Level
from mappa.reminders import queries as reminders
from mappa.visits import pattern, presenters, queries, service, suggestions
from mappa.visits.pattern import Part, Pattern
from mappa.visits.views.blueprint import bp, may_write, now, open_tab
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render, render_person


def _shown(found: Pattern) -> dict[str, Any]:
    """What both pages show of a pattern."""
    return {
        "found": found,
        "answer": presenters.pattern_answer(found),
        "heads": ("Day", *(part.value.capitalize() for part in Part)),
        "table": presenters.pattern_table(found),
        "apart": [words.days(each) for each in found.apart],
        "unlikely": pattern.UNLIKELY,
    }


@bp.get("/people/<uuid:person_id>/visits/pattern")
@for_action(Action.VISIT_READ)
@witnessed
def of_person(person_id: UUID) -> ResponseReturnValue:
    """When the last unannounced visits to a person were made, and whether that could be guessed."""
    open_tab(person_id, Level.FULL)
    return render_person(
        "visits/pattern.html",
        person_id,
        tab="visits",
        section="Could these visits be guessed?",
        short=True,
        back_href=url_for("visits.index", person_id=person_id),
        **_shown(queries.pattern_of(current_actor(), person_id)),
    )


@bp.get("/visits/pattern")
@for_action(Action.PEOPLE_LIST)
@witnessed
def of_mine() -> ResponseReturnValue:
    """The same of the reader's own visits, whoever they were to."""
    return render(
        "visits/my_pattern.html",
        back_href=url_for("visits.mine"),
        **_shown(queries.my_pattern(current_actor())),
    )


@bp.post("/people/<uuid:person_id>/visits/plan/draw")
@for_action(Action.VISIT_PLAN)
@writes()
def draw(person_id: UUID) -> ResponseReturnValue:
    """Draw a day and a part of it for the next unannounced visit."""
    writing = may_write(person_id, None, Action.VISIT_PLAN)
    due_on = _due_on(writing.actor, person_id)
    suggestions.draw(writing.actor, person_id, due_on, now=now())
    flash("A day is drawn.")
    return redirect(url_for("visits.plan", person_id=person_id))


def _due_on(actor: Actor, person_id: UUID) -> date | None:
    """By when the own agency owes a visit that an unannounced one fulfils, as the reader sees it.

    Every visit is one, so the earlier of the two counts: else what is overdue is drawn for later.
    """
    kinds = (service.NEXT_UNANNOUNCED, service.NEXT_VISIT)
    due = (
        each.due_on
        for each in reminders.for_person(actor, person_id)
        if each.kind in kinds and each.owed_by_agency_id == actor.agency_id
    )
    return min(due, default=None)
