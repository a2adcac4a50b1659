"""Going on with imports: by the scheduler in short turns, by a command to the end.

It may run twice or in two places: a batch locks its import, and what is done is a state of its row.
"""

from time import monotonic, sleep
from uuid import UUID

from flask import Flask

from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.importing import queries, running

TURN_SECONDS = 4.0
_PAUSE = 0.005
"""Between batches, so that whoever waits to write on SQLite comes first."""


def take_turn(app: Flask) -> bool:
    """Go on with what is underway for a few seconds; whether there is more to do."""
    with app.app_context():
        running.give_up_old()
        return _go_on(monotonic() + TURN_SECONDS)


def run_all(app: Flask) -> None:
    """Go on with all that is underway, to the end."""
    with app.app_context():
        while _go_on(None):
            pass


def finish(run_id: UUID) -> None:
    """Go on with one import until there is no more to do. Inside an application context."""
    while running.go_on(run_id):
        sleep(_PAUSE)


def _go_on(until: float | None) -> bool:
    with unit_of_work(Kind.READ, system="import"):
        waiting = queries.underway()
    for run_id in waiting:
        while running.go_on(run_id):
            if until is not None and monotonic() >= until:
                return True
            sleep(_PAUSE)
    return False
