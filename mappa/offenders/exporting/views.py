"""Pages of an export: ask with a reason, type the password again, fetch the file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.agencies import sessions
from mappa.kernel.uow import current
from mappa.offenders.exporting import presenters, queries, rules, service
from mappa.offenders.exporting.models import PeopleExport
from mappa.offenders.exporting.schemas import AskForExportSchema
from mappa.rules.sheets import as_csv
from mappa.web import parking, witness, words
from mappa.web.files import attachment
from mappa.web.flow import current_actor, for_action, reads, witnessed, writes
from mappa.web.pages import render
from mappa.web.typed import understand

bp = Blueprint("exporting", __name__, template_folder="../templates", url_prefix="/people/export")

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]


@bp.get("")
@for_action(Action.PEOPLE_EXPORT)
@reads
def index() -> ResponseReturnValue:
    """Ask for a list of people as a file."""
    chosen = request.args.get("level", "")
    level = chosen if chosen in ("1", "2", "3") else ""
    return ask_page(parking.typed(level=level), {})


def ask_page(values: Values, errors: Errors) -> str:
    """The form, perhaps with what was wrong."""
    return render(
        "exporting/index.html", values=values, errors=errors, most=f"{rules.MOST_PEOPLE:,}"
    )


@bp.post("")
@for_action(Action.PEOPLE_EXPORT)
@writes(again=ask_page)
def ask() -> ResponseReturnValue:
    """Put the wish on record; the password was typed in the last minutes, or is typed now."""
    actor, now = current_actor(), current().at
    command = understand(AskForExportSchema(), request.form)
    sessions.require_recent_password(actor, now)
    made = service.ask(actor, command, now=now)
    return redirect(url_for(".ready", export_id=made.id))


@bp.get("/<uuid:export_id>")
@for_action(Action.PEOPLE_EXPORT)
@reads
def ready(export_id: UUID) -> ResponseReturnValue:
    """Where the file is fetched."""
    found = queries.asked_for(current_actor(), export_id)
    return render(
        "exporting/ready.html",
        export=found,
        reference=service.reference(found),
        what=_what(found),
        until=words.moment(found.ends_at),
    )


@bp.get("/<uuid:export_id>/file")
@for_action(Action.PEOPLE_EXPORT)
@witnessed
def file(export_id: UUID) -> ResponseReturnValue:
    """The file: whom the reader sees now, on record as a disclosure before the first byte."""
    actor, now = current_actor(), current().at
    found = queries.asked_for(actor, export_id)
    sessions.require_recent_password(actor, now)
    people, more = queries.people_of(actor, found.level)
    reference = service.reference(found)
    lines = presenters.lines(
        actor, people, more=more, reference=reference, what=_what(found), at=now
    )
    witness.as_disclosure(basis=f"{reference}: {found.reason}", recipients=[actor.agency_id])
    return attachment(f"OFFICIAL-SENSITIVE-people-{reference}.csv", as_csv(lines))


def _what(export: PeopleExport) -> str:
    if export.level is None:
        return "All people you may see"
    return f"People at level {export.level} whom you may see"
