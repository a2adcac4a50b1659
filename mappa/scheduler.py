"""What runs by itself and when: a table of (job, when). In memory; the work itself is rows.

Never started by the application factory. The embedded server starts it beside itself, production
runs it as a process of its own, and ``mappa sweep`` does the work once.
"""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from config.settings import Settings
from mappa.kernel.clock import LONDON
from mappa.offenders.files import jobs as files
from mappa.offenders.handover import jobs as handovers
from mappa.offenders.importing import jobs as imports
from mappa.offenders.matching import jobs as matching
from mappa.reminders import sweep
from mappa.reminders.standards import recounting
from mappa.reminders.sweep import Swept
from mappa.sharing.approvals import jobs as approvals
from mappa.sharing.emergency import jobs as emergencies
from mappa.sharing.leaving import jobs as leavers
from mappa.sharing.passing import jobs as passing
from mappa.sharing.requests import jobs as requests
from mappa.sharing.restrictions import passing as exclusions
from mappa.sharing.shares import jobs as shares
from mappa.visits.commitment import jobs as bands
from mappa.visits.doorstep import jobs as drafts
from mappa.visits.reactive import jobs as reactive


@dataclass(frozen=True)
class Job:
    """Something that runs by itself."""

    name: str
    run: Callable[[Flask], object]
    when: Callable[[], Any]


JOBS = (
    # A daily job never stands between 1am and 2am: that hour comes twice, or not at all.
    Job("sweep every morning", sweep.sweep, lambda: CronTrigger(hour=6, timezone=LONDON)),
    Job("sweep", sweep.sweep, lambda: IntervalTrigger(minutes=10, timezone=LONDON)),
    Job("deliver again", sweep.deliver_again, lambda: IntervalTrigger(minutes=1, timezone=LONDON)),
    Job("handovers lapse", handovers.lapse, lambda: CronTrigger(hour=5, timezone=LONDON)),
    Job("handovers lapse at the start", handovers.lapse, lambda: DateTrigger(timezone=LONDON)),
    Job("approvals lapse", approvals.lapse, lambda: CronTrigger(hour=5, timezone=LONDON)),
    Job("approvals lapse at the start", approvals.lapse, lambda: DateTrigger(timezone=LONDON)),
    Job("leavers", leavers.open_duties, lambda: IntervalTrigger(minutes=5, timezone=LONDON)),
    Job("shares of leavers", shares.pass_on, lambda: IntervalTrigger(minutes=5, timezone=LONDON)),
    # A share ends with its day, or by hand: what was missed while nothing ran is told at the start.
    Job("shares over", shares.tell_of_ends, lambda: CronTrigger(minute=5, timezone=LONDON)),
    Job("shares over at the start", shares.tell_of_ends, lambda: DateTrigger(timezone=LONDON)),
    Job("duties of leavers", passing.pass_on, lambda: IntervalTrigger(minutes=5, timezone=LONDON)),
    Job(
        "exclusions that ran out",
        exclusions.close_what_ran_out,
        lambda: CronTrigger(hour=5, timezone=LONDON),
    ),
    Job(
        "emergency ends",
        emergencies.record_ends,
        lambda: IntervalTrigger(minutes=1, timezone=LONDON),
    ),
    Job(
        "emergency reviews",
        emergencies.keep_reviewed,
        lambda: IntervalTrigger(minutes=5, timezone=LONDON),
    ),
    Job("scan files", files.scan_files, lambda: IntervalTrigger(minutes=1, timezone=LONDON)),
    Job("sweep files", files.sweep_orphans, lambda: CronTrigger(hour=4, timezone=LONDON)),
    # Before the files are swept, so that those of a draft that ran out go on the same day.
    Job("drafts run out", drafts.forget, lambda: CronTrigger(hour=3, timezone=LONDON)),
    # Its turn is shorter than the time between two, so that no turn waits for another.
    Job("imports", imports.take_turn, lambda: IntervalTrigger(seconds=5, timezone=LONDON)),
    Job("sweep at the start", sweep.sweep, lambda: DateTrigger(timezone=LONDON)),
    Job("count anew", recounting.recount, lambda: IntervalTrigger(minutes=1, timezone=LONDON)),
    Job("risk bands", bands.follow_bands, lambda: IntervalTrigger(minutes=1, timezone=LONDON)),
    Job(
        "reactive management", reactive.follow, lambda: IntervalTrigger(minutes=1, timezone=LONDON)
    ),
    Job("requests", requests.deliver, lambda: IntervalTrigger(seconds=15, timezone=LONDON)),
    Job("match", matching.check_matches, lambda: IntervalTrigger(minutes=5, timezone=LONDON)),
)


def start_embedded(app: Flask) -> BackgroundScheduler:
    """Start the jobs beside the server of this process; the caller shuts the scheduler down."""
    scheduler = BackgroundScheduler(
        timezone=LONDON,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in JOBS:
        scheduler.add_job(job.run, job.when(), args=[app], id=job.name, name=job.name)
    scheduler.start()
    return scheduler


def run(settings: Settings) -> None:
    """Run the jobs until the process is asked to end; a job that runs is waited for."""
    from mappa.app import create_app

    asked = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: asked.set())
    scheduler = start_embedded(create_app(settings))
    asked.wait()
    scheduler.shutdown(wait=True)


def sweep_once(app: Flask, on: date | None = None, dry_run: bool = False) -> Swept:
    """Run the sweep now, as of today or ``on``; a dry run writes nothing.

    A real run of today first counts anew what waits for it, so that nobody is told of a day that
    has moved, and then compares those who were added with everybody and brings requests on.
    """
    if on is None and not dry_run:
        recounting.recount(app)
        bands.follow_bands(app)
        reactive.follow(app)
    found = sweep.sweep(app, on=on, dry_run=dry_run)
    if on is None and not dry_run:
        matching.check_matches(app)
        requests.deliver(app)
    return found
