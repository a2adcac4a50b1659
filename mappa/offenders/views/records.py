"""Pages of one person: addresses, warnings to staff, orders, history, what can be reported."""

from uuid import UUID

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.asking import Standing, Target, decide, require
from mappa.access.terms import Level, Section
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.offenders import frame, presenters, queries, rules, service
from mappa.offenders.record import queries as record
from mappa.offenders.record import views as record_pages
from mappa.offenders.schemas import AddAddressSchema, AddWarningSchema, EndWarningSchema
from mappa.offenders.views.blueprint import Errors, Values, bp, id_of
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import Link, render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand


def _opened(person_id: UUID, section: Section, need: Level = Level.SUM) -> Standing:
    stands = standing_on(person_id)
    if not stands.at_least(section, need):
        raise NotFound
    return stands


def _may(action: Action, person_id: UUID) -> bool:
    actor = current_actor()
    return decide(actor, action, Target(person=person_id, owner=actor.agency_id)).allowed


def _must(action: Action, person_id: UUID) -> None:
    standing_on(person_id)
    actor = current_actor()
    require(actor, action, Target(person=person_id, owner=actor.agency_id))


def _held(person_id: UUID, section: Section) -> list[tuple[str, str]]:
    """Agencies that hold something of the section sealed to the reader, and whom to ring."""
    return record.held(current_actor(), person_id, section)


# Addresses


@bp.get("/people/<uuid:person_id>/addresses")
@for_action(Action.ADDRESS_READ)
@witnessed
def addresses(person_id: UUID) -> ResponseReturnValue:
    """Where the person lives and lived; the district of today for readers of the summary."""
    stands = _opened(person_id, Section.CONTACT, Level.SEALED)
    may_add = _may(Action.ADDRESS_ADD, person_id)
    own = current_actor().agency_id if may_add else None
    found = [
        presenters.address_row(seen, own=own)
        for seen in queries.addresses(current_actor(), person_id)
    ]
    return render_person(
        "people/addresses.html",
        person_id,
        tab="overview",
        section="addresses",
        current=[each for each in found if each.current],
        earlier=[each for each in found if not each.current],
        full=stands.at_least(Section.CONTACT, Level.FULL),
        held=_held(person_id, Section.CONTACT),
        may_add=may_add,
    )


def address_form(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form of a new address."""
    return render_person(
        "people/add_address.html",
        person_id,
        tab="overview",
        section="add an address",
        values=values,
        errors=errors,
        kinds=list(rules.ADDRESS_KINDS.items()),
    )


@bp.get("/people/<uuid:person_id>/addresses/add")
@for_action(Action.ADDRESS_ADD)
@witnessed
def add_address(person_id: UUID) -> ResponseReturnValue:
    """Ask for a new address."""
    _must(Action.ADDRESS_ADD, person_id)
    return address_form(person_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/addresses/add")
@for_action(Action.ADDRESS_ADD)
@writes(again=address_form)
def add_address_post(person_id: UUID) -> ResponseReturnValue:
    """Add an address."""
    _must(Action.ADDRESS_ADD, person_id)
    command = understand(AddAddressSchema(), request.form)
    service.add_address(current_actor(), person_id, command, now=current().at)
    flash("Address added. The earlier address is kept.", "success")
    return redirect(url_for("people.addresses", person_id=person_id))


# Warnings to staff


def warning_form(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form of a new warning."""
    return render_person(
        "people/add_warning.html",
        person_id,
        tab="overview",
        section="add a warning to staff",
        values=values,
        errors=errors,
        serious=list(rules.SERIOUS.items()),
        officers=list(rules.OFFICERS.items()),
    )


@bp.get("/people/<uuid:person_id>/warnings/add")
@for_action(Action.WARNING_ADD)
@witnessed
def add_warning(person_id: UUID) -> ResponseReturnValue:
    """Ask for a new warning."""
    _must(Action.WARNING_ADD, person_id)
    return warning_form(person_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/warnings/add")
@for_action(Action.WARNING_ADD)
@writes(again=warning_form)
def add_warning_post(person_id: UUID) -> ResponseReturnValue:
    """Add a warning to staff."""
    _must(Action.WARNING_ADD, person_id)
    command = understand(AddWarningSchema(), request.form)
    added = service.add_warning(current_actor(), person_id, command, now=current().at)
    flash("Warning added. Everybody who can see this person sees it now.", "success")
    return redirect(url_for("people.warning", person_id=person_id, warning_id=added.id))


@bp.get("/people/<uuid:person_id>/warnings/<uuid:warning_id>")
@for_action(Action.WARNING_READ)
@witnessed
def warning(person_id: UUID, warning_id: UUID) -> ResponseReturnValue:
    """One warning, in full."""
    standing_on(person_id)
    actor = current_actor()
    seen = queries.warning(actor, person_id, warning_id)
    target = Target(person=person_id, owner=seen.owner_agency_id, record=warning_id)
    return render_person(
        "people/warning.html",
        person_id,
        tab="overview",
        section="warning to staff",
        warning=seen,
        serious=rules.SERIOUS[seen.serious],
        officers=rules.OFFICERS[seen.officers],
        review=frame.review_words(seen.review_on),
        correct_href=url_for(
            "record.correct", person_id=person_id, kind="warning", record_id=warning_id
        ),
        may_end=seen.ended_at is None and decide(actor, Action.WARNING_ADD, target).allowed,
    )


def end_warning_form(person_id: UUID, warning_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that ends a warning."""
    return render_person(
        "people/end_warning.html",
        person_id,
        tab="overview",
        section="end a warning to staff",
        warning=queries.warning(current_actor(), person_id, warning_id),
        values=values,
        errors=errors,
    )


@bp.get("/people/<uuid:person_id>/warnings/<uuid:warning_id>/end")
@for_action(Action.WARNING_ADD)
@witnessed
def end_warning(person_id: UUID, warning_id: UUID) -> ResponseReturnValue:
    """Ask why a warning no longer stands."""
    standing_on(person_id)
    service.warning_to_end(current_actor(), person_id, warning_id)
    return end_warning_form(person_id, warning_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/warnings/<uuid:warning_id>/end")
@for_action(Action.WARNING_ADD)
@writes(again=end_warning_form)
def end_warning_post(person_id: UUID, warning_id: UUID) -> ResponseReturnValue:
    """End a warning of one's own agency."""
    standing_on(person_id)
    actor = current_actor()
    service.warning_to_end(actor, person_id, warning_id)
    command = understand(EndWarningSchema(), request.form)
    service.end_warning(actor, person_id, warning_id, command, now=current().at)
    flash("Warning ended. It is kept in the history.", "success")
    return redirect(url_for("people.warning", person_id=person_id, warning_id=warning_id))


# Orders, offences, history


@bp.get("/people/<uuid:person_id>/orders")
@for_action(Action.ORDERS_READ)
@witnessed
def orders(person_id: UUID) -> ResponseReturnValue:
    """Orders and notification requirements, offences and sentences."""
    if not any(standing_on(person_id).opens(each) for each in (Section.ORDERS, Section.OFFENCES)):
        raise NotFound
    return render_person(
        "people/orders.html",
        person_id,
        tab="orders",
        section="orders and notification",
        groups=record_pages.groups_of(person_id, ("orders", "offences")),
    )


@bp.get("/people/<uuid:person_id>/history")
@for_action(Action.HISTORY_READ)
@witnessed
def history(person_id: UUID) -> ResponseReturnValue:
    """What was added, corrected and ended: from, to, who, when and why."""
    _opened(person_id, Section.IDENTITY, Level.FULL)
    only = request.args.get("kind", "")
    wanted = presenters.HISTORY_KINDS.get(only) if only else ()
    if wanted is None:
        raise NotFound
    changes, more = queries.history(
        current_actor(), person_id, before=id_of(request.args.get("before")), only=wanted
    )
    on = url_for("people.history", person_id=person_id, before=more, kind=only or None)
    return render_person(
        "people/history.html",
        person_id,
        tab="history",
        section="history",
        rows=presenters.history_rows(changes),
        only=only,
        offered=presenters.HISTORY_FILTERS,
        next_href=on if more else None,
    )


_REPORTS: tuple[tuple[str, str, Action], ...] = (
    ("A new address", "people.add_address", Action.ADDRESS_ADD),
    ("A warning to staff", "people.add_warning", Action.WARNING_ADD),
    ("A photograph or a document", "files.add", Action.FILE_ADD),
    ("A visit", "visits.log", Action.VISIT_LOG),
)


@bp.get("/people/<uuid:person_id>/report-a-change")
@for_action(Action.PERSON_READ)
@witnessed
def report_a_change(person_id: UUID) -> ResponseReturnValue:
    """What this reader may add to the record."""
    standing_on(person_id)
    links = [
        Link(label, url_for(endpoint, person_id=person_id))
        for label, endpoint, action in _REPORTS
        if endpoint in current_app.view_functions and _may(action, person_id)
    ]
    links += record_pages.report_links(person_id)
    if "intelligence.add" in current_app.view_functions and _files_intelligence(person_id):
        links.append(Link("Intelligence", url_for("intelligence.add", person_id=person_id)))
    if not links:
        raise NotFound
    return render_person(
        "people/report_a_change.html",
        person_id,
        tab="overview",
        section="report a change",
        links=links,
    )


def _files_intelligence(person_id: UUID) -> bool:
    actor = current_actor()
    mine = teams.handling_groups_of(actor.user_id, actor.agency_id)
    return any(
        decide(
            actor,
            Action.INTELLIGENCE_ADD,
            Target(person=person_id, owner=actor.agency_id, handling=group),
        ).allowed
        for group in mine
    )
