"""Logging a visit in three pages, for a new visit and for one that was planned."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.kernel import clock
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.visits import drafts, presenters, rules, service, telling
from mappa.visits.hours import Chosen, Longest, hours
from mappa.visits.preparing.rules import turnout_faults
from mappa.visits.rules import LogVisit, Outcome
from mappa.visits.schemas import (
    ELSEWHERE,
    HOME,
    KINDS,
    SECOND,
    SOMEONE_ELSE,
    Essentials,
    EssentialsSchema,
    Happened,
    HappenedSchema,
)
from mappa.visits.views.blueprint import (
    Writing,
    bp,
    may_write,
    now,
    safeguarding_phone,
    today,
)
from mappa.visits.views.drafting import (
    GONE,
    Errors,
    Values,
    finish_later,
    gone,
    keep_more,
    page_of,
)
from mappa.web import stale, words
from mappa.web.flow import for_action, witnessed, writes
from mappa.web.parking import typed
from mappa.web.typed import parse_day, understand, understand_part

_HAPPENED, _ESSENTIAL = HappenedSchema(), EssentialsSchema()
_ESSENTIALS = tuple(_ESSENTIAL.fields)
_FIRST = tuple(_HAPPENED.fields)
_ORDER = (
    "made_on",
    "arrived",
    "arrived_which",
    "left",
    "left_which",
    "overnight",
    "where",
    "place",
    "officers",
    "other_name",
    "other_agency",
    "plain_clothes",
    "marked_car",
    "accredited",
    "turnout_reason",
    "account",
    "present",
    "concern",
    "concerns",
    "concern_child",
    "told_next",
    "next_step",
)


def _kind_of(writing: Writing, values: Mapping[str, str]) -> str:
    """The kind of the plan; without one what was said, empty while nobody has said."""
    if writing.plan is not None:
        return "scheduled" if writing.plan.announced else "unannounced"
    asked = values.get("kind") or ""
    return asked if asked in KINDS else ""


# What happened


@bp.get("/people/<uuid:person_id>/visits/log")
@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/outcome")
@for_action(Action.VISIT_LOG)
@witnessed
def log(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """The first page: what happened."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    draft = writing.draft()
    told = draft is not None and draft.values.get("outcome")
    if writing.overtaken and told and "change" not in request.args:
        return redirect(writing.url("check"))  # where it is said that somebody else was first
    values = typed()
    for name in _FIRST if draft and not values else ():
        values[name] = (draft.values if draft else {}).get(name, "")
    if not values.get("kind") and request.args.get("kind") in KINDS:
        values["kind"] = request.args["kind"]
    return _log_page(writing, values, {}, draft)


def log_page(
    person_id: UUID, visit_id: UUID | None = None, *, values: Values, errors: Errors
) -> str:
    """The first page with what was typed."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    return _log_page(writing, values, errors, writing.draft())


def _log_page(writing: Writing, values: Values, errors: Errors, draft: drafts.Draft | None) -> str:
    return page_of(
        writing,
        "visits/outcome.html",
        1,
        kind=_kind_of(writing, values),
        values=values,
        errors=errors,
        outcomes=[(each.value, each.words) for each in Outcome],
        kinds=[(each, rules.kind_words(KINDS[each])) for each in KINDS],
        planned=writing.plan is not None,
        throw_href=writing.url("throw_away") if draft else "",
        started=words.moment(draft.at) if draft else "",
        back_href=url_for("visits.index", person_id=writing.person_id),
    )


@bp.post("/people/<uuid:person_id>/visits/log")
@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/outcome")
@for_action(Action.VISIT_LOG)
@writes(again=log_page)
def log_post(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """Keep what happened, and go on."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    _, unread = writing.understand(_HAPPENED)
    service.refuse(unread)
    sent = {name: request.form.get(name, "") for name in _FIRST}
    keep_more(writing, sent | {"kind": _kind_of(writing, request.form)})
    return redirect(writing.url("essentials"))


def _happened(draft: drafts.Draft | None) -> Happened | None:
    if draft is None or not draft.values.get("outcome"):
        return None
    named = {name: draft.values.get(name, "") for name in _FIRST}
    return understand(_HAPPENED, named)  # type: ignore[no-any-return]


# The visit


@bp.get("/people/<uuid:person_id>/visits/log/essentials")
@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/outcome/essentials")
@for_action(Action.VISIT_LOG)
@witnessed
def essentials(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """The second page: when, where, who, concerns."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    draft = writing.draft()
    if _happened(draft) is None:
        return redirect(writing.url("log"))
    assert draft is not None
    values = typed() or draft.values
    if "arrived" not in values:
        values = _start(writing)
    return essentials_page(person_id, visit_id, values=values, errors={})


def essentials_page(
    person_id: UUID, visit_id: UUID | None = None, *, values: Values, errors: Errors
) -> str:
    """The second page with what was typed."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    draft = writing.draft()
    happened = _happened(draft)
    if happened is None or draft is None:
        return gone(writing, errors)
    return page_of(
        writing,
        "visits/essentials.html",
        2,
        kind="scheduled" if happened.kind else "unannounced",
        values=values,
        errors=errors,
        order=_ORDER,
        outcome=happened.outcome,
        asks=happened.outcome.asks,
        saved=words.hour(draft.at),
        day=_day_words(values.get("made_on", "")),
        another_day=_another_day(values, errors),
        **asked_of_night(values, writing.longest_night),
        home=writing.home(),
        officers=writing.options(),
        asks_turnout=writing.asks_turnout_of_log(),
        safeguarding=safeguarding_phone(writing.actor),
        back_href=writing.url("log"),
    )


def _day_words(text: str) -> str:
    try:
        day = parse_day(text.strip().lower(), "the day", today()) if text.strip() else today()
    except ValidationError:
        return ""
    return f"Today, {words.day(day)}." if day == today() else f"{words.day(day)}."


def asked_of_night(values: Values, longest: Longest) -> dict[str, Any]:
    """What the times as typed make a page ask.

    ``overnight`` is the box that confirms a visit past midnight, None for other visits; ``twice``
    has, by field, which of two times that read the same is meant.
    """
    essential, wrong = understand_part(
        _ESSENTIAL, {name: values.get(name, "") for name in ("made_on", "arrived", "left")}
    )
    if wrong.keys() & {"made_on", "arrived", "left"}:
        return {"overnight": None, "twice": {}}
    chosen = Chosen(*(SECOND.get(values.get(name, "")) for name in ("arrived_which", "left_which")))
    typed_as = (essential.made_on or today(), essential.arrived, essential.left)
    either = hours(*typed_as, today=today(), longest=longest)
    spent = hours(*typed_as, today=today(), longest=longest, chosen=chosen)
    box = (spent.made_on.isoformat(), telling.overnight_words(spent)) if spent.overnight else None
    return {"overnight": box, "twice": telling.twice(either)}


def _another_day(values: Values, errors: Errors) -> bool:
    return "made_on" in errors or not _day_words(values.get("made_on", "")).startswith("Today")


def _start(writing: Writing) -> drafts.Typed:
    """What is known is filled in: the clock, the place, and who was to go."""
    plan = writing.plan
    planned = writing.planned()
    accounts = [str(each.user_id) for each in planned if each.user_id]
    other = next((each for each in planned if not each.user_id), None)
    start: dict[str, Any] = {
        "left": presenters.typed_time(now()),
        "where": HOME if writing.home() else ELSEWHERE,
        "officers": (accounts or [str(writing.actor.user_id)]) + ([SOMEONE_ELSE] if other else []),
    }
    if other:
        start |= {"other_name": other.name, "other_agency": other.agency}
    due = plan.window_from if plan is not None and plan.announced else None
    if due is not None and clock.day_of(due) == today() and due < now():
        start["arrived"] = presenters.typed_time(due)
    return MultiDict(start)


@bp.post("/people/<uuid:person_id>/visits/log/essentials")
@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/outcome/essentials")
@for_action(Action.VISIT_LOG)
@writes(again=essentials_page)
def essentials_post(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """Keep the visit as typed, and go on; or finish later."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    sent = {name: request.form.getlist(name) for name in _ESSENTIALS}
    sent["made_on"] = [_fixed_day(request.form.get("made_on", ""))]
    if request.form.get("then") == "later":
        keep_more(writing, sent)
        return finish_later(writing)
    happened = _happened(writing.draft())
    if happened is None:
        raise RuleBroken("visit-draft-gone", GONE)
    made = _check(writing, happened)
    # Of a visit past midnight the day of the arrival, whatever day it was typed for.
    keep_more(writing, sent | {"made_on": presenters.typed_day(made.made_on)})
    return redirect(writing.url("check"))


def _fixed_day(text: str) -> str:
    """A day that still means the same tomorrow; what is not understood stays as typed."""
    try:
        spelled = text.strip().lower()
        return presenters.typed_day(parse_day(spelled, "the day", today()) if spelled else today())
    except ValidationError:
        return text


def made_of(writing: Writing, happened: Happened, essential: Essentials) -> LogVisit:
    """The visit as both pages tell it. Raises ``FieldErrors``."""
    return telling.log_command(happened, essential, **_known(writing, essential))


def _known(writing: Writing, essential: Essentials) -> dict[str, Any]:
    return {
        "offered": writing.offered_of(essential.officers),
        "home": writing.home_if(essential.where),
        "today": today(),
        "longest": writing.longest_night,
        "asks_turnout": writing.asks_turnout_of_log(),
    }


def _check(writing: Writing, happened: Happened) -> LogVisit:
    """The second page as it was sent. Raises ``FieldErrors`` with everything that is wrong."""
    essential, unread = understand_part(_ESSENTIAL, request.form)
    made, faults = telling.told(happened, essential, **_known(writing, essential))
    faults |= unread
    planned_at = writing.plan.planned_at if writing.plan else None
    planned_on = clock.day_of(planned_at) if planned_at else None
    settled = {*faults, "place"} if "where" in faults else set(faults)
    faults |= rules.log_faults(made, now=now(), planned_on=planned_on, settled=settled)
    faults |= turnout_faults(made.turnout)
    if faults:
        raise FieldErrors(faults)
    return made


def as_typed(draft: drafts.Draft | None) -> tuple[Happened, Essentials, str] | None:
    """Both pages as the draft has them, with the fingerprint of the draft."""
    happened = _happened(draft)
    if draft is None or happened is None:
        return None
    second = MultiDict((name, text) for name in _ESSENTIALS for text in draft.values.getlist(name))
    essential = understand(_ESSENTIAL, second)
    return happened, essential, stale.fingerprint(dict(draft.values.lists()))
