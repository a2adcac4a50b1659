"""Team and sharing of a person: the grid, and why each cell is as it is."""

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.terms import Level, Section
from mappa.insight import words
from mappa.insight.presenters import sharing as presenter
from mappa.insight.presenters.sharing import Grid, Shown, Why
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as offenders
from mappa.offenders.handover import service as handovers
from mappa.offenders.workers import case_workers
from mappa.sharing.restrictions.queries import may_exclude
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render_person, standing_on


def _grid(person: UUID) -> Grid:
    stands = standing_on(person)
    if not stands.at_least(Section.SHARING, Level.SUM):
        raise NotFound
    return presenter.grid(current_actor(), stands)


@bp.get("/people/<uuid:person_id>/sharing")
@for_action(Action.SHARING_READ)
@witnessed
def sharing(person_id: UUID) -> ResponseReturnValue:
    """Show what each agency gets; ``section`` asks who sees that section."""
    shown = _grid(person_id)
    chosen = _chosen(shown, request.args.get("section", ""))
    return _page(person_id, shown, agency=request.args.get("agency", ""), chosen=chosen)


@bp.get("/people/<uuid:person_id>/sharing/<uuid:agency_id>/<section>")
@for_action(Action.SHARING_READ)
@witnessed
def why_sharing(person_id: UUID, agency_id: UUID, section: str) -> ResponseReturnValue:
    """Show the grid with the answer beside one cell."""
    shown = _grid(person_id)
    cell, column = shown.cell(agency_id, section), shown.column(agency_id)
    answer = presenter.why(cell, column, shown, person_id)
    return _page(person_id, shown, agency=str(agency_id), open_cell=cell, why=answer)


def _chosen(shown: Grid, section: str) -> Section | None:
    return next((each for each in shown.sections if each.value == section), None)


def _page(
    person_id: UUID,
    shown: Grid,
    *,
    agency: str = "",
    chosen: Section | None = None,
    open_cell: Shown | None = None,
    why: Why | None = None,
) -> str:
    workers = []
    if not shown.own_line:
        stands = standing_on(person_id)
        workers = case_workers(current_actor(), person_id, stands)
    return render_person(
        "insight/sharing.html",
        person_id,
        tab="sharing",
        section="team and sharing",
        grid=shown,
        words=words,
        today=day_of(uow.current().at),
        chosen=chosen,
        open_cell=open_cell,
        why=why,
        one_agency=next(
            (each for each in shown.columns if str(each.agency_id) == agency),
            shown.columns[0] if shown.columns else None,
        ),
        workers=workers,
        hand_over_href=_hand_over_href(person_id),
        exclusions_href=url_for("restrictions.index", person_id=person_id)
        if may_exclude(current_actor(), person_id)
        else None,
    )


def _hand_over_href(person: UUID) -> str | None:
    """Where the case is handed over, for those who may."""
    actor = current_actor()
    if not handovers.may_offer(actor, offenders.person(actor, person)):
        return None
    return url_for("handover.propose", person=person)
