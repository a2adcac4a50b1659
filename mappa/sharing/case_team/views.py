"""Pages of the case team: who is on it and was, bringing on, naming, letting go."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.access.teaming import Place
from mappa.access.terms import Capacity, Part
from mappa.agencies import queries as agencies
from mappa.agencies.queries import StaffMember
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.offenders.views.blueprint import id_of
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.sharing.case_team import presenters, queries, service
from mappa.sharing.case_team.presenters import Names
from mappa.sharing.case_team.schemas import BringOnSchema, LeaveSchema, NameSchema
from mappa.web.flow import attempts_recorded, current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("case_team", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

_OPEN_IT = ("insight.overview", "person_id", "Open the record")
WORDINGS |= {
    service.NAMED: Wording("You are on the case team now.", *_OPEN_IT),
    service.BROUGHT: Wording("Your agency is on the case team now.", *_OPEN_IT),
}


def _render(template: str, person_id: UUID, values: Values, errors: Errors, **more: Any) -> str:
    return render_person(
        f"case_team/{template}.html",
        person_id,
        tab="sharing",
        section="team and sharing",
        values=values,
        errors=errors,
        **more,
    )


@bp.get("/people/<uuid:person_id>/team")
@for_action(Action.SHARING_READ)
@witnessed
def index(person_id: UUID) -> ResponseReturnValue:
    """Who is on the case team and who was."""
    actor = current_actor()
    person = queries.person(actor, person_id)
    places = queries.places(actor, person_id)
    names = _names(places)
    sets = queries.may_set(actor, person)
    return _render(
        "index",
        person_id,
        {},
        {},
        members=presenters.members(places, names, _ends(actor, person, places, sets=sets)),
        earlier=presenters.earlier(places, names),
        sets=sets,
        names=bool(queries.workers_to_name(actor, person)),
    )


def _names(places: Sequence[Place]) -> Names:
    users = {each.user for each in places} | {each.made_by for each in places}
    users |= {each.ended.by for each in places if each.ended}
    ids = {each.agency for each in places}
    return Names(
        {each: agencies.agency(each).name for each in ids}, agencies.user_names(users - {NOBODY})
    )


def _ends(actor: Actor, person: Seen, places: Sequence[Place], *, sets: bool) -> dict[UUID, str]:
    """The places that this reader may end, and where."""
    named = {each.agency for each in places if queries.may_name(actor, person, each.agency)}
    fixed = (Capacity.LEAD, Part.MANAGER, Part.DEPUTY)
    return {
        each.id: presenters.end_href(person.record, each)
        for each in places
        if each.what not in fixed and (sets if each.user == NOBODY else each.agency in named)
    }


# Agencies


@bp.get("/people/<uuid:person_id>/team/bring")
@for_action(Action.TEAM_SET)
@witnessed
def bring(person_id: UUID) -> ResponseReturnValue:
    """Choose an agency, then see what it would get."""
    chosen = id_of(request.args.get("agency"))
    if chosen is not None:
        return redirect(url_for("case_team.bring_one", person_id=person_id, agency_id=chosen))
    actor = current_actor()
    if not queries.may_set(actor, queries.person(actor, person_id)):
        raise NotFound
    offered = [(str(each.id), each.name) for each in queries.agencies_to_bring(actor, person_id)]
    missing = "agency" in request.args
    errors = {"agency": ["Choose an agency"]} if missing else {}
    return _render("bring", person_id, {}, errors, offered=offered)


@bp.get("/people/<uuid:person_id>/team/bring/<uuid:agency_id>")
@for_action(Action.TEAM_SET)
@witnessed
def bring_one(person_id: UUID, agency_id: UUID) -> ResponseReturnValue:
    """Show what the agency would see, and ask why it comes on."""
    return bring_page(person_id, agency_id, values=typed(), errors={})


def bring_page(person_id: UUID, agency_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form. Raises ``NotFound`` for those who do not set the team."""
    actor = current_actor()
    if not queries.may_set(actor, queries.person(actor, person_id)):
        raise NotFound
    agency = service.agency_to_bring(actor, person_id, agency_id)
    usual = Capacity(queries.usual_capacity(agency))
    cells = rights.cells_of(actor.area_id, current().at)
    return _render(
        "bring_one",
        person_id,
        values,
        errors,
        agency=agency,
        capacity=presenters.capacity_words(usual),
        opens=presenters.opens(cells, usual),
        may_be_restricted=queries.may_be_restricted(agency),
        workers=_options(queries.workers_at([agency_id]), named=False),
    )


@bp.post("/people/<uuid:person_id>/team/bring/<uuid:agency_id>")
@for_action(Action.TEAM_SET)
@attempts_recorded
@writes(again=bring_page)
def bring_post(person_id: UUID, agency_id: UUID) -> ResponseReturnValue:
    """Bring the agency on."""
    actor = current_actor()
    agency = service.agency_to_bring(actor, person_id, agency_id)
    command = understand(BringOnSchema(), request.form).command()
    service.bring_on(actor, person_id, agency_id, command, now=current().at)
    flash(f"{agency.name} is on the case team.", "success")
    return redirect(url_for("case_team.index", person_id=person_id))


# Workers


def _options(staff: Sequence[StaffMember], *, named: bool = True) -> list[tuple[str, str]]:
    return [
        (
            f"{each.user_id}.{each.agency_id}",
            f"{each.name}, {each.role.words.lower()}" + (f", {each.agency_name}" if named else ""),
        )
        for each in staff
    ]


@bp.get("/people/<uuid:person_id>/team/name")
@for_action(Action.SHARING_READ)
@witnessed
def name(person_id: UUID) -> ResponseReturnValue:
    """Ask who is named on the case team."""
    return name_page(person_id, values=typed(), errors={})


def name_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form. Raises ``NotFound`` for those who name nobody here."""
    actor = current_actor()
    staff = queries.workers_to_name(actor, queries.person(actor, person_id))
    if not staff:
        raise NotFound
    staff.sort(key=lambda each: (each.agency_name, each.name))
    return _render("name", person_id, values, errors, staff=_options(staff))


@bp.post("/people/<uuid:person_id>/team/name")
@for_action(Action.SHARING_READ)
@attempts_recorded
@writes(again=name_page)
def name_post(person_id: UUID) -> ResponseReturnValue:
    """Name a worker."""
    actor = current_actor()
    queries.person(actor, person_id)
    command = understand(NameSchema(), request.form).command()
    service.name_worker(actor, person_id, command, now=current().at)
    flash("Named on the case team. They are told.", "success")
    return redirect(url_for("case_team.index", person_id=person_id))


# Leaving


@bp.get("/people/<uuid:person_id>/team/<uuid:place_id>/leave")
@for_action(Action.SHARING_READ)
@witnessed
def leave(person_id: UUID, place_id: UUID) -> ResponseReturnValue:
    """Ask why an agency or a worker leaves."""
    return leave_page(person_id, place_id, values=typed(), errors={})


def leave_page(person_id: UUID, place_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form. Raises ``NotFound`` for a place that is not there."""
    actor = current_actor()
    found = queries.place(actor, person_id, place_id)
    person = queries.person(actor, person_id)
    if not _ends(actor, person, [found], sets=queries.may_set(actor, person)):
        raise NotFound
    places = queries.places(actor, person_id)
    names = _names(places)
    heir = queries.takes_over(actor, person, found) if found.user != NOBODY else None
    along = [each for each in places if each.stands and each.agency == found.agency]
    return _render(
        "leave",
        person_id,
        values,
        errors,
        place=found,
        line=presenters.line(found, names),
        agency=names.agencies[found.agency],
        is_agency=found.user == NOBODY,
        heir=names.who(heir) if heir else "",
        along=[names.who(each) for each in along if each.user != NOBODY],
    )


@bp.post("/people/<uuid:person_id>/team/<uuid:place_id>/leave")
@for_action(Action.SHARING_READ)
@attempts_recorded
@writes(again=leave_page)
def leave_post(person_id: UUID, place_id: UUID) -> ResponseReturnValue:
    """Let them go."""
    actor = current_actor()
    service.to_let_go(actor, person_id, place_id)
    command = understand(LeaveSchema(), request.form)
    service.let_go(actor, person_id, place_id, command.why, now=current().at)
    flash("Off the case team. It is kept below, with your reason.", "success")
    return redirect(url_for("case_team.index", person_id=person_id))
