"""Sharing in four pages: what, why, the preview (which lies in ``insight``), check."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access import team_grid
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.terms import Section
from mappa.kernel.clock import day_of
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.kernel.uow import current
from mappa.offenders.queries import display_name
from mappa.sharing import words
from mappa.sharing.requests import service as requests
from mappa.sharing.requests.rules import Ask
from mappa.sharing.shares import (
    choosing,
    drafts,
    facts,
    presenters,
    queries,
    rules,
    schemas,
    service,
)
from mappa.sharing.shares.rules import NOT_SHARED
from mappa.sharing.shares.views.blueprint import Errors, Making, Values, as_typed, bp, making
from mappa.web.flow import attempts_recorded, current_actor, for_action, witnessed, writes
from mappa.web.pages import render, render_person
from mappa.web.parking import typed
from mappa.web.typed import CommandSchema, understand
from mappa.web.words import day, moment

_WHAT, _WHY, _CHECKED = schemas.WhatSchema(), schemas.WhySchema(), schemas.CheckedSchema()


def _page(found: Making, template: str, step: int, **context: Any) -> str:
    return render_person(
        template,
        found.person.record,
        tab="sharing",
        section="share with an agency",
        caption=f"Share with an agency, {step} of 4",
        **context,
    )


# What, and with whom


@bp.get("/people/<uuid:person_id>/sharing/share")
@for_action(Action.SHARE_MAKE)
@witnessed
def what(person_id: UUID) -> ResponseReturnValue:
    """The first page: with whom, which sections or one record, how much."""
    found = making(person_id)
    values = typed() or found.known or MultiDict(_from_link())
    return _what_page(found, values, {})


def _from_link() -> list[tuple[str, str]]:
    """What the grid says already: the agency and the section of the cell."""
    given = {"agency_id": "agency", "sections": "section"}
    return [(name, request.args[asked]) for name, asked in given.items() if asked in request.args]


def what_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The first page with what was typed."""
    return _what_page(making(person_id), values, errors)


def _what_page(found: Making, values: Values, errors: Errors) -> str:
    mine = facts.owned(found.actor, found.person.record)
    offered = [
        (section.value, words.SECTIONS[section], _owners(names, found.actor.agency_name))
        for section in Section
        if section not in NOT_SHARED and found.actor.agency_name in (names := mine.get(section, []))
    ]
    return _page(
        found,
        "shares/what.html",
        1,
        values=values,
        errors=errors,
        order=["agency_id", "sections", "record_id", "level"],
        agencies=found.agencies(),
        sections=offered,
        own=found.actor.agency_name,
        records=choosing.records(found.actor, found.person.record),
        started=moment(found.draft.at) if found.draft else "",
    )


def _owners(names: list[str], own: str) -> str:
    others = [each for each in names if each != own]
    return f"{' and '.join(others)} own records here too, and are asked" if others else ""


@bp.post("/people/<uuid:person_id>/sharing/share")
@for_action(Action.SHARE_MAKE)
@attempts_recorded
@writes(again=what_page)
def what_post(person_id: UUID) -> ResponseReturnValue:
    """Keep what is to be shared, and go on."""
    found = making(person_id)
    said = understand(_WHAT, request.form)
    command, known = as_typed(said), found.facts(said.agency_id)
    for check in (rules.check_receiver, rules.check_sections, rules.check_seen, rules.check_level):
        check(command, known)
    if said.record_id is not None:
        queries.record_label(found.actor, person_id, *said.record_id)
    _keep(found, schemas.WhatSchema)
    return redirect(found.url("why"))


def _keep(found: Making, of: type[CommandSchema]) -> None:
    names = of().fields
    drafts.keep(
        found.actor,
        found.person.record,
        {name: request.form.getlist(name) for name in names},
        now=current().at,
    )


# Why, by what law, until when


@bp.get("/people/<uuid:person_id>/sharing/share/why")
@for_action(Action.SHARE_MAKE)
@witnessed
def why(person_id: UUID) -> ResponseReturnValue:
    """The second page: purpose, lawful basis, why, dates, whom to ask as well."""
    found = making(person_id)
    if not found.receiver():
        return redirect(found.url("what"))
    return _why_page(found, typed() or _start(found), {})


def _start(found: Making) -> drafts.Typed:
    values = drafts.Typed(found.known)
    if "starts_on" not in values:
        today = day_of(current().at)
        values["starts_on"] = f"{today.day} {today.month} {today.year}"
        values.setlist("ask", [each for each, name in found.others() if name in _named(found)])
    return values


def _named(found: Making) -> set[str]:
    """The agencies that own something in the chosen sections, as far as the sharer sees it."""
    mine = facts.owned(found.actor, found.person.record)
    chosen = found.known.getlist("sections")
    return {name for section in chosen for name in mine.get(Section(section), [])}


def why_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The second page with what was typed."""
    return _why_page(making(person_id), values, errors)


def law_context(actor: Actor, jurisdiction: str) -> dict[str, Any]:
    """What the page of purpose and law offers: the agreement's purposes, statutes, conditions."""
    agreed = team_grid.agreement(actor.area_id)
    return {
        "purposes": [(each, each[:1].upper() + each[1:]) for each in agreed.purposes]
        if agreed
        else [],
        "agreement": f"{agreed.title}, version {agreed.version}" if agreed else "",
        **words.basis_options(jurisdiction),
    }


def _why_page(found: Making, values: Values, errors: Errors) -> str:
    return _page(
        found,
        "shares/why.html",
        2,
        values=values,
        errors=errors,
        order=[*_WHY.fields],
        receiver=found.receiver(),
        **law_context(found.actor, found.person.jurisdiction),
        others=found.others(),
        back_href=found.url("what"),
    )


@bp.post("/people/<uuid:person_id>/sharing/share/why")
@for_action(Action.SHARE_MAKE)
@attempts_recorded
@writes(again=why_page)
def why_post(person_id: UUID) -> ResponseReturnValue:
    """Keep it; the whole share must then hold."""
    found = making(person_id)
    command = schemas.command(found.what(), understand(_WHY, request.form))
    _check_second(command, found)
    _keep(found, schemas.WhySchema)
    return redirect(found.url("preview"))


@contextmanager
def named_condition(command: rules.MakeShare) -> Iterator[None]:
    """Say what is wrong with a condition at the field of its regime."""
    try:
        yield
    except RuleBroken as broken:
        if broken.field == "condition":
            shown = "part_3" if command.basis.regime == "part-3" else "uk_gdpr"
            raise RuleBroken(broken.rule, *broken.sentences, field=shown) from None
        raise


def _check_second(command: rules.MakeShare, found: Making) -> None:
    with named_condition(command):
        rules.check(command, found.facts(command.agency_id))
    offered = {each for each, _ in found.others()}
    if set(request.form.getlist("ask")) - offered:
        raise FieldErrors({"ask": ["Choose agencies from the list"]})


# Check


@bp.get("/people/<uuid:person_id>/sharing/share/check")
@for_action(Action.SHARE_MAKE)
@witnessed
def check(person_id: UUID) -> ResponseReturnValue:
    """The last page: the answers, before anything is shared."""
    found = making(person_id)
    try:
        return _check_page(found, {})
    except (FieldErrors, RuleBroken):
        return redirect(found.url("what"))


def check_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The last page, with what does not hold any more."""
    found = making(person_id)
    try:
        return _check_page(found, errors)
    except (FieldErrors, RuleBroken):
        return _what_page(found, found.known, errors)


def _check_page(found: Making, errors: Errors) -> str:
    command = found.command()
    hrefs = {page: found.url(page) for page in ("what", "why")}
    asked = _asked(found)
    rows = presenters.check_rows(command, found.receiver(), found.record(), asked, hrefs)
    return _page(
        found,
        "shares/check.html",
        4,
        rows=rows,
        errors=errors,
        receiver=found.receiver(),
        asked=asked,
        starts=day(command.starts_on),
        back_href=found.url("preview"),
    )


def _asked(found: Making) -> list[str]:
    names = dict(found.others())
    return [names[each] for each in found.known.getlist("ask") if each in names]


@bp.post("/people/<uuid:person_id>/sharing/share/check")
@for_action(Action.SHARE_MAKE)
@attempts_recorded
@writes(again=check_page)
def check_post(person_id: UUID) -> ResponseReturnValue:
    """Share it. The receiver sees it from the first day, and is told."""
    found = making(person_id)
    understand(_CHECKED, request.form)
    command = schemas.command(found.what(), found.why())
    made = service.make(found.actor, person_id, command, now=current().at)
    _ask_others(found, command)
    drafts.drop(found.actor, person_id)
    return redirect(url_for("shares.shared", share_id=made[0].id))


def _ask_others(found: Making, command: rules.MakeShare) -> None:
    """Ask each of the chosen agencies to share what it owns in the same sections."""
    sections = ", ".join(words.IN_SENTENCE[each] for each in command.sections)
    chosen = [each for each, _ in found.others() if each in found.known.getlist("ask")]
    for owner in chosen:
        asked = Ask(
            owner_agency_id=UUID(owner),
            sections=command.sections,
            what=f"Share your part of {sections} with {found.receiver()} too, until "
            f"{day(command.ends_on)}",
            why=command.why,
            urgency="routine",
            basis=command.basis,
        )
        requests.ask(found.actor, found.person.record, asked, now=current().at)


@bp.get("/shares/<uuid:share_id>/shared")
@for_action(Action.SHARE_LIST)
@witnessed
def shared(share_id: UUID) -> ResponseReturnValue:
    """That it is shared, from when, and what follows."""
    seen = queries.own_share(current_actor(), share_id)
    return render(
        "shares/shared.html",
        receiver=seen.to_name,
        starts=day(seen.starts_on),
        ends=day(seen.ends_on),
        review=day(seen.review_on) if seen.review_on else "",
        name=display_name(seen),
        person_href=url_for("insight.sharing", person_id=seen.person_id),
        share_href=url_for("shares.show", share_id=share_id),
    )
