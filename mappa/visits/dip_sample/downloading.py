"""Pages that give the frozen list of a sample as a file, so that its digest is computed again."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access import reading
from mappa.access.actions import Action
from mappa.agencies import sessions
from mappa.offenders.exporting import queries as exports
from mappa.offenders.exporting import service as exporting
from mappa.offenders.exporting.schemas import AskForExportSchema
from mappa.rules.sheets import as_csv
from mappa.visits.dip_sample import drawing, packing, presenters, service
from mappa.visits.views.blueprint import bp, now
from mappa.web import witness, words
from mappa.web.files import attachment
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, Sequence[str]]

_LIST = "/visits/samples/<uuid:sample_id>/list"
_ONE = f"{_LIST}/<uuid:export_id>"


@bp.get(_LIST)
@for_action(Action.PEOPLE_EXPORT)
@witnessed
def frozen_list(sample_id: UUID) -> ResponseReturnValue:
    """Ask what the list is needed for."""
    return frozen_list_page(sample_id, values=typed(), errors={})


def frozen_list_page(sample_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    found = service.frozen_list(current_actor(), sample_id)
    reading.note_read([found.id])
    return render(
        "visits/sample_list.html",
        values=values,
        errors=errors,
        people=presenters.people_words(found.size),
        back_href=url_for("visits.sample", sample_id=sample_id),
        form_href=url_for("visits.frozen_list_post", sample_id=sample_id),
    )


@bp.post(_LIST)
@for_action(Action.PEOPLE_EXPORT)
@writes(again=frozen_list_page)
def frozen_list_post(sample_id: UUID) -> ResponseReturnValue:
    """Put the wish on record; the password was typed in the last minutes, or is typed now."""
    actor = current_actor()
    service.frozen_list(actor, sample_id)
    form = MultiDict((name, text) for name, text in request.form.items() if name != "level")
    command = understand(AskForExportSchema(), form)
    sessions.require_recent_password(actor, now())
    made = exporting.ask(actor, command, now=now(), sample=sample_id)
    return redirect(url_for("visits.frozen_list_ready", sample_id=sample_id, export_id=made.id))


@bp.get(_ONE)
@for_action(Action.PEOPLE_EXPORT)
@witnessed
def frozen_list_ready(sample_id: UUID, export_id: UUID) -> ResponseReturnValue:
    """Where the file is fetched."""
    actor = current_actor()
    export = exports.asked_for(actor, export_id, sample=sample_id)
    reading.note_read([service.frozen_list(actor, sample_id).id])
    return render(
        "visits/sample_list_ready.html",
        reference=exporting.reference(export),
        reason=export.reason,
        until=words.moment(export.ends_at),
        back_href=url_for("visits.sample", sample_id=sample_id),
        file_href=url_for("visits.frozen_list_file", sample_id=sample_id, export_id=export_id),
    )


@bp.get(f"{_ONE}/file")
@for_action(Action.PEOPLE_EXPORT)
@witnessed
def frozen_list_file(sample_id: UUID, export_id: UUID) -> ResponseReturnValue:
    """The ids of the list, on record as a disclosure before the first byte; names are not in it."""
    actor = current_actor()
    export = exports.asked_for(actor, export_id, sample=sample_id)
    sessions.require_recent_password(actor, now())
    found = service.frozen_list(actor, sample_id)
    reading.note_read([found.id])
    reference = exporting.reference(export)
    basis = f"{reference}: {export.reason} (people {found.population_digest})"
    witness.as_disclosure(basis=basis, recipients=[actor.agency_id])
    lines = presenters.list_lines(
        found,
        drawing.thawed(packing.unpacked(found.population)),
        by=f"{actor.name}, {actor.role.words}, {actor.agency_name}",
        reference=reference,
        at=now(),
    )
    return attachment(f"OFFICIAL-SENSITIVE-frozen-list-{reference}.csv", as_csv(lines))
