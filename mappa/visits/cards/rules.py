"""Which cards a visit can have, and what must be said on each. Pure.

Source: what is recorded of a visit, domain.md section 7 (College of Policing, home visits); devices
are checked under a licence, an order, consent or a warrant, and the power is recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.visits.rules import Faults

_CHANGE = {
    "as_known": "As it was known",
    "changed": "Changed",
    "concern": "A concern",
}


@dataclass(frozen=True, kw_only=True)
class CardKind:
    """One kind of card: what it is called, what it asks, and the results to choose from.

    ``about`` are the kinds of record of the person that it can be about. ``in_words`` are the
    results that must be explained.
    """

    key: str
    title: str
    question: str
    results: Mapping[str, str]
    about: tuple[str, ...] = ()
    another: str = ""
    which: str = ""
    in_words: frozenset[str] = field(default_factory=frozenset)
    checked: bool = False
    """Whether it asks by whom, how and under which power."""


KINDS: Mapping[str, CardKind] = {
    each.key: each
    for each in (
        CardKind(
            key="devices",
            title="Devices and online accounts",
            question="What was found?",
            results={
                "nothing": "Nothing of concern",
                "concern": "Something of concern",
                "refused": "The check was refused",
                "not_opened": "It could not be opened",
                "seen": "Seen, not checked",
            },
            about=("device", "account"),
            which="Which device or account?",
            another="Another device or account",
            in_words=frozenset({"concern", "refused", "not_opened"}),
            checked=True,
        ),
        CardKind(
            key="conditions",
            title="Licence conditions and orders",
            question="What shows it?",
            results={"kept": "Kept", "not_kept": "Not kept", "not_known": "Could not be checked"},
            about=("condition", "order"),
            which="Which condition or order?",
            another="Another condition or order",
            in_words=frozenset({"not_kept", "not_known"}),
        ),
        CardKind(
            key="children",
            title="Children",
            question="Which children, whose, and what was done?",
            results={
                "none": "No child, and no sign of one",
                "signs": "Signs of a child, no child seen",
                "present": "A child was there",
                "contact": "Contact with a child was spoken of",
            },
            in_words=frozenset({"signs", "present", "contact"}),
        ),
        CardKind(
            key="home",
            title="Home",
            question="What did you see?",
            results=_CHANGE,
            in_words=frozenset({"changed", "concern"}),
        ),
        CardKind(
            key="relationships",
            title="Relationships",
            question="Who, and what was said?",
            results=_CHANGE,
            in_words=frozenset({"changed", "concern"}),
        ),
        CardKind(
            key="employment",
            title="Employment",
            question="Where, and what was said?",
            results=_CHANGE,
            in_words=frozenset({"changed", "concern"}),
        ),
        CardKind(
            key="vehicles",
            title="Vehicles",
            question="Which vehicle, and what did you see?",
            results=_CHANGE,
            in_words=frozenset({"changed", "concern"}),
        ),
        CardKind(
            key="substances",
            title="Alcohol and drugs",
            question="What did you see?",
            results={"no_sign": "No sign", "sign": "A sign of use", "concern": "A concern"},
            in_words=frozenset({"sign", "concern"}),
        ),
        CardKind(
            key="factors",
            title="Evidence for dynamic factors",
            question="What shows it?",
            results={"better": "Better", "same": "The same", "worse": "Worse"},
            which="Which factor?",
            in_words=frozenset({"better", "same", "worse"}),
        ),
    )
}

METHODS: Mapping[str, str] = {
    "seen": "Seen only",
    "shown": "Shown on request",
    "by_hand": "Looked through by hand",
    "software": "Examined with software",
    "taken": "Taken away to be examined",
}
EXAMINED = frozenset(METHODS) - {"seen", "shown"}
POWERS: Mapping[str, str] = {
    "licence": "A licence condition",
    "order": "An order",
    "consent": "Consent",
    "warrant": "A warrant",
}


@dataclass(frozen=True, kw_only=True)
class AddCard:
    """A card as it is written. ``about`` is a record of the person, with the key of its kind."""

    about: tuple[str, UUID] | None
    what: str
    by_whom: str
    method: str
    result: str
    power: str
    words: str


@dataclass(frozen=True)
class TakeBack:
    """Why a card is wrong."""

    why: str


def faults(kind: CardKind, card: AddCard) -> Faults:
    """All that stands against the card; empty if nothing does."""
    found: Faults = {}
    if kind.about and card.about is None and not card.what:
        found["about"] = ["Choose one, or say which other one it is"]
    if kind.which and not kind.about and not card.what:
        found["what"] = [f"Say {kind.which[0].lower()}{kind.which[1:].rstrip('?')}"]
    if card.result not in kind.results:
        found["result"] = ["Choose what the result is"]
    elif card.result in kind.in_words and not card.words:
        found["words"] = ["Say it in words"]
    if kind.checked:
        found |= _faults_of_a_check(card)
    return found


def faults_of_children(kind: CardKind, card: AddCard, *, child_there: bool) -> Faults:
    """A card on children does not say the opposite of who the visit says was there."""
    if kind.key == "children" and card.result == "none" and child_there:
        return {"result": ["The visit says that a child was there. Correct one of the two"]}
    return {}


def _faults_of_a_check(card: AddCard) -> Faults:
    found: Faults = {}
    if not card.by_whom:
        found["by_whom"] = ["Say who looked at it"]
    if card.result in ("refused", "seen"):
        if card.method in EXAMINED:
            found["method"] = ["It was not examined, by what you say was found. Check both"]
        return found
    if card.method not in METHODS:
        found["method"] = ["Choose how it was checked"]
    if card.power not in POWERS and card.method != "seen":
        found["power"] = ["Choose under which power it was checked"]
    return found


def check_taken_back(*, already: bool) -> None:
    """Raise ``RuleBroken`` for a card that was taken back."""
    if already:
        raise RuleBroken("visit-card-taken-back", "This card was taken back already")
