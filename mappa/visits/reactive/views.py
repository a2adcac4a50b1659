"""Pages of reactive management: what holds, the decision, its end, and changes to look at."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.reading import Seen
from mappa.access.terms import Level
from mappa.agencies import queries as agencies
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.rules.wording import interval_words
from mappa.visits.entry.entering import is_police
from mappa.visits.reactive import presenters, queries, service
from mappa.visits.reactive.rules import ReactiveState, Verdict
from mappa.visits.reactive.schemas import (
    DecideSchema,
    EndReactiveSchema,
    ProposeSchema,
    ReconsiderSchema,
)
from mappa.visits.views.blueprint import bp, now, open_tab, today
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, Sequence[str]]


def _may(actor: Actor, action: Action, person_id: UUID) -> bool:
    target = Target(person=person_id, owner=actor.agency_id)
    return decide(actor, action, target).allowed


def _english(person_id: UUID) -> Seen:
    """The person, of a case in England and Wales. Raises ``NotFound``."""
    open_tab(person_id, Level.FULL)
    person = people.person(current_actor(), person_id)
    if person.jurisdiction != queries.NATION.value:
        raise NotFound
    return person


@bp.get("/people/<uuid:person_id>/visits/reactive")
@for_action(Action.VISIT_READ)
@witnessed
def reactive(person_id: UUID) -> ResponseReturnValue:
    """Whether routine visits are stopped, why, and what must hold for it."""
    return reactive_page(person_id, values=typed(), errors={})


def reactive_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page with what was typed."""
    person = _english(person_id)
    actor = current_actor()
    found = queries.of_person(actor, person_id)
    standing = next((each for each in found if each.state == ReactiveState.STANDING.value), None)
    proposes = _may(actor, Action.REACTIVE_PROPOSE, person_id)
    known = queries.known(actor, person, today()) if is_police(actor) else None
    mine = any(queries.is_open(each) for each in found if each.owner_agency_id == actor.agency_id)
    eligible = known is not None and all(
        holds for _, _, holds in presenters.condition_lines(known, today())
    )
    return render_person(
        "reactive/show.html",
        person_id,
        tab="visits",
        section="reactive management",
        short=True,
        values=values,
        errors=errors,
        stands=standing is not None,
        why=_why(standing) if standing is not None else [],
        low_for=_low_for(actor),
        standard=_standard(actor),
        conditions=presenters.condition_lines(known, today()) if known else [],
        eligible=eligible,
        may_propose=proposes and eligible and not mine,
        blocks=_blocks(actor, found),
        asked=_asked(actor, person_id),
        back_href=url_for("visits.index", person_id=person_id),
    )


def _low_for(actor: Actor) -> str:
    """How long the risk has to be low, in words."""
    eligible = queries.rules_for(actor.agency_id, today()).eligible
    return interval_words(eligible.amount, eligible.unit)


def _standard(actor: Actor) -> list[tuple[str, str]]:
    """The figures that are applied today, with their sources."""
    rules = queries.rules_for(actor.agency_id, today())
    return presenters.standard_rows((rules.eligible, rules.recent))


def _why(standing: Seen) -> list[tuple[str, str]]:
    on = standing.decided_at.date()
    rules = queries.rules_for(standing.owner_agency_id, on)
    return presenters.why_rows(standing, (rules.eligible, rules.recent))


def _blocks(actor: Actor, found: Sequence[Seen]) -> list[tuple[presenters.Block, str, str]]:
    """Each proposal, with where it is decided or ended by this reader."""
    by = agencies.user_names(
        {
            who
            for each in found
            for who in (each.proposed_by_id, each.decided_by_id, each.ended_by_id)
            if who != NOBODY
        }
    )
    return [
        (
            presenters.block(each, by, agencies.agency(each.owner_agency_id).name),
            *_onward(actor, each),
        )
        for each in found
    ]


def _onward(actor: Actor, found: Seen) -> tuple[str, str]:
    """Label and address of what this reader may do about it; empty if nothing."""
    if not queries.is_open(found):
        return "", ""
    target = Target(person=found.person_id, owner=found.owner_agency_id, record=found.id)
    if not decide(actor, Action.REACTIVE_DECIDE, target).allowed:
        return "", ""
    place = {"person_id": found.person_id, "reactive_id": found.id}
    if found.state == ReactiveState.STANDING.value:
        return "End it", url_for("visits.reactive_end", **place)
    if found.proposed_by_id == actor.user_id:
        return "", ""
    return "Decide on it", url_for("visits.reactive_decide", **place)


def _asked(actor: Actor, person_id: UUID) -> list[tuple[str, str]]:
    """The changes at which this reader is asked to look and has not: what, and where."""
    found = []
    for each in queries.reviews(actor, person_id):
        if not each.answer:
            try:
                what = people.change(actor, person_id, each.change_id).what
            except NotFound:
                continue  # it was hidden since
            place = {"person_id": person_id, "review_id": each.id}
            found.append((what, url_for("visits.reactive_review", **place)))
    return found


@bp.post("/people/<uuid:person_id>/visits/reactive")
@for_action(Action.REACTIVE_PROPOSE)
@writes(again=reactive_page)
def reactive_post(person_id: UUID) -> ResponseReturnValue:
    """Propose it; a supervisor is asked."""
    _english(person_id)
    command = understand(ProposeSchema(), request.form)
    service.propose(current_actor(), person_id, command, now=now())
    flash("Proposed. A supervisor decides on it.", "success")
    return redirect(url_for("visits.reactive", person_id=person_id))


@bp.get("/people/<uuid:person_id>/visits/reactive/<uuid:reactive_id>/decide")
@for_action(Action.REACTIVE_DECIDE)
@witnessed
def reactive_decide(person_id: UUID, reactive_id: UUID) -> ResponseReturnValue:
    """Ask the supervisor."""
    return decide_page(person_id, reactive_id, values=typed(), errors={})


def decide_page(person_id: UUID, reactive_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed, under what the supervisor knows."""
    person = _english(person_id)
    actor = current_actor()
    found = service.to_decide(actor, person_id, reactive_id)
    known = queries.known(actor, person, today())
    by = agencies.user_names({found.proposed_by_id})
    return render_person(
        "reactive/decide.html",
        person_id,
        tab="visits",
        section="decide on reactive management",
        short=True,
        values=values,
        errors=errors,
        block=presenters.block(found, by, actor.agency_name),
        standard=_standard(actor),
        conditions=presenters.condition_lines(known, today()),
        verdicts=[(each.value, each.words) for each in Verdict],
        form_href=url_for(
            "visits.reactive_decide_post", person_id=person_id, reactive_id=reactive_id
        ),
        back_href=url_for("visits.reactive", person_id=person_id),
    )


@bp.post("/people/<uuid:person_id>/visits/reactive/<uuid:reactive_id>/decide")
@for_action(Action.REACTIVE_DECIDE)
@writes(again=decide_page)
def reactive_decide_post(person_id: UUID, reactive_id: UUID) -> ResponseReturnValue:
    """Approve or decline it."""
    _english(person_id)
    command = understand(DecideSchema(), request.form)
    service.decide_on(current_actor(), person_id, reactive_id, command, now=now())
    approved = command.verdict is Verdict.APPROVE
    flash("Approved. Routine visits stop." if approved else "Declined. Visits go on.", "success")
    return redirect(url_for("visits.reactive", person_id=person_id))


@bp.get("/people/<uuid:person_id>/visits/reactive/<uuid:reactive_id>/end")
@for_action(Action.REACTIVE_DECIDE)
@witnessed
def reactive_end(person_id: UUID, reactive_id: UUID) -> ResponseReturnValue:
    """Ask why it ends."""
    return end_page(person_id, reactive_id, values=typed(), errors={})


def end_page(person_id: UUID, reactive_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    _english(person_id)
    service.to_end(current_actor(), person_id, reactive_id)
    return render_person(
        "reactive/end.html",
        person_id,
        tab="visits",
        section="end reactive management",
        short=True,
        values=values,
        errors=errors,
        form_href=url_for("visits.reactive_end_post", person_id=person_id, reactive_id=reactive_id),
        back_href=url_for("visits.reactive", person_id=person_id),
    )


@bp.post("/people/<uuid:person_id>/visits/reactive/<uuid:reactive_id>/end")
@for_action(Action.REACTIVE_DECIDE)
@writes(again=end_page)
def reactive_end_post(person_id: UUID, reactive_id: UUID) -> ResponseReturnValue:
    """End it; visits are owed at once."""
    _english(person_id)
    command = understand(EndReactiveSchema(), request.form)
    service.end(current_actor(), person_id, reactive_id, command, now=now())
    flash("Ended. The next visits are counted again.", "success")
    return redirect(url_for("visits.reactive", person_id=person_id))


@bp.get("/people/<uuid:person_id>/visits/reactive/changes/<uuid:review_id>")
@for_action(Action.REACTIVE_RECONSIDER)
@witnessed
def reactive_review(person_id: UUID, review_id: UUID) -> ResponseReturnValue:
    """Show a change to who may see it, and ask what it means for the visits."""
    return review_page(person_id, review_id, values=typed(), errors={})


def review_page(person_id: UUID, review_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    actor = current_actor()
    asked, change = service.to_reconsider(actor, person_id, review_id)
    return render_person(
        "reactive/review.html",
        person_id,
        tab="visits",
        section="reconsider reactive management",
        short=True,
        values=values,
        errors=errors,
        rows=presenters.change_rows(change),
        answers=[(each.value, each.words) for each in service.answers_of(actor, asked)],
        police=agencies.type_of(asked.owner_agency_id) == "police",
        form_href=url_for("visits.reactive_review_post", person_id=person_id, review_id=review_id),
        back_href=url_for("visits.index", person_id=person_id),
    )


@bp.post("/people/<uuid:person_id>/visits/reactive/changes/<uuid:review_id>")
@for_action(Action.REACTIVE_RECONSIDER)
@writes(again=review_page)
def reactive_review_post(person_id: UUID, review_id: UUID) -> ResponseReturnValue:
    """Keep what was decided."""
    command = understand(ReconsiderSchema(), request.form)
    service.reconsider(current_actor(), person_id, review_id, command, now=now())
    flash(f"Kept. {command.answer.words}.", "success")
    return redirect(url_for("visits.index", person_id=person_id))
