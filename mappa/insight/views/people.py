"""The overview of a person, and the timeline."""

from uuid import UUID

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import team_grid
from mappa.access.actions import Action
from mappa.access.asking import Standing, Target, decide_reading
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.insight.presenters import person as presenter
from mappa.insight.queries import timeline as happened
from mappa.insight.queries.held import held
from mappa.insight.schemas import place, place_words
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as offenders
from mappa.offenders.workers import case_workers
from mappa.reminders import queries as reminders
from mappa.risk import queries as risk
from mappa.sharing.shares import queries as shares
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render_person, standing_on

_LATEST = 5


@bp.get("/people/<uuid:person_id>")
@for_action(Action.PERSON_READ)
@witnessed
def overview(person_id: UUID) -> ResponseReturnValue:
    """Show the record at a glance: the whole of it, or the part that is shared."""
    actor, stands = current_actor(), standing_on(person_id)
    today = day_of(uow.current().at)
    identity = offenders.person(actor, person_id)
    owed = reminders.for_person(actor, person_id)
    latest, _ = happened.happenings(actor, stands, most=_LATEST)
    part = presenter.sees_part(stands)
    full_team = stands.at_least(Section.SHARING, Level.FULL)
    workers = case_workers(actor, person_id, standing_on(person_id)) if full_team else []
    reads_risk = stands.at_least(Section.RISK, Level.SUM)
    lead = identity.owner_agency_id
    assessed = risk.current(actor, person_id, lead) if reads_risk else None
    # Whoever sees a part of the record is told of what they themselves owe, not of others' work.
    mine = [each for each in owed if not part or each.owner_user_id == actor.user_id]
    duties = presenter.duties(actor, mine, person_id, today)
    return render_person(
        "insight/overview.html",
        person_id,
        tab="overview",
        section="overview",
        part=_part_note(identity) if part else None,
        received=_received(person_id) if stands.shared else [],
        held=presenter.sealed(held(actor, person_id)) if part else [],
        reads_risk=reads_risk,
        risk=presenter.risk(actor, assessed, owed, person_id, today),
        assess_href=_assess_href(person_id, stands),
        duties=presenter.next_duties(duties),
        category=presenter.category(identity),
        contacts=presenter.contacts(workers, identity, stands),
        full_team=full_team,
        full_identity=stands.at_least(Section.IDENTITY, Level.FULL),
        details=presenter.details(stands),
        entries=[presenter.entry(each, stands) for each in latest],
        who=_who(person_id, stands),
    )


def _received(person_id: UUID) -> list[presenter.Received]:
    """What is shared with the reader's agency; asked only where something is."""
    actor = current_actor()
    given = shares.on_person(actor, person_id)
    return presenter.received([each for each in given if each.to_agency_id == actor.agency_id])


def _part_note(identity: Seen) -> str:
    actor, person = current_actor(), identity.record
    target = Target(person=person, owner=identity.owner_agency_id, record=person)
    decided = decide_reading(actor, Section.IDENTITY, Level.SUM, target)
    return presenter.ground(actor, decided.reasons, team_grid.agreement(actor.area_id))


def _assess_href(person_id: UUID, stands: Standing) -> str | None:
    if "risk.assess" not in current_app.view_functions:
        return None
    if not presenter.may_start_assessment(current_actor(), stands):
        return None
    return url_for("risk.assess", person_id=person_id)


def _who(person_id: UUID, stands: Standing) -> dict[str, str]:
    """Where "Who can see this?" leads, by section; nothing for readers without that page."""
    if not stands.at_least(Section.SHARING, Level.SUM):
        return {}
    return {
        each.value: url_for("insight.sharing", person_id=person_id, section=each.value)
        for each in Section
    }


@bp.get("/people/<uuid:person_id>/timeline")
@for_action(Action.TIMELINE_READ)
@witnessed
def timeline(person_id: UUID) -> ResponseReturnValue:
    """Show everything that happened, newest first, or one kind of it."""
    actor, stands = current_actor(), standing_on(person_id)
    offered = happened.offered(stands)
    only = request.args.get("kind", "")
    if only and only not in [each.key for each in offered]:
        raise NotFound
    before = place(request.args.get("before", ""))
    most = _size(request.args.get("rows", ""))
    found, more = happened.happenings(actor, stands, only=only or None, before=before, most=most)
    return render_person(
        "insight/timeline.html",
        person_id,
        tab="timeline",
        section="timeline",
        entries=[presenter.entry(each, stands) for each in found],
        offered=offered,
        only=only,
        rows=most,
        sizes=happened.SIZES,
        who=_who(person_id, stands),
        first_page=before is None,
        next_href=_further(person_id, only, most, found[-1]) if more else None,
    )


def _size(typed: str) -> int:
    """How many entries are wanted; 25 for anything that is not offered."""
    return next((size for size in happened.SIZES if str(size) == typed), happened.PAGE)


def _further(person_id: UUID, only: str, most: int, last: happened.Happening) -> str:
    key = place_words(last.at, last.record)
    rows = most if most != happened.PAGE else None
    return url_for(
        "insight.timeline", person_id=person_id, kind=only or None, rows=rows, before=key
    )
