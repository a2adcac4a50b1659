"""Commands with which an installation begins: areas, their agreement, their agencies, postings."""

import argparse
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Flask

from config import read
from mappa.access.terms import Role
from mappa.agencies import queries, service
from mappa.agencies.models import Agency
from mappa.agencies.service import NewAgency, NewPosting
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import Kind, unit_of_work

if TYPE_CHECKING:
    Groups = argparse._SubParsersAction[argparse.ArgumentParser]
Open = Callable[[], Flask]


def add_commands(groups: "Groups", users: "Groups", open_app: Open) -> None:
    """Add ``areas``, ``agencies`` and ``users post``; ``open_app`` gives the application."""
    areas = groups.add_parser("areas", help="MAPPA areas").add_subparsers(required=True)
    _command(areas.add_parser("list", help="the areas, open or not"), _list_areas, open_app)
    opening = areas.add_parser("open", help="open an area of the shipped list")
    opening.add_argument("area", help="its id, as `mappa areas list` prints it")
    opening.add_argument(
        "--sign", action="store_true", help="sign the default agreement from today"
    )
    _command(opening, _open_area, open_app)
    signing = areas.add_parser("sign", help="sign the default agreement of an area")
    signing.add_argument("area")
    signing.add_argument("--from", dest="starts_on", type=date.fromisoformat, metavar="DATE")
    _command(signing, _sign, open_app)
    agencies = groups.add_parser("agencies", help="agencies").add_subparsers(required=True)
    adding = agencies.add_parser("add", help="add an agency to an area")
    adding.add_argument("--area", required=True)
    adding.add_argument("--type", required=True, choices=sorted(read.agency_types()))
    adding.add_argument("--name", required=True)
    adding.add_argument("--short-name", required=True)
    adding.add_argument("--phone", default="")
    adding.add_argument("--desk", default="", help="whom to ring about what it holds")
    _command(adding, _add_agency, open_app)
    posting = users.add_parser("post", help="give an account one more posting")
    posting.add_argument("email")
    posting.add_argument("--agency", required=True, help="its name or id")
    posting.add_argument("--role", required=True, choices=[role.value for role in Role])
    _command(posting, _post, open_app)


def _command(
    parser: argparse.ArgumentParser, run: Callable[[Open, argparse.Namespace], int], open_app: Open
) -> None:
    parser.set_defaults(command=partial(run, open_app))


def _list_areas(open_app: Open, _given: argparse.Namespace) -> int:
    with open_app().app_context(), unit_of_work(Kind.READ, system="mappa areas list"):
        for each in queries.areas():
            state = f"open, {each.agencies} agencies" if each.open else "not open"
            agreed = f", agreement until {each.agreed_until}" if each.agreed_until else ""
            print(f"{each.key:30} {each.name}: {state}{agreed}")
    return 0


def _open_area(open_app: Open, given: argparse.Namespace) -> int:
    basis = "mappa areas open"
    with open_app().app_context(), unit_of_work(Kind.WRITE, system=basis) as unit:
        opened = service.open_area(None, given.area, now=unit.at, basis=f"{basis} {given.area}")
        if given.sign:
            today = day_of(unit.at)
            service.sign_agreement(
                None, opened.id, today, now=unit.at, basis=f"{basis} {given.area} --sign"
            )
        name = opened.name
    print(f"{name} is open" + (" and has the default agreement." if given.sign else "."))
    return 0


def _sign(open_app: Open, given: argparse.Namespace) -> int:
    basis = f"mappa areas sign {given.area}"
    with open_app().app_context(), unit_of_work(Kind.WRITE, system=basis) as unit:
        starts_on = given.starts_on or day_of(unit.at)
        service.sign_agreement(None, given.area, starts_on, now=unit.at, basis=basis)
    print(f"The default agreement is signed from {starts_on}.")
    return 0


def _add_agency(open_app: Open, given: argparse.Namespace) -> int:
    basis = f"mappa agencies add: {given.name}, {given.area}"
    command = NewAgency(
        type=given.type,
        name=given.name,
        short_name=given.short_name,
        phone=given.phone,
        desk=given.desk,
    )
    with open_app().app_context(), unit_of_work(Kind.WRITE, system=basis) as unit:
        added = service.add_agency(None, given.area, command, now=unit.at, basis=basis)
        made = added.id
    print(f"{given.name} is added: {made}")
    return 0


def _post(open_app: Open, given: argparse.Namespace) -> int:
    basis = "mappa users post"
    with open_app().app_context(), unit_of_work(Kind.WRITE, system=basis) as unit:
        account = queries.account_by_email(given.email)
        if account is None:
            raise NotFound
        command = NewPosting(role=Role(given.role))
        home = agency_named(given.agency)
        service.post(None, account.id, command, now=unit.at, agency_id=home.id, basis=basis)
    print("Posted.")
    return 0


def agency_named(wanted: str) -> Agency:
    """The only agency of a name or an id. Raises ``NotFound``."""
    found = [
        each
        for each in db.session.scalars(sa.select(Agency))
        if wanted.lower() in (each.name.lower(), str(each.id))
    ]
    if len(found) != 1:
        raise NotFound
    return found[0]
