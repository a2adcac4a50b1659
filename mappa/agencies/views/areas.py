"""The system administrator's pages: areas, their agreement, their agencies. No content."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config import read
from mappa.access.actions import Action
from mappa.agencies import queries, service, sessions
from mappa.agencies.models import Area
from mappa.agencies.queries import AreaRow
from mappa.agencies.schemas import NewAgencySchema, OpenAreaSchema, SignAgreementSchema
from mappa.agencies.views.administration import Errors
from mappa.kernel.errors import FieldErrors
from mappa.kernel.uow import current
from mappa.rules.calendar import day_words
from mappa.rules.levels import Jurisdiction
from mappa.web.flow import current_actor, for_action, reads, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("areas", __name__, template_folder="../templates")


@bp.get("/areas")
@for_action(Action.AREAS_ADMINISTER)
@reads
def index() -> ResponseReturnValue:
    """The open areas, and the form that opens another."""
    return index_page(typed(), {})


def index_page(values: Any, errors: Errors) -> str:
    """The list, perhaps with what was wrong."""
    found = queries.areas()
    return render(
        "agencies/areas.html",
        opened=[_line(each) for each in found if each.open],
        closed=[(each.key, each.name) for each in found if not each.open],
        values=values,
        errors=errors,
    )


def _line(row: AreaRow) -> tuple[str, str, str, int, str]:
    until = f"Until {day_words(row.agreed_until)}" if row.agreed_until else "None"
    return row.key, row.name, Jurisdiction(row.jurisdiction).words, row.agencies, until


@bp.post("/areas")
@for_action(Action.AREAS_ADMINISTER)
@writes(again=index_page)
def open_area() -> ResponseReturnValue:
    """Open an area of the shipped list."""
    actor, now = current_actor(), current().at
    sessions.require_recent_password(actor, now)
    command = understand(OpenAreaSchema(), request.form)
    if not queries.is_listed(command.area):
        raise FieldErrors({"area": ["Choose an area from the list"]})
    opened = service.open_area(actor, command.area, now=now)
    flash(f"{opened.name} is open. Sign its agreement and add its agencies.")
    return redirect(url_for("areas.show", key=opened.id))


@bp.get("/areas/<key>")
@for_action(Action.AREAS_ADMINISTER)
@reads
def show(key: str) -> ResponseReturnValue:
    """One area with its agencies, and the form that adds one."""
    return area_page(key, typed(), {})


def area_page(key: str, values: Any, errors: Errors) -> str:
    """The page, perhaps with what was wrong."""
    area = queries.area(key)
    kinds = _kinds(area)
    words = dict(kinds)
    found = [row for row in queries.areas() if row.key == key]
    return render(
        "agencies/area.html",
        area=area,
        jurisdiction=Jurisdiction(area.jurisdiction).words,
        agreed_until=found[0].agreed_until,
        agencies=[
            (each.name, words.get(each.type, each.type), each.desk, each.phone)
            for each in queries.agencies_in(key)
        ],
        kinds=kinds,
        values=values,
        errors=errors,
    )


def _kinds(area: Area) -> list[tuple[str, str]]:
    jurisdiction = Jurisdiction(area.jurisdiction)
    return [
        (each.id, each.name)
        for each in read.agency_types().values()
        if each.capacity_in(jurisdiction) is not None
    ]


@bp.post("/areas/<key>")
@for_action(Action.AREAS_ADMINISTER)
@writes(again=area_page)
def add_agency(key: str) -> ResponseReturnValue:
    """Add an agency by its kind."""
    actor, now = current_actor(), current().at
    queries.area(key)
    sessions.require_recent_password(actor, now)
    command = understand(NewAgencySchema(), request.form)
    added = service.add_agency(actor, key, command, now=now)
    flash(f"{added.name} is added. It has nobody in it yet.")
    return redirect(url_for("areas.show", key=key))


@bp.get("/areas/<key>/agreement")
@for_action(Action.AREAS_ADMINISTER)
@reads
def agreement(key: str) -> ResponseReturnValue:
    """What the default agreement is, before it is put in force."""
    return agreement_page(key, typed(starts_on="today"), {})


def agreement_page(key: str, values: Any, errors: Errors) -> str:
    """The form that signs it."""
    default = read.default_agreement()
    return render(
        "agencies/agreement.html",
        area=queries.area(key),
        agreement=default,
        until=day_words(default.until),
        values=values,
        errors=errors,
    )


@bp.post("/areas/<key>/agreement")
@for_action(Action.AREAS_ADMINISTER)
@writes(again=agreement_page)
def agreement_post(key: str) -> ResponseReturnValue:
    """Put the default agreement in force."""
    actor, now = current_actor(), current().at
    queries.area(key)
    sessions.require_recent_password(actor, now)
    command = understand(SignAgreementSchema(), request.form)
    service.sign_agreement(actor, key, command.starts_on, now=now)
    flash("The default agreement is signed.")
    return redirect(url_for("areas.show", key=key))
