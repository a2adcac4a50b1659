"""Sharing about several people in five pages: who, whom exactly, what, why, check."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.access.reading import Seen
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.kernel.uow import current
from mappa.offenders import listing
from mappa.offenders import presenters as people_words
from mappa.offenders import queries as people
from mappa.sharing import words
from mappa.sharing.hub import ENTRIES, Entry
from mappa.sharing.several import presenters, queries, schemas, service
from mappa.sharing.several.making import WHAT, WHY, Making, agencies_of, making
from mappa.sharing.several.models import SeveralShare
from mappa.sharing.several.rules import MOST, MOST_ALONE, SeveralState
from mappa.sharing.shares import presenters as share_words
from mappa.sharing.shares import rules
from mappa.sharing.shares import schemas as share_schemas
from mappa.sharing.shares.rules import NOT_SHARED, ONE_BY_ONE
from mappa.sharing.shares.views.blueprint import Errors, Values, as_typed
from mappa.sharing.shares.views.making import law_context, named_condition
from mappa.web.flow import attempts_recorded, current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import CommandSchema, understand
from mappa.web.words import day

bp = Blueprint("several", __name__, template_folder="../templates")

ENTRIES.append(
    Entry(
        "several.who",
        "Share about several people",
        "The same sections, for the same purpose. More than 50 people take a second person",
        Action.SHARE_LIST,
    )
)

_WHO, _OUT = schemas.WhoSchema(), schemas.TakeOutSchema()
_CHECKED = share_schemas.CheckedSchema()
CAPTION = "Share about several people, {} of 5"


# Who


@bp.get("/sharing/several")
@for_action(Action.SHARE_LIST)
@witnessed
def who() -> ResponseReturnValue:
    """The list of people as it is narrowed there: all of them, or those who are ticked."""
    return who_page(values=typed(), errors={})


def who_page(*, values: Values, errors: Errors) -> str:
    """The page with what was chosen."""
    actor = current_actor()
    offered = listing.choices(actor)
    narrowed = listing.chosen_of(offered)
    page = listing.people(actor, narrowed, after=_id_of(request.args.get("after")))
    found = queries.draft(actor)
    rows = [(each.record, people.display_name(each), _note(each)) for each in page.people]
    return render(
        "several/who.html",
        caption=CAPTION.format(1),
        people=rows,
        how_many=people_words.how_many(page.total),
        narrowed=people_words.narrowed(offered, narrowed),
        begun=presenters.begun(found) if found else None,
        most=MOST,
        alone=MOST_ALONE,
        values=values,
        errors=errors,
        next_href=url_for("several.who", after=page.after) if page.after else None,
    )


def _note(seen: Seen) -> str:
    row = people_words.person_row(seen)
    return ". ".join(each for each in (", ".join(row.facts), row.category) if each)


def _id_of(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@bp.post("/sharing/several")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=who_page)
def who_post() -> ResponseReturnValue:
    """Choose these people too."""
    actor = current_actor()
    said = understand(_WHO, request.form)
    chosen = said.people
    if said.everybody:
        narrowed = listing.chosen_of(listing.choices(actor))
        chosen = listing.everybody(actor, narrowed, most=MOST + 1)
    service.choose(actor, chosen, now=current().at)
    return redirect(url_for("several.chosen"))


@bp.post("/sharing/several/start-again")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes()
def start_again() -> ResponseReturnValue:
    """Forget what was begun."""
    service.start_again(current_actor())
    flash("What you had begun is forgotten. Nothing was shared.", "success")
    return redirect(url_for("several.who"))


@bp.get("/sharing/several/people")
@for_action(Action.SHARE_LIST)
@witnessed
def chosen() -> ResponseReturnValue:
    """Who is chosen so far, to be looked at and taken out again."""
    return chosen_page(values=typed(), errors={})


def chosen_page(*, values: Values, errors: Errors) -> str:
    """The page with who is ticked."""
    found = making()
    seen = people.several(found.actor, found.chosen)
    ordered = sorted(seen, key=lambda each: (each.sort_name, each.record))
    return render(
        "several/people.html",
        caption=CAPTION.format(1),
        people=[(each.record, people.display_name(each)) for each in ordered],
        how_many=presenters.how_many(len(found.chosen)),
        unseen=len(found.chosen) - len(seen),
        two=queries.takes_two(found.actor, found.chosen, current().at),
        alone=MOST_ALONE,
        values=values,
        errors=errors,
    )


@bp.post("/sharing/several/people")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=chosen_page)
def chosen_post() -> ResponseReturnValue:
    """Take people out again."""
    found = making()
    said = understand(_OUT, request.form)
    if not said.people:
        raise FieldErrors({"people": ["Tick whom you take out"]})
    service.take_out(found.actor, said.people, now=current().at)
    return redirect(url_for("several.chosen"))


# What, and with whom


@bp.get("/sharing/several/what")
@for_action(Action.SHARE_LIST)
@witnessed
def what() -> ResponseReturnValue:
    """With whom, which sections, how much."""
    return what_page(values=typed() or making().known, errors={})


def what_page(*, values: Values, errors: Errors) -> str:
    """The page with what was typed."""
    found = making()
    return render(
        "several/what.html",
        caption=CAPTION.format(2),
        values=values,
        errors=errors,
        order=["agency_id", "sections", "level"],
        agencies=agencies_of(found.actor),
        sections=[
            (each.value, words.SECTIONS[each])
            for each in words.SECTIONS
            if each not in NOT_SHARED | ONE_BY_ONE
        ],
        own=found.actor.agency_name,
        how_many=presenters.how_many(len(found.chosen)),
    )


@bp.post("/sharing/several/what")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=what_page)
def what_post() -> ResponseReturnValue:
    """Keep it, and go on."""
    found = making()
    command = as_typed(understand(WHAT, request.form))
    known = found.facts(command.agency_id)
    for check in (rules.check_receiver, rules.check_sections, rules.check_level):
        check(command, known)
    return _on(found, WHAT, "several.why")


def _on(found: Making, schema: CommandSchema, endpoint: str) -> ResponseReturnValue:
    said = {name: request.form.getlist(name) for name in schema.fields}
    service.say(found.actor, said, now=current().at)
    return redirect(url_for(endpoint))


# Why, by what law, until when


@bp.get("/sharing/several/why")
@for_action(Action.SHARE_LIST)
@witnessed
def why() -> ResponseReturnValue:
    """Purpose, lawful basis, why, dates."""
    found = making()
    if not found.receiver():
        return redirect(url_for("several.what"))
    values = MultiDict(found.known)
    if "starts_on" not in values:
        today = day_of(current().at)
        values["starts_on"] = f"{today.day} {today.month} {today.year}"
    return why_page(values=typed() or values, errors={})


def why_page(*, values: Values, errors: Errors) -> str:
    """The page with what was typed."""
    found = making()
    return render(
        "several/why.html",
        caption=CAPTION.format(3),
        values=values,
        errors=errors,
        order=[*WHY.fields],
        receiver=found.receiver(),
        **law_context(found.actor, agencies.jurisdiction_of(found.actor.area_id)),
    )


@bp.post("/sharing/several/why")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=why_page)
def why_post() -> ResponseReturnValue:
    """Keep it; the whole share must then hold, whoever the person is."""
    found = making()
    said = understand(WHY, request.form)
    if said.ask:
        raise FieldErrors({"ask": ["Others are asked from the page of a person"]})
    command = share_schemas.command(understand(WHAT, found.only(WHAT)), said)
    with named_condition(command):
        rules.check(command, found.facts(command.agency_id))
    return _on(found, WHY, "insight.several_preview")


# Check


@bp.get("/sharing/several/check")
@for_action(Action.SHARE_LIST)
@witnessed
def check() -> ResponseReturnValue:
    """The answers, about how many people it is, and who is left out, before anything is shared."""
    try:
        return _check_page(making(), {})
    except (FieldErrors, RuleBroken):
        return redirect(url_for("several.what"))


def check_page(*, values: Values, errors: Errors) -> str:
    """The page, with what does not hold any more."""
    found = making()
    try:
        return _check_page(found, errors)
    except (FieldErrors, RuleBroken):
        return what_page(values=found.known, errors=errors)


def _check_page(found: Making, errors: Errors) -> str:
    command, receiver = found.command(), found.receiver()
    weighed = found.weighed(command)
    hrefs = {page: url_for(f"several.{page}") for page in ("what", "why")}
    many = len(weighed.ready)
    return render(
        "several/check.html",
        caption=CAPTION.format(5),
        errors=errors,
        rows=share_words.check_rows(command, receiver, "", (), hrefs),
        receiver=receiver,
        starts=day(command.starts_on),
        many=many,
        how_many=presenters.how_many(many),
        left=presenters.left_out(found.actor, weighed.left, receiver=receiver),
        left_many=presenters.how_many(len(found.chosen) - many),
        two=queries.takes_two(found.actor, weighed.ids, current().at),
        alone=MOST_ALONE,
    )


@bp.post("/sharing/several/check")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=check_page)
def check_post() -> ResponseReturnValue:
    """Share it, or ask a second person."""
    found = making()
    understand(_CHECKED, request.form)
    made = service.share(found.actor, found.command(), now=current().at)
    if made.state == SeveralState.ASKED.value:
        flash("Asked. Nothing is shared until a second person approves.", "success")
        return redirect(url_for("approvals.show", approval_id=made.approval_id))
    return redirect(url_for("several.show", several_id=made.id))


# What came of it


@bp.get("/sharing/several/<uuid:several_id>")
@for_action(Action.APPROVAL_ANSWER)
@witnessed
def show(several_id: UUID) -> ResponseReturnValue:
    """About whom it is asked, or was shared; how many were left out, and why."""
    actor = current_actor()
    found = queries.several(actor, several_id)
    done = found.state == SeveralState.DONE.value
    outcome = queries.outcome_of(found)
    receiver = _receiver(found)
    shown = outcome.shared if done else queries.chosen_of(found)
    left = presenters.left_out(actor, outcome.left, receiver=receiver)
    return render(
        "several/show.html",
        done=done,
        receiver=receiver,
        people=presenters.named(actor, shown),
        how_many=presenters.how_many(len(shown)),
        left=left,
        left_many=presenters.how_many(sum(len(ids) for ids in outcome.left.values())),
        state=presenters.state(queries.question_of(actor, found), day_of(current().at)),
        question_href=url_for("approvals.show", approval_id=found.approval_id)
        if found.approval_id != NOBODY and queries.question_of(actor, found)
        else None,
    )


def _receiver(found: SeveralShare) -> str:
    chosen = queries.typed_of(found).get("agency_id", [""])[0]
    return dict(agencies_of(current_actor())).get(chosen, "The agency")
