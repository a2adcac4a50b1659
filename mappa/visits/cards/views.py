"""Pages that add cards to a visit, one short form to a card, and take one back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.kernel.errors import NotFound, NotPermitted
from mappa.visits import presenters as visits
from mappa.visits import queries as visits_read
from mappa.visits.cards import presenters, queries, service
from mappa.visits.cards.rules import KINDS, METHODS, POWERS
from mappa.visits.cards.schemas import ANOTHER, CardSchema, TakeBackSchema
from mappa.visits.correcting.rules import check_made
from mappa.visits.joint.queries import accounts
from mappa.visits.rules import VisitState, kind_words
from mappa.visits.views.blueprint import bp, now, safeguarding_phone
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]

_CARD = f"<any({', '.join(KINDS)}):card>"
_OF = "/people/<uuid:person_id>/visits/<uuid:visit_id>/cards"
FIELDS_IN_ORDER = ("about", "what", "result", "method", "power", "by_whom", "words")


def visit_of_author(person_id: UUID, visit_id: UUID) -> tuple[Actor, Seen]:
    """The visit, for its author; ``NotFound``, ``NotPermitted`` or ``RuleBroken`` for others."""
    actor, visit = _visit_in_full(person_id, visit_id)
    if not service.may_add(actor, visit):
        raise NotPermitted("visit:add-card: not_author", advice=service.ADVICE)
    check_made(visit.state)
    return actor, visit


def to_change(person_id: UUID, visit_id: UUID, subject: UUID) -> tuple[Actor, Seen]:
    """The visit, for who wrote what a card or a file of it belongs to: ``subject``.

    That is the visit, or an account of it. Raises as ``visit_of_author``.
    """
    if subject == visit_id:
        return visit_of_author(person_id, visit_id)
    actor, visit = _visit_in_full(person_id, visit_id)
    for account in accounts(actor, person_id, visit_id):
        if account.id == subject:
            service.check_of_account(actor, account, visit.state)
            return actor, visit
    raise NotFound


def _visit_in_full(person_id: UUID, visit_id: UUID) -> tuple[Actor, Seen]:
    """The visit to this person that the address names; the service says who may add to it."""
    standing_on(person_id)
    actor = current_actor()
    visit = visits_read.visit(actor, person_id, visit_id)
    if not visit.full or not visit.outcome:
        raise NotFound
    return actor, visit


def page_of(template: str, visit: Seen, section: str, **context: Any) -> str:
    """A page about a visit, with where its visit and its cards are."""
    place = {"person_id": visit.person_id, "visit_id": visit.id}
    return render_person(
        f"visits/{template}.html",
        visit.person_id,
        tab="visits",
        section=section,
        short=True,
        visit=visit,
        caption=f"{kind_words(visit.announced)} visit, {visits.when(visit)}",
        visit_href=url_for("visits.visit", **place),
        cards_href=url_for("visits.cards", **place),
        **context,
    )


@bp.get(_OF)
@for_action(Action.VISIT_CORRECT)
@witnessed
def cards(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """What can be added to the visit, and what was."""
    actor, visit = visit_of_author(person_id, visit_id)
    found = queries.cards(actor, person_id, visit_id)
    own = [each for each in found if each.subject_id == visit_id]
    have = [each.kind for each in own if each.taken_back_at is None]
    place: dict[str, Any] = {"person_id": person_id, "visit_id": visit_id}
    return page_of(
        "cards",
        visit,
        "add to a visit",
        follow_href=url_for("visits.follow_up", person_id=person_id, visit_id=visit_id),
        kinds=[
            (kind.title, url_for("visits.card", card=kind.key, **place), have.count(kind.key))
            for kind in KINDS.values()
        ],
    )


@bp.get(f"{_OF}/{_CARD}")
@for_action(Action.VISIT_CORRECT)
@witnessed
def card(person_id: UUID, visit_id: UUID, card: str) -> ResponseReturnValue:
    """The form of one card."""
    values = typed() or MultiDict({"by_whom": current_actor().name})
    return card_page(person_id, visit_id, card, values=values, errors={})


def card_page(person_id: UUID, visit_id: UUID, card: str, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    actor, visit = visit_of_author(person_id, visit_id)
    kind = KINDS[card]
    offered = queries.offered(actor, person_id, kind)
    return page_of(
        "card",
        visit,
        "add to a visit",
        values=values,
        errors=errors,
        order=FIELDS_IN_ORDER,
        kind=kind,
        abouts=[(f"{key}:{record}", said) for (key, record), said in offered.items()],
        another=ANOTHER,
        results=list(kind.results.items()),
        methods=list(METHODS.items()),
        powers=list(POWERS.items()),
        safeguarding=safeguarding_phone(actor) if card == "children" else "",
        form_href=url_for("visits.card", person_id=person_id, visit_id=visit_id, card=card),
    )


@bp.post(f"{_OF}/{_CARD}")
@for_action(Action.VISIT_CORRECT)
@writes(again=card_page)
def card_post(person_id: UUID, visit_id: UUID, card: str) -> ResponseReturnValue:
    """Add the card, and offer the next."""
    actor = current_actor()
    command = understand(CardSchema(), request.form).command()
    service.add_card(actor, visit_id, KINDS[card], command, now=now(), person=person_id)
    flash(f"{KINDS[card].title}: added to the visit.", "success")
    return redirect(url_for("visits.cards", person_id=person_id, visit_id=visit_id))


@bp.get(f"{_OF}/<uuid:card_id>/take-back")
@for_action(Action.VISIT_CORRECT)
@witnessed
def take_back(person_id: UUID, visit_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Ask why a card is wrong."""
    return take_back_page(person_id, visit_id, card_id, values=typed(), errors={})


def take_back_page(
    person_id: UUID, visit_id: UUID, card_id: UUID, *, values: Values, errors: Errors
) -> str:
    """The form with what was typed."""
    actor, visit = _visit_in_full(person_id, visit_id)
    found = [
        (subject, each)
        for subject, cards in _shown(actor, visit).items()
        for each in cards
        if each.id == card_id and not each.taken_back
    ]
    if not found:
        raise NotFound
    subject, card = found[0]
    to_change(person_id, visit_id, subject)
    return page_of(
        "take_back",
        visit,
        "take back a card",
        values=values,
        errors=errors,
        card=card,
        form_href=url_for(
            "visits.take_back", person_id=person_id, visit_id=visit_id, card_id=card_id
        ),
    )


@bp.post(f"{_OF}/<uuid:card_id>/take-back")
@for_action(Action.VISIT_CORRECT)
@writes(again=take_back_page)
def take_back_post(person_id: UUID, visit_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Take the card back; it stays on record."""
    actor, _ = _visit_in_full(person_id, visit_id)
    command = understand(TakeBackSchema(), request.form)
    service.take_back(actor, visit_id, card_id, command, now=now())
    flash("Taken back. It stays on record with your reason.", "success")
    return redirect(url_for("visits.visit", person_id=person_id, visit_id=visit_id))


def _shown(actor: Actor, visit: Seen) -> dict[UUID, list[presenters.Card]]:
    """The cards by what they belong to: the visit, or an account of it."""
    found = queries.cards(actor, visit.person_id, visit.id)
    kinds = {each.about_kind for each in found if each.about_kind}
    named = queries.named(actor, visit.person_id, kinds) if kinds else {}
    shown: dict[UUID, list[presenters.Card]] = {}
    for each, card in zip(found, presenters.cards(found, named), strict=True):
        shown.setdefault(each.subject_id, []).append(card)
    return shown


def beside(actor: Actor, visit: Seen) -> dict[str, Any]:
    """The cards on the page of a visit, and whether its reader adds to them.

    ``of`` has all of them, by what they belong to: the visit, or an account of it.
    """
    if not visit.full or not visit.outcome:
        return {"cards": [], "may_add": False, "of": {}}
    standing = visit.state == VisitState.MADE.value
    shown = _shown(actor, visit)
    may_add = standing and service.may_add(actor, visit)
    return {"cards": shown.get(visit.id, []), "may_add": may_add, "of": shown}
