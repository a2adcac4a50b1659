"""What the second wall costs: ``python -m tools.measure_wall [PEOPLE]``.

The same statements of the platform on the same PostgreSQL, by turns: as the owner, whom row-level
security does not bind, and as the application, behind both walls. Prints medians and ratios.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config.settings import Mode, Settings
from mappa.access import guard
from mappa.access import models as m
from mappa.access.actor import Actor
from mappa.access.reading import count, rows, scoped
from mappa.access.terms import Capacity
from mappa.app import create_app
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import queries
from mappa.offenders.models import Person, StaffWarning
from tests.factories.world import AREA, LONG_AGO, NOW, World, northmoor
from tests.support import databases, once

ROUNDS = 80
LONG = 3000
_WARNINGS = scoped(StaffWarning, person=True)


def main(people: int = 5000) -> None:
    once.open_run_folder()
    try:
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder), people)
    finally:
        databases.close()
        once.close_run_folder()


def _measure(folder: Path, people: int) -> None:
    url = databases.fresh_postgresql()
    application, system = databases.as_roles(url)
    both = create_app(_settings(folder, application, system))
    world = northmoor(both)
    ids = _fill(world, people, url)
    apps = {"the policy alone": create_app(_settings(folder, url, url)), "both walls": both}
    actor = world.staff["priya"].actor
    found: dict[tuple[str, str], list[float]] = {}
    for number in range(ROUNDS):
        for wall, app in apps.items():
            with app.app_context():
                for name, ask in _questions(actor, ids).items():
                    with _reader(actor):
                        began = time.perf_counter()
                        ask()
                        if number >= 10:  # plans are kept from the sixth time on
                            took = time.perf_counter() - began
                            found.setdefault((name, wall), []).append(took * 1000)
    print(f"{people} people, {LONG} warnings on one, median of {ROUNDS - 10} in milliseconds")
    for name in _questions(actor, ids):
        alone, behind = (statistics.median(found[name, wall]) for wall in apps)
        print(f"{name:28} {alone:8.2f} {behind:8.2f}   {behind / alone - 1:+.0%}")


def _questions(actor: Actor, ids: list[Any]) -> dict[str, Callable[[], object]]:
    warnings = {"person": ids[0]}
    return {
        "list of people, 25": lambda: rows(
            actor, queries._people(area=False, level=False), Person, after_name="", after_id=ids[0]
        ),
        "count of people, to 101": lambda: count(
            actor, queries._counted(area=False, level=False), cap=100
        ),
        "page of a person": lambda: queries.person(actor, ids[2]),
        "records of a long file": lambda: rows(actor, _WARNINGS, StaffWarning, **warnings),
        "settings of a transaction": lambda: None,
    }


@contextmanager
def _reader(actor: Actor) -> Iterator[None]:
    with clock.at(NOW), unit_of_work(Kind.READ):
        guard.acts_as(actor)
        db.session.execute(sa.select(sa.literal_column("1")))  # begins, and says who reads
        yield


def _settings(folder: Path, url: str, system: str | None) -> Settings:
    return Settings(
        mode=Mode.TEST, home=folder, database_url=url, system_database_url=system,
        secret_key="only for measuring, only for measuring", field_key=bytes(range(32)),
    )  # fmt: skip


def _fill(world: World, people: int, owner: str) -> list[Any]:
    agencies = list(world.agencies.values())
    right = {"state": 1, "made_at": NOW, "starts_at": LONG_AGO, "ends_at": NOW + timedelta(900)}
    ids = [new_id() for _ in range(people)]
    with world.system():
        capacity = db.session.scalar(
            sa.select(m.CapacityRow.id).where(
                m.CapacityRow.area_id == AREA, m.CapacityRow.code == Capacity.RESPONSIBLE.value
            )
        )
        made: dict[Any, list[dict[str, Any]]] = {
            Person: [], m.PersonArea: [], m.CaseTeam: [], m.Reach: [], StaffWarning: []
        }  # fmt: skip
        for number, person in enumerate(ids):
            name = f"name{number:06}"
            teams = {agencies[number % len(agencies)], agencies[number % 2]}
            made[Person].append(
                {"id": person, "owner_agency_id": agencies[number % 3], "given_name": "A",
                 "family_name": name, "sort_name": name, "jurisdiction": "england-wales"}
            )  # fmt: skip
            made[m.PersonArea].append({"person_id": person, "area_id": AREA, **right})
            for agency in teams:
                made[m.CaseTeam].append(
                    {"person_id": person, "agency_id": agency, "capacity_id": capacity, **right}
                )
                made[m.Reach].append({"person_id": person, "agency_id": agency, "sort_name": name})
        made[StaffWarning] = [
            {"person_id": ids[0], "owner_agency_id": agencies[1], "headline": "h",
             "review_on": NOW.date(), "added_by_id": new_id(), "added_at": NOW}
            for _ in range(LONG)
        ]  # fmt: skip
        for model, values in made.items():
            db.session.execute(sa.insert(model), values)
    engine = sa.create_engine(owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("ANALYZE"))
    engine.dispose()
    return ids


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
