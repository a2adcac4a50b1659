"""Things that are made once per run, whichever worker comes first."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

RUN_FOLDER = "MAPPA_TEST_FOLDER"
MEMORY = Path("/dev/shm")
ENOUGH = 2 * 1024**3


def fast_place() -> str | None:
    """Memory, where copying a PostgreSQL database takes 10 ms and not 430, if there is enough."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
        return str(MEMORY)
    return None


def open_run_folder() -> Path:
    """Make the folder that all workers of this run share; they find it in the environment."""
    folder = Path(tempfile.mkdtemp(prefix="mappa-test-", dir=fast_place()))
    folder.chmod(0o711)  # a database server under another user lives below it
    os.environ[RUN_FOLDER] = str(folder)
    return folder


def run_folder() -> Path:
    return Path(os.environ[RUN_FOLDER])


def close_run_folder() -> None:
    shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


def once(name: str, make: Callable[[], str]) -> str:
    """What ``make`` answered the first time in this run. If it raised then, all others fail fast.

    Raises ``RuntimeError`` where an earlier call raised.
    """
    answer = run_folder() / f"{name}.made"
    begun = run_folder() / f"{name}.begun"
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            if begun.exists():
                raise RuntimeError(f"{name} was not made: the first test that needed it says why")
            begun.touch()
            answer.write_text(make())
        return answer.read_text()
