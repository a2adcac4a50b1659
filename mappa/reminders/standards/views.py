"""Local standards: the list for everybody; setting and ending, with the effect shown first."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config.read import rule_book
from mappa.access.actions import Action
from mappa.access.asking import decide
from mappa.agencies.queries import area, jurisdiction_of
from mappa.kernel import clock
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.reminders.standards import presenters, preview, queries, rules, service
from mappa.reminders.standards.models import LocalStandard
from mappa.reminders.standards.schemas import (
    EndStandardSchema,
    SetStandardSchema,
    first_values,
)
from mappa.rules.levels import Jurisdiction
from mappa.rules.titles import titles
from mappa.web.flow import current_actor, for_action, reads, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.slots import slots
from mappa.web.typed import understand

bp = Blueprint("standards", __name__, template_folder="../templates")

Errors = dict[str, list[str]]


def _jurisdiction() -> Jurisdiction:
    return Jurisdiction(jurisdiction_of(current_actor().area_id))


@bp.get("/rules/standards")
@for_action(Action.RULES_READ)
@reads
def index() -> ResponseReturnValue:
    """What the reader's area has set, now and before, and what waits to be confirmed."""
    actor, jurisdiction = current_actor(), _jurisdiction()
    named = titles(rule_book(jurisdiction))
    today = clock.day_of(current().at)
    may_set = decide(actor, Action.RULES_SET).allowed
    waiting = queries.proposals(actor.area_id) if may_set else []
    return render(
        "reminders/standards.html",
        area=area(actor.area_id).name,
        lines=presenters.history(queries.in_area(jurisdiction, actor.area_id), named, today),
        waiting=waiting,
        figures=presenters.figures(waiting),
        titles=named,
        may_set=may_set,
    )


@bp.get("/rules/<rule_id>/standard")
@for_action(Action.RULES_SET)
@reads
def add(rule_id: str) -> ResponseReturnValue:
    """The form that sets a standard, filled with the figure that holds or with a proposal."""
    actor, now = current_actor(), current().at
    rule = service.rule_to_set(actor, rule_id, now=now)
    start = _earlier_words(rule_id) or first_values(rules.units_of(rule), rule.amount, rule.unit)
    return add_page(rule_id, typed(**start), {})


def _title(rule_id: str) -> str:
    return titles(rule_book(_jurisdiction()))[rule_id]


def _earlier_words(rule_id: str) -> dict[str, str]:
    """What was typed into the proposal that the reader comes back from."""
    try:
        found = queries.proposal(current_actor().area_id, UUID(request.args.get("proposal", "")))
    except (ValueError, NotFound):
        return {}
    if found.rule_id != rule_id:
        return {}
    count = {"amount": str(found.amount), "unit": found.unit or ""} if found.amount else {}
    same = {"reason": found.reason, "source": found.source}
    return {**count, **same, "from_on": f"{found.from_on:%d %m %Y}"}


def add_page(rule_id: str, values: Any, errors: Errors) -> str:
    """The form, perhaps with what was wrong."""
    actor, now = current_actor(), current().at
    rule = service.rule_to_set(actor, rule_id, now=now)
    return render(
        "reminders/set_standard.html",
        rule=rule,
        title=_title(rule_id),
        area=area(actor.area_id).name,
        sees_effect=preview.sees(actor),
        units=presenters.unit_options(rules.units_of(rule)),
        may_end=rule_id in queries.local_today(_jurisdiction(), actor.area_id, clock.day_of(now)),
        values=values,
        errors=errors,
    )


@bp.post("/rules/<rule_id>/standard")
@for_action(Action.RULES_SET)
@writes(again=add_page)
def add_post(rule_id: str) -> ResponseReturnValue:
    """Write it down and show what it would move."""
    actor, now = current_actor(), current().at
    service.rule_to_set(actor, rule_id, now=now)
    wanted = understand(SetStandardSchema(), request.form)
    made = service.propose(actor, rule_id, wanted, now=now)
    return redirect(url_for("standards.show", standard_id=made.id))


@bp.get("/rules/<rule_id>/standard/end")
@for_action(Action.RULES_SET)
@reads
def end(rule_id: str) -> ResponseReturnValue:
    """The form that goes back to the figure of the file."""
    return end_page(rule_id, typed(**_earlier_words(rule_id)), {})


def end_page(rule_id: str, values: Any, errors: Errors) -> str:
    """The form that ends a standard. Raises ``NotFound`` where none holds today or later."""
    actor, now = current_actor(), current().at
    rule = service.rule_to_set(actor, rule_id, now=now)
    if rule_id not in queries.local_today(_jurisdiction(), actor.area_id, clock.day_of(now)):
        raise NotFound
    return render(
        "reminders/end_standard.html",
        rule=rule,
        title=_title(rule_id),
        area=area(actor.area_id).name,
        sees_effect=preview.sees(actor),
        values=values,
        errors=errors,
    )


@bp.post("/rules/<rule_id>/standard/end")
@for_action(Action.RULES_SET)
@writes(again=end_page)
def end_post(rule_id: str) -> ResponseReturnValue:
    """Write it down and show what it would move."""
    actor, now = current_actor(), current().at
    service.rule_to_set(actor, rule_id, now=now)
    wanted = understand(EndStandardSchema(), request.form)
    made = service.propose_end(actor, rule_id, wanted, now=now)
    return redirect(url_for("standards.show", standard_id=made.id))


@bp.get("/rules/standards/<uuid:standard_id>")
@for_action(Action.RULES_SET)
@witnessed
def show(standard_id: UUID) -> ResponseReturnValue:
    """What was written down and what it would move; once confirmed, the list of standards."""
    if queries.proposal(current_actor().area_id, standard_id).version is not None:
        return redirect(url_for("standards.index"))
    return show_page(standard_id, values={}, errors={})


def show_page(standard_id: UUID, *, values: Mapping[str, str], errors: Errors) -> str:
    """The effect, perhaps with why it cannot be confirmed."""
    actor, now = current_actor(), current().at
    found = queries.proposal(actor.area_id, standard_id)
    effect = preview.effect(actor, found, clock.day_of(now))
    page = _proposal_page(found, effect)
    return render(
        "reminders/standard.html",
        page=page,
        proposal=found,
        area=area(actor.area_id).name,
        names=_names({line[1] for line in page.lines}),
        values=values,
        errors=errors,
    )


def _proposal_page(found: LocalStandard, effect: preview.Preview | None) -> presenters.ProposalPage:
    jurisdiction = Jurisdiction(found.jurisdiction)
    holds = queries.book_of(jurisdiction, found.area_id).rule(found.rule_id, found.from_on)
    file = rule_book(jurisdiction).rule(found.rule_id, found.from_on)
    title = titles(rule_book(jurisdiction))[found.rule_id]
    return presenters.proposal_page(found, title, holds, file, effect)


def _names(people: set[UUID]) -> Mapping[UUID, str]:
    provider = slots.extra.get("names")
    return provider(current_actor(), people) if provider is not None and people else {}


@bp.post("/rules/standards/<uuid:standard_id>")
@for_action(Action.RULES_SET)
@writes(again=show_page)
def confirm(standard_id: UUID) -> ResponseReturnValue:
    """Let it hold."""
    found = service.confirm(current_actor(), standard_id, now=current().at)
    ended = found.amount is None
    said = "The local standard is ended." if ended else "The local standard is set."
    flash(f"{said} Open dates are being counted anew; whoever owes one that moves is told.")
    return redirect(url_for("standards.index"))
