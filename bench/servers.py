"""Servers of the bench's own on loopback: started, waited for, ended by their own id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.settings import Settings

ROOT = Path(__file__).parents[1]
WORKERS = 2


def command(port: int, workers: int = WORKERS) -> list[str]:
    """Gunicorn with plain workers, one for each core: what production is told to run."""
    return [
        sys.executable, "-m", "gunicorn", "bench.server:app", "--bind", f"127.0.0.1:{port}",
        "--workers", str(workers), "--worker-class", "sync", "--log-level", "warning",
        "--preload", "--worker-tmp-dir", "/dev/shm", "--timeout", "300",
    ]  # fmt: skip


def environment(settings: Settings, side: str, port: int) -> dict[str, str]:
    """What tells a server which database it is for, and which side it is."""
    return os.environ | {
        "MAPPA_MODE": "demo",
        "MAPPA_HOME": str(settings.home),
        "MAPPA_DATABASE_URL": settings.database_url,
        "MAPPA_PORT": str(port),
        "BENCH_SIDE": side,
    }


@contextmanager
def serving(settings: Settings, side: str, port: int, workers: int = WORKERS) -> Iterator[None]:
    """A server while something is measured."""
    server = subprocess.Popen(
        command(port, workers), cwd=ROOT, env=environment(settings, side, port)
    )
    try:
        wait_for(port, server)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(port: int, server: "subprocess.Popen[bytes]", seconds: float = 90) -> None:
    """Until the port answers. Raises ``RuntimeError`` if the server ends or never does."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if server.poll() is not None:
            raise RuntimeError(f"the server on port {port} ended at once")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"no server on port {port}")
