"""What happens to drafts by themselves: they run out, and then nothing names their files."""

from flask import Flask

from mappa.kernel import uow
from mappa.kernel.uow import Kind, unit_of_work
from mappa.visits import drafts
from mappa.visits.doorstep import rules


def forget(app: Flask) -> int:
    """Remove the drafts that ran out; how many. The sweep of files removes their bytes."""
    with app.app_context(), unit_of_work(Kind.WRITE, system="drafts run out") as unit:
        return drafts.forget(unit.at)


def stored_names() -> set[str]:
    """The names of stored bytes that a draft names; for the sweep, which acts for the system."""
    found: set[str] = set()
    for values in drafts.all_typed(uow.current().at):
        found |= rules.names_in(dict(values.lists()))
    return found
