"""Shares in the words of the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.offenders.queries import display_name
from mappa.sharing import words
from mappa.sharing.shares import facts
from mappa.sharing.shares.rules import WHOLE, Basis, MakeShare, ends_soon
from mappa.web.words import day

Line = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A share in a list."""

    id: UUID
    person_id: UUID
    person: str
    receiver: str
    what: str
    ends: str
    review: str
    soon: bool
    lets_end: bool


def row(seen: Seen, today: date) -> Row:
    """A share of the reader's own agency."""
    return Row(
        id=seen.id,
        person_id=seen.person_id,
        person=display_name(seen) if seen.shows("family_name") else "",
        receiver=seen.to_name,
        what=what_of(seen),
        ends=ends_words(seen.ends_on, today),
        review=_review(seen.get("review_on"), today),
        soon=ends_soon(seen.ends_on, today),
        lets_end=bool(seen.get("lets_end")),
    )


def _review(on: date | None, today: date) -> str:
    if on is None:
        return ""
    return f"Review was due {day(on)}" if on < today else f"Review by {day(on)}"


def what_of(seen: Seen) -> str:
    """How much of what, like "full visits"."""
    # What is shared, in the row; as an attribute it is the level at which the reader sees the row.
    return amount(Level(seen.get("level")), [Section(seen.section)], seen.get("record_id", WHOLE))


def amount(level: Level, sections: Sequence[Section], record: UUID = WHOLE) -> str:
    """How much of which sections."""
    named = ", ".join(words.IN_SENTENCE[each] for each in sections)
    one = "one record of " if record != WHOLE else ""
    return f"{words.AMOUNTS[level]}, {one}{named}"


def ends_words(on: date, today: date) -> str:
    """When it ends, as a sentence without its stop."""
    left = (on - today).days
    if left < 0:
        return f"Ended on {day(on)}"
    if left == 0:
        return f"Ends today, {day(on)}"
    if left <= 14:
        return f"Ends in {left} {'day' if left == 1 else 'days'}, {day(on)}"
    return f"Ends on {day(on)}"


def still_open(ended: Seen, known: Sequence[Seen], agreed: Level, today: date) -> list[str]:
    """What the receiver of a share still gets of its section when it is ended, as sentences.

    ``known`` are the person's shares that the reader may know of, ``agreed`` is the agreement's
    level. Of what began not yet, that is said.
    """
    section = words.IN_SENTENCE[Section(ended.section)]
    said = []
    if agreed >= Level.SUM:
        said.append(f"{words.AMOUNTS[agreed]}, {section}: by the agreement")
    for each in known:
        same = each.to_agency_id == ended.to_agency_id and each.section == ended.section
        if same and each.id != ended.id:
            starts = f"from {day(each.starts_on)} " if each.starts_on > today else ""
            said.append(
                f"{what_of(each)} of {each.owner_name}: by another share, "
                f"{starts}until {day(each.ends_on)}"
            )
    return said


def _sentence(text: str) -> str:
    """A purpose stands in the agreement inside a sentence, and here as one."""
    return text[:1].upper() + text[1:]


def facts_of(seen: Seen) -> list[Line]:
    """Everything that its reader may know of a share."""
    said = [
        ("With", seen.to_name),
        ("From", seen.owner_name),
        ("What", what_of(seen)),
        ("Purpose", _sentence(seen.purpose)),
        ("Lawful basis", "\n".join(words.basis_words(facts.basis_of(seen)))),
    ]
    if seen.shows("why"):
        said.append(("Why", seen.why))
    said += [("Starts", day(seen.starts_on)), ("Ends", day(seen.ends_on))]
    if seen.get("review_on"):
        said.append(("Review", day(seen.review_on)))
    if seen.full:
        said.append(("Authorised by", seen.by_name))
    return said


def check_rows(
    share: MakeShare, agency: str, record: str, asked: Sequence[str], hrefs: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """The answers to check: label, words, where to change it."""
    first, second = hrefs["what"], hrefs["why"]
    sections = ", ".join(words.SECTIONS[each] for each in share.sections)
    rows = [
        ("With", agency, f"{first}#agency_id"),
        ("Sections", sections, f"{first}#sections"),
        ("How much", words.AMOUNTS[share.level], f"{first}#level"),
        ("Purpose", _sentence(share.purpose), f"{second}#purpose"),
        ("Lawful basis", "\n".join(words.basis_words(share.basis)), f"{second}#statutes"),
        ("Why", share.why, f"{second}#why"),
        ("Starts", day(share.starts_on), f"{second}#starts_on"),
        ("Ends", day(share.ends_on), f"{second}#ends_on"),
        ("Review", day(share.review_on), f"{second}#review_on"),
    ]
    if record:
        rows.insert(2, ("One record", record, f"{first}#record_id"))
    if asked:
        rows.append(("Asked as well", "\n".join(asked), f"{second}#ask"))
    return rows


def side_rows(share: MakeShare) -> list[Line]:
    """The card "This share"."""
    return [
        ("From", day(share.starts_on)),
        ("Until", day(share.ends_on)),
        ("Review", day(share.review_on)),
        ("Purpose", _sentence(share.purpose)),
        ("Basis", ", ".join(_short(share.basis))),
    ]


def _short(basis: Basis) -> list[str]:
    return words.basis_words(basis, short=True)
