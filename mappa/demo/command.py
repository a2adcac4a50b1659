"""``mappa demo``: build the demo area once, then open the platform on it."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from config.settings import Settings, demo_settings, home_folder
from mappa.access.upgrade import roles_of, upgrade
from mappa.demo.cases import open_case
from mappa.demo.meetings import hold
from mappa.demo.people import people
from mappa.demo.stage import build
from mappa.demo.story import tell
from mappa.kernel import clock
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.sweep import sweep

PEOPLE = 200
SEED = 7
_DONE = "demo-is-built"


Create = Callable[[Settings], Flask]


def run(args: Any, create: Create, serve: Callable[[Flask, str, int], int]) -> int:
    """Build the demo if there is none (or ``--fresh``), then serve it unless ``--build-only``.

    ``create`` and ``serve`` come from above: the demo stands below the application.
    """
    home = home_folder()
    settings = demo_settings(home, port=args.port)
    if args.fresh:
        _remove(home)
        settings = demo_settings(home, port=args.port)
    if not (home / _DONE).exists():
        began = time.monotonic()
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
        with unit_of_work(Kind.READ, system="demo") as unit:
            now = unit.at
        stage = build(now)
        today = clock.day_of(now)
        for number, person in enumerate(people(people_count, seed, on=today), start=1):
            case = open_case(stage, person, now=now, seed=seed)
            tell(stage, case, now=now)
            hold(stage, case, now=now)
            if say and number % 10 == 0:
                say(f"\rBuilding the demo: {number} of {people_count} people")
    sweep(app)
    (settings.home / _DONE).write_text(f"{people_count} people, seed {seed}\n")
    return app


def _remove(home: Path, *, keys: bool = True) -> None:
    (home / _DONE).unlink(missing_ok=True)
    for path in home.glob("mappa.sqlite*"):
        path.unlink()
    if keys and (home / "keys").exists():
        shutil.rmtree(home / "keys")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
