"""Two records side by side, and what a merge changes, in the words of the pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.offenders import frame
from mappa.offenders import queries as people
from mappa.offenders.merging import queries, rules
from mappa.offenders.merging.queries import Gain, Merged, Side
from mappa.web import words

_SECTIONS = {
    Section.IDENTITY: "identity",
    Section.WARNINGS: "warnings to staff",
    Section.CONTACT: "contact and addresses",
    Section.OFFENCES: "offences",
    Section.ORDERS: "orders and notification",
    Section.RISK: "risk",
    Section.PLAN: "plan",
    Section.VISITS: "visits",
    Section.INTELLIGENCE: "intelligence",
    Section.MEETINGS: "meetings",
    Section.VICTIMS: "victims and children",
    Section.HEALTH: "health",
    Section.SHARING: "team and sharing",
}
_LEVELS = {
    Level.FULL: "In full",
    Level.SUM: "In summary",
    Level.SEALED: "Told whether something is held",
}
_NUMBERS = (
    ("CRN", "crn"),
    ("PNC", "pnc"),
    ("ViSOR", "visor"),
    ("Prison number", "prison_number"),
)
_NONE = "–"


@dataclass(frozen=True)
class Comparison:
    """Two records side by side: heads, rows of (what, surviving, losing), what clashes."""

    heads: tuple[str, str, str]
    rows: Sequence[tuple[str, str, str]]
    clashes: Sequence[str]
    stands: Sequence[str]


def comparison(survivor: Side, loser: Side) -> Comparison:
    """What the reader sees of both, and what will stand."""
    rows = [
        (name, one, other)
        for (name, one), (_, other) in zip(_lines(survivor), _lines(loser), strict=True)
        if (one, other) != (_NONE, _NONE)
    ]
    return Comparison(
        ("", "This record stays", "This record is merged into it"),
        rows,
        list(rules.clashes(queries.facts(survivor.person), queries.facts(loser.person))),
        list(_stands(survivor.person, loser.person)),
    )


def _lines(side: Side) -> Iterator[tuple[str, str]]:
    seen = side.person
    yield "Name", people.display_name(seen)
    yield "Other names", ", ".join(side.names) or _NONE
    yield "Born", frame.born(seen)
    for label, field in _NUMBERS:
        yield label, seen.get(field) or _NONE
    yield "Current district", seen.lives.district or _NONE
    yield "MAPPA", frame.category_and_level(seen)
    yield "Lead agency", seen.lead_agency
    yield "Manager", seen.manager or _NONE
    yield "Risk of serious harm", _band(seen)


def _band(seen: Seen) -> str:
    if not seen.shows("risk_band"):
        return _NONE
    return str(seen.risk_band).replace("_", " ").capitalize()


def _stands(survivor: Seen, loser: Seen) -> Iterator[str]:
    """What differs and is taken from the record that stays."""
    name = people.display_name(survivor)
    yield f"The name {name} stands; every other name still finds the record."
    if (survivor.category, survivor.get("level")) != (loser.category, loser.get("level")):
        yield (
            f"{frame.category_and_level(survivor)} stands, not {frame.category_and_level(loser)}. "
            "If that is wrong, let the other record stay."
        )
    if survivor.owner_agency_id != loser.owner_agency_id:
        yield (
            f"{survivor.lead_agency} leads. {loser.lead_agency} stays on the case team with the "
            "same access as a lead agency, until the team is changed."
        )
    if survivor.manager_id != loser.manager_id:
        yield f"{survivor.manager or 'Nobody'} is the manager. {loser.manager or 'Nobody'} was."


def gain_lines(found: Sequence[Gain]) -> list[tuple[str, str]]:
    """For each agency by name: which sections of a record it gets, that it does not get today."""
    names = queries.agency_names({each.agency for each in found})
    return sorted((names[agency], _gained(found, agency)) for agency in names)


def _gained(found: Sequence[Gain], agency: UUID) -> str:
    """What an agency gains, level by level."""
    parts = []
    for level, said in _LEVELS.items():
        mine = [_SECTIONS[x.section] for x in found if (x.agency, x.after) == (agency, level)]
        if mine:
            parts.append(f"{said}: {', '.join(mine)}.")
    return " ".join(parts)


@dataclass(frozen=True)
class MergedLine:
    """A merge in words, and where it can be undone."""

    title: str
    lines: Sequence[tuple[str, str]]
    undo_href: str | None


def merged_line(found: Merged, person: UUID, *, may_undo: bool) -> MergedLine:
    """One merge of the history."""
    crn = f", CRN {found.crn}" if found.crn else ""
    lines = [
        ("Merged", f"{words.moment(found.merge.made_at)}, by {found.by or 'the platform'}"),
        ("Why", found.merge.reason),
    ]
    if found.undone:
        at, by, why = found.undone
        lines += [("Undone", f"{words.moment(at)}, by {by or 'the platform'}"), ("Why", why)]
    href = url_for(".undo", person_id=person, merge_id=found.merge.id)
    return MergedLine(
        f"{found.name}{crn} was merged into {found.into}",
        lines,
        href if may_undo and not found.undone else None,
    )


@dataclass(frozen=True)
class RequestLine:
    """A request in a list."""

    title: str
    href: str
    by: str
    reason: str


def request_line(seen: Seen, names: dict[UUID, str]) -> RequestLine:
    """A request to merge, in words."""
    one, other = names.get(seen.person_id, ""), names.get(seen.other_id, "")
    return RequestLine(
        f"{one} and {other}",
        url_for(".request_page", request_id=seen.id),
        f"{seen.by_name}, {seen.agency_name}, {words.moment(seen.asked_at)}",
        seen.reason,
    )
