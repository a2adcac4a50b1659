"""Visits are logged while application processes are killed with -9.

Every client tries again with the same idempotency key until it is answered. At the end every
visit that was acknowledged is there, with its one entry in the audit, and none is there twice.
The servers ask as the application's role; what is there is read as the system's, to whom
row-level security hides nothing.
"""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from uuid import UUID

import sqlalchemy as sa

from bench.client import Answer, Browser, csrf, hidden, refusal, warnings_read
from bench.data import Data
from bench.readers import Reader, reader_of, system
from bench.servers import ROOT, wait_for
from config.settings import Settings, demo_settings
from mappa.access.models import CaseTeam, CaseWorker, Posting
from mappa.audit.models import AuditEntry, AuditSubject
from mappa.audit.verify import verify
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.visits.models import Visit
from tests.support.postgres import free_port

MARK = "drill "
LOST = (OSError, http.client.HTTPException)


@dataclass
class Outcome:
    """What came of it."""

    asked: int = 0
    """How many visits the clients were to log between them."""
    acknowledged: dict[str, str] = field(default_factory=dict)
    """By the mark of each visit: where its client was led."""
    kills: int = 0
    retries: int = 0
    seconds: float = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    unaudited: list[str] = field(default_factory=list)
    """Visits without their entry in the audit, or with more than one."""
    entries: int = 0
    """How much of the audit was there to be checked."""
    faults: int = 0

    @property
    def held(self) -> bool:
        """Whether everything that must hold did, and was looked at."""
        wrong = (self.lost, self.doubled, self.strange, self.unaudited)
        return (
            len(self.acknowledged) == self.asked
            and self.entries > self.asked
            and not any(wrong)
            and not self.faults
        )

    def told(self) -> str:
        """One line for whoever runs the drill."""
        return (
            f"{len(self.acknowledged)} of {self.asked} visits acknowledged in {self.seconds:.0f} s "
            f"under {self.kills} kills and {self.retries} retries: {len(self.lost)} lost, "
            f"{len(self.doubled)} doubled, {len(self.unaudited)} without their one audit entry, "
            f"{len(self.strange)} strange answers, {self.faults} faults in {self.entries} entries"
        )


@dataclass
class Client:
    """One client: logs its share of visits, one after the other, whatever becomes of the server."""

    number: int
    browser: Browser
    person: UUID
    outcome: Outcome
    guard: threading.Lock

    def run(self, visits: int) -> None:
        """Log so many visits; each until it is acknowledged."""
        start = f"/people/{self.person}/visits/log"
        page = self._until(lambda: self.browser.get(start)).body
        for number in range(visits):
            self._one(start, page, f"{MARK}{self.number}-{number}")

    def _one(self, start: str, first: str, mark: str) -> None:
        token = csrf(first)

        def form(step: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
            return [("csrf_token", token), ("idempotency_key", f"{mark} {step}"), *more]

        said = (("outcome", "no_reply"), ("kind", "unannounced"), *warnings_read(first))
        self._post(start, form("1", *said))
        second = (
            ("arrived", "00:00"), ("left", "00:01"), ("where", "elsewhere"), ("place", mark),
            ("account", "Knocked"),
            ("officers", "other"), ("other_name", "Robin Vale"), ("other_agency", "Police"),
        )  # fmt: skip
        self._post(f"{start}/essentials", form("2", *second))
        page = self._until(lambda: self.browser.get(f"{start}/check"))
        last = form("3", ("seen", hidden(page.body).get("seen", "")))
        answer = self._post(f"{start}/check", last)
        with self.guard:
            self.outcome.acknowledged[mark] = answer.location

    def _post(self, path: str, form: list[tuple[str, str]]) -> Answer:
        answer = self._until(lambda: self.browser.post(path, form))
        if answer.status != 302:
            with self.guard:
                step = path.rpartition("/")[2]
                said = f"{step}: {answer.status} {refusal(answer)}"
                self.outcome.strange.append(said)
        return answer

    def _until(self, ask: Callable[[], Answer]) -> Answer:
        while True:
            with suppress(*LOST):
                answer = ask()
                if answer.status < 500:
                    return answer
            with self.guard:
                self.outcome.retries += 1
            time.sleep(0.05)


def as_demo(settings: Settings, home: Path) -> Settings:
    """The settings of a demo on the database of others: servers take theirs from a folder."""
    return replace(
        demo_settings(home, database_url=settings.database_url),
        system_database_url=settings.system_database_url,
        owner_database_url=settings.owner_database_url,
    )


def drill(
    settings: Settings, *, clients: int, visits: int, every: float = 1.0, workers: int = 3
) -> Outcome:
    """So many clients log so many visits, while a worker is killed ``every`` so many seconds."""
    port = free_port()
    data = Data("", 0, replace(settings, base_url=f"http://127.0.0.1:{port}"))
    outcome, guard = Outcome(visits), threading.Lock()
    pairs = _pairs(data, clients)
    running = [
        Client(n, Browser("127.0.0.1", port, {"mappa": who.cookie}), person, outcome, guard)
        for n, (who, person) in enumerate(pairs)
    ]
    server = _start(data.settings, port, workers, *pairs[0])
    try:
        wait_for(port, server)
        began, over = time.monotonic(), threading.Event()
        killer = threading.Thread(target=_kill, args=(server.pid, every, over, outcome))
        killer.start()
        shares = [visits // clients + (n < visits % clients) for n in range(clients)]
        threads = [
            threading.Thread(target=each.run, args=(share,))
            for each, share in zip(running, shares, strict=True)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        over.set()
        killer.join()
        outcome.seconds = time.monotonic() - began
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    _judge(data, outcome)
    return outcome


def _pairs(data: Data, wanted: int) -> list[tuple[Reader, UUID]]:
    """So many pairs of an officer and a person of the officer's agency: no two share a draft."""
    with system(data) as app, unit_of_work(Kind.WRITE, system="drill") as unit:
        found = db.session.execute(
            sa.select(CaseWorker.user_id, CaseWorker.person_id)
            .join(Posting, Posting.user_id == CaseWorker.user_id)
            .join(
                CaseTeam,
                sa.and_(
                    CaseTeam.person_id == CaseWorker.person_id,
                    CaseTeam.agency_id == CaseWorker.agency_id,
                ),
            )
            .where(
                Posting.role == "protection_officer",
                CaseWorker.state == 1,
                CaseWorker.ends_at > unit.at,
                CaseTeam.state == 1,
                CaseTeam.ends_at > unit.at,
            )
            .limit(wanted)
        ).all()
        if len(found) < wanted:
            raise RuntimeError(f"only {len(found)} officers with people for {wanted} clients")
        return [(reader_of(app, user, unit.at), person) for user, person in found]


def _start(
    settings: Settings, port: int, workers: int, warm: Reader, person: UUID
) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable, "-m", "gunicorn", "tests.drills.server:app", "--preload", "--bind",
        f"127.0.0.1:{port}", "--workers", str(workers), "--log-level", "critical", "--timeout",
        "120", "--worker-tmp-dir", "/dev/shm",
    ]  # fmt: skip
    environment = os.environ | {
        "MAPPA_MODE": "demo", "MAPPA_HOME": str(settings.home), "MAPPA_PORT": str(port),
        "MAPPA_DATABASE_URL": settings.database_url, "DRILL_COOKIE": warm.cookie,
        "DRILL_PERSON": str(person),
    }  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def _kill(master: int, every: float, over: threading.Event, outcome: Outcome) -> None:
    """End one of the server's workers, by its id, without a word."""
    rng = Random(1)
    while not over.wait(every * rng.uniform(0.5, 1.5)):
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):
                os.kill(int(rng.choice(children)), signal.SIGKILL)
                outcome.kills += 1


def _judge(data: Data, outcome: Outcome) -> None:
    with system(data), unit_of_work(Kind.READ, system="drill"):
        rows = db.session.execute(_logged()).all()
        verified = verify()
    outcome.entries, outcome.faults = verified.entries, len(verified.faults)
    found = Counter(place for place, _, _ in rows)
    ids = {place: str(id_) for place, id_, _ in rows}
    outcome.doubled = [mark for mark, count in found.items() if count > 1]
    outcome.unaudited = [place for place, _, entries in rows if entries != 1]
    outcome.lost = [
        mark for mark, to in outcome.acknowledged.items() if ids.get(mark, "none") not in to
    ]


def _logged() -> sa.Select[tuple[str, UUID, int]]:
    """The visits of the drill, each with how many entries of the audit say that it was logged."""
    entries = (
        sa.select(sa.func.count())
        .join(AuditEntry, AuditEntry.id == AuditSubject.entry_id)
        .where(AuditSubject.record_id == Visit.id, AuditEntry.event == "visit:logged")
        .select_from(AuditSubject)
        .scalar_subquery()
    )
    marked = sa.func.substr(Visit.place, 1, len(MARK)) == MARK
    return sa.select(Visit.place, Visit.id, entries).where(marked)
