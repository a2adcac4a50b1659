"""Pages of a referral: accept it, say that it was with its sender, withdraw it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.kernel.errors import NotFound
from mappa.meetings.referring import service
from mappa.meetings.referring.schemas import (
    AcceptReferralSchema,
    AcceptUntilSchema,
    SentBackSchema,
    WithdrawSchema,
)
from mappa.meetings.views.blueprint import Errors, Values, bp, now, today
from mappa.plans import queries as plans
from mappa.plans.rules import State
from mappa.rules.deadlines import DeadlineRule
from mappa.rules.explanation import interval_words
from mappa.rules.levels import MappaLevel
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand


@bp.get("/people/<uuid:person_id>/meetings/referral")
@for_action(Action.MEETING_OPEN)
@witnessed
def referral(person_id: UUID) -> ResponseReturnValue:
    """The form that accepts a referral."""
    return referral_page(person_id, values=typed(), errors={})


def referral_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form again, with everything typed."""
    found = _rules(person_id)
    return _page(
        "referral", person_id, values, errors,
        order=("level", "accepted_on", "first_by"),
        plan=_plan_words(person_id),
        plan_href=url_for("plans.index", person_id=person_id) if _opens_plan(person_id) else "",
        sets_day=any(each.set_by for each in found.values()),
        intervals=[
            f"level {level.value}: within {interval_words(each.amount, each.unit)}"
            for level, each in found.items()
            if not each.set_by
        ],
    )  # fmt: skip


def _opens_plan(person_id: UUID) -> bool:
    return standing_on(person_id).at_least(Section.PLAN, Level.SUM)


def _plan_words(person_id: UUID) -> str:
    """Whether the risk management plan is in, as far as the reader sees it."""
    found = plans.versions(current_actor(), person_id)
    agreed = plans.first_in(found, State.AGREED)
    if agreed is not None:
        return f"Version {agreed.number} is in: agreed on {words.day(agreed.agreed_at)}."
    if plans.first_in(found, State.DRAFT) is not None:
        return "It is a draft: no version is agreed yet."
    return "None is in that you can see."


def _rules(person_id: UUID) -> dict[MappaLevel, DeadlineRule]:
    """What gives the day of a first meeting of each level, were the referral accepted today."""
    person = _planning(person_id)
    return {
        level: service.rule(current_actor(), person, level, today())
        for level in (MappaLevel.TWO, MappaLevel.THREE)
    }


@bp.post("/people/<uuid:person_id>/meetings/referral")
@for_action(Action.MEETING_OPEN)
@writes(again=referral_page)
def referral_post(person_id: UUID) -> ResponseReturnValue:
    """Accept a referral; the first meeting is owed."""
    standing_on(person_id)
    set_by_hand = all(each.set_by for each in _rules(person_id).values())
    schema = AcceptUntilSchema() if set_by_hand else AcceptReferralSchema()
    command = understand(schema, request.form)
    service.accept(current_actor(), person_id, command, now=now())
    flash("Referral accepted. The first meeting is on your list of work.", "success")
    return _to_meetings(person_id)


@bp.get("/people/<uuid:person_id>/meetings/referral/back")
@for_action(Action.MEETING_OPEN)
@witnessed
def referral_back(person_id: UUID) -> ResponseReturnValue:
    """The form that says when it was with its sender."""
    return referral_back_page(person_id, values=typed(), errors={})


def referral_back_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form again, with everything typed."""
    found = _accepted(person_id)
    if not service.waits(found):
        raise NotFound
    return _page(
        "referral_back", person_id, values, errors, order=("from_on", "until_on"), duty=found
    )


@bp.post("/people/<uuid:person_id>/meetings/referral/back")
@for_action(Action.MEETING_OPEN)
@writes(again=referral_back_page)
def referral_back_post(person_id: UUID) -> ResponseReturnValue:
    """Leave the days at the sender out of the count."""
    standing_on(person_id)
    command = understand(SentBackSchema(), request.form)
    moved = service.sent_back(current_actor(), person_id, command, now=now())
    flash("The date has moved." if moved else "Kept. The date stays as it was.", "success")
    return _to_meetings(person_id)


@bp.get("/people/<uuid:person_id>/meetings/referral/withdraw")
@for_action(Action.MEETING_OPEN)
@witnessed
def referral_withdraw(person_id: UUID) -> ResponseReturnValue:
    """Ask why no meeting is held."""
    return referral_withdraw_page(person_id, values=typed(), errors={})


def referral_withdraw_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form again, with everything typed."""
    found = _accepted(person_id)
    return _page("referral_withdraw", person_id, values, errors, order=("reason",), duty=found)


@bp.post("/people/<uuid:person_id>/meetings/referral/withdraw")
@for_action(Action.MEETING_OPEN)
@writes(again=referral_withdraw_page)
def referral_withdraw_post(person_id: UUID) -> ResponseReturnValue:
    """Withdraw it: no first meeting is owed any more."""
    standing_on(person_id)
    command = understand(WithdrawSchema(), request.form)
    service.withdraw(current_actor(), person_id, command, now=now())
    flash("Referral withdrawn.", "success")
    return _to_meetings(person_id)


def _planning(person_id: UUID) -> Seen:
    """The person, for whoever may plan the meeting."""
    standing_on(person_id)
    return service.may(current_actor(), person_id)


def _accepted(person_id: UUID) -> Seen:
    """The first meeting that is owed. Raises ``NotFound`` if none is."""
    _planning(person_id)
    found = service.standing(current_actor(), person_id)
    if found is None:
        raise NotFound
    return found


def _page(
    template: str,
    person_id: UUID,
    values: Values,
    errors: Errors,
    *,
    order: tuple[str, ...],
    **shown: Any,
) -> str:
    return render_person(
        f"meetings/{template}.html",
        person_id,
        tab="meetings",
        section="referral",
        values=values,
        errors=errors,
        order=order,
        **shown,
    )


def _to_meetings(person_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("meetings.of_person", person_id=person_id))
