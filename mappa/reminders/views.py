"""Notices, "Why this date?", the rules, and the platform's health."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.reading import Seen
from mappa.access.terms import Role
from mappa.agencies.queries import jurisdiction_of, vacancies
from mappa.kernel import clock
from mappa.kernel.uow import current
from mappa.reminders import presenters, queries, rule_lines, service
from mappa.reminders.assigning import presenters as doing
from mappa.reminders.assigning import queries as assigning
from mappa.reminders.presenters import NoticeLine
from mappa.reminders.schemas import MarkReadSchema, TryAgainSchema
from mappa.reminders.standards import presenters as local_words
from mappa.reminders.standards import queries as standards
from mappa.reminders.telling import queries as outbox
from mappa.reminders.telling import service as telling
from mappa.reminders.telling.rules import step_of
from mappa.rules.away import read
from mappa.rules.deadlines import due, of_case
from mappa.rules.explanation import explain
from mappa.rules.levels import Jurisdiction
from mappa.web.flow import current_actor, for_action, reads, witnessed, writes
from mappa.web.pages import Link, render, render_person
from mappa.web.slots import slots
from mappa.web.typed import understand

bp = Blueprint("reminders", __name__, template_folder="templates")

Names = Callable[[Actor, Collection[UUID]], Mapping[UUID, str]]

NAMES_SLOT = "names"
"""Key in ``slots.extra`` of what names people to a reader: ``(actor, ids) -> {id: name}``."""

PERSON_ENDPOINT = "insight.overview"


def bell(actor: Actor) -> int:
    """How many notices the reader has not read, 99 at most."""
    return queries.unread(actor)


@bp.get("/notices")
@for_action(Action.NOTICES)
@witnessed
def notices() -> ResponseReturnValue:
    """What the reader was told."""
    return notices_page(values={}, errors={})


def notices_page(*, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    """The list of notices, with what was wrong with the last try to mark some."""
    actor = current_actor()
    today = clock.day_of(current().at)
    told = queries.notices(actor)
    late = _late_lines(actor, told, today)
    details = _details(actor, told)
    lines = [
        presenters.notice_line(seen, today, late.get(seen.id, ""), details.get(seen.id, ""))
        for seen in told
    ]
    named = {line.person_id for line in lines if line.names_person}
    return render(
        "reminders/notices.html",
        lines=lines,
        new=[line.id for line in lines if line.unread],
        links={line.id: _link(line) for line in lines},
        names=_names(actor, named),
        people={line.person_id: _person_href(line.person_id) for line in lines},
        errors=errors,
    )


def _details(actor: Actor, told: Sequence[Seen]) -> dict[UUID, str]:
    """What tells notices of one event apart, where a feature says it."""
    said: dict[UUID, str] = {}
    for event, provider in presenters.DETAILS.items():
        of_event = [seen for seen in told if seen.event == event]
        if of_event:
            said |= provider(actor, of_event)
    return said


def _late_lines(actor: Actor, told: Sequence[Seen], today: date) -> dict[UUID, str]:
    """What is said of the notices that tell of somebody else's duty, by notice."""
    of_others = [seen for seen in told if step_of(seen.event)]
    duties = queries.duties_of(actor, of_others)
    said = {}
    for seen in of_others:
        duty = duties.get(seen.duty_id)
        if duty is not None:
            late = telling.working_days_late(
                duty.rule_id, duty.rule_version, duty.jurisdiction, duty.owed_by_agency_id,
                duty.due_on, today,
            )  # fmt: skip
            said[seen.id] = presenters.late_line(duty, late)
    return said


def _names(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, str]:
    provider: Names | None = slots.extra.get(NAMES_SLOT)
    return provider(actor, ids) if provider is not None and ids else {}


def _person_href(person_id: UUID) -> str | None:
    if PERSON_ENDPOINT not in current_app.view_functions:
        return None
    return url_for(PERSON_ENDPOINT, person_id=person_id)


def _link(line: NoticeLine) -> Link | None:
    words = presenters.wording(line.event)
    if words.endpoint not in current_app.view_functions:
        return None
    of: dict[str, Any] = {words.argument: line.about_id} if words.argument else {}
    if current_app.url_map.is_endpoint_expecting(words.endpoint, "person_id"):
        of["person_id"] = line.person_id
    return Link(words.link, url_for(words.endpoint, **of))


@bp.post("/notices")
@for_action(Action.NOTICES)
@writes(again=notices_page)
def notices_post() -> ResponseReturnValue:
    """Mark notices as read."""
    command = understand(MarkReadSchema(), request.form)
    service.mark_read(current_actor(), command.notice, now=current().at)
    flash("Marked as read.")
    return redirect(url_for("reminders.notices"))


@bp.get("/deadlines/<uuid:deadline_id>/why")
@for_action(Action.DEADLINE_EXPLAIN)
@witnessed
def why(deadline_id: UUID) -> ResponseReturnValue:
    """Why a duty is due when it is."""
    actor = current_actor()
    seen = queries.deadline(actor, deadline_id)
    book = standards.book_for(Jurisdiction(seen.jurisdiction), seen.owed_by_agency_id)
    rule = of_case(book.version(seen.rule_id, seen.rule_version), seen.interval)
    away = read(seen.away)
    holidays = service.holidays_for(
        rule, seen.starts_on, owed_by=seen.owed_by_agency_id, known_at=seen.opened_at, away=away
    )
    said = local_words.explained(explain(rule, seen.starts_on, holidays, seen.set_on, away), rule)
    today = clock.day_of(current().at)
    anew = due(
        rule,
        seen.starts_on,
        service.holidays_for(rule, seen.starts_on, owed_by=seen.owed_by_agency_id, away=away),
        seen.set_on,
        away,
    )
    page = presenters.why_page(
        seen, rule, said, queries.earlier(actor, seen), today, anew=anew.due_on
    )
    return render_person(
        "reminders/why.html",
        seen.person_id,
        tab="",
        section="Why this date?",
        short=False,
        page=page,
        seen=seen,
        history=doing.history(
            assigning.snoozes_of(actor, seen.id), assigning.passed(actor, seen.id)
        ),
        may_move=seen.closed_at is None and assigning.place_of(actor, seen) is not None,
    )


@bp.get("/rules")
@for_action(Action.RULES_READ)
@reads
def rules() -> ResponseReturnValue:
    """The deadline rules of the reader's area."""
    actor = current_actor()
    jurisdiction = Jurisdiction(jurisdiction_of(actor.area_id))
    today = clock.day_of(current().at)
    may_set = decide(actor, Action.RULES_SET).allowed
    return render(
        "reminders/rules.html",
        jurisdiction=jurisdiction.words,
        page=rule_lines.rules_page(
            standards.book_of(jurisdiction, actor.area_id),
            today,
            partial(local_words.rule_line, today=today, may_set=may_set),
        ),
    )


@bp.get("/health")
@for_action(Action.HEALTH_READ)
@reads
def health() -> ResponseReturnValue:
    """How the sweep is doing, and what it could not tell."""
    return health_page(values={}, errors={})


def health_page(*, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    """The page of health, with what was wrong with the last try to revive dead letters."""
    letters = [presenters.letter_line(each) for each in outbox.dead_letters()]
    return render(
        "reminders/health.html",
        health=queries.health(current().at),
        counts=outbox.counts(),
        letters=letters,
        vacancies=[presenters.vacancy_line(each) for each in vacancies()],
        errors=errors,
    )


@bp.post("/health")
@for_action(Action.DELIVERY_RETRY)
@writes(again=health_page)
def health_post() -> ResponseReturnValue:
    """Try dead letters again."""
    command = understand(TryAgainSchema(), request.form)
    found = telling.try_again(current_actor(), command.letter, now=current().at)
    flash("They are tried again with the next delivery." if found else "Nothing was left to try.")
    return redirect(url_for("reminders.health"))


def alarm(actor: Actor) -> str:
    """What is said on every page to those who keep the platform running; empty if all is well."""
    if actor.role is not Role.SYSTEM_ADMINISTRATOR or not queries.is_silent(current().at):
        return ""
    return "No sweep in the last hour: nobody is told of what falls due."
