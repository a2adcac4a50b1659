"""Writing assessments: kept as a draft while they are typed, then signed once."""

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import ME, label_of
from mappa.access.reading import Seen, scope
from mappa.access.terms import Level
from mappa.audit import log
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.offenders import queries as offenders
from mappa.offenders import service as offender_service
from mappa.reminders import service as reminders
from mappa.reminders.service import Duty
from mappa.risk import queries, rules
from mappa.risk.models import Assessment, AssessmentDraft, GroupRisk
from mappa.risk.rules import Findings, Rating

RULE = "risk-assessment-review"
KIND = "risk-review"

_DRAFT = (
    sa.select(AssessmentDraft)
    .where(
        AssessmentDraft.person_id == sa.bindparam("person", type_=sa.Uuid()),
        AssessmentDraft.author_id == sa.bindparam("author", type_=sa.Uuid()),
        AssessmentDraft.owner_agency_id == ME.agency,
        scope(AssessmentDraft, need=Level.FULL),
    )
    .order_by(AssessmentDraft.saved_at.desc(), AssessmentDraft.id)
    .with_for_update(of=AssessmentDraft)
)


def allow(actor: Actor, person_id: UUID) -> None:
    """Raise ``NotPermitted`` unless this actor assesses this person for their agency."""
    require(actor, Action.RISK_ASSESS, Target(person=person_id, owner=actor.agency_id))


def _draft(actor: Actor, person_id: UUID, now: datetime) -> AssessmentDraft | None:
    binds = actor.binds(now) | {"person": person_id, "author": actor.user_id}
    return next(iter(db.session.execute(_DRAFT, binds).scalars()), None)


def keep_draft(actor: Actor, person_id: UUID, typed: Mapping[str, str], *, now: datetime) -> None:
    """Keep what was typed for its author, to be checked and signed."""
    allow(actor, person_id)
    draft = _draft(actor, person_id, now)
    if draft is None:
        draft = AssessmentDraft(
            person_id=person_id,
            owner_agency_id=actor.agency_id,
            author_id=actor.user_id,
        )
        db.session.add(draft)
    draft.typed, draft.saved_at = dict(typed), now
    db.session.flush()
    records = [person_id, draft.id]
    log.record(actor, log.Operation.COLLECTION, "risk:drafted", records, at=now, fields=typed)


def drop_draft(actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Give up what was typed and not signed, if anything was."""
    allow(actor, person_id)
    draft = _draft(actor, person_id, now)
    if draft is not None:
        db.session.delete(draft)
        db.session.flush()
        records = [person_id, draft.id]
        log.record(actor, log.Operation.ERASURE, "risk:draft-dropped", records, at=now)


def last_on(actor: Actor, person_id: UUID) -> date | None:
    """The day of the own agency's last assessment."""
    found = queries.history(actor, person_id)
    return next((x.assessed_on for x in found if x.owner_agency_id == actor.agency_id), None)


def check(actor: Actor, person_id: UUID, findings: Findings, *, now: datetime) -> None:
    """Raise ``RuleBroken`` unless these findings can be signed now."""
    last = last_on(actor, person_id)
    rules.check_findings(findings, today=clock.day_of(now), last_on=last)


def sign(actor: Actor, person_id: UUID, findings: Findings, *, now: datetime) -> Assessment:
    """Record an assessment for good, and start the clock for its review.

    The lead agency's becomes the person's overall level in lists. Raises ``NotFound``,
    ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    person = offenders.person(actor, person_id)
    allow(actor, person_id)
    check(actor, person_id, findings, now=now)
    made = _add(actor, person_id, findings, now)
    if person.owner_agency_id == actor.agency_id:
        offender_service.keep_risk_band(actor, person_id, made.band, now=now)
    _start_review(actor, person, made, now)
    draft = _draft(actor, person_id, now)
    if draft is not None:
        db.session.delete(draft)
        db.session.flush()
    fields = ["band", "groups", "assessed_on", "raises", "lowers", "tool"]
    records = [person_id, made.id]
    log.record(actor, log.Operation.COLLECTION, "risk:assessed", records, at=now, fields=fields)
    return made


def _add(actor: Actor, person_id: UUID, findings: Findings, now: datetime) -> Assessment:
    made = Assessment(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        band=rules.overall(findings.ratings).value,
        assessed_on=findings.assessed_on,
        assessed_at=datetime.combine(findings.assessed_on, time(), tzinfo=clock.LONDON),
        raises=findings.raises,
        lowers=findings.lowers,
        tool=findings.tool,
        tool_version=findings.tool_version,
        tool_result=findings.tool_result,
        author_id=actor.user_id,
        signed_at=now,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        _group(made, rating, position) for position, rating in enumerate(findings.ratings)
    )
    db.session.flush()
    return made


def _group(made: Assessment, rating: Rating, position: int) -> GroupRisk:
    return GroupRisk(
        **label_of(made).columns(),
        group_code=rating.group.value,
        community=rating.community.value,
        custody=rating.custody.value,
        position=position,
    )


def _start_review(actor: Actor, person: Seen, made: Assessment, now: datetime) -> None:
    leads = person.owner_agency_id == actor.agency_id and person.manager_id != NOBODY
    review = Duty(
        rule=RULE,
        label=label_of(made),
        kind=KIND,
        starts_on=made.assessed_on,
        jurisdiction=person.jurisdiction,
        owner_user=person.manager_id if leads else actor.user_id,
        owner_team=actor.team_id,
        owner_agency=actor.agency_id,
    )
    reminders.renew_deadlines(person.record, [review], now)
