"""The demo area on a real server, for browsers."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore

from tests.support.databases import fold_in_wal
from tests.support.once import once, run_folder
from tests.support.postgres import free_port

PEOPLE = 30


def demo_home() -> Path:
    """The folder of a demo area, built once per run by the command itself; copy it, never write."""
    return Path(once("demo", _build))


def copy_of_demo(folder: Path) -> Path:
    """A demo area of one's own."""
    return shutil.copytree(demo_home(), folder / "home")


@contextmanager
def serving(app: Flask, port: int) -> Iterator[str]:
    """Serve ``app`` on loopback as the platform does; the address."""
    channels: dict[int, Any] = {}
    server = create_server(app, host="127.0.0.1", port=port, threads=4, map=channels)
    stop = threading.Event()

    def loop() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.1, map=channels, count=1)

    thread = threading.Thread(target=loop, name="live-server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        thread.join()
        server.task_dispatcher.shutdown(timeout=5)
        wasyncore.close_all(channels)


@contextmanager
def demo_server(folder: Path, watch: Callable[[Flask], None] | None = None) -> Iterator[str]:
    """A server on a copy of the demo area in ``folder``; its address.

    ``watch`` is given the application before it serves.
    """
    from config.settings import demo_settings
    from mappa.app import create_app
    from mappa.kernel.db import db
    from tests.support.reuse import reuse_compiled

    port = free_port()
    app = reuse_compiled(create_app(demo_settings(copy_of_demo(folder), port=port)))
    if watch is not None:
        watch(app)
    with serving(app, port) as address:
        yield address
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _build() -> str:
    home = run_folder() / "demo"
    command = [sys.executable, "-c", "from mappa.cli import main; main()"]
    done = subprocess.run(
        [*command, "demo", "--build-only", "--people", str(PEOPLE), "--seed", "1"],
        env=os.environ | {"MAPPA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the demo area was not built:\n{done.stdout}\n{done.stderr}")
    for database in home.glob("*.sqlite"):
        fold_in_wal(database)
    return str(home)
