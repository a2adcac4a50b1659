"""Migrated databases: one template of each kind per run, a fresh copy per test."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support import postgres
from tests.support.once import once, run_folder

TEMPLATES = {"sqlite": "sqlite", "postgresql": "postgresql-template"}
"""Under which name the empty database of each kind is made once."""


def fresh_sqlite(folder: Path) -> str:
    """The address of a migrated, empty SQLite database of one's own in ``folder``."""
    template = once("sqlite", _make_sqlite)
    copy = folder / "mappa.sqlite"
    shutil.copyfile(template, copy)
    return f"sqlite:///{copy}"


def fresh_postgresql() -> str:
    """This worker's PostgreSQL database, emptied, as its owner. Raises ``NoServer``."""
    server = postgresql_server()
    template = once("postgresql-template", lambda: _make_postgresql(server))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return postgres.create(server, f"{_prefix()}_{worker}", template)


def as_roles(url: str) -> tuple[str, str | None]:
    """The same database as the application's role and as the system's; SQLite has neither."""
    if url.startswith("sqlite"):
        return url, None
    return postgres.under(url, postgres.APPLICATION), postgres.under(url, postgres.SYSTEM)


def postgresql_server() -> str:
    """The address of the run's server. Raises ``NoServer`` with the reason."""
    answer = once("postgresql", _find_server)
    if answer.startswith("no:"):
        raise postgres.NoServer(answer.removeprefix("no:"))
    return answer


def close() -> None:
    """Drop what this run made on a server, and end the server if it is ours."""
    postgres.stop_in(run_folder() / "pg")
    given = os.environ.get(postgres.URL)
    if given and (run_folder() / "postgresql-template.made").exists():
        postgres.drop_all(given, _prefix())


def _find_server() -> str:
    if given := os.environ.get(postgres.URL):
        return given
    try:
        return postgres.start_in(run_folder() / "pg")
    except postgres.NoServer as reason:
        return f"no:{reason}"


def _make_sqlite() -> str:
    from mappa.kernel.migrate import upgrade

    path = run_folder() / "template.sqlite"
    upgrade(f"sqlite:///{path}")
    fold_in_wal(path)
    return str(path)


def fold_in_wal(path: Path) -> None:
    """Bring everything into the one file, so that copying the file copies the database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _make_postgresql(server: str) -> str:
    import mappa.app  # noqa: F401 - brings every protected table
    from mappa.access.upgrade import upgrade
    from mappa.access.wall import Roles

    name = f"{_prefix()}_template"
    postgres.make_roles(server)
    upgrade(
        postgres.create(server, name, "template0"), Roles(postgres.APPLICATION, postgres.SYSTEM)
    )
    return _seal(server, name)


def keep_postgresql(database: str, stage: str) -> str:
    """A template that holds what a database holds; nobody may be connected to it."""
    server = postgresql_server()
    name = f"{_prefix()}_{stage}"
    postgres.create(server, name, database)
    return _seal(server, name)


def _seal(server: str, name: str) -> str:
    (run_folder() / f"{name}.fingerprint").write_text(fingerprint(server, name))
    postgres.seal(server, name)
    return name


def kept_fingerprint(template: str) -> str:
    return (run_folder() / f"{template}.fingerprint").read_text()


def fingerprint(server: str, database: str) -> str:
    """What changes with every row that is added, changed or taken away; copies have the same."""
    import psycopg

    with psycopg.connect(postgres.address(server, database)) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        each = (
            f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM public.{name}"
            for (name,) in tables
        )
        return str(sorted(connection.execute(" UNION ALL ".join(each)).fetchall()))


def _prefix() -> str:
    letters = "".join(c for c in run_folder().name.lower() if c.isalnum())
    return f"mappa_t_{letters[-8:]}"
