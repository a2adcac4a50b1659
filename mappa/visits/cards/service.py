"""Adding a card to a visit that was logged, and taking one back.

Each raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then nothing is
written.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from mappa.access import merged
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, load_to, require
from mappa.access.labels import label_of
from mappa.access.reading import Seen, load
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted
from mappa.visits import queries as visits
from mappa.visits.cards import queries, rules
from mappa.visits.cards.queries import About
from mappa.visits.cards.rules import AddCard, CardKind, TakeBack
from mappa.visits.correcting.rules import check_made
from mappa.visits.models import Visit, VisitAccount, VisitCard
from mappa.visits.rules import Faults

FIELDS = ("kind", "about_id", "what", "by_whom", "method", "result", "power", "words")
NOT_FINISHED = "Finish this card, or remove it"
ADVICE = "Only who wrote a visit adds to it. Ask its author, or add your own account"
_ADVICE_OF_ACCOUNT = "Only who added an account changes what came with it. Ask them"


def may_add(actor: Actor, visit: Seen | Visit) -> bool:
    """Whether this is the visit's author, who adds to it."""
    return _is_author(actor, visit) and decide(actor, Action.VISIT_CORRECT, _target(visit)).allowed


def _is_author(actor: Actor, visit: Seen | Visit) -> bool:
    return bool(visit.written_by_id == actor.user_id)


def add_card(
    actor: Actor,
    visit_id: UUID,
    kind: CardKind,
    card: AddCard,
    *,
    now: datetime,
    person: UUID | None = None,
) -> VisitCard:
    """Add a card to a visit (of ``person``, if that is said), under the visit's label."""
    visit = load_to(actor, Action.VISIT_CORRECT, Visit, visit_id)
    if person and visit.person_id not in merged.people_of(person):
        raise NotFound
    _check(actor, visit)
    offered = offered_of(actor, visit.person_id, [kind] if card.about else [])
    found = faults(kind, card, offered, child_there=bool(visit.present_child))
    if found:
        raise FieldErrors(found)
    made = VisitCard(**label_of(visit).columns(), **columns(kind, card, actor, now))
    db.session.add(made)
    db.session.flush()
    _record(actor, Operation.COLLECTION, "visit:card-added", made, now, list(FIELDS))
    return made


Offered = Mapping[str, set[About]]
"""The records that cards can be about, by the key of the kind of card."""


def offered_of(actor: Actor, person_id: UUID, kinds: Iterable[CardKind]) -> Offered:
    """The records that cards of these kinds can be about."""
    distinct = {each.key: each for each in kinds}
    return {key: set(queries.offered(actor, person_id, kind)) for key, kind in distinct.items()}


def faults(kind: CardKind, card: AddCard, offered: Offered, *, child_there: bool) -> Faults:
    """All that stands against the card; ``offered`` is what ``offered_of`` gives."""
    found: Faults = rules.faults(kind, card)
    found |= rules.faults_of_children(kind, card, child_there=child_there)
    if card.about and card.about not in offered.get(kind.key, ()):
        found["about"] = ["Choose one from the list, or say which other one it is"]
    return found


def columns(kind: CardKind, card: AddCard, actor: Actor, now: datetime) -> dict[str, Any]:
    """A card as a row says it, without its label."""
    about_kind, about_id = card.about or ("", NOBODY)
    return {
        "kind": kind.key,
        "about_kind": about_kind,
        "about_id": about_id,
        "what": "" if card.about else card.what,
        "by_whom": card.by_whom if kind.checked else "",
        "method": card.method if kind.checked else "",
        "result": card.result,
        "power": card.power if kind.checked else "",
        "words": card.words,
        "added_by_id": actor.user_id,
        "added_at": now,
    }


def take_back(
    actor: Actor, visit_id: UUID, card_id: UUID, command: TakeBack, *, now: datetime
) -> None:
    """Take back a card that is wrong; it stays on record, with the reason."""
    card = load(actor, VisitCard, card_id)
    require_author(actor, visit_id, card.subject_id)
    rules.check_taken_back(already=card.taken_back_at is not None)
    card.why = command.why
    card.taken_back_by_id = actor.user_id
    card.taken_back_at = now
    db.session.flush()
    _record(actor, Operation.ALTERATION, "visit:card-taken-back", card, now, ["why"])


def _target(of: Seen | Visit | VisitAccount) -> Target:
    return Target(person=of.person_id, owner=of.owner_agency_id, record=of.id)


def _require(actor: Actor, visit: Visit) -> None:
    require(actor, Action.VISIT_CORRECT, _target(visit))
    _check(actor, visit)


def _check(actor: Actor, visit: Visit) -> None:
    if not _is_author(actor, visit):
        raise NotPermitted("visit:add-card: not_author", advice=ADVICE)
    check_made(visit.state)


def require_author(actor: Actor, visit_id: UUID, subject: UUID) -> None:
    """Raise unless the reader wrote what a card or a file belongs to, and the visit stands as made.

    ``subject`` is the visit or an account of it; ``NotFound`` for anything else.
    """
    if subject == visit_id:
        _require(actor, load(actor, Visit, visit_id))
        return
    account = load(actor, VisitAccount, subject)
    if account.visit_id != visit_id:
        raise NotFound
    state = visits.visit(actor, account.person_id, visit_id).state
    check_of_account(actor, account, state)


def check_of_account(actor: Actor, account: Seen | VisitAccount, state: str) -> None:
    """Raise unless the reader added the account, and the visit stands: ``state`` is the visit's."""
    require(actor, Action.VISIT_CORRECT, _target(account))
    if account.by_id != actor.user_id:
        raise NotPermitted("visit:take-back: not_author", advice=_ADVICE_OF_ACCOUNT)
    check_made(state)


def _record(
    actor: Actor,
    operation: Operation,
    event: str,
    card: VisitCard,
    now: datetime,
    fields: list[str],
) -> None:
    records = [card.person_id, card.subject_id, card.id]
    log.record(actor, operation, event, records, at=now, fields=fields)
