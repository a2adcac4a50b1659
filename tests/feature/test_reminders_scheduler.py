"""The table of jobs: when each runs, that a start runs the sweep, and that no factory starts it."""

import threading
from datetime import datetime

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.triggers.cron import CronTrigger

from mappa import scheduler
from mappa.kernel import clock
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import queries
from mappa.reminders.sweep import Swept
from tests.factories.reminders import duty, label
from tests.factories.world import NOW, a_shared_person, northmoor


def test_a_start_sweeps_at_once_and_every_job_is_in_memory_once(app):
    world = northmoor(app)
    duty(world, label(world, a_shared_person(world)), "priya")
    ended = threading.Event()
    started = scheduler.start_embedded(app)
    started.add_listener(lambda _event: ended.set(), EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    try:
        for job in started.get_jobs():
            assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
        ended.wait(5)
    finally:
        started.shutdown(wait=True)
    with app.app_context(), unit_of_work(Kind.READ):
        assert len(queries.health(NOW).runs) >= 1
        assert queries.health(NOW).runs[0].failed == 0


def test_the_morning_run_is_at_six_in_london_in_summer_and_winter():
    when = scheduler.JOBS[0].when()
    assert isinstance(when, CronTrigger)
    for month in (1, 7):
        before = datetime(2027, month, 15, 0, 30, tzinfo=clock.LONDON)
        fires = when.get_next_fire_time(None, before)
        assert fires == datetime(2027, month, 15, 6, tzinfo=clock.LONDON)


def test_the_command_s_sweep_is_the_same(app):
    with clock.at(NOW):
        assert scheduler.sweep_once(app, dry_run=True) == Swept(due=0, told=0, failed=0)
        assert scheduler.sweep_once(app) == Swept(due=0, told=0, failed=0)


def test_the_application_starts_no_scheduler(app):
    assert "APScheduler" not in {thread.name for thread in threading.enumerate()}
