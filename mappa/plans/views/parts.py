"""Pages that add, change and remove one measure or one contingency of the draft."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.plans import presenters, queries, rules, service
from mappa.plans.models import Contingency, Measure, PlanPart
from mappa.plans.schemas import (
    ConfirmSchema,
    ContingencySchema,
    MeasureSchema,
    Who,
    WriteContingency,
    WriteMeasure,
)
from mappa.plans.service import Writing
from mappa.plans.views.blueprint import Errors, Values, bp, writing
from mappa.web import stale
from mappa.web.flow import for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.settled import settled
from mappa.web.typed import CommandSchema, understand


@dataclass(frozen=True)
class Kind:
    """What differs between measures and contingencies."""

    model: Any
    word: str
    labels: dict[str, str]
    schema: Callable[[dict[str, Who]], CommandSchema]
    add: Callable[[Writing, Any], PlanPart]
    change: Callable[[Writing, Any, Any], PlanPart]


MEASURE = Kind(
    Measure,
    "measure",
    presenters.MEASURE_LABELS,
    MeasureSchema,
    service.add_measure,
    service.change_measure,
)
CONTINGENCY = Kind(
    Contingency,
    "contingency",
    presenters.CONTINGENCY_LABELS,
    ContingencySchema,
    service.add_contingency,
    service.change_contingency,
)


def _form_page(
    kind: Kind, w: Writing, *, values: Values, errors: Errors, seen: str, part_id: UUID | None
) -> str:
    who = queries.who_can_do_it(w.actor, w.person.record)
    chosen = values.get("who", "")
    options = list(who)
    if part_id is not None and chosen and chosen not in who and "\n" not in chosen:
        options.append(chosen)
    return render_person(
        f"plans/{kind.word}.html",
        w.person.record,
        tab="plan",
        section="plan",
        values=values,
        errors=errors,
        seen=seen,
        changing=part_id is not None,
        action=request.path,
        order=list(kind.labels),
        who=[(each, each) for each in options],
        headings=[(p.value, h) for p, h in rules.headings(w.person.jurisdiction).items()],
    )


def _add_page(kind: Kind, person_id: UUID, values: Values | None, errors: Errors) -> str:
    w = writing(person_id)
    service.draft(w)
    if values is None:
        values = {"pillar": request.args.get("pillar", "")}
    return _form_page(kind, w, values=values, errors=errors, seen="", part_id=None)


def _add(kind: Kind, person_id: UUID) -> ResponseReturnValue:
    w = writing(person_id)
    schema = kind.schema(queries.who_can_do_it(w.actor, person_id))
    command: WriteMeasure | WriteContingency = understand(schema, request.form)
    kind.add(w, command.text)
    flash(f"{kind.word.capitalize()} saved.", "success")
    if command.then != "another":
        return redirect(url_for("plans.index", person_id=person_id))
    pillar = command.pillar.value if isinstance(command, WriteMeasure) else None
    return redirect(url_for(f"plans.add_{kind.word}", person_id=person_id, pillar=pillar))


def _edit_page(
    kind: Kind, person_id: UUID, part_id: UUID, values: Values | None, errors: Errors
) -> str:
    w = writing(person_id)
    part = service.part(w, kind.model, part_id)
    stored = presenters.typed_of(
        part, presenters.who_words(part, queries.who_can_do_it(w.actor, person_id))
    )
    seen = stale.fingerprint(stored) if values is None else values.get("seen", "")
    shown = stored if values is None else values
    return _form_page(kind, w, values=shown, errors=errors, seen=seen, part_id=part_id)


def _edit(kind: Kind, person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    w = writing(person_id)
    back = redirect(url_for("plans.index", person_id=person_id))
    form = settled(request.form, last_line=presenters.ONE_LINE)
    if form is None:
        return back
    part = service.part(w, kind.model, part_id)
    who = queries.who_can_do_it(w.actor, person_id)
    stored = presenters.typed_of(part, presenters.who_words(part, who))
    if stored["who"]:
        who.setdefault(stored["who"], (part.assigned_user_id, part.assigned_agency_id))
    command: WriteMeasure | WriteContingency = understand(kind.schema(who), form)
    stale.check_not_stale(
        command.seen,
        stored,
        _typed(command, form["who"]),
        kind.labels,
        **presenters.by_whom(part.changed_by_id, part.changed_at),
    )
    kind.change(w, part, command.text)
    flash(f"{kind.word.capitalize()} saved.", "success")
    return back


def _typed(command: WriteMeasure | WriteContingency, who: str) -> dict[str, str]:
    if isinstance(command, WriteMeasure):
        return {
            "pillar": command.pillar.value,
            "what": command.what,
            "who": who,
            "when": command.when,
            "due_on": presenters.typed_day(command.due_on),
        }
    return {
        "if_text": command.if_text,
        "then_text": command.then_text,
        "who": who,
        "within": command.within,
    }


def _remove_page(kind: Kind, person_id: UUID, part_id: UUID, errors: Errors) -> str:
    w = writing(person_id)
    part = service.part(w, kind.model, part_id)
    stored = presenters.typed_of(
        part, presenters.who_words(part, queries.who_can_do_it(w.actor, person_id))
    )
    return render_person(
        "plans/remove.html",
        person_id,
        tab="plan",
        section="plan",
        word=kind.word,
        facts=[(label, _said(name, stored, w)) for name, label in kind.labels.items()],
        seen=stale.fingerprint(stored),
        action=request.path,
        errors=errors,
    )


def _said(name: str, stored: dict[str, str], w: Writing) -> str:
    if name == "pillar":
        return rules.headings(w.person.jurisdiction)[rules.Pillar(stored[name])]
    return stored[name] or "–"


def _remove(kind: Kind, person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    w = writing(person_id)
    understood = understand(ConfirmSchema(), request.form)
    part = service.part(w, kind.model, part_id)
    stored = presenters.typed_of(
        part, presenters.who_words(part, queries.who_can_do_it(w.actor, person_id))
    )
    rules.check_read(kind.word, same=understood.seen == stale.fingerprint(stored))
    service.remove(w, part)
    flash(f"{kind.word.capitalize()} removed.", "success")
    return redirect(url_for("plans.index", person_id=person_id))


@bp.get("/people/<uuid:person_id>/plan/measures/add")
@for_action(Action.PLAN_WRITE)
@witnessed
def add_measure(person_id: UUID) -> ResponseReturnValue:
    """An empty form for a measure."""
    return add_measure_page(person_id, values=typed() or None, errors={})


def add_measure_page(person_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The form for a new measure."""
    return _add_page(MEASURE, person_id, values, errors)


@bp.post("/people/<uuid:person_id>/plan/measures/add")
@for_action(Action.PLAN_WRITE)
@writes(again=add_measure_page)
def add_measure_post(person_id: UUID) -> ResponseReturnValue:
    """Add a measure to the draft."""
    return _add(MEASURE, person_id)


@bp.get("/people/<uuid:person_id>/plan/measures/<uuid:part_id>/edit")
@for_action(Action.PLAN_WRITE)
@witnessed
def edit_measure(person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """A measure of the draft, to be changed."""
    return edit_measure_page(person_id, part_id, values=typed() or None, errors={})


def edit_measure_page(
    person_id: UUID, part_id: UUID, *, values: Values | None, errors: Errors
) -> str:
    """The form for a measure that is there."""
    return _edit_page(MEASURE, person_id, part_id, values, errors)


@bp.post("/people/<uuid:person_id>/plan/measures/<uuid:part_id>/edit")
@for_action(Action.PLAN_WRITE)
@writes(again=edit_measure_page)
def edit_measure_post(person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """Change a measure of the draft."""
    return _edit(MEASURE, person_id, part_id)


@bp.get("/people/<uuid:person_id>/plan/measures/<uuid:part_id>/remove")
@for_action(Action.PLAN_WRITE)
@witnessed
def remove_measure(person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """Whether to remove a measure."""
    return remove_measure_page(person_id, part_id, values=None, errors={})


def remove_measure_page(
    person_id: UUID, part_id: UUID, *, values: Values | None, errors: Errors
) -> str:
    """The page that asks whether to remove a measure."""
    return _remove_page(MEASURE, person_id, part_id, errors)


@bp.post("/people/<uuid:person_id>/plan/measures/<uuid:part_id>/remove")
@for_action(Action.PLAN_WRITE)
@writes(again=remove_measure_page)
def remove_measure_post(person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """Remove a measure from the draft."""
    return _remove(MEASURE, person_id, part_id)


@bp.get("/people/<uuid:person_id>/plan/contingencies/add")
@for_action(Action.PLAN_WRITE)
@witnessed
def add_contingency(person_id: UUID) -> ResponseReturnValue:
    """An empty form for a contingency."""
    return add_contingency_page(person_id, values=typed() or None, errors={})


def add_contingency_page(person_id: UUID, *, values: Values | None, errors: Errors) -> str:
    """The form for a new contingency."""
    return _add_page(CONTINGENCY, person_id, values, errors)


@bp.post("/people/<uuid:person_id>/plan/contingencies/add")
@for_action(Action.PLAN_WRITE)
@writes(again=add_contingency_page)
def add_contingency_post(person_id: UUID) -> ResponseReturnValue:
    """Add a contingency to the draft."""
    return _add(CONTINGENCY, person_id)


@bp.get("/people/<uuid:person_id>/plan/contingencies/<uuid:part_id>/edit")
@for_action(Action.PLAN_WRITE)
@witnessed
def edit_contingency(person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """A contingency of the draft, to be changed."""
    return edit_contingency_page(person_id, part_id, values=typed() or None, errors={})


def edit_contingency_page(
    person_id: UUID, part_id: UUID, *, values: Values | None, errors: Errors
) -> str:
    """The form for a contingency that is there."""
    return _edit_page(CONTINGENCY, person_id, part_id, values, errors)


@bp.post("/people/<uuid:person_id>/plan/contingencies/<uuid:part_id>/edit")
@for_action(Action.PLAN_WRITE)
@writes(again=edit_contingency_page)
def edit_contingency_post(person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """Change a contingency of the draft."""
    return _edit(CONTINGENCY, person_id, part_id)


@bp.get("/people/<uuid:person_id>/plan/contingencies/<uuid:part_id>/remove")
@for_action(Action.PLAN_WRITE)
@witnessed
def remove_contingency(person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """Whether to remove a contingency."""
    return remove_contingency_page(person_id, part_id, values=None, errors={})


def remove_contingency_page(
    person_id: UUID, part_id: UUID, *, values: Values | None, errors: Errors
) -> str:
    """The page that asks whether to remove a contingency."""
    return _remove_page(CONTINGENCY, person_id, part_id, errors)


@bp.post("/people/<uuid:person_id>/plan/contingencies/<uuid:part_id>/remove")
@for_action(Action.PLAN_WRITE)
@writes(again=remove_contingency_page)
def remove_contingency_post(person_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """Remove a contingency from the draft."""
    return _remove(CONTINGENCY, person_id, part_id)
