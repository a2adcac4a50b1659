"""Pages of an import: upload, see what is wrong, decide, start, come back, take the report."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.kernel.errors import FieldErrors
from mappa.kernel.uow import current
from mappa.offenders.importing import matches, parsing, presenters, queries, rules, running, service
from mappa.offenders.importing.matches import PossibleMatch
from mappa.offenders.importing.models import ImportRow, ImportRun
from mappa.offenders.importing.rules import RowState
from mappa.offenders.importing.schemas import DecideSchema, UploadSchema
from mappa.rules.sheets import as_csv
from mappa.web import parking
from mappa.web.files import attachment
from mappa.web.flow import current_actor, for_action, reads, witnessed, writes
from mappa.web.pages import render
from mappa.web.typed import understand

bp = Blueprint("importing", __name__, template_folder="../templates", url_prefix="/people/import")

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]
_OVERHEAD = 64 * 1024
"""What a browser sends around a file."""


@bp.url_value_preprocessor
def _allow_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before the form is read for its token: only this one address takes more than a form.
    if endpoint == "importing.upload":
        request.max_content_length = rules.MOST_BYTES + _OVERHEAD


@bp.get("")
@for_action(Action.PEOPLE_IMPORT)
@reads
def index() -> ResponseReturnValue:
    """The template, the upload, and the reader's imports."""
    return upload_page(parking.typed(), {})


def upload_page(values: Values, errors: Errors) -> str:
    """The upload form; a file that was refused is chosen anew."""
    actor = current_actor()
    leads = [(str(each.id), each.name) for each in agencies.agencies_in(actor.area_id)]
    return render(
        "importing/index.html",
        runs=presenters.run_lines(queries.runs(actor)),
        leads=leads if actor.role is Role.COORDINATOR else [],
        agency=actor.agency_name,
        columns=[(column.name, column.says) for column in rules.COLUMNS],
        most_rows=f"{rules.MOST_ROWS:,}",
        most_bytes=rules.MOST_BYTES // (1024 * 1024),
        kept_days=rules.KEPT_DAYS,
        values=values,
        errors=errors,
    )


@bp.post("")
@for_action(Action.PEOPLE_IMPORT)
@writes(again=upload_page)
def upload() -> ResponseReturnValue:
    """Keep the rows of a file, to be checked."""
    command = understand(UploadSchema(), request.form)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FieldErrors({"file": ["Choose the file to upload"]})
    file.stream.seek(0)
    made = service.upload(
        current_actor(), command, _name_of(file.filename), parsing.read(file.stream),
        now=current().at,
    )  # fmt: skip
    return redirect(url_for(".run", run_id=made.id))


def _name_of(given: str) -> str:
    """The last part of what the browser calls the file, fit to be shown."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()) or "file.csv"


@bp.get("/template")
@for_action(Action.PEOPLE_IMPORT)
@reads
def template() -> ResponseReturnValue:
    """The template with one made-up row."""
    return attachment("mappa-import-template.csv", as_csv(presenters.template()))


@bp.get("/<uuid:run_id>")
@for_action(Action.PEOPLE_IMPORT)
@reads
def run(run_id: UUID) -> ResponseReturnValue:
    """How far an import is; what is wrong; what is to be decided."""
    found = queries.run(current_actor(), run_id)
    lead = agencies.agency(found.lead_agency_id).name
    page = presenters.run_page(found, lead)
    return render("importing/run.html", run=found, page=page)


@bp.get("/<uuid:run_id>/rows/<uuid:row_id>")
@for_action(Action.PEOPLE_IMPORT)
@witnessed
def row(run_id: UUID, row_id: UUID) -> ResponseReturnValue:
    """A row that may be somebody who is here: who it may be, and the decision."""
    return row_page(run_id, row_id, parking.typed(), {})


def row_page(run_id: UUID, row_id: UUID, values: Values, errors: Errors) -> str:
    """The decision on a row, perhaps with what was wrong."""
    found = queries.run(current_actor(), run_id)
    wanted = queries.row(current_actor(), run_id, row_id)
    possible = _possible(found, wanted)
    if len(possible) == 1:  # who it is goes without saying
        values = {"same_as": str(possible[0].person.record), **values}
    return render(
        "importing/row.html",
        run=found,
        row=wanted,
        open=wanted.state == RowState.MATCHED,
        cells=presenters.cells_of(wanted),
        found=presenters.candidates(possible),
        values=values,
        errors=errors,
    )


def _possible(found: ImportRun, wanted: ImportRow) -> list[PossibleMatch]:
    """Who the row may be, asked anew: only whom the reader sees now."""
    actor = current_actor()
    if wanted.state != RowState.MATCHED:
        return []
    case = running.case_of(actor, found, wanted, now=current().at)
    return matches.shown(actor, case.person) if case else []


@bp.post("/<uuid:run_id>/rows/<uuid:row_id>")
@for_action(Action.PEOPLE_IMPORT)
@writes(again=row_page)
def decide(run_id: UUID, row_id: UUID) -> ResponseReturnValue:
    """Decide on a row."""
    actor = current_actor()
    found, wanted = queries.run(actor, run_id), queries.row(actor, run_id, row_id)
    command = understand(DecideSchema(), request.form)
    shown = [each.person.record for each in _possible(found, wanted)]
    decided = service.decide(actor, run_id, row_id, command, shown, now=current().at)
    flash(f"Line {decided.line:,} is decided.")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/<uuid:run_id>/skip")
@for_action(Action.PEOPLE_IMPORT)
@writes()
def skip(run_id: UUID) -> ResponseReturnValue:
    """Leave out all rows that are not decided."""
    service.skip_undecided(current_actor(), run_id, now=current().at)
    flash("The rows that were not decided are left out.")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/<uuid:run_id>/start")
@for_action(Action.PEOPLE_IMPORT)
@writes()
def start(run_id: UUID) -> ResponseReturnValue:
    """Let the rows be added."""
    service.start(current_actor(), run_id, now=current().at)
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/<uuid:run_id>/give-up")
@for_action(Action.PEOPLE_IMPORT)
@writes()
def give_up(run_id: UUID) -> ResponseReturnValue:
    """Give the import up: what was uploaded is deleted."""
    service.give_up(current_actor(), run_id, now=current().at)
    flash("The import is given up and what you uploaded is deleted.")
    return redirect(url_for(".index"))


@bp.get("/<uuid:run_id>/report")
@for_action(Action.PEOPLE_IMPORT)
@witnessed
def report(run_id: UUID) -> ResponseReturnValue:
    """Every row with what became of it."""
    actor = current_actor()
    found = queries.run(actor, run_id)
    lines = presenters.report(actor, found, queries.every_row(found.id))
    return attachment(f"import-report-{str(found.id)[:8]}.csv", as_csv(lines))
