"""Pages of intelligence: what a reader gets of a person's items, one item, filing another."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.terms import Section
from mappa.intelligence import drafts, presenters, queries, service
from mappa.intelligence.rules import AddItem, Assessment, Handling, Source, conditions_in
from mappa.intelligence.schemas import FIELDS, AddItemSchema, Checked, CheckedSchema
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import current
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.web import stale
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("intelligence", __name__, template_folder="templates")

WORDINGS[service.ADDED] = Wording(
    "An intelligence item was added for your handling group.",
    "intelligence.item",
    "item_id",
    "Read the item",
)

Errors = Mapping[str, list[str]]

_GONE = "This item was added already, or what you typed has run out"
_CHANGED = "What you typed changed in another window. Check it once more"


def _check_open(person_id: UUID) -> bool:
    """Whether the reader belongs to a handling group.

    Raises ``NotFound`` where there is no page for this reader: the agreement gives nothing, no
    group, no share. What is held without the reader's knowledge plays no part.
    """
    actor = current_actor()
    opens = standing_on(person_id).opens(Section.INTELLIGENCE)
    member = bool(queries.groups_of(actor))
    if not opens and not member and not _shared(person_id):
        raise NotFound
    return member


def _shared(person_id: UUID) -> bool:
    """Whether a share alone, without a place on the team, lets the reader read or be told."""
    actor = current_actor()
    return bool(queries.items(actor, person_id) or queries.holders_of(actor, person_id))


def _page(template: str, person_id: UUID, **context: Any) -> str:
    return render_person(
        f"intelligence/{template}.html",
        person_id,
        tab="intelligence",
        section="intelligence",
        **context,
    )


@bp.get("/people/<uuid:person_id>/intelligence")
@for_action(Action.INTELLIGENCE_READ)
@witnessed
def index(person_id: UUID) -> ResponseReturnValue:
    """The items of those who may read them, and one line for what others hold."""
    member = _check_open(person_id)
    actor = current_actor()
    return _page(
        "index",
        person_id,
        items=[
            (each, presenters.code_and_words(each.source, each.assessment, each.handling))
            for each in queries.items(actor, person_id)
        ],
        sealed=presenters.sealed(queries.holders_of(actor, person_id)),
        member=member,
        may_add=bool(queries.groups_to_file_in(actor, person_id)),
    )


@bp.get("/people/<uuid:person_id>/intelligence/<uuid:item_id>")
@for_action(Action.INTELLIGENCE_READ)
@witnessed
def item(person_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """One item with its grading, its conditions and its text."""
    standing_on(person_id)
    actor = current_actor()
    found = queries.item(actor, person_id, item_id)
    return _page(
        "item",
        person_id,
        item=found,
        own=found.owner_agency_id == actor.agency_id,
        tiles=presenters.tiles(found.source, found.assessment, found.handling),
        conditions=conditions_in(found.conditions or ""),
        provenance=queries.provenance(actor, person_id, item_id),
    )


def add_page(person_id: UUID, *, values: Mapping[str, str], errors: Errors) -> str:
    """The form of an item, with what was typed.

    Raises ``NotFound`` or ``NotPermitted`` for a reader who may not file here.
    """
    groups = _groups_to_file_in(person_id)
    return _page(
        "add",
        person_id,
        values=values,
        errors=errors,
        order=FIELDS,
        groups=groups,
        sources=presenters.choices(Source),
        assessments=presenters.choices(Assessment),
        codes=presenters.choices(Handling),
    )


def _groups_to_file_in(person_id: UUID) -> list[queries.Group]:
    _check_open(person_id)
    groups = queries.groups_to_file_in(current_actor(), person_id)
    if not groups:
        raise NotPermitted(
            "intelligence:add: no handling group",
            advice="Only a public protection officer or supervisor of the police who belongs to a"
            " handling group adds intelligence. Ring the police with what you know.",
        )
    return groups


@bp.get("/people/<uuid:person_id>/intelligence/add")
@for_action(Action.INTELLIGENCE_ADD)
@witnessed
def add(person_id: UUID) -> ResponseReturnValue:
    """The form, with what its author typed last and has not filed."""
    kept = drafts.kept(current_actor(), person_id, now=current().at)
    return add_page(person_id, values=typed(**kept), errors={})


@bp.post("/people/<uuid:person_id>/intelligence/add")
@for_action(Action.INTELLIGENCE_ADD)
@writes(again=add_page)
def add_post(person_id: UUID) -> ResponseReturnValue:
    """Keep what was typed, to be looked at once more. Nothing is filed yet."""
    _check_open(person_id)
    actor, now = current_actor(), current().at
    command = understand(AddItemSchema(), request.form)
    service.check_filing(actor, person_id, command, now=now)
    sent = {name: request.form.get(name, "") for name in FIELDS}
    sent["event_on"] = f"{command.event_on:%d %m %Y}"  # "today" must mean the same tomorrow
    drafts.keep(actor, person_id, sent, now=now)
    return redirect(url_for(".check", person_id=person_id))


@bp.get("/people/<uuid:person_id>/intelligence/add/check")
@for_action(Action.INTELLIGENCE_ADD)
@witnessed
def check(person_id: UUID) -> ResponseReturnValue:
    """The answers, before they are filed."""
    _groups_to_file_in(person_id)
    if not drafts.kept(current_actor(), person_id, now=current().at):
        return redirect(url_for(".add", person_id=person_id))
    return check_page(person_id, values={}, errors={})


def check_page(person_id: UUID, *, values: Mapping[str, str], errors: Errors) -> str:
    """The answers as they are kept; the form again if nothing is kept any more."""
    kept = drafts.kept(current_actor(), person_id, now=current().at)
    groups = {each.id: each.name for each in _groups_to_file_in(person_id)}
    if not kept:
        return add_page(person_id, values={}, errors=errors)
    command: AddItem = understand(AddItemSchema(), kept)
    return _page(
        "check",
        person_id,
        errors=errors,
        command=command,
        tiles=presenters.tiles(command.source, command.assessment, command.handling),
        conditions=conditions_in(command.conditions),
        group=groups.get(command.group, "No group: choose one of yours"),
        seen=stale.fingerprint(kept),
    )


@bp.post("/people/<uuid:person_id>/intelligence/add/check")
@for_action(Action.INTELLIGENCE_ADD)
@writes(again=check_page)
def check_post(person_id: UUID) -> ResponseReturnValue:
    """File the item as it was checked."""
    _check_open(person_id)
    actor, now = current_actor(), current().at
    checked: Checked = understand(CheckedSchema(), request.form)
    kept = drafts.kept(actor, person_id, now=now)
    if not kept:
        raise RuleBroken("intelligence-draft", _GONE)
    if checked.seen != stale.fingerprint(kept):
        raise RuleBroken("intelligence-draft", _CHANGED)
    command: AddItem = understand(AddItemSchema(), kept)
    made = service.add_item(actor, person_id, command, now=now)
    drafts.forget(actor, person_id)
    flash("Intelligence item added. Only its handling group can read it.")
    return redirect(url_for(".item", person_id=person_id, item_id=made.id))
