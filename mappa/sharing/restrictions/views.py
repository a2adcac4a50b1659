"""Pages of who is kept out of a person's record."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.terms import SUPERVISORS
from mappa.kernel.clock import day_of
from mappa.kernel.errors import FieldErrors
from mappa.kernel.uow import current
from mappa.offenders import queries as people
from mappa.offenders.handover import queries as handovers
from mappa.sharing.restrictions import presenters, queries, rules, service
from mappa.sharing.restrictions.rules import Exclude
from mappa.sharing.restrictions.schemas import ExcludeSchema, ReviewSchema, WhySchema
from mappa.web.flow import attempts_recorded, current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.typed import understand, understand_part

bp = Blueprint("restrictions", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]


@bp.get("/people/<uuid:person_id>/sharing/exclusions")
@for_action(Action.EXCLUDE)
@witnessed
def index(person_id: UUID) -> ResponseReturnValue:
    """Who is kept out, and the form that keeps somebody out."""
    return index_page(person_id, values=typed(), errors={})


def index_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page. Raises ``NotFound`` for those who keep nobody out of this record."""
    actor, today = current_actor(), day_of(current().at)
    found = queries.exclusions(actor, person_id)
    person = people.person(actor, person_id)
    names = actor.role in SUPERVISORS and person.owner_agency_id == actor.agency_id
    return render_person(
        "restrictions/exclusions.html",
        person_id,
        tab="sharing",
        section="team and sharing",
        exclusions=[presenters.row(each, person_id, today) for each in found],
        users=[
            (str(each.user_id), f"{each.name}, {each.role.words.lower()}")
            for each in queries.users_to_choose(actor)
        ],
        agencies=[
            (str(each), name)
            for each, name in queries.agencies_to_choose(actor, person.owner_agency_id)
        ],
        managers=[(str(each.user_id), each.name) for each in handovers.managers(actor)]
        if names
        else [],
        values=values,
        errors=errors,
    )


def _understood(actor: Actor) -> Exclude:
    """The command in the form. Raises ``FieldErrors`` with all that is wrong with it at once."""
    form, wrong = understand_part(ExcludeSchema(), request.form)
    command: Exclude = form.command()
    wrong = rules.faults(command, actor.role, today=day_of(current().at)) | wrong
    if wrong:
        raise FieldErrors(wrong)
    return command


@bp.post("/people/<uuid:person_id>/sharing/exclusions")
@for_action(Action.EXCLUDE)
@attempts_recorded
@writes(again=index_page)
def exclude(person_id: UUID) -> ResponseReturnValue:
    """Keep somebody out."""
    actor = current_actor()
    queries.check_administers(actor, person_id)
    service.exclude(actor, person_id, _understood(actor), now=current().at)
    flash("Kept out. It beats every other right.", "success")
    return redirect(url_for("restrictions.index", person_id=person_id))


@bp.get("/people/<uuid:person_id>/sharing/exclusions/<uuid:exclusion_id>/review")
@for_action(Action.EXCLUDE)
@witnessed
def review(person_id: UUID, exclusion_id: UUID) -> ResponseReturnValue:
    """Ask whether an exclusion is still right."""
    return review_page(person_id, exclusion_id, values=typed(), errors={})


def review_page(person_id: UUID, exclusion_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that lets it stand. Raises ``NotFound`` for those who may not end it."""
    return _about_one("restrictions/review.html", person_id, exclusion_id, values, errors)


@bp.post("/people/<uuid:person_id>/sharing/exclusions/<uuid:exclusion_id>/review")
@for_action(Action.EXCLUDE)
@attempts_recorded
@writes(again=review_page)
def review_post(person_id: UUID, exclusion_id: UUID) -> ResponseReturnValue:
    """Let it stand until the next look."""
    actor = current_actor()
    queries.exclusion(actor, person_id, exclusion_id)
    command = understand(ReviewSchema(), request.form)
    service.review(actor, person_id, exclusion_id, command, now=current().at)
    flash("Noted. They stay kept out.", "success")
    return redirect(url_for("restrictions.index", person_id=person_id))


@bp.get("/people/<uuid:person_id>/sharing/exclusions/<uuid:exclusion_id>/end")
@for_action(Action.EXCLUDE)
@witnessed
def end(person_id: UUID, exclusion_id: UUID) -> ResponseReturnValue:
    """Ask why an exclusion ends."""
    return end_page(person_id, exclusion_id, values=typed(), errors={})


def end_page(person_id: UUID, exclusion_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that ends it. Raises ``NotFound`` for those who may not."""
    return _about_one("restrictions/end.html", person_id, exclusion_id, values, errors)


def _about_one(
    template: str, person_id: UUID, exclusion_id: UUID, values: Values, errors: Errors
) -> str:
    found = queries.exclusion(current_actor(), person_id, exclusion_id)
    return render_person(
        template,
        person_id,
        tab="sharing",
        section="team and sharing",
        row=presenters.row(found, person_id, day_of(current().at)),
        exclusion=found,
        values=values,
        errors=errors,
    )


@bp.post("/people/<uuid:person_id>/sharing/exclusions/<uuid:exclusion_id>/end")
@for_action(Action.EXCLUDE)
@attempts_recorded
@writes(again=end_page)
def end_post(person_id: UUID, exclusion_id: UUID) -> ResponseReturnValue:
    """End it."""
    actor = current_actor()
    queries.exclusion(actor, person_id, exclusion_id)
    command = understand(WhySchema(), request.form)
    service.end(actor, person_id, exclusion_id, command.why, now=current().at)
    flash("Ended. They see again what their other rights open.", "success")
    return redirect(url_for("restrictions.index", person_id=person_id))
