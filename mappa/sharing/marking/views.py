"""One page for every kind of record that can be marked: sealing, hiding, reviewing, unsealing."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import restricting
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.terms import SUPERVISORS, Role
from mappa.kernel.uow import current
from mappa.sharing.marking import pages, queries, rules, service
from mappa.sharing.marking.schemas import KeepSchema, MarkSchema, UnsealSchema
from mappa.web.flow import attempts_recorded, current_actor, for_action, reader, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.typed import understand
from mappa.web.words import day

bp = Blueprint("marking", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

_OFFERED = (*SUPERVISORS, Role.INFORMATION_OFFICER)


@dataclass(frozen=True)
class MarkLine:
    """What a record's page says of its mark; ``done`` is empty where there is none."""

    done: str
    why: str
    href: str | None
    """Where it is marked, or its mark looked at; None for a reader who may not."""


def line(
    person_id: UUID, record_id: UUID, owner_id: UUID, *, handlers: bool = False
) -> MarkLine | None:
    """The mark of a record that the reader has open; None for those of other agencies.

    Who has a marked record open is one of its named readers, and may know why. ``handlers``: the
    record is open to members of its handling group only, and each of them may mark it.
    """
    actor = reader()
    if actor is None or actor.agency_id != owner_id:
        return None
    if handlers:
        may = actor.role in queries.READERS
    else:
        may = _may_mark(actor, Target(person=person_id, owner=owner_id, record=record_id))
    href = url_for("marking.show", person_id=person_id, record_id=record_id) if may else None
    mark = restricting.mark_of(record_id)
    if mark is None:
        return MarkLine("", "", href)
    return MarkLine(rules.DONE[mark.kind], mark.reason, href)


def _may_mark(actor: Actor, target: Target) -> bool:
    return actor.role in _OFFERED and decide(actor, Action.MARK_SET, target).allowed


@bp.get("/people/<uuid:person_id>/records/<uuid:record_id>/mark")
@for_action(Action.MARK_SET)
@witnessed
def show(person_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """The form that marks a record, or its mark and what can be done about it."""
    return show_page(person_id, record_id, values=typed(), errors={})


def show_page(person_id: UUID, record_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page. Raises ``NotFound`` for those who may not mark this record."""
    actor = current_actor()
    found = queries.find(actor, person_id, record_id)
    return render_person(
        "marking/mark.html",
        person_id,
        tab=found.kind.tab,
        section=found.kind.words,
        record_id=record_id,
        words=found.kind.words,
        back_href=pages.of(found.kind, person_id, record_id),
        mark=found.mark,
        facts=_facts(found),
        kinds=[(each.value, *said) for each, said in rules.KINDS.items()],
        readers=[]
        if found.mark
        else [
            (str(each.actor.user_id), _said(each))
            for each in queries.colleagues(actor, found.label)
        ],
        values=values,
        errors=errors,
    )


def _said(each: queries.Colleague) -> str:
    who = f"{each.actor.name}, {each.actor.role.words.lower()}"
    return f"{who}: may take the mark off with you" if each.unseals else who


def _facts(found: queries.Found) -> list[tuple[str, str]]:
    if found.mark is None:
        return []
    return [
        ("Mark", rules.DONE[found.mark.kind]),
        ("Why", found.mark.reason),
        ("By", f"{found.made_by}, {day(found.mark.made_at)}"),
        ("Looked at again", day(found.mark.review_at)),
        ("Readers", ", ".join(each.name for each in queries.named(found.label))),
    ]


@bp.post("/people/<uuid:person_id>/records/<uuid:record_id>/mark")
@for_action(Action.MARK_SET)
@attempts_recorded
@writes(again=show_page)
def mark(person_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """Seal or hide the record."""
    actor = current_actor()
    queries.find(actor, person_id, record_id)
    command = understand(MarkSchema(), request.form).command()
    service.set_mark(actor, person_id, record_id, command, now=current().at)
    flash(f"{rules.DONE[command.kind]}. Only the named readers see it now.", "success")
    return _back(person_id, record_id)


def _back(person_id: UUID, record_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("marking.show", person_id=person_id, record_id=record_id))


@bp.get("/people/<uuid:person_id>/records/<uuid:record_id>/mark/keep")
@for_action(Action.MARK_SET)
@witnessed
def to_keep(person_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """The same page, for what was typed before the session was lost."""
    return show_page(person_id, record_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/records/<uuid:record_id>/mark/keep")
@for_action(Action.MARK_SET)
@attempts_recorded
@writes(again=show_page)
def keep(person_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """Let the mark stand until the next look."""
    actor = current_actor()
    queries.find(actor, person_id, record_id)
    command = understand(KeepSchema(), request.form)
    service.keep(actor, person_id, record_id, command, now=current().at)
    flash("The mark stays.", "success")
    return _back(person_id, record_id)


@bp.get("/people/<uuid:person_id>/records/<uuid:record_id>/mark/unseal")
@for_action(Action.MARK_SET)
@witnessed
def to_unseal(person_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """The same page, for what was typed before the session was lost."""
    return show_page(person_id, record_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/records/<uuid:record_id>/mark/unseal")
@for_action(Action.MARK_SET)
@attempts_recorded
@writes(again=show_page)
def unseal(person_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """Ask a second person to take the mark off."""
    actor = current_actor()
    queries.find(actor, person_id, record_id)
    command = understand(UnsealSchema(), request.form)
    asked = service.ask_to_unseal(actor, person_id, record_id, command.why, now=current().at)
    flash("Asked. The mark stays until a second person approves.", "success")
    return redirect(url_for("approvals.show", approval_id=asked))
