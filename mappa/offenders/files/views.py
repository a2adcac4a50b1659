"""Pages of a person's photographs and documents, and the only ways to their bytes."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header

from mappa.access.actions import Action
from mappa.access.asking import Target, decide, require
from mappa.kernel.uow import current
from mappa.offenders.files import presenters, queries, rules, service
from mappa.offenders.files.queries import Opened
from mappa.offenders.files.schemas import AddFileSchema, EndFileSchema, with_file
from mappa.offenders.files.store import Store
from mappa.offenders.views.blueprint import Errors, Values
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("files", __name__, template_folder="../templates")

_ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""What a file may do if a browser opens it all the same: nothing."""


@bp.url_value_preprocessor
def _room_for_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before anything reads the form; every other address keeps the small limit.
    if endpoint == "files.add_post":
        request.max_content_length = rules.LARGEST_FORM


def _store() -> Store:
    return Store(current_app.config["SETTINGS"].uploads)


def _target(person_id: UUID) -> Target:
    return Target(person=person_id, owner=current_actor().agency_id)


@bp.get("/people/<uuid:person_id>/files")
@for_action(Action.FILE_READ)
@witnessed
def index(person_id: UUID) -> ResponseReturnValue:
    """The photographs and documents that the reader may see."""
    actor = current_actor()
    standing_on(person_id)
    lines = [presenters.file_line(actor, each) for each in queries.files(actor, person_id)]
    current_ones = [each for each in lines if not each.ended]
    return render_person(
        "files/index.html",
        person_id,
        tab="overview",
        section="photographs and documents",
        photographs=[each for each in current_ones if each.photograph],
        documents=[each for each in current_ones if not each.photograph],
        ended=[each for each in lines if each.ended],
        may_add=decide(actor, Action.FILE_ADD, _target(person_id)).allowed,
    )


def add_form(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form of a new file; a chosen file is chosen again after a mistake."""
    return render_person(
        "files/add.html",
        person_id,
        tab="overview",
        section="add a photograph or document",
        kinds=[(each.value, each.words) for each in rules.Kind],
        largest=rules.LARGEST // rules.MEGABYTE,
        values=values,
        errors=errors,
    )


@bp.get("/people/<uuid:person_id>/files/add")
@for_action(Action.FILE_ADD)
@witnessed
def add(person_id: UUID) -> ResponseReturnValue:
    """Ask for a file."""
    standing_on(person_id)
    require(current_actor(), Action.FILE_ADD, _target(person_id))
    return add_form(person_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/files/add")
@for_action(Action.FILE_ADD)
@writes(again=add_form)
def add_post(person_id: UUID) -> ResponseReturnValue:
    """Keep a file."""
    standing_on(person_id)
    actor = current_actor()
    require(actor, Action.FILE_ADD, _target(person_id))
    command = understand(AddFileSchema(), with_file(request.form, request.files))
    added = service.add_file(actor, person_id, command, store=_store(), now=current().at)
    flash(f"{command.kind.words} added.", "success")
    return redirect(url_for("files.show", person_id=person_id, file_id=added.id))


@bp.get("/people/<uuid:person_id>/files/<uuid:file_id>")
@for_action(Action.FILE_READ)
@witnessed
def show(person_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """One file: what it is, who added it, what the scanner said."""
    standing_on(person_id)
    actor = current_actor()
    seen = queries.file(actor, person_id, file_id)
    target = Target(person=person_id, owner=seen.owner_agency_id, record=file_id)
    line = presenters.file_line(actor, seen)
    return render_person(
        "files/show.html",
        person_id,
        tab="overview",
        section=line.kind.lower(),
        file=line,
        owner_id=seen.owner_agency_id,
        may_end=not line.ended and decide(actor, Action.FILE_ADD, target).allowed,
    )


@bp.get("/people/<uuid:person_id>/files/<uuid:file_id>/picture")
@for_action(Action.FILE_READ)
@witnessed
def picture(person_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """The picture made for viewing, for the page beside it."""
    standing_on(person_id)
    return as_bytes(queries.picture(current_actor(), _store(), person_id, file_id))


@bp.get("/people/<uuid:person_id>/files/<uuid:file_id>/original")
@for_action(Action.FILE_READ)
@witnessed
def original(person_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """The file as it was sent, to be saved."""
    standing_on(person_id)
    return as_bytes(queries.original(current_actor(), _store(), person_id, file_id))


def as_bytes(opened: Opened) -> Response:
    """An attachment of a known type, shut in a sandbox; a page shows it as a picture only."""
    name = rules.download_name(opened.name, opened.content)
    answer = Response(opened.data, mimetype=opened.content.value)
    plain = name.encode("ascii", "ignore").decode().strip() or "file"
    answer.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": plain})
    answer.headers["Content-Security-Policy"] = _ALONE
    return answer


def end_form(person_id: UUID, file_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that ends a file."""
    actor = current_actor()
    return render_person(
        "files/end.html",
        person_id,
        tab="overview",
        section="end a photograph or document",
        file=presenters.file_line(actor, queries.file(actor, person_id, file_id)),
        values=values,
        errors=errors,
    )


@bp.get("/people/<uuid:person_id>/files/<uuid:file_id>/end")
@for_action(Action.FILE_ADD)
@witnessed
def end(person_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Ask why a file no longer belongs here."""
    standing_on(person_id)
    service.file_to_end(current_actor(), person_id, file_id)
    return end_form(person_id, file_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/files/<uuid:file_id>/end")
@for_action(Action.FILE_ADD)
@writes(again=end_form)
def end_post(person_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """End a file of one's own agency."""
    standing_on(person_id)
    actor = current_actor()
    service.file_to_end(actor, person_id, file_id)
    command = understand(EndFileSchema(), request.form)
    service.end_file(actor, person_id, file_id, command, now=current().at)
    flash("Ended. It is kept in the history.", "success")
    return redirect(url_for("files.index", person_id=person_id))
