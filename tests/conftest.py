"""The test bed: fresh databases, the application, and a count of what was left out and why."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Mode, Settings
from tests.support import databases, once, postgres, replay

LEFT_OUT = "left_out_by_mark"
FIGURE = "figure"
"""Under this name a test records a property that the end of the run prints, from any worker."""
deselected = pytest.StashKey[Counter[str]]()
shares = pytest.StashKey[bool]()
"""Whether the folder of the run is another's (tools/mutate.py), who also takes it away."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[deselected] = Counter()
    if not hasattr(config, "workerinput"):
        config.stash[shares] = once.RUN_FOLDER in os.environ
    if not hasattr(config, "workerinput") and not config.stash[shares]:
        # A commit waits for the disk; the folder of each test lies where there is none to wait for.
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(once.open_run_folder())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.stash[shares]:
        databases.close()
        once.close_run_folder()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    kinds = {"sql": ["sqlite", "postgresql"], "postgresql": ["postgresql"]}
    for mark, databases_of in kinds.items():
        if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker(mark):
            metafunc.parametrize("database_url", databases_of, indirect=True)


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        why = "deep" if item.get_closest_marker("deep") else "by choice"
        item.config.stash[deselected][why] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[LEFT_OUT] = dict(session.config.stash[deselected])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    # Every worker collects everything, so the counts are the same: the largest is the count.
    counts: Counter[str] = node.config.stash[deselected]  # type: ignore[attr-defined]
    counts |= Counter(getattr(node, "workeroutput", {}).get(LEFT_OUT, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == FIGURE:
                terminalreporter.write_line(f"measured: {value}")
    left_out = skipped + terminalreporter.config.stash[deselected]
    terminalreporter.section("left out")
    for why, count in left_out.most_common():
        terminalreporter.write_line(f"{count:6} {why}")
    terminalreporter.write_line(f"{left_out.total():6} tests left out in all")
    answers, personal, without = replay.kept_figures()
    if answers:
        terminalreporter.section("replay of browser answers against the audit")
        terminalreporter.write_line(
            f"{answers} answers, {personal} that show somebody, {without} without their audit row"
        )


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated, empty database of this test's own, as the owner of its tables.

    Both kinds if the test is marked ``sql``.
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        return databases.fresh_sqlite(tmp_path)
    try:
        return databases.fresh_postgresql()
    except postgres.NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def settings(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Settings:
    application, system = databases.as_roles(database_url)
    if request.node.get_closest_marker("as_owner"):
        system = database_url
    return Settings(
        mode=Mode.TEST,
        home=tmp_path,
        database_url=application,
        system_database_url=system,
        owner_database_url=database_url,
        secret_key="only for tests, only for tests, only",
        field_key=bytes(range(32)),
        base_url="http://localhost",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on an empty database. No context is pushed."""
    from mappa.app import create_app
    from mappa.kernel.db import db
    from tests.support.reuse import reuse_compiled

    app = reuse_compiled(create_app(settings))
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
