"""The grid of team and sharing: what each agency gets, as far as its reader may know."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from mappa.access import team_grid
from mappa.access.actor import Actor
from mappa.access.asking import Standing
from mappa.access.restricting import kept_from
from mappa.access.team_grid import Cell, Member, SharedSection, SignedAgreement
from mappa.access.terms import Level, Section
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency
from mappa.insight import words
from mappa.kernel.clock import FOREVER
from mappa.kernel.errors import NotFound
from mappa.sharing.owners import owners
from mappa.web.words import day


@dataclass(frozen=True)
class Shown:
    """One cell as the page shows it."""

    section: Section
    agency_id: UUID
    key: str
    level: Level
    note: str
    share: SharedSection | None = None
    capped: bool = False
    """The reader is only told that something is held, so the page says no more of others."""


@dataclass(frozen=True)
class Column:
    """One agency of the case team, or one that sees by a share alone."""

    agency_id: UUID
    name: str
    member: Member
    capacity: str
    since: datetime


@dataclass(frozen=True)
class Grid:
    """What may be shown of who sees what."""

    columns: Sequence[Column]
    sections: Sequence[Section]
    cells: Mapping[tuple[UUID, Section], Shown]
    agreement: SignedAgreement | None
    own_line: bool
    other_day: bool = False
    """It is of another day: then no cell tells why."""

    def column(self, agency_id: UUID) -> Column:
        """One agency. Raises ``NotFound`` if the reader may not know of it."""
        for column in self.columns:
            if column.agency_id == agency_id:
                return column
        raise NotFound

    def cell(self, agency_id: UUID, section: str) -> Shown:
        """One cell. Raises ``NotFound`` if there is none for this reader."""
        for known in self.sections:
            if known.value == section and (agency_id, known) in self.cells:
                return self.cells[agency_id, known]
        raise NotFound


@dataclass(frozen=True)
class _Known:
    """What the reader may know of the person's sections."""

    actor: Actor
    levels: Mapping[Section, Level]
    shares: Sequence[SharedSection]
    owned: Mapping[Section, Counter[UUID]]


def grid(
    actor: Actor,
    standing: Standing,
    *,
    on: datetime | None = None,
    before: Callable[[], None] = lambda: None,
) -> Grid:
    """The grid for readers of the whole section; the own agency's line for all others.

    ``on`` draws it as of another moment (UTC), and ``before`` is called once it is known what the
    reader may know: that is asked as of now, whatever the day.
    """
    person = standing.person
    full = standing.at_least(Section.SHARING, Level.FULL)
    team = _team(actor, person, full, None)
    known = _known(actor, standing, full, team)
    if on is not None:
        before()
        team = _team(actor, person, full, on)
        known = replace(known, shares=team_grid.shares(actor, person, on=on))
    if full:
        team = [*team, *_by_share_alone(person, team, known.shares)]
    names = {each.id: each for each in agencies.agencies_in(actor.area_id)}
    columns = [_column(member, names) for member in team]
    cells = {
        (member.agency_id, section): _shown(member.agency_id, section, member.cells[section], known)
        for member in team
        for section in Section
        if known.levels[section] > Level.NONE
    }
    cells = {key: _until(cell, columns) for key, cell in cells.items()}
    return Grid(
        columns=columns,
        sections=[each for each in Section if known.levels[each] > Level.NONE],
        cells=cells,
        agreement=team_grid.agreement(actor.area_id, on=on),
        own_line=not full,
        other_day=on is not None,
    )


def _team(actor: Actor, person: UUID, full: bool, on: datetime | None) -> list[Member]:
    found = team_grid.team(person, on=on)
    return [each for each in found if full or each.agency_id == actor.agency_id]


def _by_share_alone(
    person: UUID, team: Sequence[Member], shares: Sequence[SharedSection]
) -> list[Member]:
    """Agencies that are not on the team and to which something is shared, as the reader knows."""
    given: dict[UUID, list[SharedSection]] = {}
    for share in shares:
        if share.agency_id not in {each.agency_id for each in team}:
            given.setdefault(share.agency_id, []).append(share)
    return [
        Member(
            agency,
            None,
            min(each.since for each in found),
            max(each.until for each in found),
            dict.fromkeys(Section, Cell(Level.NONE, excluded=bool(kept_from(agency, [person])))),
        )
        for agency, found in given.items()
    ]


def _cells_of(shown: Grid, agency_id: UUID) -> list[Shown]:
    return [
        shown.cells[agency_id, each]
        for each in shown.sections
        if each is not Section.SHARING and (agency_id, each) in shown.cells
    ]


def sections_of(shown: Grid, agency_id: UUID) -> dict[Section, Level]:
    """The sections of which an agency gets something, each with its level: those of the reader."""
    return {
        cell.section: cell.level
        for cell in _cells_of(shown, agency_id)
        if not cell.capped and cell.level >= Level.SUM
    }


def sealed_to(shown: Grid, agency_id: UUID) -> list[Section]:
    """The sections of which an agency is told at most that something is held."""
    cells = _cells_of(shown, agency_id)
    return [cell.section for cell in cells if not cell.capped and cell.level == Level.SEALED]


def capped_in(shown: Grid, agency_id: UUID) -> list[Section]:
    """The sections of which the reader is told no more, so that nothing is said of others."""
    return [cell.section for cell in _cells_of(shown, agency_id) if cell.capped]


def _known(actor: Actor, standing: Standing, full: bool, team: Sequence[Member]) -> _Known:
    shares = team_grid.shares(actor, standing.person)
    if full:
        own = team_grid.own_levels(actor, standing.person)
        levels = {each: max(standing.levels[each], own[each]) for each in Section}
        return _Known(actor, levels, shares, owners(actor, standing.person))
    levels = {each: _own_level(actor, each, team, shares) for each in Section}
    return _Known(actor, levels, shares, {})


def _own_level(
    actor: Actor, section: Section, team: Sequence[Member], shares: Sequence[SharedSection]
) -> Level:
    """What the reader's agency gets: sections of which it is told nothing are no line at all."""
    given = [
        share.level
        for share in shares
        if share.agency_id == actor.agency_id and share.section is section
    ]
    held = [member.cells[section] for member in team]
    invited = [Level.SUM for cell in held if cell.at_meetings]
    return max([Level.NONE, *given, *(cell.level for cell in held), *invited])


def _column(member: Member, names: Mapping[UUID, Agency]) -> Column:
    found = names.get(member.agency_id) or agencies.agency(member.agency_id)
    capacity = words.CAPACITIES[member.capacity] if member.capacity else "Not on the case team"
    return Column(found.id, found.name, member, capacity, member.since)


def _shown(agency_id: UUID, section: Section, cell: Cell, known: _Known) -> Shown:
    plain = Shown(section, agency_id, words.LEVELS[cell.level], cell.level, "")
    if cell.excluded:
        return replace(plain, key="excluded", level=Level.NONE)
    own = agency_id == known.actor.agency_id
    if not own and known.levels[section] < Level.SUM:
        level = min(cell.level, Level.SEALED)
        return replace(plain, key=words.LEVELS[level], level=level, capped=True)
    best = max(
        (each for each in known.shares if (each.agency_id, each.section) == (agency_id, section)),
        key=lambda share: (share.level, not share.one_record, share.until),
        default=None,
    )
    if best is not None and best.level > cell.level:
        note = "1 record only" if best.one_record else ""
        return replace(plain, key=words.LEVELS[best.level], level=best.level, note=note, share=best)
    if cell.at_meetings:
        return replace(plain, key="full", level=Level.FULL, note="meetings it is invited to")
    if cell.named_workers:
        return replace(plain, note="more for named workers")
    return _owning(plain, known.owned.get(section, Counter()))


def _owning(cell: Shown, owned: Counter[UUID]) -> Shown:
    mine, total = owned[cell.agency_id], owned.total()
    if not mine:
        return cell
    if mine == total:
        return replace(cell, key="owner")
    return replace(cell, note=f"owns {mine} of {total}")


def _until(cell: Shown, columns: Sequence[Column]) -> Shown:
    ends = [column.member.until for column in columns if column.agency_id == cell.agency_id]
    if cell.share is not None:
        ends = [cell.share.until]
    if cell.note or cell.level == Level.NONE or ends[0] == FOREVER:
        return cell
    return replace(cell, note=f"until {_last_day(ends[0])}")


def _last_day(ends_at: datetime) -> str:
    """The last day on which it stands: what ends at midnight ends with the day before."""
    return day(ends_at - timedelta(microseconds=1))


@dataclass(frozen=True)
class Why:
    """The answer beside one cell."""

    title: str
    reasons: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, str]]
    change: str


def why(cell: Shown, column: Column, shown: Grid, person: UUID) -> Why:
    """Why an agency gets what it gets of a section, from the rule that decided."""
    section = words.SECTIONS[cell.section].lower()
    title = _title(cell, column.name, section)
    if cell.capped:
        told = (
            "You are told no more of this section than that something may be held.",
            "So this page cannot say more of what others get. Ask the agency that holds it.",
        )
        return Why(title, [told], [], "")
    reasons = list(_reasons(cell, column, shown, person))
    facts = [
        (label, value)
        for label, value in (
            ("They see", _they_see(cell)),
            ("They do not see", _they_do_not_see(cell)),
            ("Until", _ends(cell, column)),
        )
        if value
    ]
    return Why(title, reasons, facts, _change(cell, column))


def with_basis(answer: Why, basis: str) -> Why:
    """The answer with its lawful basis, where there is one."""
    return replace(answer, facts=[*answer.facts, ("Lawful basis", basis)]) if basis else answer


def _title(cell: Shown, name: str, section: str) -> str:
    if cell.key == "owner":
        return f"Why {name} owns {section}"
    if cell.level == Level.NONE:
        return f"Why {name} does not see {section}"
    return f"Why {name} sees {words.AMOUNT[cell.level]} {section}"


def _reasons(cell: Shown, column: Column, shown: Grid, person: UUID) -> Sequence[tuple[str, str]]:
    member, share = column.member, cell.share
    agency = agencies.agency(column.agency_id)
    owner = agencies.agency(share.owner_id).name if share else ""
    need = cell.level or Level.SUM
    said: dict[str, str] = {
        "agency": column.name,
        "agreement": _agreement(shown.agreement),
        "capacity": words.AS_MEMBER[member.capacity] if member.capacity else "",
        "amount": words.AMOUNT[cell.level],
        "section": words.SECTIONS[cell.section].lower(),
        "since": f" since {day(member.since)}",
        "owner": owner,
    }
    given = [words.reason("own_record", **said)] if cell.key == "owner" else []
    if cell.note == "meetings it is invited to":
        return [words.reason("invited", **said), words.reason("on_team_at_all", **said)]
    decided = team_grid.why(
        column.agency_id,
        agency.area_id,
        person,
        cell.section,
        need,
        **({"owner": share.owner_id} if share else {}),
    )
    given += [words.reason(name, **said) for name in _order(decided.reasons, cell)]
    if cell.level > Level.NONE:
        if member.capacity:
            given.append(words.reason("on_team_at_all", **said))
        given.append(("Nothing takes it away.", "No exclusion. Sealed records are left out."))
    return given


def _order(names: Sequence[str], cell: Shown) -> list[str]:
    """What allowed it first; what is true of every reader is left out."""
    general = {"works_cases", "of_own_team", "on_team_at_all"}
    if cell.share is not None and "shared" not in names:
        return ["shared"]
    return [name for name in names if name not in general]


def _agreement(signed: SignedAgreement | None) -> str:
    return f"{signed.title}, version {signed.version}," if signed else "No agreement"


def _they_see(cell: Shown) -> str:
    if cell.level == Level.SUM:
        return words.SUMMARY_FIELDS[cell.section]
    if cell.level == Level.SEALED:
        return "That something is held, and whom to ask"
    return "Everything in this section that is not sealed" if cell.level == Level.FULL else ""


def _they_do_not_see(cell: Shown) -> str:
    if cell.level == Level.SUM:
        return words.NOT_IN_SUMMARY[cell.section]
    if cell.level == Level.SEALED:
        return "Content, dates, kind and authors"
    return ""


def _ends(cell: Shown, column: Column) -> str:
    if cell.level == Level.NONE:
        return ""
    ends = cell.share.until if cell.share else column.member.until
    if ends != FOREVER:
        return _last_day(ends)
    return f"While {column.name} is on the case team"


def _change(cell: Shown, column: Column) -> str:
    if cell.key == "excluded":
        return "The exclusion would have to be ended by the agency that made it."
    if cell.level == Level.NONE:
        return (
            f"An agency that owns {words.SECTIONS[cell.section].lower()} would have to share it "
            f"with {column.name}, or the agreement would have to change."
        )
    return ""
