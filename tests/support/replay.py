"""Every answer that shows somebody, held against the committed audit: does that name the record?

The answers are kept as they left, the audit is read from the file with plain SQL afterwards, and
who is shown is found by looking for names, numbers and texts of the database in the answer: nothing
here asks the platform what it noted. What was typed during the run is no text of the database.
"""

import html
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, Response, g, request

from config.read import rule_book
from mappa.access.labels import protected_tables
from mappa.audit import log
from mappa.rules.levels import Jurisdiction
from tests.support.once import run_folder

SHORTEST_TEXT = 25
"""Characters; a shorter text may stand on a page by chance, or as words of the page itself."""
NUMBERS = ("crn", "pnc", "visor", "prison_number")
TYPED = re.compile(r"<input[^>]*type=\"search\"[^>]*>|<textarea.*?</textarea>", re.DOTALL)
"""What a reader typed comes back in boxes: it tells that reader nothing."""

SEARCHED = re.compile(r"<input[^>]*type=\"search\"[^>]*value=\"([^\"]+)\"")
"""What was searched for is repeated above the results, found or not."""

_STAFF = "SELECT name FROM user_account"
_PLACES = "SELECT name FROM agency UNION SELECT name FROM user_account"

Markers = Mapping[str, frozenset[str]]
"""Something that tells of a record, and the records of which it tells, as 32 hexadecimal digits."""


@dataclass(frozen=True)
class Sent:
    """One answer, whose it was, and under which request it is in the audit."""

    method: str
    path: str
    status: int
    user: str
    request: str
    body: str


@dataclass
class Recorder:
    """Keeps every answer of an application but its files."""

    sent: list[Sent] = field(default_factory=list)

    def watch(self, app: Flask) -> None:
        app.after_request(self._keep)

    def _keep(self, answer: Response) -> Response:
        if request.endpoint != "static":
            signed_in = g.get("sign_in")
            actor = signed_in.actor if signed_in else None
            self.sent.append(
                Sent(
                    request.method,
                    request.path,
                    answer.status_code,
                    actor.user_id.hex if actor else "",
                    log.request_id.get(),
                    answer.get_data().decode(errors="replace"),
                )
            )
        return answer


def markers_of(database: Path) -> Markers:
    """The names, numbers and longer texts of every protected table, as they stand now.

    A text that stands in records of several people is a phrase and tells of nobody.
    """
    found: dict[str, set[str]] = {}
    about: dict[str, set[str]] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for text, person in _people(connection):
            found.setdefault(text, set()).add(person)
        staff = tuple(f"{name}, " for (name,) in connection.execute(_STAFF))
        open_to_all = {name for (name,) in connection.execute(_PLACES)} | names_of_rules()
        for text, record, person in _texts(connection):
            # Who works where is open to everybody, also where a record says it.
            if text not in open_to_all and not text.startswith(staff):
                # A record may quote another of the same person: then the person is named.
                found.setdefault(text, set()).update((record, person))
                about.setdefault(text, set()).add(person)
    return {
        text: frozenset(records) for text, records in found.items() if len(about.get(text, ())) <= 1
    }


def names_of_rules() -> set[str]:
    """What rules and duties are called: the rules are open to everybody who is signed in."""
    rules = [rule for each in Jurisdiction for rule in rule_book(each)]
    return {rule.title for rule in rules} | {rule.id for rule in rules}


def _people(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    columns = ", ".join(("id", "given_name", "family_name", *NUMBERS))
    for person, given, family, *numbers in connection.execute(f"SELECT {columns} FROM person"):
        if given and family:
            yield f"{given} {family}", person
            if not family.isascii():
                yield f"{family}{given}", person
        yield from ((number, person) for number in numbers if number)


def _texts(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    for name, model in sorted(protected_tables().items()):
        table: sa.Table = model.__table__  # type: ignore[attr-defined]
        told = [
            column.name
            for column in table.columns
            if column.info.get("shown") is not None and type(column.type) is sa.Text
        ]
        person = "person_id" if "person_id" in table.c else "id"
        ids = {next(iter(table.primary_key)).name, getattr(model, "__record__", "id")}
        for column in told:
            for key in sorted(ids):
                asked = f"SELECT {column}, {key}, {person} FROM {name}"
                for text, record, of in connection.execute(asked):
                    if text and len(text) >= SHORTEST_TEXT and "\n" not in text:
                        yield text, record, of


def named_by_request(database: Path) -> Mapping[str, frozenset[str]]:
    """The records that the committed audit names, by request."""
    named: dict[str, set[str]] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for asked, records in connection.execute("SELECT request_id, records FROM audit_entry"):
            named.setdefault(asked, set()).update(json.loads(records))
    return {asked: frozenset(records) for asked, records in named.items()}


@dataclass(frozen=True)
class Replayed:
    """How many answers there were, how many show somebody, and what the audit does not name."""

    answers: int
    personal: int
    faults: tuple[str, ...]

    @property
    def figures(self) -> tuple[int, int, int]:
        return self.answers, self.personal, len(self.faults)


def replay(sent: list[Sent], markers: Markers, named: Mapping[str, frozenset[str]]) -> Replayed:
    """Hold each answer against the audit of its own request."""
    personal, faults = 0, []
    for each in sent:
        shown = list(_shown(each.body, markers))
        personal += bool(shown)
        told = named.get(each.request, frozenset())
        missing = [text for text in shown if not markers[text] & told]
        if missing:
            faults.append(f"{each.method} {each.path} ({each.status}) shows {missing[:3]}")
    return Replayed(len(sent), personal, tuple(faults))


def _shown(body: str, markers: Markers) -> Iterator[str]:
    text = html.unescape(TYPED.sub("", body))
    for typed in SEARCHED.findall(body):
        text = text.replace(html.unescape(typed), "")
    for marker in markers:
        at = text.find(marker)
        while at >= 0:
            around = text[at - 1 : at] + text[at + len(marker) : at + len(marker) + 1]
            if not any(sign.isalnum() for sign in around):
                yield marker
                break
            at = text.find(marker, at + 1)


def keep_figures(name: str, found: Replayed) -> None:
    """Leave the figures for the end of the run, whichever process it was."""
    (run_folder() / f"replay-{name}.json").write_text(json.dumps(found.figures))


def kept_figures() -> tuple[int, int, int]:
    """All figures of the run together."""
    sums = [0, 0, 0]
    for path in run_folder().glob("replay-*.json"):
        sums = [one + more for one, more in zip(sums, json.loads(path.read_text()), strict=True)]
    return sums[0], sums[1], sums[2]
