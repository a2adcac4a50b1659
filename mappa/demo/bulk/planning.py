"""Assessments and plans as they are loaded."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from mappa.access.terms import Section
from mappa.audit.bulk import History
from mappa.demo.bulk.area import Worker
from mappa.demo.bulk.case import Case, at, labels
from mappa.demo.bulk.duties import open_duty
from mappa.demo.story import EVERY_DAYS, LOWERS, RAISES
from mappa.kernel.bulk import Load
from mappa.plans.duties import REVIEW
from mappa.plans.rules import ContingencyText, MeasureText, Pillar, PlanText, State, digest, frozen
from mappa.risk import service as risk
from mappa.risk.rules import Band, Group

_TWICE, _PLAN_OF_CLOSED = 0.3, 0.3
_SIGNED = ("band", "groups", "assessed_on", "raises", "lowers", "tool")
_AGREED = ("state", "agreed_at", "frozen", "digest")
_MEASURE = ("pillar", "what", "when_text", "due_on")
_CONTINGENCY = ("if_text", "then_text", "within")


class Planning:
    """Writes what ``risk.service`` and ``plans.service`` would."""

    def __init__(self, load: Load, history: History) -> None:
        self._load = load
        self._assessed = history.kind("collection", "risk:assessed", _SIGNED)
        self._started = history.kind("collection", "plan:started", ["number"])
        self._measured = history.kind("collection", "measure:added", _MEASURE)
        self._prepared = history.kind("collection", "contingency:added", _CONTINGENCY)
        self._review_set = history.kind("alteration", "plan:review-set", ["review_on", "lifelong"])
        self._agreed = history.kind("alteration", "plan:agreed", _AGREED)

    def write(self, case: Case) -> None:
        """Assessments of lead and partner, and a plan; nothing for who is not assessed yet."""
        if case.person.risk == "not_assessed":
            return
        days = [case.assessed_on]
        again = case.ends_on - timedelta(days=49)
        if case.rng.random() < _TWICE and again > days[0]:
            days.append(again)
        for number, day in enumerate(days, start=1):
            self._assess(case, case.lead.worker, day, last=number == len(days))
        if case.closed_on is None:
            self._assess(case, case.partner.worker, days[0], last=True)
        if case.closed_on is None or case.rng.random() < _PLAN_OF_CLOSED:
            self._plan(case)

    def _assess(self, case: Case, author: Worker, day: date, *, last: bool) -> None:
        band = Band(case.person.risk)
        signed_at = at(day, 15, 5)
        made = self._load.sheet("risk_assessment").add(
            person_id=case.id, owner_agency_id=author.agency, band=band.value, assessed_on=day,
            assessed_at=_midnight(day), raises=case.rng.choice(RAISES),
            lowers=case.rng.choice(LOWERS), author_id=author.id, signed_at=signed_at,
        )  # fmt: skip
        lesser = {Band.VERY_HIGH: Band.HIGH, Band.HIGH: Band.MEDIUM}.get(band, Band.LOW)
        levels = (band, band, lesser, lesser, Band.LOW, Band.NOT_ASSESSED)
        label = labels(case, author.agency, Section.RISK, made)
        for position, (group, level) in enumerate(zip(Group, levels, strict=True)):
            custody = level if level is Band.NOT_ASSESSED else Band.LOW
            self._load.sheet("risk_group").add(
                **label, group_code=group.value, community=level.value, custody=custody.value,
                position=str(position),
            )  # fmt: skip
        case.act(signed_at, author, self._assessed, made)
        if last:
            open_duty(
                self._load, case, author, risk.RULE, section=Section.RISK, subject=made,
                kind=risk.KIND, starts_on=day, opened_at=signed_at, about=made,
            )  # fmt: skip

    def _plan(self, case: Case) -> None:
        author = case.lead.worker
        day = max(case.opened_on + timedelta(days=30), case.ends_on - timedelta(days=150))
        review_on, when = day + timedelta(days=180), at(day, 11)
        text = PlanText(
            number=1,
            review_on=review_on,
            measures=_measures(case),
            contingencies=_contingencies(case),
        )
        said = frozen(text, people=_names(case), jurisdiction=case.place.jurisdiction)
        plan = self._load.sheet("plan").add(
            person_id=case.id, owner_agency_id=author.agency, number="1", state=State.AGREED.value,
            started_on=day, started_by_id=author.id, review_on=review_on, agreed_at=when,
            agreed_by_id=author.id, frozen=said, digest=digest(said), changed_by_id=author.id,
            changed_at=when,
        )  # fmt: skip
        case.known.plan_on = day
        case.act(when, author, self._started, plan)
        written = {**labels(case, author.agency, Section.PLAN, plan), "changed_by_id": author.id,
                   "changed_at": when}  # fmt: skip
        for place, measure in enumerate(text.measures, start=1):
            made = self._load.sheet("measure").add(
                **written, **_assigned(measure, place), pillar=measure.pillar.value,
                what=measure.what, when_text=measure.when, due_on=measure.due_on,
            )  # fmt: skip
            case.act(when, author, self._measured, made, plan)
        for place, each in enumerate(text.contingencies, start=1):
            made = self._load.sheet("contingency").add(
                **written, **_assigned(each, place), if_text=each.if_, then_text=each.then,
                within=each.within,
            )  # fmt: skip
            case.act(when, author, self._prepared, made, plan)
        case.act(when, author, self._review_set, plan)
        case.act(when, author, self._agreed, plan)
        open_duty(
            self._load, case, author, REVIEW, section=Section.PLAN, subject=plan, kind=REVIEW,
            starts_on=day, set_on=review_on, opened_at=when, about=plan,
        )  # fmt: skip


def _midnight(day: date) -> str:
    before = at(day, 12)
    hours = 12 - int(before[11:13])
    return f"{day - timedelta(days=1)} 23:00:00.000000" if hours else f"{day} 00:00:00.000000"


def _assigned(part: MeasureText | ContingencyText, position: int) -> dict[str, Any]:
    return {
        "assigned_user_id": part.user, "assigned_agency_id": part.agency, "position": str(position)
    }  # fmt: skip


def _names(case: Case) -> dict[UUID, str]:
    seats = (case.lead, case.police)
    return {UUID(each.worker.id): each.worker.name for each in seats} | {
        UUID(each.office.id): each.office.name for each in seats
    }


def _by(worker: Worker) -> dict[str, Any]:
    return {"user": UUID(worker.id), "agency": UUID(worker.agency)}


def _measures(case: Case) -> list[MeasureText]:
    manager, police = _by(case.lead.worker), _by(case.police.worker)
    months = EVERY_DAYS[case.person.risk] // 28 or 1
    often = "Every month" if months == 1 else f"Every {months} months"
    return [
        MeasureText(pillar=pillar, what=what, when=when, **who)
        for pillar, what, who, when in (
            (Pillar.SUPERVISION, "Office appointment, face to face", manager, "Every week"),
            (Pillar.SUPERVISION, "Unannounced home visit, days and times varied", police, often),
            (Pillar.MONITORING, "Check of phones, computers and accounts", police, "Every visit"),
            (Pillar.INTERVENTIONS, "One-to-one programme, 24 sessions", manager, "Every week"),
            (Pillar.VICTIM_SAFETY, "No contact with the people named", police, "At all times"),
        )
    ]


def _contingencies(case: Case) -> list[ContingencyText]:
    missed = "An appointment is missed and there is no answer"
    found = "Contact with anyone under 18 is found"
    manager, police = _by(case.lead.worker), _by(case.police.worker)
    return [
        ContingencyText(if_=missed, then="Ring, then visit together", within="4 hours", **manager),
        ContingencyText(if_=found, then="Tell Children’s services", within="1 hour", **police),
    ]
