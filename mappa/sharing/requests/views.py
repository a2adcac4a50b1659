"""Pages of requests: asking, reading, taking back, and answering as the owner."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access import team_grid
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.reading import Seen
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.kernel.errors import RuleBroken
from mappa.kernel.uow import current
from mappa.offenders import queries as people
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.sharing import words
from mappa.sharing.hub import ENTRIES, Entry
from mappa.sharing.requests import asking, jobs, offers, presenters, queries, service
from mappa.sharing.requests.rules import NEEDS_WORDS, Answer, Stands, State
from mappa.sharing.requests.schemas import (
    NUMBERS,
    AnswerSchema,
    AskSchema,
    ReplySchema,
    UnseenSchema,
    WithdrawSchema,
)
from mappa.web.flow import attempts_recorded, current_actor, for_action, witnessed, writes
from mappa.web.pages import render, render_person
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("requests", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

SENT = "Sent. If an agency holds something that it can tell, it answers here."

WORDINGS |= {
    jobs.ASKED: Wording("An agency asks yours for information.", "requests.index", "", "See it"),
    jobs.REACHED_NOBODY: Wording(
        "Somebody asks for information, and the agency has no information officer to answer. "
        "Have one posted, and ring the agency.", "insight.overview", "person_id", "See who it is",
    ),
    service.ANSWERED: Wording(
        "What you asked another agency for was answered.", "requests.show", "asked_id",
        "Read the answer",
    ),
}  # fmt: skip

ENTRIES.append(
    Entry(
        "requests.index",
        "Requests for information",
        "What your agency asked of others, what it is asked, and what was declined",
        Action.REQUEST_ASK,
    )
)


def _jurisdiction(actor: Actor) -> str:
    return agencies.jurisdiction_of(actor.area_id)


def _today() -> date:
    return day_of(current().at)


# Lists


@bp.get("/sharing/requests")
@for_action(Action.REQUEST_ASK)
@witnessed
def index() -> ResponseReturnValue:
    """What was asked of others, or of the own agency, narrowed to how it stands."""
    actor, today = current_actor(), _today()
    answers = actor.role in (Role.INFORMATION_OFFICER, Role.AGENCY_LEAD)
    to_us = answers and request.args.get("side", "us") == "us"
    wanted = next((each for each in Stands if each.value == request.args.get("state")), None)
    after = _id_of(request.args.get("after"))
    read = queries.to_us_page if to_us else asking.asked_page
    row = presenters.to_us_row if to_us else presenters.asked_row
    page = read(actor, wanted, after=after)
    here: dict[str, Any] = {
        "side": "us" if to_us else "others",
        "state": wanted.value if wanted else None,
    }
    return render(
        "requests/index.html",
        rows=[row(each, today, _jurisdiction(actor)) for each in page.found],
        counts=presenters.count_rows(queries.counts(actor, asked_of_us=to_us)),
        to_us=to_us,
        answers=answers,
        wanted=wanted.value if wanted else "",
        next_href=url_for(".index", after=page.after, **here) if page.after else None,
        back_href=url_for(".index", **here) if after else None,
    )


def _id_of(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


# Asking


_BASIS = ["statutes", "other", "regime", "part_3", "uk_gdpr"]
_ASKED = ["sections", "what", "why", "urgency", *_BASIS]


@bp.get("/people/<uuid:person_id>/ask")
@for_action(Action.REQUEST_ASK)
@witnessed
def ask(person_id: UUID) -> ResponseReturnValue:
    """Ask what is to be asked about a person, and of whom."""
    given = {"owner": "agency", "sections": "section"}
    start = MultiDict((to, request.args[of]) for to, of in given.items() if of in request.args)
    return ask_page(person_id, values=typed() or start, errors={})


def ask_page(person_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form. Raises ``NotFound`` for a person whom the reader does not see."""
    actor = current_actor()
    lead = people.person(actor, person_id).owner_agency_id
    return render_person(
        "requests/ask.html",
        person_id,
        tab="sharing",
        section="ask for information",
        values=values,
        errors=errors,
        order=["owner", *_ASKED],
        owners=offers.owners(actor, lead),
        **offers.ask_options(actor),
    )


@bp.post("/people/<uuid:person_id>/ask")
@for_action(Action.REQUEST_ASK)
@attempts_recorded
@writes(again=ask_page)
def ask_post(person_id: UUID) -> ResponseReturnValue:
    """Ask each of the chosen agencies."""
    actor = current_actor()
    people.person(actor, person_id)
    commands = understand(AskSchema(), request.form).commands()
    made = [service.ask(actor, person_id, each, now=current().at) for each in commands]
    flash("Sent. The answer is told to you, and the request stands in your work list.", "success")
    return redirect(url_for(".show", asked_id=made[0]))


@bp.get("/sharing/requests/unseen")
@for_action(Action.REQUEST_ASK)
@witnessed
def unseen() -> ResponseReturnValue:
    """Ask about somebody whom the reader does not see."""
    return unseen_page(values=typed(), errors={})


def unseen_page(*, values: Values, errors: Errors) -> str:
    """The form; it looks for nobody."""
    by = ["by", "given_name", "family_name", "born_on", "kind", "number"]
    return render(
        "requests/unseen.html",
        values=values,
        errors=errors,
        order=[*by, *_ASKED],
        kinds=[(kind, name) for kind, (name, _) in NUMBERS.items()],
        **offers.ask_options(current_actor()),
    )


@bp.post("/sharing/requests/unseen")
@for_action(Action.REQUEST_ASK)
@attempts_recorded
@writes(again=unseen_page)
def unseen_post() -> ResponseReturnValue:
    """Keep what was asked. The answer is the same whoever is found, or nobody."""
    command = understand(UnseenSchema(), request.form).command()
    made = service.ask_unseen(current_actor(), command, now=current().at)
    flash(SENT, "success")
    return redirect(url_for(".show", asked_id=made))


# The asker's request


@bp.get("/sharing/requests/asked/<uuid:asked_id>")
@for_action(Action.REQUEST_ASK)
@witnessed
def show(asked_id: UUID) -> ResponseReturnValue:
    """One request of the own agency."""
    return show_page(asked_id, values=typed(), errors={})


def show_page(asked_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page, with a form to say more where the owner asks for it."""
    actor = current_actor()
    mine = asking.asked(actor, asked_id)
    own = mine.asked_by_id == actor.user_id
    said = asking.steps(asked_id)
    return render(
        "requests/show.html",
        page=presenters.asked_page(mine, said, _today(), _jurisdiction(actor)),
        asked_id=asked_id,
        unseen=mine.unseen,
        own=own,
        may_reply=own and mine.state is State.DISCUSSED,
        values=values,
        errors=errors,
    )


@bp.post("/sharing/requests/asked/<uuid:asked_id>")
@for_action(Action.REQUEST_ASK)
@attempts_recorded
@writes(again=show_page)
def reply(asked_id: UUID) -> ResponseReturnValue:
    """Say more to the owner."""
    actor = current_actor()
    asking.asked(actor, asked_id)
    command = understand(ReplySchema(), request.form)
    service.reply(actor, asked_id, command.why, now=current().at)
    flash("Sent.", "success")
    return redirect(url_for(".show", asked_id=asked_id))


@bp.get("/sharing/requests/asked/<uuid:asked_id>/withdraw")
@for_action(Action.REQUEST_ASK)
@witnessed
def withdraw(asked_id: UUID) -> ResponseReturnValue:
    """Ask why a request is taken back."""
    return withdraw_page(asked_id, values=typed(), errors={})


def withdraw_page(asked_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that takes a request back; for its asker alone."""
    actor = current_actor()
    mine = asking.own_seen(actor, asked_id)
    row = presenters.asked_row(mine, _today(), _jurisdiction(actor))
    return render(
        "requests/withdraw.html", row=row, asked_id=asked_id, values=values, errors=errors
    )


@bp.post("/sharing/requests/asked/<uuid:asked_id>/withdraw")
@for_action(Action.REQUEST_ASK)
@attempts_recorded
@writes(again=withdraw_page)
def withdraw_post(asked_id: UUID) -> ResponseReturnValue:
    """Take a request back."""
    actor = current_actor()
    asking.own_seen(actor, asked_id)
    command = understand(WithdrawSchema(), request.form)
    service.withdraw(actor, asked_id, command.why, now=current().at)
    flash("Withdrawn. It stays on record.", "success")
    return redirect(url_for(".show", asked_id=asked_id))


# The owner's answer


@bp.get("/sharing/requests/<uuid:share_request_id>")
@for_action(Action.REQUEST_ASK)
@witnessed
def answer(share_request_id: UUID) -> ResponseReturnValue:
    """One request that the own agency is to answer."""
    return answer_page(share_request_id, values=typed(), errors={})


def answer_page(share_request_id: UUID, *, values: Values, errors: Errors) -> str:
    """The request, with the form of the answer for those who may give it."""
    actor, today = current_actor(), _today()
    seen = queries.to_us(actor, share_request_id)
    page = presenters.to_us_page(seen, asking.steps(seen.asked_id), today, _jurisdiction(actor))
    person = people.person(actor, seen.person_id)
    agreed = team_grid.agreement(actor.area_id)
    may = page.open and _may_answer(actor, seen)
    own = offers.held(actor, seen) if may else offers.NOTHING
    return render(
        "requests/answer.html",
        page=page,
        seen=seen,
        may_answer=may,
        values=values or offers.start(actor, seen, person, own, today),
        errors=errors,
        order=[
            "answer", "why", "sections", "record_id", "level", "purpose", "share_why", "ends_on",
            "review_on", *_BASIS,
        ],
        own=own,
        purposes=[(each, each[:1].upper() + each[1:]) for each in agreed.purposes]
        if agreed
        else [],
        **words.basis_options(person.jurisdiction),
    )  # fmt: skip


def _may_answer(actor: Actor, seen: Seen) -> bool:
    target = Target(person=seen.person_id, owner=seen.owner_agency_id)
    mine = seen.asked_by_id == actor.user_id
    return not mine and decide(actor, Action.REQUEST_ANSWER, target).allowed


@bp.post("/sharing/requests/<uuid:share_request_id>")
@for_action(Action.REQUEST_ASK)
@attempts_recorded
@writes(again=answer_page)
def answer_post(share_request_id: UUID) -> ResponseReturnValue:
    """Answer for the own agency."""
    actor = current_actor()
    seen = queries.to_us(actor, share_request_id)
    said = understand(AnswerSchema(), request.form)
    command = said.command(to=seen.asker_agency_id, today=_today())
    with _as_on_the_form(command):
        service.answer(actor, share_request_id, command, now=current().at)
    asks_back = command.state in NEEDS_WORDS and command.state.is_open
    flash("Noted. Both sides see it." if asks_back else "Answered.", "success")
    return redirect(url_for(".answer", share_request_id=share_request_id))


@contextmanager
def _as_on_the_form(command: Answer) -> Iterator[None]:
    """The rules of shares say what is wrong by their own fields; here the form's stand for them."""
    regime = command.share.basis.regime.replace("-", "_") if command.share else ""
    fields = {"condition": regime, "agency_id": "answer"}
    try:
        yield
    except RuleBroken as broken:
        field = fields.get(broken.field or "", broken.field)
        raise RuleBroken(broken.rule, *broken.sentences, field=field) from None
