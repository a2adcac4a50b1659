"""Pages of failed entries: what one was for, what they amount to, what becomes of a warrant."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.asking import Target, decide
from mappa.access.terms import Level
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.visits import presenters as visit_words
from mappa.visits.entry import entering, presenters, queries, rules, service
from mappa.visits.entry.rules import Rank, Step
from mappa.visits.entry.schemas import ELSEWHERE, SayEntrySchema, TakeStepSchema
from mappa.visits.views.blueprint import bp, now, open_tab, today
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, Sequence[str]]


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/entry")
@for_action(Action.ENTRY_SAY)
@witnessed
def entry(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Ask whether entry was sought so as to search, and where."""
    return entry_page(person_id, visit_id, values=typed(), errors={})


def entry_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form again, under what was said before."""
    open_tab(person_id, Level.FULL)
    actor = current_actor()
    visit = service.failed_visit(actor, person_id, visit_id)
    standing = queries.premises(actor, person_id)
    places = {each.id: queries.place_words(each) for each in standing}
    said = queries.said(actor, person_id).get(visit_id, [])
    by = agencies.user_names({each.said_by_id for each in said})
    return render_person(
        "visits/entry.html",
        person_id,
        tab="visits",
        section="entry sought",
        short=True,
        values=values,
        errors=errors,
        when=f"{visit_words.when(visit)}. {visit_words.outcome_words(visit)}",
        where=visit.place,
        addresses=[(str(each), place) for each, place in places.items()]
        + [(ELSEWHERE, "Somewhere else")],
        said=[presenters.said_line(each, places, by) for each in said],
        form_href=url_for("visits.entry_post", person_id=person_id, visit_id=visit_id),
        back_href=url_for("visits.visit", person_id=person_id, visit_id=visit_id),
    )


@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/entry")
@for_action(Action.ENTRY_SAY)
@writes(again=entry_page)
def entry_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Keep what the failed entry was for; a warrant may be raised by it."""
    open_tab(person_id, Level.FULL)
    command = understand(SayEntrySchema(), request.form)
    raised = service.say(current_actor(), person_id, visit_id, command, now=now())
    flash("Kept. A warrant is to be considered." if raised else "Kept.", "success")
    return redirect(url_for("visits.entries", person_id=person_id))


@bp.get("/people/<uuid:person_id>/visits/entries")
@for_action(Action.VISIT_READ)
@witnessed
def entries(person_id: UUID) -> ResponseReturnValue:
    """What the failed entries amount to, and the warrants. For the police."""
    open_tab(person_id, Level.FULL)
    actor = current_actor()
    if not entering.is_police(actor):
        raise NotFound
    person = people.person(actor, person_id)
    standing = {each.id: queries.place_words(each) for each in queries.premises(actor, person_id)}
    known = queries.cases(actor, person_id)
    found = queries.found(actor, person, today=today(), standing=standing, known=known)
    considered = {each.case.address_id for each in known if each.still_open}
    by = agencies.user_names({step.by_id for each in known for step in each.steps})
    return render_person(
        "visits/entries.html",
        person_id,
        tab="visits",
        section="failed entries",
        short=True,
        needed=queries.needed(actor, person, today()),
        holds_off=found.holds_off,
        places=[
            presenters.premises_block(
                each, standing[each.premises], considered=each.premises in considered
            )
            for each in found.at
        ],
        left_out=[presenters.left_out_line(each, why) for each, why in found.left_out],
        visit_href=lambda each: url_for("visits.visit", person_id=person_id, visit_id=each),
        cases=[
            presenters.case_block(
                each,
                by,
                href=url_for("visits.warrant", person_id=person_id, case_id=each.case.id)
                if each.still_open and _may_record(each)
                else "",
            )
            for each in known
        ],
        back_href=url_for("visits.index", person_id=person_id),
    )


def _may_record(case: queries.Case) -> bool:
    of = case.case
    target = Target(person=of.person_id, owner=of.owner_agency_id, record=of.id)
    return decide(current_actor(), Action.WARRANT_RECORD, target).allowed


@bp.get("/people/<uuid:person_id>/visits/warrants/<uuid:case_id>")
@for_action(Action.WARRANT_RECORD)
@witnessed
def warrant(person_id: UUID, case_id: UUID) -> ResponseReturnValue:
    """Ask what was decided on a warrant, or what became of it."""
    return warrant_page(person_id, case_id, values=typed(), errors={})


def warrant_page(person_id: UUID, case_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form again, with everything typed."""
    open_tab(person_id, Level.FULL)
    actor = current_actor()
    known = service.open_case(actor, person_id, case_id)
    by = agencies.user_names({each.by_id for each in known.steps})
    may = rules.NEXT[known.last] if known.still_open else ()
    following = [each for each in Step if each in may]
    terms = queries.terms(actor, people.person(actor, person_id), today())
    return render_person(
        "visits/warrant.html",
        person_id,
        tab="visits",
        section="warrant",
        short=True,
        values=values,
        errors=errors,
        block=presenters.case_block(known, by),
        steps=[(each.value, each.words) for each in following],
        ranks=[(each.value, each.words) for each in Rank],
        senior=bool(set(following) & rules.DECIDED_BY_SENIOR),
        grants=Step.GRANTED in following,
        terms=terms,
        last_day=words.day(terms.last_day) if terms.last_day else "",
        form_href=url_for("visits.warrant_post", person_id=person_id, case_id=case_id),
        back_href=url_for("visits.entries", person_id=person_id),
    )


@bp.post("/people/<uuid:person_id>/visits/warrants/<uuid:case_id>")
@for_action(Action.WARRANT_RECORD)
@writes(again=warrant_page)
def warrant_post(person_id: UUID, case_id: UUID) -> ResponseReturnValue:
    """Record it."""
    open_tab(person_id, Level.FULL)
    command = understand(TakeStepSchema(), request.form)
    service.take_step(current_actor(), person_id, case_id, command, now=now())
    flash(f"Recorded: {command.step.words.lower()}.", "success")
    return redirect(url_for("visits.entries", person_id=person_id))
