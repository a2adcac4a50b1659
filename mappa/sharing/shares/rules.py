"""When an agency may share what it owns. Pure; *who* may is for ``access``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from mappa.access.terms import Level, Section
from mappa.kernel.errors import RuleBroken

WHOLE = UUID(int=0)
"""No single record: all of a section, which is what ``NOBODY`` says in a share."""

Regime = Literal["part-3", "uk-gdpr"]

ENDING_WITHIN = timedelta(days=14)
"""From then on a share that ends stands under "Ending soon". A local standard."""
NOT_SHARED = frozenset({Section.SHARING})
"""Sections that are no part of what an agency shares."""
ONE_BY_ONE = frozenset({Section.INTELLIGENCE})
"""Sections of which one record is shared at a time: each has its own handling conditions."""


@dataclass(frozen=True, kw_only=True)
class Basis:
    """By what law information is shared; consent is none.

    ``statutes`` and ``condition`` are ids of ``config/lawful_bases.toml``; ``other`` says a law
    that is not in it. ``condition`` is one of Schedule 8 to the Data Protection Act 2018, or an
    article of the UK GDPR, as the regime has it.
    """

    statutes: tuple[str, ...] = ()
    other: str = ""
    regime: Regime = "part-3"
    condition: str = ""


@dataclass(frozen=True, kw_only=True)
class MakeShare:
    """What is shared with whom, for what, by what law, why, and from when until when.

    Both days are included; with ``record_id`` it is that record only, of the one section.
    """

    agency_id: UUID
    sections: tuple[Section, ...]
    record_id: UUID = WHOLE
    level: Level = Level.SUM
    purpose: str
    basis: Basis
    why: str
    starts_on: date
    ends_on: date
    review_on: date


@dataclass(frozen=True, kw_only=True)
class Renew:
    """A share is given again, from the day after it ends."""

    ends_on: date
    review_on: date
    why: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """Somebody looked whether a share is still needed, and when to look again (None: no more)."""

    found: str
    next_on: date | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known when an agency is about to share.

    ``owned`` says for each section which agencies own something that the sharer knows of;
    ``by_agreement`` what the receiver gets without any share, ``received`` what with them.
    ``excluded`` says that the receiver is kept out of the record, to a sharer who may know it; to
    every other one it is an agency that does not see the person.
    """

    today: date
    own_id: UUID
    own_name: str
    agencies: Mapping[UUID, str]
    receiver: str
    agreed_until: date | None
    purposes: Collection[str]
    statutes: Collection[str]
    conditions: Mapping[str, Collection[str]]
    owned: Mapping[Section, Sequence[str]]
    lead: str
    names: Mapping[Section, str]
    leads: bool
    sees_person: bool
    excluded: bool
    by_agreement: Mapping[Section, Level]
    received: Mapping[Section, Level]


def check(command: MakeShare, facts: Facts) -> None:
    """Everything must hold. Raises ``RuleBroken`` with the first thing that does not."""
    check_receiver(command, facts)
    check_sections(command, facts)
    check_seen(command, facts)
    check_level(command, facts)
    check_purpose(command, facts)
    check_basis(command.basis, facts)
    check_why(command.why)
    check_days(command, facts)


def check_receiver(command: MakeShare, facts: Facts) -> None:
    """It is another agency of the area."""
    if command.agency_id == facts.own_id:
        raise RuleBroken(
            "SHARE-SELF",
            f"Choose another agency. {facts.own_name} has its own records already",
            field="agency_id",
        )
    if command.agency_id not in facts.agencies:
        raise RuleBroken("SHARE-AGENCY", "Choose an agency of the area", field="agency_id")


def check_sections(command: MakeShare, facts: Facts) -> None:
    """Something is shared, and all of it is the sharer's own."""
    sections = set(command.sections)
    if not sections:
        raise RuleBroken("SHARE-SECTIONS", "Choose what to share", field="sections")
    if sections & NOT_SHARED:
        raise RuleBroken(
            "SHARE-SECTIONS", "Team and sharing itself is not shared", field="sections"
        )
    for section in command.sections:
        owners = facts.owned.get(section, ())
        if facts.own_name not in owners:
            other = owners[0] if owners else facts.lead
            raise RuleBroken(
                "SHARE-OWN",
                f"You can only share what {facts.own_name} owns. Ask {other} to share "
                f"{facts.names[section]}",
                field="sections",
            )
    if command.record_id != WHOLE and len(sections) > 1:
        raise RuleBroken(
            "SHARE-RECORD", "Choose one section, or no single record", field="record_id"
        )
    if command.record_id == WHOLE and sections & ONE_BY_ONE:
        raise RuleBroken(
            "SHARE-ONE-BY-ONE",
            "Intelligence is shared one item at a time. Choose the item",
            field="record_id",
        )


def check_seen(command: MakeShare, facts: Facts) -> None:
    """What is shared can be opened by the receiver."""
    check_opens(command.sections, facts)


def check_opens(sections: Collection[Section], facts: Facts) -> None:
    """The receiver can open the person, or is given the identity as well.

    Nothing opens anything to whom an exclusion keeps out. Source: docs/decisions/0019.
    """
    if facts.excluded:
        raise RuleBroken(
            "SHARE-EXCLUDED",
            f"{facts.receiver} is excluded from this person’s record, which beats every share. "
            "Ring the MAPPA co-ordinator, who can end the exclusion",
            field="agency_id",
        )
    if facts.sees_person or (facts.leads and Section.IDENTITY in sections):
        return
    way = "Share identity too" if facts.leads else f"Ask {facts.lead} to share identity first"
    raise RuleBroken(
        "SHARE-UNSEEN", f"{facts.receiver} cannot open this person yet. {way}", field="sections"
    )


def check_level(command: MakeShare, facts: Facts) -> None:
    """The receiver gets more by it than without it, and not less than it has."""
    if command.level < Level.SUM:
        raise RuleBroken("SHARE-LEVEL", "Choose summary or full", field="level")
    for section in command.sections:
        name = facts.names[section]
        if command.level <= facts.by_agreement.get(section, Level.NONE):
            raise RuleBroken(
                "SHARE-MORE",
                f"{facts.receiver} gets as much of {name} by the agreement. Share more, "
                "or leave it out",
                field="level",
            )
        if command.level < facts.received.get(section, Level.NONE):
            raise RuleBroken(
                "SHARE-MORE",
                f"{facts.receiver} gets more of {name} already. To give less, end that share first",
                field="level",
            )


def check_purpose(command: MakeShare, facts: Facts) -> None:
    """It is one of the purposes of the agreement."""
    if command.purpose not in facts.purposes:
        raise RuleBroken("SHARE-PURPOSE", "Choose a purpose of the agreement", field="purpose")


def check_basis(basis: Basis, facts: Facts) -> None:
    """A law of the jurisdiction and a condition of the regime are named. Consent is no basis."""
    if not basis.statutes and not basis.other:
        raise RuleBroken("SHARE-BASIS", "Choose the law, or name another", field="statutes")
    if not set(basis.statutes) <= set(facts.statutes):
        raise RuleBroken("SHARE-BASIS", "Choose a law of this jurisdiction", field="statutes")
    if "consent" in basis.other.lower():
        raise RuleBroken(
            "SHARE-CONSENT",
            "Consent is no basis here. Name the law that allows it",
            field="other",
        )
    if basis.condition not in facts.conditions.get(basis.regime, ()):
        raise RuleBroken(
            "SHARE-CONDITION", "Choose the condition of this regime", field="condition"
        )


def check_why(why: str) -> None:
    """Somebody has said why."""
    if not why.strip():
        raise RuleBroken("SHARE-WHY", "Say why this is necessary", field="why")


def check_days(command: MakeShare, facts: Facts) -> None:
    """It begins today or later, ends after that and with the agreement, and is reviewed between."""
    if command.starts_on < facts.today:
        raise RuleBroken("SHARE-START", "The share must start today or later", field="starts_on")
    if command.ends_on <= command.starts_on:
        raise RuleBroken("SHARE-END", "The share must end after it starts", field="ends_on")
    if facts.agreed_until is None or command.ends_on > facts.agreed_until:
        until = _said(facts.agreed_until)
        raise RuleBroken(
            "SHARE-AGREEMENT",
            f"The share cannot last longer than the agreement{until}",
            field="ends_on",
        )
    if not command.starts_on < command.review_on <= command.ends_on:
        raise RuleBroken(
            "SHARE-REVIEW",
            "The review must be after the share starts and not after it ends",
            field="review_on",
        )


def _said(until: date | None) -> str:
    return f", which ends on {until.day} {until:%B %Y}" if until else ". None is in force"


def check_stands(stands: bool) -> None:
    """A share that has ended cannot be ended again."""
    if not stands:
        raise RuleBroken("SHARE-ENDED", "This share has ended already")


def check_end(reason: str) -> None:
    """Ending has its reason."""
    if not reason.strip():
        raise RuleBroken("SHARE-END-WHY", "Say why it ends", field="reason")


def check_review(review: Review, *, today: date, ends_on: date) -> None:
    """Something was found, and the next review is to come while the share lasts."""
    if not review.found.strip():
        raise RuleBroken("SHARE-REVIEW-WHY", "Say what you found", field="found")
    if review.next_on is not None and not today < review.next_on <= ends_on:
        raise RuleBroken(
            "SHARE-REVIEW",
            "The next review must be after today and not after the share ends",
            field="next_on",
        )


def ends_soon(ends_on: date, today: date) -> bool:
    """Whether a share stands under "Ending soon"."""
    return ends_on <= today + ENDING_WITHIN
