"""Late work that was put off is late still, and the main thing to do comes first."""

import re
from datetime import timedelta

import pytest

from mappa.insight.queries import work_list
from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.reminders.assigning import service
from mappa.reminders.assigning.rules import Snooze
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.insight import TODAY, a_duty, get, statements, text


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def snooze(world, who, duty):
    with world.as_reader(who, Kind.WRITE) as actor:
        command = Snooze(until_on=TODAY + timedelta(days=3), why="Waits for a report")
        service.snooze(actor, duty, command, now=NOW)


def test_what_is_late_and_put_off_is_not_said_to_be_nothing(world, person):
    link = 'href="/work?state=snoozed"'
    quiet = [text(get(world, "priya", url)) for url in ("/", "/work?state=overdue")]
    assert "Nothing is overdue." in quiet[0]
    assert not any(link in page.split("</ul>", 2)[-1] for page in quiet)
    duty = a_duty(world, person, "priya", due_in=-1, title="Put off")
    snooze(world, "priya", duty)
    home, late = (text(get(world, "priya", url)) for url in ("/", "/work?state=overdue"))
    assert "Nothing is overdue." not in home
    assert "Nothing else is overdue." in home
    assert "<strong>1 overdue</strong> is snoozed." in home
    assert "<strong>1</strong> is snoozed and not in this list, overdue or not." in late
    assert all(f"{link}>See what is snoozed" in page for page in (home, late))
    a_duty(world, person, "priya", due_in=-3, title="Late")
    assert "<strong>1 overdue</strong> is snoozed." in text(get(world, "priya", "/"))


def test_the_main_thing_to_do_stands_before_putting_it_off(world, person):
    a_duty(world, person, "priya", due_in=-1)
    page = text(get(world, "priya", "/work"))
    assert 0 < page.index("Review the plan<span") < page.index(">Snooze<")


@pytest.mark.parametrize("tallied", [work_list.TALLIED, 3])
def test_what_one_pass_counts_is_what_one_for_each_urgency_counts(
    world, person, monkeypatch, tallied
):
    """Own work is counted in one pass; where there is too much of it, urgency by urgency."""
    monkeypatch.setattr(work_list, "TALLIED", tallied)
    monkeypatch.setattr(work_list, "_tallied", work_list._tallied.__wrapped__)
    for due_in in (-3, -1, -1, 0, 7, 8, 30):
        a_duty(world, person, "priya", due_in=due_in, kind=f"kind{due_in}")
    for due_in in (-9, 2, 50):
        snooze(world, "priya", a_duty(world, person, "priya", due_in=due_in))
    with statements(world.app) as sent:
        page = text(get(world, "priya", "/work"))
    found = re.findall(r'm-counts__number">([\d+]+)<', page)
    assert found == ["3", "2", "2", "3"]
    passes = [each for each in sent if each.startswith("SELECT count(*)") and "deadline" in each]
    assert len(passes) == (0 if tallied > 10 else 4)
