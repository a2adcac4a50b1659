"""From an import to what its pages and its report say."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from mappa.access.actor import Actor
from mappa.kernel.db import NOBODY
from mappa.offenders import presenters as people
from mappa.offenders.importing import queries, rules
from mappa.offenders.importing.matches import PossibleMatch
from mappa.offenders.importing.models import ImportRow, ImportRun
from mappa.offenders.importing.rules import RowState, RunState
from mappa.web import words

STATES = {
    RunState.CHECKING: ("Being checked", "blue"),
    RunState.CHECKED: ("Checked", "yellow"),
    RunState.RUNNING: ("Being added", "blue"),
    RunState.DONE: ("Done", "green"),
    RunState.STOPPED: ("Stopped", "red"),
    RunState.GIVEN_UP: ("Given up", "grey"),
}
OUTCOMES = {
    RowState.WAITING: "Not checked yet",
    RowState.FAULTY: "Not added: put right what is wrong and upload it again",
    RowState.MATCHED: "Waiting for your decision",
    RowState.READY: "Not added yet",
    RowState.ADDED: "Added",
    RowState.SKIPPED: "Left out, as you decided",
    RowState.SAME: "Left out: it is this person",
}
SHOWN = 50


@dataclass(frozen=True)
class RunLine:
    """An import in the list of the reader's imports."""

    name: str
    href: str
    when: str
    state: tuple[str, str]
    rows: str


def run_lines(runs: Iterable[ImportRun]) -> list[RunLine]:
    """The reader's imports, as a list shows them."""
    return [
        RunLine(
            name=run.file_name,
            href=url_for("importing.run", run_id=run.id),
            when=words.moment(run.at),
            state=STATES[RunState(run.state)],
            rows=many(run.total, "row"),
        )
        for run in runs
    ]


def many(count: int, what: str) -> str:
    """Say "1 row" or "2,000 rows"."""
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


@dataclass(frozen=True)
class RunPage:
    """What the page of an import says."""

    state: RunState
    tag: tuple[str, str]
    facts: Sequence[tuple[str, str]]
    progress: str
    percent: int
    faults: Sequence[tuple[str, str, str]]
    more_faults: int
    matched: Sequence[tuple[str, str, str]]
    more_matched: int
    undecided: int
    ready: int
    counts: Counter[str]


def run_page(run: ImportRun, lead: str) -> RunPage:
    """How far an import is, what is wrong, what is to be decided."""
    state, counts = RunState(run.state), queries.how_many(run.id)
    done, whole = _progress(state, run, counts)
    faulty = queries.rows_in(run.id, RowState.FAULTY, most=SHOWN)
    matched = queries.rows_in(run.id, RowState.MATCHED, most=SHOWN)
    return RunPage(
        state=state,
        tag=STATES[state],
        facts=_facts(run, lead, counts),
        progress=f"{done:,} of {many(whole, 'row')}",
        percent=100 * done // whole if whole else 100,
        faults=[line for row in faulty for line in fault_lines(row.line, row.faults)],
        more_faults=counts[RowState.FAULTY.value] - len(faulty),
        matched=[_matched(run, row) for row in matched],
        more_matched=counts[RowState.MATCHED.value] - len(matched),
        undecided=counts[RowState.MATCHED.value],
        ready=counts[RowState.READY.value],
        counts=counts,
    )


def _progress(state: RunState, run: ImportRun, counts: Counter[str]) -> tuple[int, int]:
    if state is RunState.CHECKING:
        return run.total - counts[RowState.WAITING.value], run.total
    added = counts[RowState.ADDED.value]
    return added, added + counts[RowState.READY.value]


def _facts(run: ImportRun, lead: str, counts: Counter[str]) -> list[tuple[str, str]]:
    facts = [
        ("Uploaded", words.moment(run.at)),
        ("Lead agency", lead),
        ("Rows", f"{run.total:,}"),
    ]
    named = (
        (RowState.READY, "To be added"),
        (RowState.ADDED, "Added"),
        (RowState.FAULTY, "With a fault"),
        (RowState.MATCHED, "For you to decide"),
        (RowState.SKIPPED, "Left out"),
        (RowState.SAME, "Here already"),
    )
    facts += [(says, f"{counts[state.value]:,}") for state, says in named if counts[state.value]]
    if run.state not in rules.ENDED:
        facts.append(("Kept until", words.moment(run.ends_at)))
    return facts


def fault_lines(line: int, faults: Sequence[Sequence[str]]) -> list[tuple[str, str, str]]:
    """The faults of a row: line, column, what to do."""
    return [(f"Line {line:,}", column or "The row", said) for column, said in faults]


def _matched(run: ImportRun, row: ImportRow) -> tuple[str, str, str]:
    cells = json.loads(row.cells or "{}")
    name = f"{cells.get('given_name', '')} {cells.get('family_name', '')}".strip()
    href = url_for("importing.row", run_id=run.id, row_id=row.id)
    return f"Line {row.line:,}", name, href


def cells_of(row: ImportRow) -> list[tuple[str, str]]:
    """What stands in a row, in the order of the template."""
    cells = json.loads(row.cells or "{}")
    return [
        (name.replace("_", " ").capitalize(), cells[name]) for name in rules.NAMES if name in cells
    ]


@dataclass(frozen=True)
class Candidate:
    """A possible match: who, and why."""

    id: str
    label: str
    row: people.PersonRow


def candidates(found: Sequence[PossibleMatch]) -> list[Candidate]:
    """The possible matches of a row, as this reader may see them."""
    rows = [
        (each, people.person_row(each.person, reason=". ".join(each.reasons))) for each in found
    ]
    return [
        Candidate(str(each.person.record), f"{row.name}, {', '.join(row.facts)}", row)
        for each, row in rows
    ]


def report(actor: Actor, run: ImportRun, rows: Iterable[Any]) -> Iterator[Sequence[str]]:
    """The lines of the report: every row with what became of it, every fault on its own line.

    Nothing that stood in a cell is in it.
    """
    yield ("OFFICIAL-SENSITIVE", f"Report of an import by {actor.name}, {actor.agency_name}")
    yield ("Uploaded", words.moment(run.at))
    yield ("line", "outcome", "column", "what to do", "page of the person")
    for row in rows:
        outcome = OUTCOMES[RowState(row.state)]
        page = "" if row.person_id == NOBODY else people.overview(row.person_id)
        for column, said in row.faults or [["", ""]]:
            yield (str(row.line), outcome, column, said, page)


def template() -> Iterator[Sequence[str]]:
    """The template: its headings, and one made-up row."""
    yield rules.NAMES
    yield tuple(column.example for column in rules.COLUMNS)
