"""The data an operator edits, read from TOML and checked before anything starts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType

from config.bank_holidays import bank_holidays
from config.document import ConfigurationError, Document, Entry
from config.emergency import emergency_reasons
from config.lawful_bases import lawful_bases
from config.names import name_groups
from config.roles import ROLES, ROLES_WITH_OWN_GRID
from config.rule_files import read_rule_book
from config.work import snooze_limits
from mappa.rules.book import RuleBook
from mappa.rules.levels import Jurisdiction

__all__ = [
    "ROLES",
    "ROLES_WITH_OWN_GRID",
    "Agreement",
    "AgencyType",
    "Area",
    "ConfigurationError",
    "RoleGrid",
    "Signal",
    "Standing",
    "agency_types",
    "areas",
    "bank_holidays",
    "check_all",
    "declassified",
    "default_agreement",
    "read_rule_book",
    "rule_book",
]

CONFIG = Path(__file__).parent

SECTIONS = (
    "identity",
    "warnings",
    "contact",
    "offences",
    "orders",
    "risk",
    "plan",
    "visits",
    "intelligence",
    "meetings",
    "victims",
    "health",
    "sharing",
)
CAPACITIES = (
    "lead",
    "responsible",
    "cooperate",
    "cooperate-children",
    "cooperate-housing",
    "associate",
)
LEVELS = ("none", "sealed", "sum", "full")
SCOPES = ("area", "agency", "meeting", "nobody")


@dataclass(frozen=True, kw_only=True)
class Area:
    """A MAPPA area; ``note`` says what is not verified about it."""

    id: str
    name: str
    jurisdiction: Jurisdiction
    note: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The capacity that a type of agency has by default in one jurisdiction, and by what law."""

    capacity: str
    source: str
    note: str


@dataclass(frozen=True, kw_only=True)
class AgencyType:
    """A kind of agency; jurisdictions without a standing have none of it."""

    id: str
    name: str
    standings: Mapping[Jurisdiction, Standing]

    def capacity_in(self, jurisdiction: Jurisdiction) -> str | None:
        """Default capacity there; None if the jurisdiction has no such agency."""
        standing = self.standings.get(jurisdiction)
        return standing.capacity if standing else None


@dataclass(frozen=True, kw_only=True)
class RoleGrid:
    """What a role may see instead of its agency's grid, over whom, and where that is written.

    ``preparing`` holds only the levels that differ while preparing a meeting on the person.
    """

    scope: str
    levels: Mapping[str, str]
    preparing: Mapping[str, str]
    citation: str


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What the agencies of an area share, for what, from when and until when.

    ``until`` is the last day; ``grid`` is section → capacity → level, ``roles`` role → its own
    grid; all are the ids of the file. A role that is not in ``roles`` uses its agency's grid.
    """

    title: str
    version: int
    in_force_from: date
    until: date
    purposes: tuple[str, ...]
    grid: Mapping[str, Mapping[str, str]]
    roles: Mapping[str, RoleGrid]


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A bit about records a reader may not open that is given all the same, and who answers."""

    id: str
    says: str
    owner: str
    reason: str
    source: str


@cache
def areas() -> tuple[Area, ...]:
    """The areas of both jurisdictions."""
    return read_areas(CONFIG / "areas.toml")


@cache
def agency_types() -> Mapping[str, AgencyType]:
    """The kinds of agency by id."""
    return read_agency_types(CONFIG / "agency_types.toml")


@cache
def default_agreement() -> Agreement:
    """The agreement of an area that has not signed its own."""
    return read_agreement(CONFIG / "agreements" / "default.toml")


@cache
def rule_book(jurisdiction: Jurisdiction) -> RuleBook:
    """The deadline rules of a jurisdiction, all versions."""
    return read_rule_book(CONFIG / "rules" / f"{jurisdiction.value}.toml", jurisdiction)


@cache
def declassified() -> Mapping[str, Signal]:
    """The declared signals by id."""
    return read_signals(CONFIG / "declassified.toml")


def check_all() -> None:
    """Read every file; one ``ConfigurationError`` with the problems of all of them."""
    readers: list[Callable[[], object]] = [
        areas, agency_types, default_agreement, declassified, emergency_reasons, lawful_bases,
        name_groups, snooze_limits,
    ]  # fmt: skip
    readers += [partial(rule_book, jurisdiction) for jurisdiction in Jurisdiction]
    problems = [problem for read in readers for problem in _problems_of(read)]
    if problems:
        raise ConfigurationError(problems)


def _problems_of(read: Callable[[], object]) -> tuple[str, ...]:
    try:
        read()
    except ConfigurationError as error:
        return error.problems
    return ()


def read_areas(path: Path) -> tuple[Area, ...]:
    """The areas in a file; raises ``ConfigurationError``."""
    document = Document.open(path)
    entries = document.entries("area")
    found = []
    for entry in entries:
        entry.only("id", "name", "jurisdiction", "note")
        found.append(
            Area(
                id=entry.text("id"),
                name=entry.text("name"),
                jurisdiction=entry.choice("jurisdiction", Jurisdiction),
                note=entry.text("note", ""),
            )
        )
    _note_repeated(entries)
    document.finish()
    return tuple(found)


def read_agency_types(path: Path) -> Mapping[str, AgencyType]:
    """The kinds of agency in a file, by id; raises ``ConfigurationError``."""
    document = Document.open(path)
    entries = document.entries("agency_type")
    found = {}
    for entry in entries:
        entry.only("id", "name", *Jurisdiction)
        standings = {
            jurisdiction: _standing(inner, jurisdiction)
            for jurisdiction in Jurisdiction
            if (inner := entry.table(jurisdiction.value)) is not None
        }
        if not standings:
            entry.problem("has no capacity in any jurisdiction")
        kind = AgencyType(
            id=entry.text("id"), name=entry.text("name"), standings=MappingProxyType(standings)
        )
        found[kind.id] = kind
    _note_repeated(entries)
    document.finish()
    return MappingProxyType(found)


def _standing(entry: Entry, jurisdiction: Jurisdiction) -> Standing:
    entry.only("capacity", "source", "note")
    # Lead is given per person. Associates came with the Police, Crime, Sentencing and Courts Act
    # 2022 s189, which amends the law of England and Wales only.
    barred = {"lead"} if jurisdiction is Jurisdiction.ENGLAND_WALES else {"lead", "associate"}
    return Standing(
        capacity=entry.one_of("capacity", [c for c in CAPACITIES if c not in barred]),
        source=entry.text("source"),
        note=entry.text("note", ""),
    )


def read_agreement(path: Path) -> Agreement:
    """The agreement in a file; raises ``ConfigurationError``."""
    document = Document.open(path)
    head = document.table("agreement")
    head.only("title", "version", "in_force_from", "until", "purposes")
    agreement = Agreement(
        title=head.text("title"),
        version=head.number("version", 1),
        in_force_from=head.day("in_force_from"),
        until=head.day("until"),
        purposes=head.texts("purposes"),
        grid=MappingProxyType(
            {name: _levels(document.table("grid", name), CAPACITIES) for name in SECTIONS}
        ),
        roles=MappingProxyType(
            {name: _role_grid(document.table("roles", name)) for name in ROLES_WITH_OWN_GRID}
        ),
    )
    document.table("grid").only(*SECTIONS)
    document.table("roles").only(*ROLES_WITH_OWN_GRID)
    if agreement.until < agreement.in_force_from:
        head.problem("until is before in_force_from", "until")
    if "sealed" in agreement.grid["identity"].values():
        document.table("grid", "identity").problem("identity is never sealed")
    document.finish()
    return agreement


def _levels(entry: Entry, names: Iterable[str]) -> Mapping[str, str]:
    names = tuple(names)
    entry.only(*names)
    return MappingProxyType({name: entry.one_of(name, LEVELS) for name in names})


def _role_grid(entry: Entry) -> RoleGrid:
    entry.only("scope", "citation", "preparing", *SECTIONS)
    preparing = entry.table("preparing")
    if preparing is not None:
        preparing.only(*SECTIONS)
    return RoleGrid(
        scope=entry.one_of("scope", SCOPES),
        citation=entry.text("citation"),
        levels=MappingProxyType({name: entry.one_of(name, LEVELS) for name in SECTIONS}),
        preparing=MappingProxyType(
            {key: preparing.one_of(key, LEVELS) for key in preparing.values} if preparing else {}
        ),
    )


def read_signals(path: Path) -> Mapping[str, Signal]:
    """The declared signals in a file, by id; raises ``ConfigurationError``."""
    document = Document.open(path)
    entries = document.entries("signal")
    keys = ("id", "says", "owner", "reason", "source")
    found = {}
    for entry in entries:
        entry.only(*keys)
        signal = Signal(**{key: entry.text(key) for key in keys})
        found[signal.id] = signal
    _note_repeated(entries)
    document.finish()
    return MappingProxyType(found)


def _note_repeated(entries: Iterable[Entry]) -> None:
    seen = set()
    for entry in entries:
        name = entry.values.get("id")
        if isinstance(name, str) and name in seen:
            entry.problem(f"id {name} is there twice", "id")
        seen.add(name if isinstance(name, str) else None)
