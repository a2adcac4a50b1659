"""Typed settings, read once from the environment.

A default here is sensible in production *and* fit to be published; everything else is named as
missing, all at once, before anything starts.
"""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

DEMO_PASSWORD = "demo"
_DEMO_MARK = "demo-"


class Mode(StrEnum):
    """How the platform was started."""

    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class SettingsError(Exception):
    """The environment does not describe a platform that may be started."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between two installations."""

    mode: Mode
    home: Path
    database_url: str
    system_database_url: str | None = field(default=None, repr=False)
    """PostgreSQL: the role of commands and the scheduler. A web server needs none."""
    owner_database_url: str | None = field(default=None, repr=False)
    """PostgreSQL: the role that owns the tables, for ``mappa upgrade``."""
    secret_key: str = field(repr=False)
    field_key: bytes = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    proxies: int = 0
    idle_minutes: int = 15
    absolute_hours: int = 12
    scanner: str = ""
    """Where a ClamAV listens, ``tcp://host:port`` or ``unix:///path``; empty without one."""

    @property
    def demo(self) -> bool:
        """Whether demo accounts, their password and the banner are on."""
        return self.mode is Mode.DEMO

    @property
    def hosts(self) -> frozenset[str]:
        """The host names, with port, that a request may name."""
        host = urlsplit(self.base_url).netloc
        if self.mode is Mode.PRODUCTION:
            return frozenset({host})
        port = host.rpartition(":")[2]
        return frozenset({host, f"localhost:{port}", f"127.0.0.1:{port}", "localhost", "127.0.0.1"})

    @property
    def uploads(self) -> Path:
        """The folder of encrypted files; no server gives it out."""
        return self.home / "uploads"

    @property
    def postgresql(self) -> bool:
        """Whether the database has roles and row-level security."""
        return self.database_url.startswith("postgresql")

    @property
    def system_url(self) -> str | None:
        """Where units of work for the system go; None if this process has no role for them.

        Outside production one role may be all there is.
        """
        if self.system_database_url or self.mode is Mode.PRODUCTION:
            return self.system_database_url
        return self.database_url

    @property
    def owner_url(self) -> str:
        """Where migrations go."""
        return self.owner_database_url or self.database_url

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may travel over TLS only."""
        return self.base_url.startswith("https://")


def home_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of database, uploads and keys: ``MAPPA_HOME``, else ``instance/``."""
    return Path(environ.get("MAPPA_HOME") or "instance").absolute()


def demo_settings(
    home: Path, *, port: int = 8000, mode: Mode = Mode.DEMO, database_url: str | None = None
) -> Settings:
    """Settings of a demo; its secrets are made at the first start and kept in ``home``."""
    home.mkdir(parents=True, exist_ok=True)
    return Settings(
        mode=mode,
        home=home,
        database_url=database_url or f"sqlite:///{home / 'mappa.sqlite'}",
        secret_key=_DEMO_MARK + _kept(home / "keys" / "secret", lambda: secrets.token_urlsafe(32)),
        field_key=base64.urlsafe_b64decode(_kept(home / "keys" / "field", _new_field_key)),
        base_url=f"http://127.0.0.1:{port}",
    )


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings for ``MAPPA_MODE`` (``production`` unless it says ``demo``).

    Raises ``SettingsError`` naming every missing or refused setting at once.
    """
    mode = environ.get("MAPPA_MODE", Mode.PRODUCTION.value)
    if mode == Mode.DEMO:
        return demo_settings(
            home_folder(environ),
            port=int(environ.get("MAPPA_PORT", "8000")),
            database_url=environ.get("MAPPA_DATABASE_URL") or None,
        )
    wanted = ("MAPPA_DATABASE_URL", "MAPPA_SECRET_KEY", "MAPPA_FIELD_KEY", "MAPPA_BASE_URL")
    wrong = [f"{name} is not set" for name in wanted if not environ.get(name)]
    if mode != Mode.PRODUCTION:
        wrong.append(f"MAPPA_MODE is '{mode}'; it must be 'production' or 'demo'")
    wrong += _refused(environ)
    if wrong:
        raise SettingsError("The platform cannot start:\n- " + "\n- ".join(wrong))
    return Settings(
        mode=Mode.PRODUCTION,
        home=home_folder(environ),
        database_url=environ["MAPPA_DATABASE_URL"],
        system_database_url=environ.get("MAPPA_SYSTEM_DATABASE_URL") or None,
        owner_database_url=environ.get("MAPPA_OWNER_DATABASE_URL") or None,
        secret_key=environ["MAPPA_SECRET_KEY"],
        field_key=base64.urlsafe_b64decode(environ["MAPPA_FIELD_KEY"]),
        base_url=environ["MAPPA_BASE_URL"].rstrip("/"),
        proxies=int(environ.get("MAPPA_PROXIES", "0")),
        scanner=environ.get("MAPPA_SCANNER", ""),
    )


def _refused(environ: Mapping[str, str]) -> list[str]:
    wrong = []
    secret = environ.get("MAPPA_SECRET_KEY", "")
    if secret.startswith(_DEMO_MARK):
        wrong.append("MAPPA_SECRET_KEY is a demo secret; make one for this installation")
    elif secret and len(secret) < 32:
        wrong.append("MAPPA_SECRET_KEY is shorter than 32 characters")
    if key := environ.get("MAPPA_FIELD_KEY"):
        try:
            good = len(base64.urlsafe_b64decode(key)) == 32
        except ValueError:
            good = False
        if not good:
            wrong.append("MAPPA_FIELD_KEY is not 32 bytes in URL-safe base 64")
    wrong += _refused_databases(environ)
    base = environ.get("MAPPA_BASE_URL", "")
    if base and not base.startswith("https://"):
        wrong.append("MAPPA_BASE_URL must start with https://")
    return [*wrong, *_refused_surroundings(environ)]


def _refused_surroundings(environ: Mapping[str, str]) -> list[str]:
    wrong = []
    if not environ.get("MAPPA_PROXIES", "0").isdigit():
        wrong.append("MAPPA_PROXIES must be the number of proxies in front, like 1")
    if not _is_socket(environ.get("MAPPA_SCANNER", "")):
        wrong.append("MAPPA_SCANNER must be like tcp://127.0.0.1:3310 or unix:///run/clamd.sock")
    return wrong


def _is_socket(address: str) -> bool:
    if not address:
        return True
    try:
        parts = urlsplit(address)
        served = bool(parts.hostname and parts.port)
    except ValueError:
        return False
    return served if parts.scheme == "tcp" else parts.scheme == "unix" and bool(parts.path)


def _refused_databases(environ: Mapping[str, str]) -> list[str]:
    """Three roles of one PostgreSQL, or one SQLite file."""
    url = environ.get("MAPPA_DATABASE_URL", "")
    others = ("MAPPA_SYSTEM_DATABASE_URL", "MAPPA_OWNER_DATABASE_URL")
    given = {name: environ[name] for name in others if environ.get(name)}
    wrong = []
    for name, other in given.items():
        if not url.startswith("postgresql") or not other.startswith("postgresql"):
            wrong.append(f"{name} is for PostgreSQL, and so must MAPPA_DATABASE_URL be")
        elif urlsplit(other).username == urlsplit(url).username:
            wrong.append(f"{name} names the same role as MAPPA_DATABASE_URL")
    return wrong


def _new_field_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text()
