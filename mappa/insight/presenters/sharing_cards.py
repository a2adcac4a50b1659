"""What stands beside and below the grid for those who share: links, lawful basis, two cards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for

from config.lawful_bases import lawful_bases
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.insight.presenters.sharing import Shown
from mappa.sharing import words
from mappa.sharing.requests.queries import Card
from mappa.sharing.requests.rules import State
from mappa.sharing.shares import facts
from mappa.sharing.shares.presenters import ends_words, what_of
from mappa.sharing.shares.rules import NOT_SHARED, ends_soon
from mappa.web.words import day

Link = tuple[str, str]


@dataclass(frozen=True)
class Ending:
    """A share of the own agency that ends soon."""

    title: str
    ends: str
    renew_href: str
    let_end_href: str


@dataclass(frozen=True)
class Asked:
    """A line of the card of requests and refusals; ``href`` leads to the one to be answered."""

    title: str
    text: str
    href: str = ""


@dataclass(frozen=True)
class Office:
    """What an information officer gets besides the grid."""

    share_href: str
    ending: Sequence[Ending]
    asked: Sequence[Asked]


def ending(shares: Sequence[Seen], own: UUID, today: date) -> list[Ending]:
    """The own agency's shares of this person that end within 14 days and are not let end."""
    return [
        Ending(
            f"{each.to_name}: {what_of(each).lower()}",
            ends_words(each.ends_on, today),
            url_for("shares.renew", share_id=each.id),
            url_for("shares.show", share_id=each.id),
        )
        for each in shares
        if each.owner_agency_id == own
        and each.full
        and not each.lets_end
        and ends_soon(each.ends_on, today)
    ]


def basis(cell: Shown, shares: Sequence[Seen], jurisdiction: str) -> str:
    """By what law the agency gets the cell: that of the share, else the power of the agreement."""
    if cell.level <= Level.SEALED or cell.key == "owner" or cell.capped:
        return ""
    if cell.share is None:
        return lawful_bases().statutes_in(jurisdiction)[0].name
    named = [words.basis_words(facts.basis_of(each), short=True) for each in _of(cell, shares)]
    return "; ".join(named[0]) if named else ""


def _of(cell: Shown, shares: Sequence[Seen]) -> list[Seen]:
    place = (cell.agency_id, cell.section.value)
    return [each for each in shares if (each.to_agency_id, each.section) == place]


def links(
    cell: Shown, shares: Sequence[Seen], own: UUID, person: UUID, owns: Collection[Section]
) -> list[Link]:
    """What the sharer can do about a cell of another agency."""
    if cell.agency_id == own or cell.key == "excluded":
        return []
    found = []
    if cell.section in owns and cell.section not in NOT_SHARED and cell.level < Level.FULL:
        href = url_for(
            "shares.what", person_id=person, agency=cell.agency_id, section=cell.section.value
        )
        found.append(("Share more", href))
    mine = [each for each in _of(cell, shares) if each.owner_agency_id == own and each.full]
    ends = [("End or limit this", url_for("shares.show", share_id=each.id)) for each in mine]
    return [*found, *ends]


def asked(card: Card) -> list[Asked]:
    """Requests and refusals of the person, as the own side has them."""
    to_us = [
        Asked(f"{each.asker} asked for {_listed(each.sections)}",
              _said(day(each.asked_at), State(each.state)),
              url_for("requests.answer", share_request_id=each.id))
        for each in card.to_us
    ]  # fmt: skip
    by_us = [
        Asked(f"{each.owner or 'The owner'} was asked for {_listed(each.sections)}",
              _said(day(each.asked_at), each.state))
        for each in card.asked
    ]  # fmt: skip
    return [*to_us, *by_us]


def _listed(sections: Sequence[str]) -> str:
    return ", ".join(words.IN_SENTENCE[Section(each)] for each in sections)


def _said(on: str, state: State) -> str:
    return f"{on}. {state.words[:1].upper()}{state.words[1:]}."
