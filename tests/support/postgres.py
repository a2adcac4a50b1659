"""A PostgreSQL to test on: TEST_DATABASE_URL, else the installed binaries, else none.

As a command, for scripts: ``python3 -m tests.support.postgres start FOLDER`` prints the address,
``... stop FOLDER`` ends it. Starting needs the standard library only.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

URL = "TEST_DATABASE_URL"
OWNER = "mappa_owner"
APPLICATION = "mappa_test_app"
SYSTEM = "mappa_test_system"
_PASSWORD = "only-for-tests"


class NoServer(Exception):
    """There is no PostgreSQL here; the text is the reason for leaving tests out."""


IN_A_HURRY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": 60,
}
"""For tests: what they write need not outlive the machine."""


@dataclass(frozen=True)
class Cluster:
    """A server of our own in a folder, on loopback; without fsync unless ``options`` differ."""

    folder: Path
    binaries: Path
    user: str | None
    options: Mapping[str, object] = field(default_factory=lambda: IN_A_HURRY)

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            cwd=self.folder,
            user=self.user,
            group=pwd.getpwnam(self.user).pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoServer(f"{program} failed: {(done.stderr or done.stdout).strip()}")

    @property
    def data(self) -> str:
        return str(self.folder / "cluster")

    def initialise(self) -> None:
        # Like a server in production, so that lower() knows É; not every system has the locale.
        fixed = ("-D", self.data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        try:
            self.run("initdb", *fixed, "--locale=C.UTF-8")
        except NoServer:
            self.run("initdb", *fixed, "--no-locale")

    def start(self) -> str:
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            **self.options,
        }
        flags = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in options.items())
        log = str(self.folder / "log")  # without a log file pg_ctl never returns in a pipe
        self.run("pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", log, "-o", flags)
        return f"postgresql://{OWNER}@127.0.0.1:{port}/postgres"

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "-m", "immediate", "-w", "-D", self.data)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def binaries() -> Path:
    """The folder of the newest installed server. Raises ``NoServer``."""
    versions = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda folder: float(folder.parent.name))
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NoServer(f"no PostgreSQL: set {URL} or install its server (initdb, pg_ctl)")


def unprivileged_user() -> str | None:
    """Whom the server runs as if we are root, which it refuses; else ``None``: ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoServer("no PostgreSQL: root may not run it, and there is no user postgres or nobody")


def start_in(folder: Path) -> str:
    """Start a server of our own; the address of its maintenance database. Raises ``NoServer``."""
    cluster = Cluster(folder, binaries(), unprivileged_user())
    folder.mkdir(parents=True, exist_ok=True)
    if cluster.user:
        shutil.chown(folder, cluster.user)
    cluster.initialise()
    return cluster.start()


def stop_in(folder: Path) -> None:
    if (folder / "cluster" / "postmaster.pid").exists():
        Cluster(folder, binaries(), unprivileged_user()).stop()


def address(server: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))


def under(url: str, role: str) -> str:
    """The same database, as one of the roles that own nothing."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{_PASSWORD}@{place}"))


def make_roles(server: str) -> None:
    """The application's role and the system's, unless the server has them already."""
    import psycopg

    for role in (APPLICATION, SYSTEM):
        try:
            execute(server, f"CREATE ROLE {role} LOGIN PASSWORD '{_PASSWORD}'")
        except psycopg.errors.DuplicateObject:
            continue


def create(server: str, database: str, template: str) -> str:
    """Replace ``database`` by a fresh copy of ``template``; its address."""
    execute(
        server,
        f"DROP DATABASE IF EXISTS {database} WITH (FORCE)",
        f"CREATE DATABASE {database} TEMPLATE {template}",
    )
    return address(server, database)


def seal(server: str, database: str) -> None:
    """Nobody connects to a template again, or copying it fails."""
    execute(
        server,
        f"ALTER DATABASE {database} ALLOW_CONNECTIONS false",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{database}' AND pid <> pg_backend_pid()",
    )


def drop_all(server: str, prefix: str) -> None:
    """Leave somebody else's server as we found it."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,)
        ).fetchall()
    execute(server, *[f"DROP DATABASE {name} WITH (FORCE)" for (name,) in found])
    for role in (APPLICATION, SYSTEM):
        with suppress(psycopg.errors.DependentObjectsStillExist, psycopg.errors.UndefinedObject):
            execute(server, f"DROP ROLE {role}")  # another run may still need it


def execute(server: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def main(verb: str, folder: str) -> int:
    try:
        if verb == "start":
            print(start_in(Path(folder)))
        else:
            stop_in(Path(folder))
    except NoServer as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
