"""One sweep in a process of its own, which can be held at a place until it is let go.

At its place the process makes the file ``here`` and waits for the file ``go``: meanwhile it can
be killed or frozen for real. It is forked, so it need not load anything.
"""

import os
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.reminders import sweep
from mappa.reminders.telling import delivery, lease

CLAIMED, TELLING, READY = "claimed", "telling", "ready"
"""Between claiming and telling; told and not yet committed; before anything."""
WAIT = 60
"""Seconds: after these a process that does not come to its place is given up."""


@dataclass(frozen=True)
class Order:
    """What the process is to do; ``seconds`` is how long its lease lasts."""

    folder: Path
    at: datetime | None = None
    place: str = ""
    seconds: int = 3
    patience: float = 0
    nth: int = 1
    """At which time of coming to its place it is held there."""


class Sweeper:
    """A sweep in a process of its own."""

    def __init__(self, app: Flask, order: Order) -> None:
        self.order = order
        order.folder.mkdir(parents=True)
        self.status: int | None = None
        self.pid = os.fork()
        if not self.pid:
            _child(app, order)

    def arrive(self) -> None:
        """Wait until it is at its place. Raises ``RuntimeError`` if it does not come there."""
        until = time.monotonic() + WAIT
        while not (self.order.folder / "here").exists():
            if self.ended() or time.monotonic() > until:
                raise RuntimeError(f"never came to {self.order.place}: {self.said}")
            time.sleep(0.01)

    def go(self) -> None:
        """Let it go on."""
        (self.order.folder / "go").touch()

    def ended(self) -> bool:
        """Whether it has ended."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is not None

    def end(self) -> str:
        """Wait for its end; what it said."""
        until = time.monotonic() + WAIT
        while not self.ended():
            if time.monotonic() > until:
                raise TimeoutError("it does not end")
            time.sleep(0.01)
        return self.said

    @property
    def said(self) -> str:
        """What it said so far."""
        file = self.order.folder / "said"
        return file.read_text() if file.exists() else ""

    def signal(self, number: int) -> None:
        """Kill, freeze or wake it."""
        if not self.ended():
            os.kill(self.pid, number)


def _child(app: Flask, order: Order) -> None:
    try:
        (order.folder / "said").write_text(_sweep(app, order))
    except BaseException:
        (order.folder / "said").write_text(traceback.format_exc())
    finally:
        os._exit(0)


def _sweep(app: Flask, order: Order) -> str:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)  # the parent's connections are the parent's
    lease.SECONDS = order.seconds
    holder = _Holder(order)
    delivery._outcome = holder.before(CLAIMED, delivery._outcome)
    delivery._tell = holder.after(TELLING, delivery._tell)
    holder.hold(READY)
    with clock.at(order.at) if order.at else nullcontext():
        found = sweep.sweep(app, patience=order.patience)
    return "elsewhere" if found.elsewhere else f"told {found.told}"


@dataclass
class _Holder:
    """Holds the process at its place, once."""

    order: Order
    came: int = 0

    def hold(self, place: str) -> None:
        if place != self.order.place:
            return
        self.came += 1
        if self.came == self.order.nth:
            (self.order.folder / "here").touch()
            while not (self.order.folder / "go").exists():
                time.sleep(0.01)

    def before(self, place: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def held(*given: Any, **named: Any) -> Any:
            self.hold(place)
            return work(*given, **named)

        return held

    def after(self, place: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def held(*given: Any) -> Any:
            done = work(*given)
            self.hold(place)
            return done

        return held
