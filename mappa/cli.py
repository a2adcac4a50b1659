"""The console command: ``mappa <group> <verb>``. Commands act as the system and are audited."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, url_for

from config.settings import Mode, Settings, SettingsError, from_environment
from mappa.access.terms import Role
from mappa.access.upgrade import roles_of, roles_sql, upgrade, wrong_with
from mappa.agencies import queries, service
from mappa.agencies.cli import add_commands, agency_named
from mappa.agencies.models import Agency, Team, User
from mappa.agencies.service import NewUser
from mappa.kernel.db import NOBODY, NoSystemRole, db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.kernel.uow import Kind, current, unit_of_work
from mappa.offenders.importing.cli import add_import_command
from mappa.offenders.importing.rules import MOST_BYTES
from mappa.visits.dip_sample.cli import add_visit_commands

Command = Callable[[argparse.Namespace], int]


class CannotStart(Exception):
    """What is there must not be served; the sentence says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 is done, 1 is a refusal or a fault found, 2 a wrong command or setting."""
    given = _parser().parse_args(arguments)
    command: Command = given.command
    try:
        return command(given)
    except (SettingsError, CannotStart, NoSystemRole) as error:
        print(error, file=sys.stderr)
        return 2
    except NotFound:
        print("There is nothing of that name.", file=sys.stderr)
    except FieldErrors as error:
        for said in error.errors.values():
            print(*said, sep="\n", file=sys.stderr)
    except RuleBroken as error:
        print(*error.sentences, sep="\n", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mappa", description=__doc__)
    groups = parser.add_subparsers(required=True, metavar="command")
    serve = groups.add_parser("serve", help="open the platform on this machine")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=None)
    serve.set_defaults(command=_serve)
    groups.add_parser("upgrade", help="bring the database up to date").set_defaults(
        command=_upgrade
    )
    verbs = groups.add_parser("database", help="its roles").add_subparsers(required=True)
    verbs.add_parser("roles", help="print the SQL that makes them").set_defaults(command=_roles)
    users = groups.add_parser("users", help="accounts").add_subparsers(required=True)
    _user_commands(users)
    add_commands(groups, users, lambda: _app(from_environment()))
    verbs = groups.add_parser("audit", help="the history").add_subparsers(required=True)
    verbs.add_parser("verify", help="prove that nobody altered it").set_defaults(command=_verify)
    demo = groups.add_parser("demo", help="build a made-up area and open it")
    demo.add_argument("--fresh", action="store_true", help="build it anew")
    demo.add_argument("--build-only", action="store_true", help="do not open it")
    demo.add_argument("--people", type=int, default=200, metavar="N")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--database-url", default=None, metavar="URL", help="not SQLite in the home")
    demo.set_defaults(command=_demo)
    groups.add_parser("scheduler", help="run the clockwork, once per installation").set_defaults(
        command=_scheduler
    )
    sweep = groups.add_parser("sweep", help="chase what is due, once")
    sweep.add_argument("--on", type=date.fromisoformat, default=None, metavar="DATE")
    sweep.add_argument("--dry-run", action="store_true")
    sweep.set_defaults(command=_sweep)
    add_import_command(groups, _app)
    add_visit_commands(groups, _app)
    return parser


def _user_commands(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    create = verbs.add_parser("create", help="add an account with a posting; prints its link")
    create.add_argument("--email", required=True)
    create.add_argument("--name", required=True)
    create.add_argument("--agency", required=True, help="its name or id")
    create.add_argument("--role", required=True, choices=[role.value for role in Role])
    create.add_argument("--team", default="", help="its name")
    create.set_defaults(command=_users_create)
    disable = verbs.add_parser("disable", help="end every session and refuse new ones")
    disable.add_argument("email")
    disable.add_argument("--reason", required=True)
    disable.set_defaults(command=_users_disable)
    link = verbs.add_parser("reset-link", help="print a one-time link for a new password")
    link.add_argument("email")
    link.set_defaults(command=_users_reset_link)


def _app(settings: Settings) -> Flask:
    from mappa.app import create_app

    return create_app(settings)


def check_start(app: Flask) -> None:
    """Refuse, in production, demo accounts (everybody knows their password) and a missing wall.

    Raises ``CannotStart``.
    """
    settings: Settings = app.config["SETTINGS"]
    if settings.mode is not Mode.PRODUCTION:
        return
    with app.app_context():
        if settings.postgresql:
            _check_wall(db.engine)
        with unit_of_work(Kind.READ):
            demo = db.session.scalar(sa.select(sa.func.count()).where(User.demo))
    if demo:
        raise CannotStart(
            f"The platform cannot start: the database holds {demo} demo accounts.\n"
            "Use another database for production."
        )


def _check_wall(engine: sa.Engine) -> None:
    wrong = wrong_with(engine)
    if wrong:
        raise CannotStart(
            "The platform cannot start:\n- " + "\n- ".join(wrong) + "\n"
            "`mappa database roles` prints how to make the roles;"
            " `mappa upgrade` writes row-level security."
        )


def _serve(given: argparse.Namespace) -> int:
    if given.port is not None:
        os.environ["MAPPA_PORT"] = str(given.port)
    settings = from_environment()
    app = _app(settings)
    check_start(app)
    return serve(app, given.host, given.port or 8000)


def serve(app: Flask, host: str, port: int) -> int:
    """Serve until stopped, with the scheduler embedded."""
    import waitress

    from mappa.scheduler import start_embedded

    clockwork = start_embedded(app)
    print(f"MAPPA is open on {app.config['SETTINGS'].base_url}", flush=True)
    try:
        # What is uploaded stays in memory: the server's own overflow would be a file in clear.
        most = MOST_BYTES + 1024 * 1024
        waitress.serve(
            app, host=host, port=port, threads=8, ident=None,
            inbuf_overflow=most, max_request_body_size=most,
        )  # fmt: skip
    finally:
        clockwork.shutdown()
    return 0


def _upgrade(_given: argparse.Namespace) -> int:
    import mappa.app  # noqa: F401 - brings every protected table

    settings = from_environment()
    anew = upgrade(settings.owner_url, roles_of(settings.database_url, settings.system_url))
    if anew:
        print(f"Row-level security was written anew on {len(anew)} tables.")
    print("The database is up to date.")
    return 0


def _roles(_given: argparse.Namespace) -> int:
    settings = from_environment()
    if not (settings.postgresql and settings.system_url and settings.owner_database_url):
        raise SettingsError(
            "Set MAPPA_DATABASE_URL, MAPPA_SYSTEM_DATABASE_URL and MAPPA_OWNER_DATABASE_URL"
            " to three roles of one PostgreSQL database."
        )
    print(roles_sql(settings.database_url, settings.system_url, settings.owner_url))
    return 0


def _users_create(given: argparse.Namespace) -> int:
    app = _app(from_environment())
    with app.app_context(), unit_of_work(Kind.WRITE, system="mappa users create") as unit:
        home = agency_named(given.agency)
        command = NewUser(
            name=given.name,
            email=given.email.lower(),
            role=Role(given.role),
            team=_team(home, given.team),
        )
        made = service.create_user(
            None, command, now=unit.at, agency_id=home.id, basis="mappa users create"
        )
    return _print_link(app, made.token, "7 days")


def _users_disable(given: argparse.Namespace) -> int:
    app = _app(from_environment())
    with app.app_context(), unit_of_work(Kind.WRITE, system="mappa users disable") as unit:
        user_id = _account(given.email)
        service.disable(
            None,
            user_id,
            given.reason,
            now=unit.at,
            basis=f"mappa users disable: {given.reason}",
        )
    print("Disabled. Every session has ended.")
    return 0


def _users_reset_link(given: argparse.Namespace) -> int:
    app = _app(from_environment())
    with app.app_context(), unit_of_work(Kind.WRITE, system="mappa users reset-link"):
        made = service.make_link(
            None, _account(given.email), now=current().at, basis="mappa users reset-link"
        )
        first = not made.user.password_hash
    return _print_link(app, made.token, "7 days" if first else "24 hours")


def _print_link(app: Flask, token: str, lasts: str) -> int:
    with app.test_request_context():
        path = url_for("sessions.set_password", token=token)
    print(f"One-time link, good for {lasts}. It is printed only now:")
    print(app.config["SETTINGS"].base_url + path)
    return 0


def _account(email: str) -> UUID:
    found = queries.account_by_email(email)
    if found is None:
        raise NotFound
    return found.id


def _team(home: Agency, wanted: str) -> UUID:
    if not wanted:
        return NOBODY
    found = [team for team in queries.teams_of(home.id) if team.name.lower() == wanted.lower()]
    if len(found) != 1:
        raise NotFound
    team: Team = found[0]
    return team.id


def _verify(_given: argparse.Namespace) -> int:
    from mappa.audit.apart import verify_apart

    found = verify_apart(_app(from_environment()))
    for fault in found.faults:
        print(f"partition {fault.partition}, entry {fault.sequence}: {fault.what}")
    print(f"{found.entries} entries, {len(found.faults)} faults")
    return 1 if found.faults else 0


def _demo(given: argparse.Namespace) -> int:
    from mappa.demo.command import run

    return run(given, _app, serve)


def _scheduler(_given: argparse.Namespace) -> int:
    from mappa import scheduler

    settings = from_environment()
    check_start(_app(settings))
    scheduler.run(settings)
    return 0


def _sweep(given: argparse.Namespace) -> int:
    from mappa import scheduler

    found = scheduler.sweep_once(_app(from_environment()), on=given.on, dry_run=given.dry_run)
    if found.elsewhere:
        print("Another sweep is running; this one did nothing.")
        return 1
    if given.dry_run:
        print(f"due: {found.due}\nwaiting: {found.waiting}\nwould be told: {found.told}")
        for what, count in found.expected.items():
            print(f"  {what}: {count}")
        return 0
    for name in ("due", "opened", "told", "unheard", "failed", "waiting", "dead"):
        print(f"{name}: {getattr(found, name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
