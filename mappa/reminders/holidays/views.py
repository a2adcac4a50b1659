"""Days that are not counted: the list for everybody, adding and ending for who sets the rules."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.asking import decide
from mappa.agencies.queries import jurisdiction_of
from mappa.kernel import clock
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.reminders.holidays import queries, rules, service
from mappa.reminders.holidays.models import BankHoliday
from mappa.reminders.holidays.rules import Effect
from mappa.reminders.holidays.schemas import AddHolidaySchema, EndHolidaySchema
from mappa.reminders.standards import queries as standards
from mappa.rules.levels import Jurisdiction
from mappa.web.flow import current_actor, for_action, reads, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("holidays", __name__, template_folder="../templates")

Errors = dict[str, list[str]]


def _jurisdiction() -> Jurisdiction:
    return Jurisdiction(jurisdiction_of(current_actor().area_id))


@bp.get("/rules/holidays")
@for_action(Action.RULES_READ)
@reads
def index() -> ResponseReturnValue:
    """The days off of this year and the next, and what was changed in the published list."""
    actor, jurisdiction = current_actor(), _jurisdiction()
    this_year, area = clock.day_of(current().at).year, actor.area_id
    years = (this_year, this_year + 1)
    return render(
        "reminders/holidays.html",
        jurisdiction=jurisdiction.words,
        years=[(year, queries.in_year(jurisdiction, area, year)) for year in years],
        changed=queries.changed(jurisdiction, area),
        kinds=rules.KIND_WORDS,
        may_change=decide(actor, Action.HOLIDAYS_ADMINISTER).allowed,
    )


@bp.get("/rules/holidays/add")
@for_action(Action.HOLIDAYS_ADMINISTER)
@reads
def add() -> ResponseReturnValue:
    """The form that adds a day."""
    return add_page(typed(), {})


def add_page(values: Any, errors: Errors) -> str:
    """The form, perhaps with what was wrong."""
    jurisdiction, area = _jurisdiction(), queries.area_name(current_actor().area_id)
    return render(
        "reminders/add_holiday.html",
        kinds=[
            (rules.PROCLAIMED, f"Everybody in {jurisdiction.words}", "It moves every date counted"
             " in working days"),
            (rules.LOCAL, f"{area} only", "A local holiday moves dates of local standards, never a"
             " date that a law or national guidance sets"),
        ],
        values=values,
        errors=errors,
    )  # fmt: skip


@bp.post("/rules/holidays/add")
@for_action(Action.HOLIDAYS_ADMINISTER)
@writes(again=add_page)
def add_post() -> ResponseReturnValue:
    """Add a day, and show what it moves."""
    command = understand(AddHolidaySchema(), request.form)
    added = service.add_holiday(current_actor(), command, now=current().at)
    flash("Day added. Open dates over it are being counted anew; whoever owes one is told.")
    return redirect(url_for("holidays.show", holiday_id=added.id))


@bp.get("/rules/holidays/<uuid:holiday_id>")
@for_action(Action.RULES_READ)
@reads
def show(holiday_id: UUID) -> ResponseReturnValue:
    """One day: who added it, why, and what it moves."""
    actor = current_actor()
    found = queries.day_off(_jurisdiction(), actor.area_id, holiday_id)
    return render(
        "reminders/holiday.html",
        holiday=found,
        kind=rules.KIND_WORDS[found.kind],
        names=queries.names_of({found.added_by_id, found.ended_by_id}),
        effects=_effects(found),
        may_end=found.ended_at is None and decide(actor, Action.HOLIDAYS_ADMINISTER).allowed,
    )


def _effects(holiday: BankHoliday) -> list[Effect]:
    """What the day moves, or would move if it still counted."""
    jurisdiction, on = Jurisdiction(holiday.jurisdiction), holiday.falls_on
    known = queries.between(jurisdiction, on.year - 1, on.year + 1, area=holiday.area_id)
    others = {day for day in known if day != on}
    book = standards.book_of(jurisdiction, current_actor().area_id)
    return rules.effects(book, on, others, local=queries.is_local(holiday))


@bp.get("/rules/holidays/<uuid:holiday_id>/end")
@for_action(Action.HOLIDAYS_ADMINISTER)
@reads
def end(holiday_id: UUID) -> ResponseReturnValue:
    """Ask why, before a day is counted again."""
    return end_page(holiday_id, typed(), {})


def end_page(holiday_id: UUID, values: Any, errors: Errors) -> str:
    """The form that ends a day. Raises ``NotFound`` for one that has ended."""
    found = queries.day_off(_jurisdiction(), current_actor().area_id, holiday_id)
    if found.ended_at is not None:
        raise NotFound
    return render(
        "reminders/end_holiday.html",
        holiday=found,
        effects=_effects(found),
        values=values,
        errors=errors,
    )


@bp.post("/rules/holidays/<uuid:holiday_id>/end")
@for_action(Action.HOLIDAYS_ADMINISTER)
@writes(again=end_page)
def end_post(holiday_id: UUID) -> ResponseReturnValue:
    """Count the day again."""
    queries.day_off(_jurisdiction(), current_actor().area_id, holiday_id)
    command = understand(EndHolidaySchema(), request.form)
    service.end_holiday(current_actor(), holiday_id, command.reason, now=current().at)
    flash("The day is counted again. Open dates over it are being counted anew.")
    return redirect(url_for("holidays.show", holiday_id=holiday_id))
