"""The commitment on the page of a person's visits, and the page where it is set."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.visits.commitment import presenters, queries, service
from mappa.visits.commitment.presenters import Card
from mappa.visits.commitment.rules import INTERVALS, Basis, Manner, Source, Times
from mappa.visits.commitment.schemas import NONE, EndCommitmentSchema, SetCommitmentSchema
from mappa.visits.rules import VISITING
from mappa.visits.views.blueprint import bp, now, open_tab, today
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]

WORDINGS |= {
    service.LESS_OFTEN: Wording(
        "Somebody is to be visited less often than until now.",
        "visits.commitment",
        "person_id",
        "See what was set",
    )
}

_SAID = (Source.SET, Source.REACTIVE)
"""What does not hang on the risk."""
_ORDER = ("basis", "every", "unannounced", "times", "manner", "agencies", "devices", "reason")


def cards_of(
    actor: Actor,
    person_id: UUID,
    history: Sequence[Seen] | None = None,
    windows: Sequence[Seen] | None = None,
) -> list[Card]:
    """The commitments of the agencies that visit a person, the reader's own first."""
    person = people.person(actor, person_id)
    found = queries.history(actor, person_id) if history is None else history
    due = queries.windows(actor, person_id) if windows is None else windows
    latest = queries.latest_of_each(found)
    standing: dict[UUID, list[Seen]] = {}
    for each in due:
        if each.closed_at is None:
            standing.setdefault(each.owed_by_agency_id, []).append(each)
    kinds = {each.owner_agency_id: (each.agency_name, each.agency_type) for each in found}
    kinds |= {each.owed_by_agency_id: (each.agency_name, each.agency_type) for each in due}
    kinds[actor.agency_id] = (actor.agency_name, agencies.type_of(actor.agency_id))
    shown = [
        _card(actor, person, agency, kinds[agency], latest.get(agency), standing.get(agency, []))
        for agency in kinds
        if kinds[agency][1] in VISITING
    ]
    cards = [each for each in shown if each is not None]
    return sorted(cards, key=lambda each: (not each.own, each.agency))


def _card(
    actor: Actor,
    person: Seen,
    agency: UUID,
    known: tuple[str, str],
    last: Seen | None,
    standing: Sequence[Seen],
) -> Card | None:
    """None of an agency with nothing to show, and where the default hangs on an unseen risk."""
    name, kind = known
    held = queries.governs(person, agency, kind, last, today())
    own = agency == actor.agency_id
    if held.source not in _SAID and not (person.shows("risk_band") and (own or standing)):
        return None
    band = queries.facts(person, kind).band
    return presenters.card((agency, name), held, last, standing, band=band, today=today(), own=own)


def _may(actor: Actor, action: Action, person_id: UUID) -> bool:
    target = Target(person=person_id, owner=actor.agency_id)
    return decide(actor, action, target).allowed


@bp.get("/people/<uuid:person_id>/visits/commitment")
@for_action(Action.VISIT_READ)
@witnessed
def commitment(person_id: UUID) -> ResponseReturnValue:
    """How often a person is visited, the form to set it, and how that came about."""
    return commitment_page(person_id, values=typed(), errors={})


def commitment_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page with what was typed."""
    open_tab(person_id, Level.SUM)
    actor = current_actor()
    history = queries.history(actor, person_id)
    windows = queries.windows(actor, person_id)
    plan = queries.agreed_plan(actor, person_id)
    last = queries.latest_of_each(history).get(actor.agency_id)
    decides = _may(actor, Action.VISIT_COMMIT_DECIDE, person_id)
    visits = agencies.type_of(actor.agency_id) in VISITING
    return render_person(
        "commitment/show.html",
        person_id,
        tab="visits",
        section="visit commitment",
        short=True,
        values=values or _as_set(last, plan),
        errors=errors,
        order=_ORDER,
        cards=cards_of(actor, person_id, history, windows),
        history=presenters.commitment_rows(history),
        windows=presenters.window_rows(windows, today()),
        bases=_bases(plan, decides=decides),
        may_set=visits
        and not queries.is_reactive(last)
        and (decides or _may(actor, Action.VISIT_COMMIT, person_id)),
        may_end=decides and last is not None and bool(last.every),
        newer=_newer(last, plan),
        agency=actor.agency_name,
        every=[(code, each.words.capitalize()) for code, each in INTERVALS.items()],
        nobody=NONE,
        times=[(each.value, each.words) for each in Times],
        manners=[(each.value, each.words) for each in Manner],
        reactive_href=url_for("visits.reactive", person_id=person_id)
        if standing_on(person_id).at_least(Section.VISITS, Level.FULL)
        else "",
        back_href=url_for("visits.index", person_id=person_id),
    )


def _bases(plan: int | None, *, decides: bool) -> list[tuple[str, ...]]:
    """What it can rest on: the plan, and for who answers for the visits also a decision."""
    said = f"Version {plan} is agreed" if plan else "No plan that you can read is agreed"
    found: list[tuple[str, ...]] = [(Basis.PLAN.value, Basis.PLAN.words, said)]
    if decides:
        hint = "Until a plan is agreed that says it"
        found.append((Basis.SUPERVISOR.value, Basis.SUPERVISOR.words, hint))
    return found


def _as_set(last: Seen | None, plan: int | None) -> dict[str, Any]:
    """The form as it was set last."""
    start: dict[str, Any] = {"basis": Basis.PLAN.value} if plan else {}
    if last is None or not last.full or not last.every:
        return start
    same = ("every", "manner", "agencies", "devices")
    kept = {name: getattr(last, name) for name in same}
    return start | kept | {"unannounced": last.unannounced or NONE, "times": last.times.split()}


def _newer(last: Seen | None, plan: int | None) -> str:
    """That a later version of the plan is agreed than the one on which it rests; or empty."""
    rests = last.get("plan_number") if last is not None and last.every else None
    if rests is None or plan is None or plan == rests:
        return ""
    return f"It rests on version {rests} of the plan. Version {plan} is agreed now"


@bp.post("/people/<uuid:person_id>/visits/commitment")
@for_action(Action.VISIT_COMMIT)
@writes(again=commitment_page)
def commitment_post(person_id: UUID) -> ResponseReturnValue:
    """Set it; what is due next is counted anew."""
    open_tab(person_id, Level.SUM)
    command = understand(SetCommitmentSchema(), request.form)
    service.set_commitment(current_actor(), person_id, command, now=now())
    flash("Visit commitment set. The next visits are counted from it.", "success")
    return redirect(url_for("visits.commitment", person_id=person_id))


@bp.get("/people/<uuid:person_id>/visits/commitment/end")
@for_action(Action.VISIT_COMMIT_DECIDE)
@witnessed
def commitment_end(person_id: UUID) -> ResponseReturnValue:
    """Ask why it ends."""
    return commitment_end_page(person_id, values=typed(), errors={})


def commitment_end_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed. Raises ``NotFound`` for who may not end it."""
    open_tab(person_id, Level.SUM)
    if not _may(current_actor(), Action.VISIT_COMMIT_DECIDE, person_id):
        raise NotFound
    return render_person(
        "commitment/end.html",
        person_id,
        tab="visits",
        section="end the visit commitment",
        short=True,
        values=values,
        errors=errors,
        back_href=url_for("visits.commitment", person_id=person_id),
    )


@bp.post("/people/<uuid:person_id>/visits/commitment/end")
@for_action(Action.VISIT_COMMIT_DECIDE)
@writes(again=commitment_end_page)
def commitment_end_post(person_id: UUID) -> ResponseReturnValue:
    """End it: the default holds again, or it is not set."""
    open_tab(person_id, Level.SUM)
    command = understand(EndCommitmentSchema(), request.form)
    service.end_commitment(current_actor(), person_id, command, now=now())
    flash("Visit commitment ended.")
    return redirect(url_for("visits.commitment", person_id=person_id))
