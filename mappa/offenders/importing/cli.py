"""``mappa import``: an import from the console, as the person who answers for it."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask

from config.settings import Settings, from_environment
from mappa.access import guard
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.agencies import queries as agencies
from mappa.kernel.errors import FieldErrors, NotFound
from mappa.kernel.ids import NOBODY
from mappa.kernel.uow import Kind, current, unit_of_work
from mappa.offenders.importing import jobs, parsing, presenters, queries, service
from mappa.offenders.importing.rules import RowState, Upload

Create = Callable[[Settings], Flask]


def add_import_command(groups: Any, create: Create) -> None:
    """Put ``mappa import`` beside the other commands."""
    parser = groups.add_parser("import", help="bring existing cases in from a CSV file")
    parser.add_argument("verb", nargs="?", choices=["resume"], help="go on with what is underway")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--as", dest="email", metavar="EMAIL", help="who imports")
    parser.add_argument("--lead", default="", metavar="AGENCY", help="for a co-ordinator")
    parser.add_argument("--dry-run", action="store_true", help="check only; nothing is kept")
    parser.add_argument(
        "--skip-matches", action="store_true", help="leave out who may be here already"
    )
    parser.set_defaults(command=lambda given: _run(given, create))


def _run(given: argparse.Namespace, create: Create) -> int:
    if given.verb == "resume":
        jobs.run_all(create(from_environment()))
        return 0
    if not given.file or not given.email:
        raise FieldErrors({"": ["Give --file FILE and --as EMAIL, or: mappa import resume"]})
    if not given.file.is_file():
        raise FieldErrors({"": ["There is no such file"]})
    app = create(from_environment())
    with app.app_context():
        run_id, who = _upload(given)
        jobs.finish(run_id)
        _say_faults(run_id)
        if given.dry_run:
            _act(who, service.give_up, run_id)
            return 0
        return _add(who, run_id, skip=given.skip_matches)


def _upload(given: argparse.Namespace) -> tuple[UUID, Actor]:
    with unit_of_work(Kind.READ, system="mappa import"):
        who = _importer(given.email)
        lead = _lead(who, given.lead)
    with unit_of_work(Kind.WRITE), given.file.open("rb") as file:
        guard.acts_as(who)
        made = service.upload(
            who, Upload(lead_agency_id=lead), given.file.name, parsing.read(file),
            now=current().at,
        )  # fmt: skip
        return made.id, who


def _importer(email: str) -> Actor:
    """The account under the posting that may import. Raises ``NotFound``."""
    account = agencies.account_by_email(email)
    if account is None:
        raise NotFound
    for posting in agencies.live_postings(account.id):
        who = agencies.acting(account.id, posting.id)
        if who and decide(who, Action.PEOPLE_IMPORT).allowed:
            return who
    raise FieldErrors({"": ["This account has no posting that may import people"]})


def _lead(who: Actor, wanted: str) -> UUID:
    for each in agencies.agencies_in(who.area_id):
        if wanted and wanted.lower() in (each.name.lower(), str(each.id)):
            return each.id
    return NOBODY


def _act(who: Actor, verb: Callable[..., object], run_id: UUID) -> None:
    with unit_of_work(Kind.WRITE) as unit:
        guard.acts_as(who)
        verb(who, run_id, now=unit.at)


def _say_faults(run_id: UUID) -> None:
    with unit_of_work(Kind.READ):
        counts = queries.how_many(run_id)
        for row in queries.every_row(run_id):
            for line, column, said in presenters.fault_lines(row.line, row.faults):
                _say(f"{line}, {column}: {said}")
    _say(
        f"{counts[RowState.READY.value]:,} to be added, {counts[RowState.FAULTY.value]:,} with a"
        f" fault, {counts[RowState.MATCHED.value]:,} may be here already"
    )


def _add(who: Actor, run_id: UUID, *, skip: bool) -> int:
    if skip:
        _act(who, service.skip_undecided, run_id)
    _act(who, service.start, run_id)
    jobs.finish(run_id)
    with unit_of_work(Kind.READ):
        counts = queries.how_many(run_id)
    _say(f"{counts[RowState.ADDED.value]:,} added")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
