"""Pages of risk: what it is now, how it was, and assessing it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.terms import Section
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.offenders import queries as offenders
from mappa.reminders import queries as reminders
from mappa.risk import presenters, queries, rules, service
from mappa.risk.queries import AssessmentSeen
from mappa.risk.schemas import FIELDS, Assess, AssessSchema
from mappa.web import parking, stale, words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person, standing_on
from mappa.web.settled import settled
from mappa.web.typed import understand

bp = Blueprint("risk", __name__, template_folder="templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]


def _open_section(person_id: UUID) -> None:
    if not standing_on(person_id).opens(Section.RISK):
        raise NotFound


@bp.get("/people/<uuid:person_id>/risk")
@for_action(Action.RISK_READ)
@witnessed
def index(person_id: UUID) -> ResponseReturnValue:
    """The assessment that counts now, and those before it."""
    _open_section(person_id)
    actor = current_actor()
    lead = offenders.person(actor, person_id).owner_agency_id
    found = queries.history(actor, person_id)
    chosen = queries.newest(found, lead)
    shown = queries.with_groups(actor, person_id, chosen) if chosen else None
    return _risk_page(actor, person_id, shown, found, is_current=True)


@bp.get("/people/<uuid:person_id>/risk/assessments/<uuid:assessment_id>")
@for_action(Action.RISK_READ)
@witnessed
def assessment(person_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    """One assessment."""
    _open_section(person_id)
    actor = current_actor()
    shown = queries.one(actor, person_id, assessment_id)
    found = queries.history(actor, person_id)
    lead = offenders.person(actor, person_id).owner_agency_id
    chosen = queries.newest(found, lead)
    now = chosen is not None and chosen.record == assessment_id
    return _risk_page(actor, person_id, shown, found, is_current=now)


def _risk_page(
    actor: Actor,
    person_id: UUID,
    shown: AssessmentSeen | None,
    found: list[Any],
    *,
    is_current: bool,
) -> str:
    target = Target(person=person_id, owner=actor.agency_id)
    assesses = decide(actor, Action.RISK_ASSESS, target).allowed
    return render_person(
        "risk/risk.html",
        person_id,
        tab="risk",
        section="risk",
        shown=presenters.page_of(shown) if shown else None,
        history=presenters.history(found, shown.assessment.record if shown else None),
        is_current=is_current,
        assesses=assesses,
        has_draft=assesses and queries.my_draft(actor, person_id) is not None,
        review=_review(actor, person_id, shown) if is_current else None,
        held=[agencies.agency(each) for each in queries.held_by(actor, person_id)],
    )


def _review(actor: Actor, person_id: UUID, shown: AssessmentSeen | None) -> Any:
    if shown is None:
        return None
    duties = reminders.for_person(actor, person_id)
    return next((each for each in duties if each.about_id == shown.assessment.record), None)


def _may_assess(person_id: UUID) -> Actor:
    _open_section(person_id)
    actor = current_actor()
    service.allow(actor, person_id)
    return actor


@bp.get("/people/<uuid:person_id>/risk/assess")
@for_action(Action.RISK_ASSESS)
@witnessed
def assess(person_id: UUID) -> ResponseReturnValue:
    """The form; what was typed before and not signed is still there."""
    return assess_page(person_id, values=parking.typed() or None, errors={})


def assess_page(person_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The form of an assessment."""
    actor = _may_assess(person_id)
    typed = _typed(actor, person_id)
    return render_person(
        "risk/assess.html",
        person_id,
        tab="risk",
        section="assess the risk of serious harm",
        values=typed if values is None else values,
        seen=stale.fingerprint(typed) if values is None else values.get("seen", ""),
        errors=errors,
        order=FIELDS,
        groups=presenters.form_groups(),
        levels=presenters.levels(),
    )


def _typed(actor: Actor, person_id: UUID) -> dict[str, str]:
    draft = queries.my_draft(actor, person_id)
    return presenters.only_fields(draft.typed if draft else {})


@bp.post("/people/<uuid:person_id>/risk/assess")
@for_action(Action.RISK_ASSESS)
@writes(again=assess_page)
def assess_post(person_id: UUID) -> ResponseReturnValue:
    """Keep what was typed, to be checked before it is signed."""
    actor = _may_assess(person_id)
    form = settled(request.form, last_line=presenters.ONE_LINE)
    check = redirect(url_for(".check", person_id=person_id))
    if form is None:
        return check
    command: Assess = understand(AssessSchema(), form)
    service.check(actor, person_id, command.findings, now=current().at)
    draft = queries.my_draft(actor, person_id)
    typed = presenters.only_fields(form)
    stale.check_not_stale(
        command.seen,
        presenters.only_fields(draft.typed if draft else {}),
        typed,
        presenters.LABELS,
        by="You, on another page,",
        at_words=words.moment(draft.saved_at) if draft else "",
    )
    service.keep_draft(actor, person_id, typed, now=current().at)
    return check


@bp.get("/people/<uuid:person_id>/risk/assess/check")
@for_action(Action.RISK_ASSESS)
@witnessed
def check(person_id: UUID) -> ResponseReturnValue:
    """What was typed, to be read once more."""
    return check_page(person_id, values=None, errors={})


def check_page(person_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The check page: always what is kept now."""
    actor = _may_assess(person_id)
    typed = _typed(actor, person_id)
    if not typed:
        raise NotFound
    findings = _findings(typed)
    leads = offenders.person(actor, person_id).owner_agency_id == actor.agency_id
    return render_person(
        "risk/check.html",
        person_id,
        tab="risk",
        section="check the assessment",
        findings=findings,
        overall=rules.overall(findings.ratings),
        leads=leads,
        seen=stale.fingerprint(typed),
        errors=errors,
    )


def _findings(typed: Mapping[str, str]) -> rules.Findings:
    command: Assess = understand(AssessSchema(), MultiDict(typed))
    return command.findings


@bp.post("/people/<uuid:person_id>/risk/assess/check")
@for_action(Action.RISK_ASSESS)
@writes(again=check_page)
def check_post(person_id: UUID) -> ResponseReturnValue:
    """Sign the assessment."""
    actor = _may_assess(person_id)
    typed = _typed(actor, person_id)
    if not typed:
        raise NotFound
    rules.check_read(same=request.form.get("seen", "") == stale.fingerprint(typed))
    service.sign(actor, person_id, _findings(typed), now=current().at)
    flash("Assessment signed.", "success")
    return redirect(url_for(".index", person_id=person_id))
