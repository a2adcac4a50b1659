"""Many clients read while a share ends: no request begun after the commit is answered with it."""

import threading
import time
from dataclasses import dataclass, field

from flask.testing import FlaskClient

from mappa.kernel.clock import at as clock_at
from tests.factories.world import NOW


@dataclass
class Answers:
    """When each request began, and whether its answer held what was shared (monotonic seconds)."""

    seen: list[tuple[float, bool]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, began: float, held: bool) -> None:
        """One answer."""
        with self._lock:
            self.seen.append((began, held))

    def after(self, ended: float) -> list[bool]:
        """Whether each request begun after the commit was answered with it."""
        return [held for began, held in self.seen if began > ended]


def read_on(
    client: FlaskClient, path: str, mark: str, answers: Answers, done: threading.Event
) -> None:
    """Ask for a page again and again until told."""
    with clock_at(NOW):
        while not done.is_set():
            began = time.monotonic()
            answer = client.get(path)
            if answer.status_code != 200:
                answers.faults.append(str(answer.status_code))
                return
            answers.note(began, mark in answer.get_data(as_text=True))
