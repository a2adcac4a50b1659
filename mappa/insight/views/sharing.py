"""Team and sharing of a person: the grid, and why each cell is as it is."""

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.asking import Target, decide
from mappa.access.reading import Seen
from mappa.access.terms import Level, Role, Section
from mappa.insight import words
from mappa.insight.presenters import sharing as presenter
from mappa.insight.presenters import sharing_cards as cards
from mappa.insight.presenters.sharing import Grid, Shown, Why
from mappa.insight.views.blueprint import bp
from mappa.insight.views.looking import may_look
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as offenders
from mappa.offenders.handover import service as handovers
from mappa.offenders.workers import case_workers
from mappa.sharing.owners import owners
from mappa.sharing.requests import queries as requests
from mappa.sharing.restrictions.queries import may_exclude
from mappa.sharing.shares import queries as shares
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
    given = shares.on_person(current_actor(), person_id)
    return _page(
        person_id,
        shown,
        agency=str(agency_id),
        open_cell=cell,
        why=presenter.with_basis(answer, _basis(person_id, cell, given)),
        links=_links(person_id, cell, given),
    )


def _basis(person_id: UUID, cell: Shown, given: list[Seen]) -> str:
    person = offenders.person(current_actor(), person_id)
    return cards.basis(cell, given, person.jurisdiction)


def _may_share(person_id: UUID) -> bool:
    actor = current_actor()
    if actor.role is not Role.INFORMATION_OFFICER:
        return False
    target = Target(person=person_id, owner=actor.agency_id)
    return decide(actor, Action.SHARE_MAKE, target).allowed


def _links(person_id: UUID, cell: Shown, given: list[Seen]) -> list[cards.Link]:
    if not _may_share(person_id):
        return []
    actor = current_actor()
    counted = owners(actor, person_id)
    owns = {section for section, agencies in counted.items() if agencies[actor.agency_id]}
    return cards.links(cell, given, actor.agency_id, person_id, owns)


def _office(person_id: UUID) -> cards.Office | None:
    """What the information officer has besides; None for everybody else."""
    if not _may_share(person_id):
        return None
    actor, today = current_actor(), day_of(uow.current().at)
    return cards.Office(
        share_href=url_for("shares.what", person_id=person_id),
        ending=cards.ending(shares.on_person(actor, person_id), actor.agency_id, today),
        asked=cards.asked(requests.card(actor, person_id)),
    )


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
    links: list[cards.Link] | None = None,
) -> str:
    workers = []
    if not shown.own_line:
        workers = case_workers(current_actor(), person_id, standing_on(person_id))
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
        links=links or [],
        office=_office(person_id),
        one_agency=next(
            (each for each in shown.columns if str(each.agency_id) == agency),
            shown.columns[0] if shown.columns else None,
        ),
        workers=workers,
        may_look=may_look(person_id),
        hand_over_href=_hand_over_href(person_id),
        ask_href=url_for("requests.ask", person_id=person_id)
        if decide(current_actor(), Action.REQUEST_ASK).allowed
        else None,
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
