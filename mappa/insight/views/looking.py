"""Team and sharing with other eyes: the record as an agency sees it, the grid on another day."""

from datetime import date, datetime, timedelta
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import past
from mappa.access.actions import Action
from mappa.access.asking import Target, decide, require
from mappa.access.terms import Level, Role, Section
from mappa.insight import rules, words
from mappa.insight.presenters import preview as record_words
from mappa.insight.presenters import sharing as presenter
from mappa.insight.presenters.sharing import Grid
from mappa.insight.queries.preview import Preview, as_agency
from mappa.insight.schemas import OtherDaySchema
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.offenders.handover.service import end_of
from mappa.web import witness
from mappa.web.flow import current_actor, errors_of, for_action, rehearsed, witnessed
from mappa.web.pages import render_person, standing_on
from mappa.web.typed import understand

_DAY = OtherDaySchema()
_LOOKERS = frozenset({Role.INFORMATION_OFFICER, Role.COORDINATOR})
"""Of whom it is asked whether they may; of others the page asks nothing."""


def may_look(person_id: UUID) -> bool:
    """Whether the reader may look with other eyes."""
    actor = current_actor()
    if actor.role not in _LOOKERS:
        return False
    target = Target(person=person_id, owner=actor.agency_id)
    return decide(actor, Action.SHARING_LOOK, target).allowed


def _require(person_id: UUID) -> None:
    if not standing_on(person_id).at_least(Section.SHARING, Level.SUM):
        raise NotFound
    actor = current_actor()
    require(actor, Action.SHARING_LOOK, Target(person=person_id, owner=actor.agency_id))


@bp.get("/people/<uuid:person_id>/sharing/as/<uuid:agency_id>")
@for_action(Action.SHARING_LOOK)
@witnessed
def sharing_as(person_id: UUID, agency_id: UUID) -> ResponseReturnValue:
    """Show the record as an agency of the case team sees it, as far as the reader sees it too."""
    _require(person_id)
    actor = current_actor()
    shown = presenter.grid(actor, standing_on(person_id))
    column = shown.column(agency_id)
    sections = presenter.sections_of(shown, agency_id)
    witness.read_as(f"as {agency_id.hex}")
    seen = _seen(person_id, agency_id, column.name, sections)
    today = day_of(uow.current().at)
    return render_person(
        "insight/sharing_as.html",
        person_id,
        tab="sharing",
        section="team and sharing",
        agency=column.name,
        shown=record_words.record_page(seen, sections, today) if seen else None,
        today=today,
        told=[words.SECTIONS[each] for each in presenter.sealed_to(shown, agency_id)],
        capped=[words.SECTIONS[each] for each in presenter.capped_in(shown, agency_id)],
    )


def _seen(
    person_id: UUID, agency_id: UUID, name: str, sections: dict[Section, Level]
) -> Preview | None:
    """What both see; None where the agency sees nothing of the person."""
    try:
        return as_agency(current_actor(), person_id, agency_id, name, sections)
    except NotFound:
        return None


@bp.get("/people/<uuid:person_id>/sharing/day")
@for_action(Action.SHARING_LOOK)
@rehearsed
def sharing_on(person_id: UUID) -> ResponseReturnValue:
    """Show what each agency saw, or will see, at the end of another day."""
    _require(person_id)
    if not request.args:
        return _page(person_id, None, None, {})
    today = day_of(uow.current().at)
    try:
        chosen: date = understand(_DAY, request.args).day
        rules.check_day(chosen, today)
    except (FieldErrors, RuleBroken) as error:
        return _page(person_id, None, None, errors_of(error)), 422
    on = end_of(chosen) - timedelta(microseconds=1)
    witness.read_as(f"on {chosen.isoformat()}")
    return _page(person_id, _on(person_id, on, today), chosen, {})


def _on(person_id: UUID, on: datetime, today: date) -> Grid:
    def before() -> None:
        if day_of(on) < today:
            past.restore(person_id, on)

    return presenter.grid(current_actor(), standing_on(person_id), on=on, before=before)


def _page(
    person_id: UUID, shown: Grid | None, chosen: date | None, errors: dict[str, list[str]]
) -> str:
    return render_person(
        "insight/sharing_on.html",
        person_id,
        tab="sharing",
        section="team and sharing",
        grid=shown,
        words=words,
        chosen=chosen,
        today=day_of(uow.current().at),
        errors=errors,
        values=request.args,
        back_href=url_for("insight.sharing", person_id=person_id),
    )
