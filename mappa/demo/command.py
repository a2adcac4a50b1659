"""``mappa demo``: build the demo area once, then open the platform on it."""

import shutil
import sys
import time
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask

from config.settings import Settings, demo_settings, home_folder
from mappa.access.upgrade import roles_of, upgrade
from mappa.demo import clashes
from mappa.demo.after_visits import look_back
from mappa.demo.bulk.area import add_areas
from mappa.demo.bulk.build import ABOVE, Progress, Size, load_people, progress
from mappa.demo.case_teams import visit_teams
from mappa.demo.cases import open_case
from mappa.demo.commitments import commit
from mappa.demo.details import detail
from mappa.demo.dip_samples import dip
from mappa.demo.duties import owe
from mappa.demo.emergencies import open_and_judge
from mappa.demo.failed_entries import try_doors
from mappa.demo.handovers import change_hands
from mappa.demo.lists import come_and_go
from mappa.demo.meetings import hold
from mappa.demo.merging import duplicates
from mappa.demo.papers import file_papers, photograph_a_visit
from mappa.demo.people import people
from mappa.demo.reactive import leave_in_peace
from mappa.demo.requests import ask_around
from mappa.demo.restrictions import restrict
from mappa.demo.shares import share
from mappa.demo.stage import Stage, build
from mappa.demo.standards import set_standards
from mappa.demo.story import tell
from mappa.demo.work import arrange
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.files.store import Store
from mappa.offenders.matching.jobs import check_matches
from mappa.reminders.standards.recounting import recount
from mappa.reminders.sweep import sweep
from mappa.visits.commitment.jobs import follow_bands

PEOPLE = 200
SEED = 7
_DONE = "demo-is-built"


Create = Callable[[Settings], Flask]


def run(args: Any, create: Create, serve: Callable[[Flask, str, int], int]) -> int:
    """Build the demo if there is none (or ``--fresh``), then serve it unless ``--build-only``.

    ``create`` and ``serve`` come from above: the demo stands below the application.
    """
    home = home_folder()
    url = args.database_url
    settings = demo_settings(home, port=args.port, database_url=url)
    if args.fresh:
        _remove(home)
        settings = demo_settings(home, port=args.port, database_url=url)
    if not (home / _DONE).exists():
        began = time.monotonic()
        if args.people > ABOVE:
            build_large(settings, create, Size(people=args.people), seed=args.seed)
        else:
            build_demo(settings, create, people_count=args.people, seed=args.seed, say=_say)
        _say(f"\rBuilt a demo of {args.people} people in {time.monotonic() - began:.0f} seconds.\n")
    if args.build_only:
        return 0
    return serve(create(settings), "127.0.0.1", args.port)


def build_demo(
    settings: Settings,
    create: Create,
    *,
    people_count: int = PEOPLE,
    seed: int = SEED,
    say: Any = None,
) -> Flask:
    """Make the database of a demo from nothing; half a demo is never left behind as a whole one."""
    _remove(settings.home, keys=False)
    app = create(settings)
    upgrade(settings.owner_url, roles_of(settings.database_url, settings.system_url))
    with app.app_context():
        now = _now()
        store = Store(settings.uploads)
        _tell(build(now), store, people_count, people_count, seed=seed, now=now, say=say)
    check_matches(app)
    recount(app)
    follow_bands(app)
    sweep(app)
    (settings.home / _DONE).write_text(f"{people_count} people, seed {seed}\n")
    return app


def build_large(
    settings: Settings,
    create: Create,
    size: Size,
    *,
    seed: int = SEED,
    show: Progress | None = None,
) -> Flask:
    """Make a demo of many people: the first are told through the services, the rest is loaded.

    On PostgreSQL the database must be empty.
    """
    show = show or progress()
    show.say("the stage", 0)
    _remove(settings.home, keys=False)
    upgrade(settings.owner_url, roles_of(settings.database_url, settings.system_url))
    app = create(settings)
    fill(app, size, seed=seed, show=show)
    show.say("telling people what is due", 0.97)
    check_matches(app)
    recount(app)
    follow_bands(app)
    sweep(app)
    (settings.home / _DONE).write_text(f"{size.people} people, seed {seed}\n")
    show.say("done", 1)
    return app


def fill(app: Flask, size: Size, *, seed: int, show: Progress) -> None:
    """Fill an empty, migrated database with a large demo; nobody else may use it meanwhile."""
    with app.app_context():
        now = _now()
        stage = build(now)
        store = Store(app.config["SETTINGS"].uploads)
        _tell(stage, store, size.told, size.people, seed=seed, now=now, say=None)
        add_areas(stage)
        db.engine.dispose()
        url = app.config["SETTINGS"].owner_url
        load_people(url, stage, size, seed=seed, today=clock.day_of(now), show=show)


def _now() -> datetime:
    with unit_of_work(Kind.READ, system="demo") as unit:
        return unit.at


def _tell(
    stage: Stage, store: Store, most: int, of: int, *, seed: int, now: datetime, say: Any
) -> None:
    """Tell the first people of an area, in the order in which things happened to each."""
    drawn = people(of, seed, on=clock.day_of(now))
    cases = []
    for number, person in enumerate(islice(drawn, most), start=1):
        case = open_case(stage, person, now=now, seed=seed)
        detail(stage, case, now=now)
        tell(stage, case, now=now)
        hold(stage, case, now=now)
        file_papers(stage, case, store)
        cases.append(case)
        if say and number % 10 == 0:
            say(f"\rBuilding the demo: {number} of {most} people")
    look_back(stage, cases, now=now)
    share(stage, cases, now=now)
    ask_around(stage, cases, now=now)
    owe(stage, cases, now=now)
    visit_teams(stage, cases, now=now)
    change_hands(stage, cases, now=now)
    duplicates(stage, cases, now=now)
    clashes.tell(stage, now=now)
    open_and_judge(stage, cases, now=now)
    come_and_go(stage, now=now)
    set_standards(stage, now=now)
    restrict(stage, cases, now=now)
    commit(stage, cases, now=now)
    arrange(stage, now=now)
    try_doors(stage, cases, now=now)
    leave_in_peace(stage, cases, now=now)
    photograph_a_visit(stage, cases, store, now=now)
    dip(stage, now=now)


def _remove(home: Path, *, keys: bool = True) -> None:
    (home / _DONE).unlink(missing_ok=True)
    for path in home.glob("mappa.sqlite*"):
        path.unlink()
    if (home / "uploads").exists():
        shutil.rmtree(home / "uploads")
    if keys and (home / "keys").exists():
        shutil.rmtree(home / "keys")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
