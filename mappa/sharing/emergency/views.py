"""Pages of emergency access: the door, ending it, and its review."""

from collections.abc import Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.emergency import emergency_reasons
from mappa.access import queries as rights
from mappa.access.actions import Action
from mappa.access.asking import decide
from mappa.access.terms import Role
from mappa.agencies.models import User
from mappa.agencies.views.account import password_fault, password_hint
from mappa.agencies.views.second_factor import code_fault
from mappa.agencies.views.sign_in import refused_page
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted
from mappa.kernel.uow import Kind, current, unit_of_work
from mappa.offenders import queries as people
from mappa.reminders.presenters import DETAILS, WORDINGS, Wording, days_told
from mappa.sharing.emergency import finding, presenters, queries, service
from mappa.sharing.emergency.finding import Found
from mappa.sharing.emergency.rules import MOST_IN_RATE, Open, UseState
from mappa.sharing.emergency.schemas import JudgeSchema, OpenSchema
from mappa.sharing.emergency.service import Outcome
from mappa.web.flow import (
    View,
    attempts_recorded,
    current_actor,
    for_action,
    look_up,
    unkeyed,
    witnessed,
    writes,
)
from mappa.web.pages import render, render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("emergency", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

WORDINGS |= {
    service.OPENED: Wording(
        "A record was opened in an emergency.", "emergency.review", "use_id", "Review it",
        names_person=False,
    ),
    service.TOLD[UseState.JUSTIFIED]: Wording(
        "Your emergency access was reviewed, and judged justified.", "emergency.door", "",
        "See how your uses were judged", names_person=False,
    ),
    service.TOLD[UseState.NOT_JUSTIFIED]: Wording(
        "Your emergency access was reviewed, and judged not justified. Whoever reviewed it, or "
        "your supervisor, says what follows.", "emergency.door", "",
        "See how your uses were judged", names_person=False,
    ),
}  # fmt: skip
DETAILS |= dict.fromkeys(service.TOLD.values(), days_told)

_PROOF = ("password", "code")
_ORDER = ["identifier", "name", "born_on", "reason", "what", "password", "code"]


# The door


@bp.get("/emergency")
@for_action(Action.EMERGENCY_OPEN)
@witnessed
def door() -> ResponseReturnValue:
    """The door: the same for every duty officer, but for what is open."""
    now = current().at
    running = [presenters.running_line(each, now) for each in queries.running(current_actor())]
    return door_page(values=typed(), errors={}, running=running)


def door_page(
    *, values: Values, errors: Errors, running: list[presenters.RunningLine] | None = None
) -> str:
    """The form. Without ``running`` it only says how many records are open, and names nobody."""
    actor = current_actor()
    user = db.session.get_one(User, actor.user_id)
    return render(
        "emergency/door.html",
        values={name: value for name, value in values.items() if name not in _PROOF},
        errors=errors,
        order=_ORDER,
        reasons=list(emergency_reasons().items()),
        running=running,
        open_now=queries.how_many_run(actor) if running is None else len(running),
        mine=presenters.own_uses(queries.own_uses(actor)) if running is not None else [],
        needs_code=bool(user.totp_secret),
        email=user.email,
        hint=password_hint(),
    )


def _looked_up(view: View) -> View:
    """Look among all people before the user's own unit of work, which never reads everybody."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        g.asked, user = None, None
        with unit_of_work(Kind.READ):
            actor = look_up().actor
            if actor is not None and decide(actor, Action.EMERGENCY_OPEN).allowed:
                user = actor.user_id
                g.asked = _asked()
        if user is not None and isinstance(g.asked, Open):
            with unit_of_work(Kind.READ, system="emergency look-up"):
                g.found = finding.find(g.asked.asked, user)
        return view(*args, **kwargs)

    return wrapper


def _asked() -> Open | FieldErrors:
    form = MultiDict((name, text) for name, text in request.form.items() if name not in _PROOF)
    try:
        return understand(OpenSchema(), form).command()  # type: ignore[no-any-return]
    except FieldErrors as error:
        return error


@bp.post("/emergency")
@for_action(Action.EMERGENCY_OPEN)
@_looked_up
@writes(again=door_page)
@unkeyed
def open_post() -> ResponseReturnValue:
    """Open one record, or say that none was opened. Without a key: a key keeps a digest."""
    asked: Open | FieldErrors = g.asked
    if isinstance(asked, FieldErrors):
        raise asked
    if fault := _proof_fault():
        return refused_page(door_page(values=request.form, errors=fault))
    found: Found = g.found
    outcome = service.open_record(current_actor(), asked, found, now=current().at)
    if outcome is Outcome.OPENED:
        flash("Open for you until it ends by itself, or until you end it.", "success")
        return redirect(url_for("insight.overview", person_id=found.person))
    return refused_page(door_page(values=request.form, errors={"": [_refusal(outcome)]}))


def _proof_fault() -> dict[str, list[str]] | None:
    """What is wrong with the password or the code, counted; None if they are right."""
    if sentence := password_fault():
        return {"password": [sentence]}
    user = db.session.get_one(User, current_actor().user_id)
    if user.totp_secret and (sentence := code_fault(user, request.form.get("code", ""))):
        return {"code": [sentence]}
    return None


def _refusal(outcome: Outcome) -> str:
    desk, phone = queries.whom_to_ring(current_actor())
    ring = f"Ring {desk} on {phone}"
    if outcome is Outcome.TOO_OFTEN:
        return f"No record was opened: {MOST_IN_RATE} look-ups in an hour are the most. {ring}"
    return f"No record was opened. {ring}"


# Ending


@bp.get("/people/<uuid:person_id>/emergency/end")
@for_action(Action.EMERGENCY_END)
@witnessed
def end(person_id: UUID) -> ResponseReturnValue:
    """Ask once more, and end it."""
    standing_on(person_id)
    if not rights.emergencies_of(current_actor().user_id, person_id):
        raise NotFound
    return render_person("emergency/end.html", person_id, tab="", section="End access", short=True)


@bp.post("/people/<uuid:person_id>/emergency/end")
@for_action(Action.EMERGENCY_END)
@attempts_recorded
@writes()
def end_post(person_id: UUID) -> ResponseReturnValue:
    """End one's own access now: the next request is refused."""
    service.end_now(current_actor(), person_id, now=current().at)
    flash("Emergency access ended.", "success")
    duty = current_actor().role is Role.DUTY_OFFICER
    return redirect(url_for("emergency.door" if duty else "insight.home"))


# Review


@bp.get("/emergency/reviews")
@for_action(Action.EMERGENCY_REVIEW)
@witnessed
def reviews() -> ResponseReturnValue:
    """What waits for the reader's judgement, and what was judged."""
    actor = current_actor()
    if actor.role not in (Role.INFORMATION_OFFICER, Role.COORDINATOR):
        raise NotPermitted("emergency:review: the role")
    waiting, judged = queries.waiting(actor), queries.judged(actor)
    names = people.names(actor, {each.person_id for each in (*waiting, *judged)})
    return render(
        "emergency/reviews.html",
        waiting=[presenters.use_line(each, names) for each in waiting],
        judged=[presenters.use_line(each, names) for each in judged],
    )


@bp.get("/emergency/reviews/<uuid:use_id>")
@for_action(Action.EMERGENCY_REVIEW)
@witnessed
def review(use_id: UUID) -> ResponseReturnValue:
    """One use: why, what was opened, earlier uses; and the form for the judgement."""
    return review_page(use_id, values=typed(), errors={})


def review_page(use_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page of a use. Raises ``NotFound`` for whoever does not judge it."""
    actor, now = current_actor(), current().at
    seen = queries.use(actor, use_id)
    finish = queries.end_of(seen)
    earlier = queries.earlier(actor, seen)
    names = people.names(actor, {each.person_id for each in (seen, *earlier)})
    return render(
        "emergency/review.html",
        use=presenters.use_line(seen, names),
        use_id=use_id,
        person_href=url_for("insight.overview", person_id=seen.person_id),
        facts=presenters.facts(seen, finish, now),
        counted=presenters.counted(seen),
        last_not_justified=seen.last_not_justified,
        read_rows=presenters.pages_read(queries.opened(seen, finish.at)),
        earlier=[presenters.use_line(each, names) for each in earlier],
        open=seen.judged_at is None,
        values=values,
        errors=errors,
    )


@bp.post("/emergency/reviews/<uuid:use_id>")
@for_action(Action.EMERGENCY_REVIEW)
@attempts_recorded
@writes(again=review_page)
def review_post(use_id: UUID) -> ResponseReturnValue:
    """Judge it, once."""
    command = understand(JudgeSchema(), request.form)
    service.judge(current_actor(), use_id, command, now=current().at)
    flash("Reviewed.", "success")
    return redirect(url_for("emergency.review", use_id=use_id))
