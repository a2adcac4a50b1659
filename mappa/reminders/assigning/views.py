"""Pages that put a duty off, hand it over, and give many to a colleague."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound, RuleBroken
from mappa.kernel.uow import current
from mappa.reminders import queries as duties
from mappa.reminders.assigning import presenters, queries, service
from mappa.reminders.assigning.rules import STAYS
from mappa.reminders.assigning.schemas import AssignSchema, SnoozeSchema, as_chosen, ids_in
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.rules.titles import duty_title
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render, render_person
from mappa.web.parking import typed
from mappa.web.slots import slots
from mappa.web.typed import understand
from mappa.web.words import day

bp = Blueprint("assigning", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

WORK = "insight.work"
WORDINGS |= {
    service.PASSED: Wording(
        "A duty was handed to you.", "reminders.why", "deadline_id", "See the duty"
    ),
}


# Putting off


@bp.get("/deadlines/<uuid:deadline_id>/snooze")
@for_action(Action.DUTY_SNOOZE)
@witnessed
def snooze(deadline_id: UUID) -> ResponseReturnValue:
    """Ask until when a duty is put off, and why."""
    return snooze_page(deadline_id, values=typed(), errors={})


def snooze_page(deadline_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form. Raises ``NotFound`` for who may do nothing about the duty, and for a closed one."""
    actor, now = current_actor(), current().at
    seen = duties.deadline(actor, deadline_id)
    standing = service.standing(actor, seen, now)
    if standing is None:
        raise NotFound
    held = queries.snoozes_standing(actor, seen, day_of(now))
    return render_person(
        "assigning/snooze.html",
        seen.person_id,
        tab="",
        section="Snooze",
        short=True,
        page=presenters.snooze_page(seen, standing, service.limits(), held),
        seen=seen,
        may_hand_over=seen.kind not in STAYS,
        values=values,
        errors=errors,
    )


@bp.post("/deadlines/<uuid:deadline_id>/snooze")
@for_action(Action.DUTY_SNOOZE)
@writes(again=snooze_page)
def snooze_post(deadline_id: UUID) -> ResponseReturnValue:
    """Put a duty off."""
    command = understand(SnoozeSchema(), request.form)
    made = service.snooze(current_actor(), deadline_id, command, now=current().at)
    said = day(made.until_on, today=day_of(current().at))
    flash(f"Snoozed until {said}. Its date and its reminders stay as they are.", "success")
    return redirect(url_for(WORK))


@bp.post("/deadlines/<uuid:deadline_id>/take-up")
@for_action(Action.DUTY_SNOOZE)
@writes()
def take_up(deadline_id: UUID) -> ResponseReturnValue:
    """Let a duty stand in the list again."""
    service.take_up(current_actor(), deadline_id, now=current().at)
    flash("It is back in the list.", "success")
    return redirect(url_for(WORK))


# One duty to a colleague


@bp.get("/deadlines/<uuid:deadline_id>/hand-over")
@for_action(Action.DUTY_HAND_OVER)
@witnessed
def hand_over(deadline_id: UUID) -> ResponseReturnValue:
    """Ask to whom a duty passes, and why."""
    return hand_over_page(deadline_id, values=typed(), errors={})


def hand_over_page(deadline_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form. Raises ``NotFound`` for who may do nothing about the duty, and for a closed one."""
    actor = current_actor()
    seen = duties.deadline(actor, deadline_id)
    if service.standing(actor, seen, current().at) is None:
        raise NotFound
    return render_person(
        "assigning/hand_over.html",
        seen.person_id,
        tab="",
        section="Hand over",
        short=True,
        seen=seen,
        title=duty_title(seen.title),
        stays=STAYS.get(seen.kind, ""),
        chosen=as_chosen(seen),
        colleagues=presenters.options(queries.offered(actor, deadline_id)),
        values=values,
        errors=errors,
    )


@bp.post("/deadlines/<uuid:deadline_id>/hand-over")
@for_action(Action.DUTY_HAND_OVER)
@writes(again=hand_over_page)
def hand_over_post(deadline_id: UUID) -> ResponseReturnValue:
    """Hand one duty to a colleague."""
    actor = current_actor()
    duties.deadline(actor, deadline_id)
    command = understand(AssignSchema(), request.form).command()
    if [each.id for each in command.chosen] != [deadline_id]:
        raise NotFound
    found = service.assign(actor, command, now=current().at)
    if found.stale:
        raise RuleBroken(
            "ASSIGN-CHANGED",
            "This duty was done or changed since you opened the page. Look at it again first",
        )
    name = _name_of(command.to)
    if found.kept:
        raise RuleBroken(
            "ASSIGN-KEPT", f"This cannot be handed to {name}. Choose somebody else", field="to"
        )
    flash(f"Handed to {name}, who is told.", "success")
    return redirect(url_for(WORK))


def _name_of(user: UUID) -> str:
    return agencies.user_names([user]).get(user, "your colleague")


# Many at once


@bp.get("/work/assign")
@for_action(Action.DUTY_ASSIGN)
@witnessed
def assign() -> ResponseReturnValue:
    """Ask to whom the chosen duties pass; with ``to``, show what would."""
    return assign_page(values=typed() or request.args, errors={})


def assign_page(*, values: Values, errors: Errors) -> str:
    """What was chosen, to whom, and what of it may pass."""
    actor, today = current_actor(), day_of(current().at)
    seen = _chosen(actor, values)
    to = next(iter(ids_in([values.get("to") or ""])), None)
    names = _names(actor, [each.person_id for each in seen])
    passing, errors = _preview(actor, to, seen, errors)
    return render(
        "assigning/assign.html",
        passing=[_row(each, names, today) for each in seen if each.id in passing],
        kept=[_row(each, names, today) for each in seen if to and each.id not in passing],
        chosen=[_row(each, names, today) for each in seen],
        colleagues=presenters.options(queries.colleagues(actor, seen)) if seen else [],
        to=to if passing else None,
        to_name=_name_of(to) if to else "",
        how_many=presenters.duties(len(passing or seen)),
        values=values,
        errors=errors,
    )


_row = presenters.chosen_row


def _preview(
    actor: Actor, to: UUID | None, seen: Sequence[Seen], errors: Errors
) -> tuple[Collection[UUID], Errors]:
    if to is None or not seen:
        return (), errors
    try:
        passing = service.preview(actor, to, [each.id for each in seen])
    except RuleBroken as broken:
        return (), {**errors, "to": list(broken.sentences)}
    if not passing and not errors:
        words = f"None of these can be handed to {_name_of(to)}. Choose somebody else"
        return (), {"to": [words]}
    return passing, errors


def _chosen(actor: Actor, values: Values) -> list[Seen]:
    """The chosen duties that are open and for which this reader answers."""
    given = values.getlist("duty") if isinstance(values, MultiDict) else []
    return [
        each
        for each in queries.chosen(actor, ids_in(given))
        if each.closed_at is None and queries.place_of(actor, each) is not None
    ]


@bp.post("/work/assign")
@for_action(Action.DUTY_ASSIGN)
@writes(again=assign_page)
def assign_post() -> ResponseReturnValue:
    """Give the chosen duties to a colleague; what does not pass is said."""
    actor = current_actor()
    command = understand(AssignSchema(), request.form).command()
    seen = queries.chosen(actor, [each.id for each in command.chosen])
    found = service.assign(actor, command, now=current().at)
    said = presenters.done(found, _name_of(command.to))
    flash(said, "success" if found.moved else "error")
    for each in presenters.left(found, seen):
        flash(each, "error")
    # Whom they concern is for a page to say, whose reading is on record.
    kept = [str(each) for each in found.kept]
    return redirect(url_for(".assign", duty=kept) if kept else url_for(WORK))


def _names(actor: Actor, people: Sequence[UUID]) -> Mapping[UUID, str]:
    provider = slots.extra.get("names")
    if provider is None or not people:
        return {}
    found: Mapping[UUID, str] = provider(actor, set(people))
    return found
