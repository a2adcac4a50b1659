"""Walking every route of the platform as one reader, so that two worlds can be compared."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest.mock import patch
from uuid import UUID

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from mappa.agencies import sessions
from mappa.kernel import clock, crypto
from mappa.kernel.db import Model
from mappa.offenders.record.queries import table_of

UNKNOWN = UUID("00000000-0000-4000-8000-00000000beef")
CSRF = "csrf-of-the-walk"
LEFT_OUT = {
    "static": "files, the same for everybody",
    "sessions.sign_out": "ends the walk",
    "account.end_session": "ends the walk",
    "account.act_under": "walks on as somebody else",
}
"""Routes that are not walked, and why."""

TABLE_OF = {
    "person_id": "person",
    "visit_id": "visit",
    "warning_id": "warning",
    "item_id": "intelligence_item",
    "meeting_id": "meeting",
    "attendance_id": "meeting_attendance",
    "closed_id": "closed_item",
    "action_id": "action_item",
    "deadline_id": "deadline",
    "measure_id": "measure",
    "contingency_id": "contingency",
    "plan_id": "plan",
    "assessment_id": "risk_assessment",
    "agency_id": "agency",
    "entry_id": "audit_entry",
    "user_id": "user_account",
    "posting_id": "posting",
    "session_id": "session",
    "team_id": "team",
    "holiday_id": "bank_holiday",
    "standard_id": "local_standard",
    "file_id": "person_file",
    "search_id": "kept_search",
    "run_id": "import_run",
    "row_id": "import_row",
    "export_id": "people_export",
    "draft_id": "kept_search",
    "match_id": "match_task",
    "parked_id": "parked_form",
    "address_id": "address",
    "notice_id": "notice",
    "part_id": "measure",
    "handover_id": "handover",
    "share_id": "share_record",
    "deputy_id": "deputy",
    "other_id": "person",
    "merge_id": "person_merge",
    "request_id": "merge_request",
    "approval_id": "approval",
    "exclusion_id": "exclusion",
    "record_id": "visit",
    "asked_id": "asked_request",
    "share_request_id": "share_request",
    "use_id": "emergency_use",
    "several_id": "several_share",
    "place_id": "case_worker",
    "sample_id": "dip_sample",
    "case_id": "warrant_case",
    "reactive_id": "reactive_management",
    "review_id": "reactive_review",
    "visit_file_id": "visit_file",
    "card_id": "visit_card",
}


@dataclass(frozen=True)
class Step:
    """One request of the walk."""

    method: str
    path: str
    endpoint: str
    form: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came back, without the clock of the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Seeded:
    """Stands for ``secrets``: the same tokens for the same request in both worlds."""

    def __init__(self, seed: str) -> None:
        self.seed, self.count = seed, 0

    def token_bytes(self, size: int = 32) -> bytes:
        self.count += 1
        return hashlib.shake_256(f"{self.seed}:{self.count}".encode()).digest(size)

    def token_urlsafe(self, size: int = 32) -> str:
        return self.token_bytes(size).hex()


@contextmanager
def standing_still(at: datetime) -> Iterator[None]:
    """The database's clock and the wire's stand at one moment."""
    with clock.at(at), time_machine.travel(at, tick=False):
        yield


def steps(app: Flask, connection: sa.Connection, people: list[UUID], *, each: int) -> list[Step]:
    """Every route with known, hidden and unknown ids; every post empty, and the searches."""
    found: list[Step] = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint in LEFT_OUT:
            continue
        for path in _paths(app, rule, connection, people, each):
            if "GET" in rule.methods:
                found.append(Step("GET", path, rule.endpoint))
            else:
                found.append(Step("POST", path, rule.endpoint))
    # Reading first: what is posted may change what there is to read.
    found.sort(key=lambda step: step.method)
    last = Step("GET", "/", "insight.home")
    return [*found, *searches(connection, people), last]


def searches(connection: sa.Connection, people: list[UUID]) -> list[Step]:
    """Searches for names and numbers of people seen and unseen."""
    table = Model.metadata.tables["person"]
    rows = connection.execute(
        sa.select(table.c.given_name, table.c.family_name, table.c.crn, table.c.born_on)
        .where(table.c.id.in_(people))
        .order_by(table.c.id)
    ).all()
    asked: list[str] = ["wexcombe", "danial wexcome", "marsworth", "NM1"]
    for given, family, crn, born in rows:
        asked += [f"{given} {family}", crn or "Z000000", born.isoformat() if born else "1979"]
    found = [Step("POST", "/people/find", "people.find", (("q", text),)) for text in asked[:40]]
    return [*found, *_added(rows), *_asked(rows), *_sheets(connection, people)]


def _sheets(connection: sa.Connection, people: list[UUID]) -> list[Step]:
    """The sheets of the districts in which these people live or lived, and of one more."""
    table = Model.metadata.tables["place_key"]
    found = connection.scalars(
        sa.select(table.c.value).where(table.c.person_id.in_(people), table.c.kind == "district")
    )
    path = "/visits/team/neighbourhood?district="
    return [
        Step("GET", path + district, "insight.neighbourhood")
        for district in sorted({*found, "NM9"})
    ]


def _added(rows: Sequence[Any]) -> list[Step]:
    """Asking for people seen and unseen, as if they were to be added."""
    return [
        Step(
            "POST",
            "/people/add",
            "matching.ask",
            tuple(
                {
                    "given_name": given,
                    "family_name": family,
                    "crn": crn or "",
                    "born_on": f"{born:%d %m %Y}" if born else "",
                }.items()
            ),
        )
        for given, family, crn, born in rows
    ]


def _asked(rows: Sequence[Any]) -> list[Step]:
    """Asking other agencies about people seen and unseen, as if nobody of them were seen."""
    plain = {
        "by": "name",
        "sections": "risk",
        "what": "Whether anybody would be at risk",
        "why": "A flat was asked for",
        "urgency": "routine",
        "statutes": "cja-2003-325-4",
        "regime": "part-3",
        "part_3": "sch8-4",
    }
    return [
        Step(
            "POST",
            "/sharing/requests/unseen",
            "requests.unseen_post",
            tuple(
                {
                    **plain,
                    "given_name": given,
                    "family_name": family,
                    "born_on": f"{born:%d %m %Y}" if born else "1 1 1980",
                }.items()
            ),
        )
        for given, family, _crn, born in rows
    ]


def _paths(
    app: Flask, rule: Rule, connection: sa.Connection, people: list[UUID], each: int
) -> Iterator[str]:
    names = sorted(rule.arguments)
    if "kind" in names:
        for values in _of_kinds(rule, names, connection, people):
            yield rule.build(values, append_unknown=False)[1]
        return
    if not names:
        yield rule.build({}, append_unknown=False)[1]
        return
    for values in _values(rule, names, connection, people, each):
        yield rule.build(values, append_unknown=False)[1]


def _values(
    rule: Rule, names: list[str], connection: sa.Connection, people: list[UUID], each: int
) -> Iterator[dict[str, Any]]:
    others = [name for name in names if name != "person_id"]
    if not others:
        for person in [*people, UNKNOWN]:
            yield {"person_id": person}
        return
    fixed = {name: _word(rule, name) for name in others if name not in TABLE_OF}
    ids = [name for name in others if name in TABLE_OF]
    if not ids:
        for person in people if "person_id" in names else [None]:
            yield fixed | ({"person_id": person} if person else {})
        return
    table = Model.metadata.tables[TABLE_OF[ids[0]]]
    of_person = "person_id" in names
    for person in people if of_person or "person_id" in table.c else [None]:
        for record in _records(connection, table, person, each):
            more = {name: _any(connection, name, record) for name in ids[1:]}
            yield fixed | {ids[0]: record} | more | ({"person_id": person} if of_person else {})
    rest = fixed | dict.fromkeys(ids, UNKNOWN)
    if of_person:
        foreign = _records(connection, table, None, 1) or [UNKNOWN]
        yield rest | {ids[0]: foreign[0], "person_id": people[-1]}
        rest |= {"person_id": people[0]}
    yield rest


def _of_kinds(
    rule: Rule, names: list[str], connection: sa.Connection, people: list[UUID]
) -> Iterator[dict[str, Any]]:
    """Every kind of record of the first person, one of somebody else, and one that is not there."""
    kinds = sorted(rule._converters["kind"].items)
    if "record_id" not in names:
        for number, kind in enumerate(kinds):
            yield {"person_id": people[-1 if number % 2 else 0], "kind": kind}
        return
    posts = "GET" not in rule.methods
    for kind in kinds[:: 3 if posts else 1]:
        table = table_of(kind)
        if "person_id" not in table.c:
            yield {"person_id": people[0], "kind": kind, "record_id": people[0]}
            continue
        found = _records(connection, table, people[0], 1) or [UNKNOWN]
        yield {"person_id": people[0], "kind": kind, "record_id": found[0]}
    foreign = _records(connection, table_of("contact"), None, 1) or [UNKNOWN]
    yield {"person_id": people[-1], "kind": "contact", "record_id": foreign[0]}
    yield {"person_id": people[0], "kind": "contact", "record_id": UNKNOWN}


def _records(
    connection: sa.Connection, table: sa.Table, person: UUID | None, each: int
) -> list[UUID]:
    key = next(iter(table.primary_key.columns))
    # A page that tells of matches says more than one of a row that is decided.
    first = [table.c.state != "matched"] if table.name == "import_row" else []
    statement = sa.select(key).order_by(*first, key).limit(each)
    if person is not None and "person_id" in table.c:
        statement = statement.where(table.c.person_id == person)
    return list(connection.execute(statement).scalars())


def _any(connection: sa.Connection, name: str, parent: UUID) -> UUID:
    table = Model.metadata.tables[TABLE_OF[name]]
    if name == "run_id":
        row = Model.metadata.tables["import_row"]
        statement = sa.select(row.c.run_id).where(row.c.id == parent)
        return connection.execute(statement).scalar() or UNKNOWN
    if name == "card_id":
        statement = sa.select(table.c.id).where(table.c.subject_id == parent).limit(1)
        return connection.execute(statement).scalar() or UNKNOWN
    if "meeting_id" in table.c:
        statement = sa.select(table.c.id).where(table.c.meeting_id == parent).limit(1)
        return connection.execute(statement).scalar() or UNKNOWN
    if name == "agency_id":
        return connection.execute(sa.select(table.c.id).order_by(table.c.id).limit(1)).scalar_one()
    return UNKNOWN


def _word(rule: Rule, name: str) -> Any:
    converter = rule._converters[name]
    choices = getattr(converter, "items", None)
    if choices:
        return sorted(choices)[0]
    if name == "rule_id":
        return "minutes-circulation-level-2"
    if name == "place":
        return 0
    return {"section": "visits", "pillar": "supervision", "key": "updates", "item": "updates"}.get(
        name, "no-such-token"
    )


def walk(app: Flask, token: str, wanted: list[Step], at: datetime) -> list[Answer]:
    """The answers to each step in turn."""
    answers = []
    with standing_still(at):
        client = _client(app, token)
        for number, step in enumerate(wanted):
            answers.append(_ask(client, step, number))
    return answers


def _client(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[sessions.TOKEN] = token
        cookie["csrf_token"] = CSRF
    return client


def _ask(client: FlaskClient, step: Step, number: int) -> Answer:
    with patch.object(crypto, "secrets", Seeded(f"{number}")):
        if step.method == "GET":
            found = client.get(step.path)
        else:
            found = client.post(step.path, data=_form(client, step, number))
            if step.form and found.status_code in (302, 303):
                found = client.get(found.headers["Location"])
    headers = tuple(
        (name, value) for name, value in found.headers if name.lower() not in ("date", "set-cookie")
    )
    return Answer(found.status_code, headers, found.data)


def _form(client: FlaskClient, step: Step, number: int) -> dict[str, str]:
    from flask_wtf.csrf import generate_csrf

    with client.application.test_request_context(), client.session_transaction() as cookie:
        from flask import g, session

        session["csrf_token"] = cookie["csrf_token"]
        g.pop("csrf_token", None)
        signed = generate_csrf()
    return {"csrf_token": signed, "idempotency_key": f"walk-{number}", **dict(step.form)}
