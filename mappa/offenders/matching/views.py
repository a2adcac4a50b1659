"""Adding a person: asked first, then added; and the co-ordinator's match queue."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.terms import CASE_ROLES, Role
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.kernel.uow import current
from mappa.offenders import rules as people
from mappa.offenders import service as offenders
from mappa.offenders.matching import drafts, presenters, queries, service
from mappa.offenders.matching.rules import Candidate
from mappa.offenders.matching.schemas import AskSchema, Details, DetailsSchema, DifferentSchema
from mappa.offenders.presenters import overview
from mappa.offenders.rules import AddPerson
from mappa.offenders.views.blueprint import id_of
from mappa.rules.levels import CATEGORIES, Jurisdiction
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.posts import OUR_FIELDS
from mappa.web.typed import understand

bp = Blueprint("matching", __name__, template_folder="templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

_ASKED = tuple(AskSchema().fields)
_DETAILS = tuple(DetailsSchema().fields)


def _sent() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name not in OUR_FIELDS}


def _of(values: Values, names: tuple[str, ...]) -> dict[str, str]:
    return {name: values[name] for name in names if name in values}


def _candidate(values: Values) -> Candidate:
    found: Candidate = understand(AskSchema(), _of(values, _ASKED))
    return found


# Who is it?


def ask_page(*, values: Values, errors: Errors) -> str:
    """The form that asks who is meant."""
    require(current_actor(), Action.PERSON_ADD)
    return render("matching/ask.html", values=values, errors=errors, order=_ASKED)


@bp.get("/people/add")
@for_action(Action.PERSON_ADD)
@witnessed
def ask() -> ResponseReturnValue:
    """Ask who is to be added, before anything is added; once more with what was asked."""
    draft = id_of(request.args.get("draft"))
    values = _of(drafts.read(current_actor(), draft), _ASKED) if draft else {}
    return ask_page(values={**values, **typed()}, errors={})


@bp.post("/people/add")
@for_action(Action.PERSON_ADD)
@writes(again=ask_page)
def ask_post() -> ResponseReturnValue:
    """Keep what was typed, and look who may be the person."""
    understand(AskSchema(), request.form)
    draft = drafts.keep(current_actor(), _sent(), now=current().at)
    return redirect(url_for(".matches", draft_id=draft))


@bp.get("/people/add/<uuid:draft_id>")
@for_action(Action.PERSON_ADD)
@witnessed
def matches(draft_id: UUID) -> ResponseReturnValue:
    """Show who may be the person, as far as the asker may see them."""
    actor = current_actor()
    candidate = _candidate(drafts.read(actor, draft_id))
    found = service.visible_matches(actor, candidate)
    return render(
        "matching/matches.html",
        rows=presenters.candidate_rows(candidate),
        found=[presenters.match_row(each) for each in found],
        go_on=url_for(".details", draft_id=draft_id),
        ask_again=url_for(".ask", draft=draft_id),
    )


# How the person is managed


def details_page(draft_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that asks how the person is managed."""
    actor = current_actor()
    candidate = _candidate(drafts.read(actor, draft_id))
    return render(
        "matching/details.html",
        values=values,
        errors=errors,
        order=_DETAILS,
        name=candidate.names[0],
        draft_id=draft_id,
        **_choices(actor),
    )


def _choices(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen on the page: a co-ordinator names the agency that leads."""
    known = CATEGORIES[Jurisdiction(agencies.jurisdiction_of(actor.area_id))]
    names = actor.role is Role.COORDINATOR
    leads = agencies.agencies_in(actor.area_id) if names else []
    staff = agencies.staff_of([actor.agency_id] if not names else [each.id for each in leads])
    return {
        "categories": [(str(each.number), each.words) for each in known],
        "leads": [(str(each.id), each.name) for each in leads],
        "managers": [
            (str(each.user_id), f"{each.name}, {each.agency_name}" if names else each.name)
            for each in staff
            if each.role in CASE_ROLES
        ],
    }


@bp.get("/people/add/<uuid:draft_id>/details")
@for_action(Action.PERSON_ADD)
@witnessed
def details(draft_id: UUID) -> ResponseReturnValue:
    """Ask how the person is managed."""
    values = _of(drafts.read(current_actor(), draft_id), _DETAILS)
    return details_page(draft_id, values={**values, **typed()}, errors={})


@bp.post("/people/add/<uuid:draft_id>/details")
@for_action(Action.PERSON_ADD)
@writes(again=details_page)
def details_post(draft_id: UUID) -> ResponseReturnValue:
    """Keep what was typed, if the person could be added with it."""
    actor = current_actor()
    _command(actor, {**drafts.read(actor, draft_id), **_sent()})
    drafts.keep_more(actor, draft_id, _sent())
    return redirect(url_for(".check", draft_id=draft_id))


def _command(actor: Actor, values: Values) -> AddPerson:
    """The person to be added. Raises ``FieldErrors`` or ``RuleBroken``."""
    candidate = _candidate(values)
    managed: Details = understand(DetailsSchema(), _of(values, _DETAILS))
    command = AddPerson(
        given_name=candidate.given_name,
        family_name=candidate.family_name,
        aliases=candidate.aliases,
        born_on=candidate.born_on,
        born_about=candidate.born_about,
        crn=candidate.crn,
        pnc=candidate.pnc,
        visor=candidate.visor,
        prison_number=candidate.prison_number,
        **vars(managed),
    )
    people.check_person(
        command, agencies.jurisdiction_of(actor.area_id), today=day_of(current().at)
    )
    return command


# Check your answers


def check_page(draft_id: UUID, *, values: Values, errors: Errors) -> str:
    """All that was answered, before the person is added."""
    actor = current_actor()
    kept = drafts.read(actor, draft_id)
    _command(actor, kept)
    offered = _choices(actor)
    labels = {
        "category": dict(offered["categories"]),
        "level": {str(level): f"Level {level}" for level in (1, 2, 3)},
        "lead_agency_id": dict(offered["leads"]),
        "manager_id": dict(offered["managers"]),
    }
    return render(
        "matching/check.html",
        errors=errors,
        rows=presenters.candidate_rows(_candidate(kept)),
        answers=presenters.answers(kept, labels, url_for(".details", draft_id=draft_id)),
        draft_id=draft_id,
    )


@bp.get("/people/add/<uuid:draft_id>/check")
@for_action(Action.PERSON_ADD)
@witnessed
def check(draft_id: UUID) -> ResponseReturnValue:
    """Show all that was answered; back to the second page while something is missing."""
    kept = drafts.read(current_actor(), draft_id)
    if not kept.get("category") or not kept.get("level"):
        return redirect(url_for(".details", draft_id=draft_id))
    return check_page(draft_id, values={}, errors={})


@bp.post("/people/add/<uuid:draft_id>/check")
@for_action(Action.PERSON_ADD)
@writes(again=check_page)
def check_post(draft_id: UUID) -> ResponseReturnValue:
    """Add the person; the system compares them with everybody afterwards."""
    actor, now = current_actor(), current().at
    kept = drafts.read(actor, draft_id)
    command = _command(actor, kept)
    shown = service.visible_matches(actor, _candidate(kept))
    added = offenders.add_person(actor, command, now=now)
    service.check_later(added.id, now, dismissed=[each.person.id for each in shown])
    drafts.drop(actor, draft_id)
    flash(f"{added.name} added.", "success")
    return redirect(overview(added.id))


# The match queue


@bp.get("/matches")
@for_action(Action.MATCH_DECIDE)
@witnessed
def queue() -> ResponseReturnValue:
    """Show the clashes that wait for this co-ordinator."""
    found = queries.open_pairs(current_actor())
    return render("matching/queue.html", rows=[presenters.queue_row(each) for each in found])


def pair_page(match_id: UUID, *, values: Values, errors: Errors) -> str:
    """Both people side by side, and the decision."""
    actor = current_actor()
    found = queries.one_pair(actor, match_id)
    return render(
        "matching/pair.html",
        values=values,
        errors=errors,
        match_id=match_id,
        is_open=found.state == "open",
        reason=found.reason,
        why=presenters.why(found.likeness.reasons) if found.likeness else "",
        sides=presenters.sides(found),
        links=[overview(each.id) for each in (found.person, found.other)],
        merge_href=presenters.merge_href(found.other.id, found.person.id),
    )


@bp.get("/matches/<uuid:match_id>")
@for_action(Action.MATCH_DECIDE)
@witnessed
def pair(match_id: UUID) -> ResponseReturnValue:
    """Show both people side by side."""
    return pair_page(match_id, values=typed(), errors={})


@bp.post("/matches/<uuid:match_id>")
@for_action(Action.MATCH_DECIDE)
@writes(again=pair_page)
def pair_post(match_id: UUID) -> ResponseReturnValue:
    """Keep the two apart, with the reason."""
    command = understand(DifferentSchema(), request.form)
    service.keep_different(current_actor(), match_id, command, now=current().at)
    flash("Kept as two people. They are not put together again.", "success")
    return redirect(url_for(".queue"))
