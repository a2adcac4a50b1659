"""``mappa visits check-draw``: a dip sample drawn again from the console, step by step."""

import argparse
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask

from config.settings import Settings, from_environment
from mappa.kernel.uow import Kind, unit_of_work
from mappa.visits.dip_sample import queries

Create = Callable[[Settings], Flask]


def add_visit_commands(groups: Any, create: Create) -> None:
    """Put ``mappa visits`` beside the other commands."""
    verbs = groups.add_parser("visits", help="visits").add_subparsers(required=True)
    parser = verbs.add_parser("check-draw", help="draw a dip sample again; names nobody")
    parser.add_argument("sample", type=UUID, metavar="ID", help="the end of its address")
    parser.set_defaults(command=lambda given: _check(given, create))


def _check(given: argparse.Namespace, create: Create) -> int:
    app = create(from_environment())
    with app.app_context(), unit_of_work(Kind.READ, system="mappa visits check-draw"):
        steps = queries.check(given.sample, None)
    for number, step in enumerate(steps, start=1):
        print(f"{number}. {step.what}: {step.found}")
        print("   as written down" if step.holds else "   NOT as written down")
    same = all(step.holds for step in steps)
    print("The same people, in the same order." if same else "This draw does not hold.")
    return 0 if same else 1
