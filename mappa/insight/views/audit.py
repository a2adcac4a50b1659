"""The auditor's pages: who read and changed what, without content."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.agencies import queries as agencies
from mappa.audit import queries
from mappa.audit.queries import Entry
from mappa.insight import words
from mappa.insight.queries.names import agency_names
from mappa.insight.schemas import AuditFilter, audit_filter, place_words
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render


@dataclass(frozen=True)
class Act:
    """An entry in words."""

    entry: Entry
    who: str
    operation: str
    event: str
    outcome: str


@bp.get("/audit")
@for_action(Action.AUDIT_READ)
@witnessed
def audit() -> ResponseReturnValue:
    """List who did what, newest first."""
    actor = current_actor()
    asked = audit_filter(request.args, day_of(uow.current().at))
    found, more = queries.entries(actor, asked.wanted) if not asked.errors else ([], False)
    page = render(
        "insight/audit.html",
        acts=_acts(found),
        asked=asked,
        errors=asked.errors,
        words=words,
        staff=_staff(actor.agency_id),
        next_href=_next(asked, found[-1]) if more else None,
    )
    return page, 422 if asked.errors else 200


@bp.get("/audit/<uuid:entry_id>")
@for_action(Action.AUDIT_READ)
@witnessed
def audit_entry(entry_id: UUID) -> ResponseReturnValue:
    """Show one act with the names of the fields it concerned."""
    found = queries.entry(current_actor(), entry_id)
    return render("insight/audit_entry.html", act=_acts([found])[0])


def _acts(found: Sequence[Entry]) -> list[Act]:
    names = agencies.user_names({each.actor_id for each in found})
    places = agency_names({each.agency_id for each in found})
    return [
        Act(
            each,
            _who(each, names, places),
            words.OPERATIONS.get(each.operation, each.operation),
            words.event(each.event),
            words.OUTCOMES.get(each.outcome, each.outcome),
        )
        for each in found
    ]


def _who(entry: Entry, names: dict[UUID, str], places: dict[UUID, str]) -> str:
    name = names.get(entry.actor_id, "The platform")
    if entry.agency_id == NOBODY:
        return name
    return f"{name}, {places.get(entry.agency_id, 'another agency')}"


def _staff(agency_id: UUID) -> list[tuple[UUID, str]]:
    found = {each.user_id: each.name for each in agencies.staff_of([agency_id])}
    return sorted(found.items(), key=lambda each: (each[1], each[0]))


def _next(asked: AuditFilter, last: Entry) -> str:
    values: dict[str, Any] = dict(asked.values)
    return url_for("insight.audit", **values, before=place_words(last.at, last.id))
