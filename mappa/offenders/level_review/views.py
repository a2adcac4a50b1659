"""The page on which level 1 is reviewed."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.offenders import identity
from mappa.offenders.level_review import service
from mappa.offenders.level_review.rules import KIND, Finding
from mappa.offenders.level_review.schemas import ReviewLevelSchema
from mappa.offenders.views.blueprint import Errors, Values
from mappa.reminders import queries as reminders
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("level_review", __name__, template_folder="../templates")

WORDINGS |= {
    service.ASKED: Wording(
        "A level 2 or 3 meeting is asked for.", "people.history", "person_id", "Read why"
    ),
}

FINDINGS = (
    (Finding.STAYS.value, "Level 1 is still right", "Ordinary management is enough"),
    (
        Finding.LEVEL_2.value,
        "Ask for a level 2 meeting",
        "It needs the active work of several agencies. The co-ordinator is told",
    ),
    (
        Finding.LEVEL_3.value,
        "Ask for a level 3 meeting",
        "It needs senior staff, or resources of an unusual kind. The co-ordinator is told",
    ),
)


@bp.get("/people/<uuid:person_id>/level/review")
@for_action(Action.LEVEL_REVIEW)
@witnessed
def review(person_id: UUID) -> ResponseReturnValue:
    """Ask whether level 1 is still right."""
    return review_page(person_id, values=typed(), errors={})


def review_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form, for those of the lead agency who may, while the person is at level 1."""
    actor = current_actor()
    person = identity.person(actor, person_id)
    if not service.may_review(actor, person):
        raise NotFound
    duties = reminders.for_person(actor, person_id)
    return render_person(
        "level_review/review.html",
        person_id,
        tab="overview",
        section="review the level",
        values=values,
        errors=errors,
        findings=FINDINGS,
        since=person.level_since,
        due=next((each for each in duties if each.kind == KIND), None),
    )


@bp.post("/people/<uuid:person_id>/level/review")
@for_action(Action.LEVEL_REVIEW)
@writes(again=review_page)
def review_post(person_id: UUID) -> ResponseReturnValue:
    """Keep the finding; the next review falls due."""
    if not service.may_review(current_actor(), identity.person(current_actor(), person_id)):
        raise NotFound  # as the page: who sees the person and may not learns no more by asking so
    command = understand(ReviewLevelSchema(), request.form)
    service.review(current_actor(), person_id, command, now=current().at)
    told = " The co-ordinator is told." if command.finding.asks else ""
    flash(f"Review of level 1 recorded.{told}", "success")
    return redirect(url_for("insight.overview", person_id=person_id))
