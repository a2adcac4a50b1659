"""Pages of a plan: what it says, which versions there were, agreeing it, giving it up."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.agencies import queries as agencies
from mappa.kernel import clock
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.offenders import queries as offenders
from mappa.plans import presenters, queries, rules, service
from mappa.plans.duties import REVIEW
from mappa.plans.models import Plan
from mappa.plans.queries import PlanSeen
from mappa.plans.rules import State
from mappa.plans.schemas import (
    Confirm,
    ConfirmSchema,
    ReviewSchema,
    ScottishReviewSchema,
    SetReview,
)
from mappa.plans.service import Writing
from mappa.plans.views.blueprint import (
    Errors,
    Values,
    bp,
    may_write,
    open_section,
    writing,
)
from mappa.reminders import queries as reminders
from mappa.rules.levels import Jurisdiction
from mappa.web import stale
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.settled import settled
from mappa.web.typed import understand


@bp.get("/people/<uuid:person_id>/plan")
@for_action(Action.PLAN_READ)
@witnessed
def index(person_id: UUID) -> ResponseReturnValue:
    """The version being written, else the one in force."""
    open_section(person_id)
    found = queries.versions(current_actor(), person_id)
    full = any(each.full for each in found)
    order = (State.DRAFT, State.AGREED) if full else (State.AGREED, State.DRAFT)
    chosen = queries.first_in(found, order[0]) or queries.first_in(found, order[1])
    return _plan_page(person_id, found, chosen)


@bp.get("/people/<uuid:person_id>/plan/versions/<uuid:plan_id>")
@for_action(Action.PLAN_READ)
@witnessed
def version(person_id: UUID, plan_id: UUID) -> ResponseReturnValue:
    """One version."""
    open_section(person_id)
    found = queries.versions(current_actor(), person_id)
    chosen = next((each for each in found if each.record == plan_id), None)
    if chosen is None:
        raise NotFound
    return _plan_page(person_id, found, chosen)


def _plan_page(person_id: UUID, found: list[Seen], chosen: Seen | None) -> str:
    actor = current_actor()
    person = offenders.person(actor, person_id)
    plan = queries.read(actor, person_id, chosen) if chosen else None
    writes_here = may_write(person)
    held = [agencies.agency(each) for each in queries.held_by(actor, person_id)]
    shown: dict[str, Any] = {"missing": [], "pillars": [], "tag": None}
    if plan:
        shown = _shown(plan, person.jurisdiction)
    return render_person(
        "plans/plan.html",
        person_id,
        tab="plan",
        section="plan",
        plan=plan,
        versions=found,
        others=[each for each in found if chosen and each.record != chosen.record],
        in_force=queries.first_in(found, State.AGREED),
        draft=queries.first_in(found, State.DRAFT),
        writes_here=writes_here,
        edits=bool(plan and writes_here and plan.version.state == State.DRAFT),
        held=held,
        agreed_by=_agreed_by(plan),
        why_id=_why(actor, person_id, plan),
        **shown,
    )


def _shown(plan: PlanSeen, jurisdiction: str) -> dict[str, Any]:
    missing: list[str] = []
    if plan.version.full and plan.version.state == State.DRAFT:
        today = clock.day_of(current().at)
        missing = rules.missing(presenters.text_seen(plan), today=today)
    return {
        "missing": missing,
        "pillars": presenters.pillars(plan, jurisdiction),
        "tag": presenters.tag(plan.version),
    }


def _why(actor: Actor, person_id: UUID, plan: PlanSeen | None) -> UUID | None:
    """The duty that explains the day of the next review, if the reader sees it."""
    if plan is None or plan.version.state != State.AGREED:
        return None
    duties = reminders.for_person(actor, person_id)
    record = plan.version.record
    mine = (each.id for each in duties if each.about_id == record and each.kind == REVIEW)
    return next(mine, None)


def _agreed_by(plan: PlanSeen | None) -> str:
    by = plan.version.get("agreed_by_id") if plan else None
    return agencies.user_names([by]).get(by, "") if by else ""


@bp.post("/people/<uuid:person_id>/plan/start")
@for_action(Action.PLAN_WRITE)
@writes()
def start(person_id: UUID) -> ResponseReturnValue:
    """Begin a version, or go on with the one begun."""
    service.start(writing(person_id))
    return redirect(url_for(".index", person_id=person_id))


REVIEW_LABEL = {
    "review_on": "Day of the next review",
    "lifelong": "Order for lifelong restriction",
}


def _review_seen(plan: Plan, *, scottish: bool) -> dict[str, str]:
    day = {"review_on": presenters.typed_day(plan.review_on)}
    # Not pre-chosen where nobody has answered yet.
    answered = plan.review_on is not None or plan.from_number is not None
    said = {True: "yes", False: "no"}[plan.lifelong] if answered else ""
    return day | {"lifelong": said} if scottish else day


@bp.get("/people/<uuid:person_id>/plan/review")
@for_action(Action.PLAN_WRITE)
@witnessed
def review(person_id: UUID) -> ResponseReturnValue:
    """The day of the next review, to be set."""
    return review_page(person_id, values=typed() or None, errors={})


def review_page(person_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The form for the day of the next review."""
    w = writing(person_id)
    scottish = _scottish(w)
    stored = _review_seen(service.draft(w), scottish=scottish)
    return render_person(
        "plans/review.html",
        person_id,
        tab="plan",
        section="plan",
        scottish=scottish,
        values=stored if values is None else values,
        seen=(values or {}).get("seen") or stale.fingerprint(stored),
        errors=errors,
    )


@bp.post("/people/<uuid:person_id>/plan/review")
@for_action(Action.PLAN_WRITE)
@writes(again=review_page)
def review_post(person_id: UUID) -> ResponseReturnValue:
    """Set the day of the next review in the draft."""
    w = writing(person_id)
    form = settled(request.form, last_line=presenters.ONE_LINE)
    if form is None:
        return redirect(url_for(".index", person_id=person_id))
    scottish = _scottish(w)
    schema = ScottishReviewSchema() if scottish else ReviewSchema()
    command: SetReview = understand(schema, form)
    plan = service.draft(w)
    wanted = {"review_on": presenters.typed_day(command.review_on)}
    if scottish:
        wanted["lifelong"] = "yes" if command.lifelong else "no"
    stale.check_not_stale(
        command.seen,
        _review_seen(plan, scottish=scottish),
        wanted,
        REVIEW_LABEL,
        **presenters.by_whom(plan.changed_by_id, plan.changed_at),
    )
    service.set_review(w, plan, command.review_on, lifelong=command.lifelong)
    flash("Day of the next review saved.", "success")
    return redirect(url_for(".index", person_id=person_id))


def _scottish(w: Writing) -> bool:
    return bool(w.person.jurisdiction == Jurisdiction.SCOTLAND.value)


@bp.get("/people/<uuid:person_id>/plan/agree")
@for_action(Action.PLAN_WRITE)
@witnessed
def agree(person_id: UUID) -> ResponseReturnValue:
    """The draft, to be read once more before it is agreed."""
    return agree_page(person_id, values=None, errors={})


def agree_page(person_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The check page: always the text as it stands now, whatever was typed before."""
    return _check_page("plans/agree.html", person_id, errors)


def withdraw_page(person_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The page that asks whether to give the draft up."""
    return _check_page("plans/withdraw.html", person_id, errors)


def _check_page(template: str, person_id: UUID, errors: Errors) -> str:
    w = writing(person_id)
    found = queries.versions(w.actor, person_id)
    draft = queries.first_in(found, State.DRAFT)
    if draft is None:
        service.draft(w)
        raise NotFound
    plan = queries.read(w.actor, person_id, draft)
    return render_person(
        template,
        person_id,
        tab="plan",
        section="plan",
        plan=plan,
        in_force=queries.first_in(found, State.AGREED),
        seen=stale.fingerprint({"text": service.frozen_text(w, presenters.text_seen(plan))}),
        errors=errors,
        **_shown(plan, w.person.jurisdiction),
    )


def _draft_as_read(w: Writing, seen: str) -> Plan:
    """The draft, if it still says what the sender has read. Raises ``RuleBroken``."""
    plan = service.draft(w)
    text = service.frozen_text(w, service.text_of(w, plan))
    rules.check_read("plan", same=stale.fingerprint({"text": text}) == seen)
    return plan


@bp.post("/people/<uuid:person_id>/plan/agree")
@for_action(Action.PLAN_WRITE)
@writes(again=agree_page)
def agree_post(person_id: UUID) -> ResponseReturnValue:
    """Agree the draft: its text is frozen."""
    w = writing(person_id)
    command: Confirm = understand(ConfirmSchema(), request.form)
    service.agree(w, _draft_as_read(w, command.seen))
    flash("Plan agreed. Its text can no longer change.", "success")
    return redirect(url_for(".index", person_id=person_id))


@bp.get("/people/<uuid:person_id>/plan/withdraw")
@for_action(Action.PLAN_WRITE)
@witnessed
def withdraw(person_id: UUID) -> ResponseReturnValue:
    """Whether to give the draft up."""
    return withdraw_page(person_id, values=None, errors={})


@bp.post("/people/<uuid:person_id>/plan/withdraw")
@for_action(Action.PLAN_WRITE)
@writes(again=withdraw_page)
def withdraw_post(person_id: UUID) -> ResponseReturnValue:
    """Give the draft up."""
    w = writing(person_id)
    command: Confirm = understand(ConfirmSchema(), request.form)
    service.withdraw(w, _draft_as_read(w, command.seen))
    flash("Draft withdrawn.", "success")
    return redirect(url_for(".index", person_id=person_id))
