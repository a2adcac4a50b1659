"""Writing plans. Only the lead agency writes; an agreed version never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.access.reading import Seen, load, scope
from mappa.access.terms import Level
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.offenders import queries as offenders
from mappa.offenders.models import Person
from mappa.plans import duties, rules
from mappa.plans.models import Contingency, Measure, Plan, PlanPart
from mappa.plans.rules import ContingencyText, MeasureText, Pillar, PlanText, State

_REVIEW = ("review_on", "lifelong")
AnyPart = TypeVar("AnyPart", bound=PlanPart)


@dataclass(frozen=True)
class Writing:
    """Who writes on whose plan, as the services have checked it."""

    actor: Actor
    person: Seen
    now: datetime

    @property
    def today(self) -> date:
        """The day in London."""
        return clock.day_of(self.now)


def writing(actor: Actor, person_id: UUID, *, now: datetime) -> Writing:
    """Whether this actor writes the plan of this person.

    Raises ``NotFound`` if the person is not seen, ``NotPermitted`` for all but the lead agency.
    """
    person = offenders.person(actor, person_id)
    require(actor, Action.PLAN_WRITE, Target(person=person_id, owner=actor.agency_id))
    if person.owner_agency_id != actor.agency_id:
        raise NotPermitted(
            "plan:write: not_lead",
            advice="The lead agency writes the plan. Ask the lead manager to add what you need.",
        )
    return Writing(actor, person, now)


def _statement(state: State) -> sa.Select[Plan]:
    return (
        sa.select(Plan)
        .where(
            Plan.person_id == sa.bindparam("person", type_=sa.Uuid()),
            Plan.owner_agency_id == sa.bindparam("owner", type_=sa.Uuid()),
            Plan.state == state.value,
            scope(Plan, need=Level.FULL),
        )
        .order_by(Plan.number.desc(), Plan.id)
        .with_for_update(of=Plan)
    )


_IN_STATE = {State.DRAFT: _statement(State.DRAFT), State.AGREED: _statement(State.AGREED)}
_LOCK = (
    sa.select(Person.id)
    .where(Person.id == sa.bindparam("person", type_=sa.Uuid()), scope(Person))
    .with_for_update(of=Person)
)
_LAST_NUMBER = sa.select(sa.func.coalesce(sa.func.max(Plan.number), 0)).where(
    Plan.person_id == sa.bindparam("person", type_=sa.Uuid()),
    Plan.owner_agency_id == sa.bindparam("owner", type_=sa.Uuid()),
    scope(Plan, need=Level.FULL),
)


def _binds(w: Writing) -> dict[str, Any]:
    return w.actor.binds(w.now) | {"person": w.person.record, "owner": w.actor.agency_id}


def _version_in(w: Writing, state: State) -> Plan | None:
    found = db.session.execute(_IN_STATE[state], _binds(w)).scalars()
    return next(iter(found), None)


def _one_at_a_time(w: Writing) -> None:
    """Make others who start or agree a version of this person wait for this one.

    No unique index does this: a version that is hidden from the writer must not be in the way.
    """
    db.session.execute(_LOCK, _binds(w))


def draft(w: Writing) -> Plan:
    """The version being written. Raises ``RuleBroken`` if there is none."""
    found = _version_in(w, State.DRAFT)
    if found is None:
        raise RuleBroken(
            "plan-has-a-draft",
            "No version is being written. Start a new version first; what you typed is kept here.",
        )
    return found


def start(w: Writing) -> Plan:
    """Begin a version, as a copy of the agreed one if there is one; or go on with the draft."""
    _one_at_a_time(w)
    found = _version_in(w, State.DRAFT)
    if found is not None:
        return found
    agreed = _version_in(w, State.AGREED)
    last: int = db.session.execute(_LAST_NUMBER, _binds(w)).scalar_one()
    plan = Plan(
        person_id=w.person.record,
        owner_agency_id=w.actor.agency_id,
        number=last + 1,
        started_on=w.today,
        started_by_id=w.actor.user_id,
        from_number=agreed.number if agreed else None,
        lifelong=agreed.lifelong if agreed else False,
        changed_by_id=w.actor.user_id,
        changed_at=w.now,
    )
    db.session.add(plan)
    db.session.flush()
    if agreed is not None:
        _copy(w, agreed, plan)
    _record(w, log.Operation.COLLECTION, "plan:started", plan.id, ["number"])
    return plan


_WRITTEN: dict[Any, tuple[str, ...]] = {
    Measure: ("pillar", "what", "when_text", "due_on"),
    Contingency: ("if_text", "then_text", "within"),
}


def _copy(w: Writing, of: Plan, to: Plan) -> None:
    for model, names in _WRITTEN.items():
        for each in parts_of(w, model, of.id):
            words = {name: getattr(each, name) for name in names}
            _place(w, model, to, each.assigned_user_id, each.assigned_agency_id, words)


def _of_plan(model: type[AnyPart]) -> sa.Select[AnyPart]:
    return (
        sa.select(model)
        .where(
            model.subject_id == sa.bindparam("plan", type_=sa.Uuid()),
            model.removed_at.is_(None),
            scope(model, need=Level.FULL),
        )
        .order_by(model.position, model.id)
    )


_PARTS: dict[Any, Any] = {Measure: _of_plan(Measure), Contingency: _of_plan(Contingency)}
_LAST: dict[Any, Any] = {
    model: sa.select(sa.func.coalesce(sa.func.max(model.position), 0)).where(
        model.subject_id == sa.bindparam("plan", type_=sa.Uuid()), scope(model, need=Level.FULL)
    )
    for model in (Measure, Contingency)
}


def parts_of(w: Writing, model: type[AnyPart], plan_id: UUID) -> Sequence[AnyPart]:
    """The measures or contingencies of a version, to be copied or frozen."""
    binds = w.actor.binds(w.now) | {"plan": plan_id}
    found: Sequence[AnyPart] = db.session.execute(_PARTS[model], binds).scalars().all()
    return found


def _place(
    w: Writing,
    model: type[AnyPart],
    plan: Plan,
    user: UUID,
    agency: UUID,
    words: dict[str, Any],
) -> AnyPart:
    binds = w.actor.binds(w.now) | {"plan": plan.id}
    last: int = db.session.execute(_LAST[model], binds).scalar_one()
    made: Any = model
    part: AnyPart = made(
        **label_of(plan).columns(),
        assigned_user_id=user,
        assigned_agency_id=agency,
        position=last + 1,
        changed_by_id=w.actor.user_id,
        changed_at=w.now,
        **words,
    )
    db.session.add(part)
    db.session.flush()
    return part


def add_measure(w: Writing, measure: MeasureText) -> Measure:
    """Add a measure to the draft. Raises ``RuleBroken``; then nothing is written."""
    plan = draft(w)
    rules.check_measure(measure)
    made = _place(w, Measure, plan, measure.user, measure.agency, _measure_words(measure))
    return _written(w, plan, made, "measure:added", log.Operation.COLLECTION)


def add_contingency(w: Writing, contingency: ContingencyText) -> Contingency:
    """Add a contingency to the draft. Raises ``RuleBroken``; then nothing is written."""
    plan = draft(w)
    words = _contingency_words(contingency)
    made = _place(w, Contingency, plan, contingency.user, contingency.agency, words)
    return _written(w, plan, made, "contingency:added", log.Operation.COLLECTION)


def _measure_words(measure: MeasureText) -> dict[str, Any]:
    return {
        "pillar": measure.pillar.value,
        "what": measure.what,
        "when_text": measure.when,
        "due_on": measure.due_on,
    }


def _contingency_words(each: ContingencyText) -> dict[str, Any]:
    return {"if_text": each.if_, "then_text": each.then, "within": each.within}


def part(w: Writing, model: type[AnyPart], part_id: UUID) -> AnyPart:
    """A measure or contingency that can be changed.

    Raises ``NotFound`` if it is not this person's or was removed, ``NotPermitted`` if another
    agency owns it, ``RuleBroken`` if its version is no draft.
    """
    found = load(w.actor, model, part_id)
    if found.person_id not in merged.people_of(w.person.record) or found.removed_at is not None:
        raise NotFound
    target = Target(person=found.person_id, owner=found.owner_agency_id, record=found.subject_id)
    require(w.actor, Action.PLAN_WRITE, target)
    rules.check_draft(State(load(w.actor, Plan, found.subject_id).state))
    return found


def change_measure(w: Writing, measure: Measure, to: MeasureText) -> Measure:
    """Change what ``part`` gave. Raises ``RuleBroken``; then nothing is written."""
    rules.check_measure(to)
    _change(measure, to.user, to.agency, _measure_words(to))
    return _written(w, draft(w), measure, "measure:changed")


def change_contingency(w: Writing, contingency: Contingency, to: ContingencyText) -> Contingency:
    """Change what ``part`` gave."""
    _change(contingency, to.user, to.agency, _contingency_words(to))
    return _written(w, draft(w), contingency, "contingency:changed")


def _change(of: PlanPart, user: UUID, agency: UUID, words: dict[str, Any]) -> None:
    of.assigned_user_id, of.assigned_agency_id = user, agency
    for name, value in words.items():
        setattr(of, name, value)


def remove(w: Writing, of: PlanPart) -> None:
    """Take what ``part`` gave out of the draft. The row stays, with the time of its removal."""
    of.removed_at = w.now
    _written(w, draft(w), of, f"{type(of).__name__.lower()}:removed")


def _written(
    w: Writing,
    plan: Plan,
    made: AnyPart,
    event: str,
    operation: log.Operation = log.Operation.ALTERATION,
) -> AnyPart:
    for row in (made, plan):
        row.changed_by_id, row.changed_at = w.actor.user_id, w.now
    db.session.flush()
    _record(w, operation, event, made.id, _WRITTEN[type(made)], plan.id)
    return made


def set_review(w: Writing, plan: Plan, review_on: date, *, lifelong: bool = False) -> None:
    """Set the day of the next review in the draft, and under which order it stands.

    Raises ``RuleBroken``; then nothing is written.
    """
    rules.check_draft(State(plan.state))
    rules.check_review(review_on, today=w.today)
    plan.review_on, plan.lifelong = review_on, lifelong
    plan.changed_by_id, plan.changed_at = w.actor.user_id, w.now
    db.session.flush()
    _record(w, log.Operation.ALTERATION, "plan:review-set", plan.id, _REVIEW)


def text_of(w: Writing, plan: Plan) -> PlanText:
    """Everything that a version says, as the rules look at it."""
    return PlanText(
        number=plan.number,
        review_on=plan.review_on,
        lifelong=plan.lifelong,
        measures=[
            MeasureText(
                pillar=Pillar(each.pillar),
                what=each.what,
                user=each.assigned_user_id,
                agency=each.assigned_agency_id,
                when=each.when_text,
                due_on=each.due_on,
            )
            for each in parts_of(w, Measure, plan.id)
        ],
        contingencies=[
            ContingencyText(
                if_=each.if_text,
                then=each.then_text,
                user=each.assigned_user_id,
                agency=each.assigned_agency_id,
                within=each.within,
            )
            for each in parts_of(w, Contingency, plan.id)
        ],
    )


def frozen_text(w: Writing, text: PlanText) -> str:
    """The text as it would be frozen now, with today's names."""
    assigned: list[MeasureText | ContingencyText] = [*text.measures, *text.contingencies]
    people = agencies.user_names([each.user for each in assigned if each.user != NOBODY])
    for agency in {each.agency for each in assigned} - {NOBODY}:
        people[agency] = agencies.agency(agency).name
    return rules.frozen(text, people=people, jurisdiction=w.person.jurisdiction)


def agree(w: Writing, plan: Plan) -> None:
    """Freeze the draft with its digest, put it in the place of the last, and start its review.

    Raises ``RuleBroken`` with everything that is missing; then nothing is written.
    """
    _one_at_a_time(w)
    rules.check_step(State(plan.state), State.AGREED)
    text = text_of(w, plan)
    rules.check_complete(text, today=w.today)
    former = _version_in(w, State.AGREED)
    if former is not None:
        former.state, former.ended_on = State.SUPERSEDED.value, w.today
    plan.frozen = frozen_text(w, text)
    plan.digest = rules.digest(plan.frozen)
    plan.state, plan.agreed_at, plan.agreed_by_id = State.AGREED.value, w.now, w.actor.user_id
    db.session.flush()
    duties.start_review(w.actor, w.person, plan, w.now)
    fields = ["state", "agreed_at", "frozen", "digest"]
    _record(w, log.Operation.ALTERATION, "plan:agreed", plan.id, fields)


def withdraw(w: Writing, plan: Plan) -> None:
    """Give up the draft. The version in force stays in force."""
    rules.check_step(State(plan.state), State.WITHDRAWN)
    plan.state, plan.ended_on = State.WITHDRAWN.value, w.today
    plan.changed_by_id, plan.changed_at = w.actor.user_id, w.now
    db.session.flush()
    _record(w, log.Operation.ALTERATION, "plan:withdrawn", plan.id, ["state"])


def _record(
    w: Writing,
    operation: log.Operation,
    event: str,
    record: UUID,
    fields: Sequence[str],
    *others: UUID,
) -> None:
    records = [w.person.record, record, *others]
    log.record(w.actor, operation, event, records, at=w.now, fields=fields)
