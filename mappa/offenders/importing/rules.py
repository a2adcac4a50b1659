"""The file that an import takes, and how far an import has come. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.kernel.ids import NOBODY
from mappa.offenders.rules import AddAddress, AddPerson
from mappa.rules.sheets import FORMULA

MOST_ROWS = 20_000
MOST_BYTES = 16 * 1024 * 1024
KEPT_DAYS = 14
"""An import that is not finished is given up after so many days, and what was uploaded goes."""


@dataclass(frozen=True)
class Column:
    """A column of the template: its heading, what stands in it, an example."""

    name: str
    says: str
    example: str
    needed: bool = False


COLUMNS = (
    Column("family_name", "Family name. One of family name and given name is needed", "Abernathy"),
    Column("given_name", "Given names", "Rowan"),
    Column("other_names", "Other names in use, separated by semicolons", "Ro Abernathy; R Abbot"),
    Column("date_of_birth", "Day, month and year, like 14/03/1979 or 1979-03-14", "14/03/1979"),
    Column("birth_year", "The year alone, where the day is not known", ""),
    Column("crn", "Case reference number: a letter and six digits", "X900101"),
    Column("pnc", "PNC identifier, like 1999/0123456X. The last letter is checked", ""),
    Column("visor", "ViSOR reference, like NM-123456", ""),
    Column("prison_number", "Prison number, like A1234BC", ""),
    Column("category", "MAPPA category: 1, 2, 3 or 4 (in Scotland 1, 2 or 3)", "2", True),
    Column("level", "MAPPA level: 1, 2 or 3. Category 3 is never at level 1", "1", True),
    Column(
        "manager_email",
        "The e-mail address with which the manager signs in. The manager works for the agency that"
        " leads. Empty: an offender manager who imports manages; else nobody is named",
        "",
    ),
    Column("transferred_from", "The area from which the case came, if it did", ""),
    Column(
        "address_kind",
        "home, regular or no_fixed_address. Empty: home, if there is an address",
        "home",
    ),
    Column("address", "The lines of the address, separated by commas", "18 Tallow Row, Northmoor"),
    Column("postcode", "The postcode of the address", "NM1 4ZZ"),
    Column("district", "The town or district: what agencies with a summary see", "Northmoor NM1"),
    Column("address_since", "The day from which the person lives there", "03/06/2025"),
    Column("offence", "The index offence, in plain words", "Section 18 wounding"),
    Column("sentence", "The sentence for it", "6 years"),
    Column("convicted_on", "The day of conviction", "11/02/2021"),
    Column("court", "The court", "Northmoor Crown Court"),
    Column("licence_ends_on", "The last day of the licence", "10/02/2027"),
)
"""The template, in its order. There is no column for risk: a band is signed by its assessor."""

NAMES = tuple(column.name for column in COLUMNS)
NEEDED = tuple(column.name for column in COLUMNS if column.needed)
OF_ADDRESS = ("address_kind", "address", "postcode", "district", "address_since")
OF_OFFENCE = ("offence", "sentence", "convicted_on", "court", "licence_ends_on")

IDENTIFIERS = {
    "crn": "CRN",
    "pnc": "PNC identifier",
    "visor": "ViSOR reference",
    "prison_number": "prison number",
}

Faults = list[list[str]]
"""Pairs of a column and a sentence; no sentence repeats what stands in the cell."""


class RunState(StrEnum):
    """How far an import has come."""

    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    GIVEN_UP = "given_up"


class RowState(StrEnum):
    """What became of a row."""

    WAITING = "waiting"
    FAULTY = "faulty"
    MATCHED = "matched"
    READY = "ready"
    ADDED = "added"
    SKIPPED = "skipped"
    SAME = "same"


UNDERWAY = (RunState.CHECKING, RunState.RUNNING)
"""States in which the platform has work to do by itself."""

ENDED = (RunState.DONE, RunState.STOPPED, RunState.GIVEN_UP)
"""States after which nothing that was uploaded is kept."""


class Choice(StrEnum):
    """What is to happen to a row that may be somebody who is here already."""

    SKIP = "skip"
    ADD = "add"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """For whom the people come in: only for a co-ordinator; else the importer's agency."""

    lead_agency_id: UUID = NOBODY


@dataclass(frozen=True, kw_only=True)
class Decide:
    """The decision on one row. ``same_as`` is the person it is, ``reason`` why it is another."""

    choice: Choice
    same_as: UUID = NOBODY
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class NewOffence:
    """The index offence and its sentence."""

    kind: str
    sentence: str = ""
    convicted_on: date | None = None
    court: str = ""
    licence_ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """A row that was understood: the person and what is known of them at first."""

    person: AddPerson
    address: AddAddress | None = None
    offence: NewOffence | None = None


def check_headings(headings: Sequence[str]) -> list[str]:
    """What is wrong with the first line, in sentences; empty if nothing is."""
    known = [heading for heading in headings if heading]
    twice = sorted({each for each in known if known.count(each) > 1})
    strange = sorted(set(known) - set(NAMES))
    missing = [name for name in NEEDED if name not in known]
    if "family_name" not in known and "given_name" not in known:
        missing.insert(0, "family_name")
    said = [f"The column {name} is missing" for name in missing]
    said += [f"The column {name} is there twice. Remove one" for name in twice]
    if strange:
        # What stands there may be somebody's name, if the first line is no heading.
        many = "A heading is" if len(strange) == 1 else f"{len(strange)} headings are"
        said.append(f"{many} not in the template. Use the headings of the template")
    if "" in headings:
        said.append("A column has no heading. Give it one of the template, or remove it")
    return said


def formula_faults(cells: dict[str, str]) -> Faults:
    """Cells that a spreadsheet would run when somebody opens what is exported."""
    return [
        [name, "Remove the sign at the start of the cell: a spreadsheet would run it as a formula"]
        for name, text in cells.items()
        if text.startswith(FORMULA)
    ]


def check_start(state: str, *, undecided: int, ready: int) -> None:
    """An import starts once, when every possible match is decided and there is a row to add."""
    if state != RunState.CHECKED:
        raise RuleBroken("IMPORT-CHECKED", "This import cannot start: it has moved on. Open it")
    if undecided:
        rows = "1 row is" if undecided == 1 else f"{undecided:,} rows are"
        raise RuleBroken(
            "IMPORT-DECIDED",
            f"{rows} waiting for your decision: they may be people who are here already",
        )
    if not ready:
        raise RuleBroken(
            "IMPORT-ROWS", "There is no row to add. Put the file right and upload it again"
        )


def check_choice(command: Decide, matches: Collection[UUID]) -> None:
    """Adding in spite of a match has its reason; "it is this person" names one who is shown."""
    if command.choice is Choice.ADD and not command.reason:
        raise RuleBroken("IMPORT-WHY", "Say how you know that it is another person", field="reason")
    if command.choice is Choice.SAME and command.same_as not in matches:
        raise RuleBroken("IMPORT-WHO", "Choose which person it is", field="same_as")
