"""Pages that add files to a visit and show them, and the only ways to their bytes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.kernel.errors import NotPermitted, RuleBroken
from mappa.offenders.files import presenters
from mappa.offenders.files.presenters import FileLine
from mappa.offenders.files.rules import MEGABYTE
from mappa.offenders.files.schemas import EndFileSchema, with_file
from mappa.offenders.files.store import Store
from mappa.offenders.files.views import as_bytes
from mappa.visits import queries as visits_read
from mappa.visits.cards.views import page_of, to_change, visit_of_author
from mappa.visits.files import queries, rules, service
from mappa.visits.files.schemas import VisitFileSchema
from mappa.visits.views.blueprint import bp, now
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]

_OF = "/people/<uuid:person_id>/visits/<uuid:visit_id>/files"
_ONE = f"{_OF}/<uuid:visit_file_id>"


@bp.url_value_preprocessor
def _room_for_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before anything reads the form; every other address keeps the small limit.
    if endpoint == "visits.add_file_post":
        request.max_content_length = rules.LARGEST_FORM


def _store() -> Store:
    return Store(current_app.config["SETTINGS"].uploads)


@bp.get(f"{_OF}/add")
@for_action(Action.VISIT_CORRECT)
@witnessed
def add_file(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Ask for a photograph or a document."""
    return add_file_page(person_id, visit_id, values=typed(), errors={})


def add_file_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed; a chosen file is chosen again after a mistake."""
    _, visit = visit_of_author(person_id, visit_id)
    return page_of(
        "add_file",
        visit,
        "add a photograph or document",
        values=values,
        errors=errors,
        kinds=[(each.value, each.words) for each in rules.KINDS],
        largest=rules.LARGEST // MEGABYTE,
        form_href=url_for("visits.add_file_post", person_id=person_id, visit_id=visit_id),
    )


@bp.post(f"{_OF}/add")
@for_action(Action.VISIT_CORRECT)
@writes(again=add_file_page)
def add_file_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Keep a file with the visit."""
    actor, _ = visit_of_author(person_id, visit_id)
    chosen = understand(VisitFileSchema(), with_file(request.form, request.files))
    service.add_file(actor, visit_id, chosen, store=_store(), now=now())
    flash(f"{chosen.kind.words} added.", "success")
    return redirect(url_for("visits.visit", person_id=person_id, visit_id=visit_id))


@bp.get(_ONE)
@for_action(Action.VISIT_READ)
@witnessed
def visit_file(person_id: UUID, visit_id: UUID, visit_file_id: UUID) -> ResponseReturnValue:
    """One file: what it is, who added it, what the scanner said."""
    standing_on(person_id)
    actor = current_actor()
    visit = visits_read.visit(actor, person_id, visit_id)
    seen = queries.file(actor, person_id, visit_id, visit_file_id)
    line = presenters.file_line(actor, seen)
    place = _place(seen, visit_id)
    ends = not line.ended and _may_end(seen, visit_id)
    return page_of(
        "file",
        visit,
        line.kind.lower(),
        file=line,
        picture_href=url_for("visits.visit_file_picture", **place) if line.picture else "",
        original_href=url_for("visits.visit_file_original", **place) if line.original else "",
        end_href=url_for("visits.end_file", **place) if ends else "",
    )


def _may_end(seen: Seen, visit_id: UUID) -> bool:
    try:
        to_change(seen.person_id, visit_id, seen.subject_id)
    except (NotPermitted, RuleBroken):
        return False
    return True


def _place(seen: Seen, visit_id: UUID) -> dict[str, Any]:
    return {"person_id": seen.person_id, "visit_id": visit_id, "visit_file_id": seen.id}


@bp.get(f"{_ONE}/picture")
@for_action(Action.VISIT_READ)
@witnessed
def visit_file_picture(person_id: UUID, visit_id: UUID, visit_file_id: UUID) -> ResponseReturnValue:
    """The picture made for viewing, for the page beside it."""
    standing_on(person_id)
    return as_bytes(queries.picture(current_actor(), _store(), person_id, visit_id, visit_file_id))


@bp.get(f"{_ONE}/original")
@for_action(Action.VISIT_READ)
@witnessed
def visit_file_original(
    person_id: UUID, visit_id: UUID, visit_file_id: UUID
) -> ResponseReturnValue:
    """The file as it was sent, to be saved."""
    standing_on(person_id)
    return as_bytes(queries.original(current_actor(), _store(), person_id, visit_id, visit_file_id))


@bp.get(f"{_ONE}/end")
@for_action(Action.VISIT_CORRECT)
@witnessed
def end_file(person_id: UUID, visit_id: UUID, visit_file_id: UUID) -> ResponseReturnValue:
    """Ask why a file does not belong to the visit."""
    return end_file_page(person_id, visit_id, visit_file_id, values=typed(), errors={})


def end_file_page(
    person_id: UUID, visit_id: UUID, visit_file_id: UUID, *, values: Values, errors: Errors
) -> str:
    """The form with what was typed."""
    standing_on(person_id)
    seen = queries.file(current_actor(), person_id, visit_id, visit_file_id)
    actor, visit = to_change(person_id, visit_id, seen.subject_id)
    return page_of(
        "end_file",
        visit,
        "end a photograph or document",
        values=values,
        errors=errors,
        file=presenters.file_line(actor, seen),
        file_href=url_for("visits.visit_file", **_place(seen, visit_id)),
        form_href=url_for("visits.end_file_post", **_place(seen, visit_id)),
    )


@bp.post(f"{_ONE}/end")
@for_action(Action.VISIT_CORRECT)
@writes(again=end_file_page)
def end_file_post(person_id: UUID, visit_id: UUID, visit_file_id: UUID) -> ResponseReturnValue:
    """End a file; it is kept."""
    standing_on(person_id)
    command = understand(EndFileSchema(), request.form)
    service.end_file(current_actor(), visit_id, visit_file_id, command, now=now())
    flash("Ended. It is kept with the visit.")
    return redirect(url_for("visits.visit", person_id=person_id, visit_id=visit_id))


Shown = tuple[FileLine, str, str]
"""A file on the page of its visit: with its page, and its picture if it has one."""


def beside(actor: Actor, visit: Seen) -> dict[UUID, list[Shown]]:
    """The files on the page of a visit by what they belong to: the visit, or an account of it."""
    found: dict[UUID, list[Shown]] = {}
    if not visit.full or not visit.outcome:
        return found
    for seen in queries.of_visit(actor, visit.person_id, visit.id):
        line, place = presenters.file_line(actor, seen), _place(seen, visit.id)
        picture = url_for("visits.visit_file_picture", **place) if line.picture else ""
        shown = (line, url_for("visits.visit_file", **place), picture)
        found.setdefault(seen.subject_id, []).append(shown)
    return found
