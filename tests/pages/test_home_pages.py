"""Home: what is late first, counts that are lengths, and what each role finds there."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from mappa.access import rights
from mappa.access.labels import RecordLabel
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Section
from mappa.actions import service as actions
from mappa.kernel.db import db
from mappa.offenders.models import Person, PersonChange
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor
from tests.pages.insight import TODAY, a_duty, get, plain, statements, text

SINCE = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def band(world, person, value):
    with world.system():
        db.session.get_one(Person, person).risk_band = value


def titles(page):
    return re.findall(r'm-due__title">([^<]+)<', page)


def counts(page):
    return [int(each) for each in re.findall(r'm-counts__number">(\d+)<', page)]


def change(world, person, *, section=Section.IDENTITY, owner="police", by="owen", hours=1):
    with world.system():
        made = PersonChange(
            **RecordLabel(
                person=person, owner=world.agencies[owner], section=section, record=uuid4()
            ).columns(),
            kind="address:added", what="Address", by_id=world.staff[by].user_id,
            at=NOW - timedelta(hours=hours),
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made.subject_id


class TestWork:
    def test_what_is_late_comes_by_risk_then_age_and_has_the_one_green_button(self, world):
        people = {}
        for family, level in (("Low", "low"), ("Unknown", "not_assessed"), ("Grave", "very_high")):
            people[family] = world.person(family=family, manager="priya")
            band(world, people[family], level)
        a_duty(world, people["Low"], "priya", due_in=-30, title="Low")
        a_duty(world, people["Grave"], "priya", due_in=-1, title="Grave, young")
        a_duty(world, people["Grave"], "priya", due_in=-8, title="Grave, old")
        a_duty(world, people["Unknown"], "priya", due_in=-3, title="Unknown")
        page = text(get(world, "priya", "/"))
        assert titles(page) == ["Grave, old", "Grave, young", "Unknown", "Low"]
        assert "8 days overdue" in page
        assert "Due Thursday 12 November" in page
        buttons = re.findall(r'class="(govuk-button[^"]*m-due__button)"', page)
        assert ["secondary" in each for each in buttons] == [False, True, True, True]

    def test_counts_are_the_lengths_of_the_lists(self, world, person):
        for days in (-8, -1, 0, 7, 8, 30):
            a_duty(world, person, "priya", due_in=days)
        page = text(get(world, "priya", "/"))
        assert counts(page) == [2, 2, 0]
        assert len(titles(page)) == 4
        whole = text(get(world, "priya", "/work"))
        assert len(titles(whole)) == 6

    def test_each_row_has_the_deed_the_person_and_why(self, world, person):
        duty = a_duty(world, person, "priya", due_in=2)
        page = text(get(world, "priya", "/"))
        assert f'href="/people/{person}"' in page
        assert f'href="/deadlines/{duty}/why"' in page
        assert "Review the plan<span" in page
        assert "In 2 days" in page
        assert "Level 2" in page

    def test_the_risk_is_told_only_to_who_gets_it(self, world, person):
        band(world, person, "high")
        a_duty(world, person, "priya", due_in=-1)
        a_duty(world, person, "helen", due_in=-1, section=Section.IDENTITY)
        assert "m-risk--high" in text(get(world, "priya", "/"))
        assert "m-risk" not in text(get(world, "helen", "/"))

    def test_what_others_were_asked_waits_here(self, world, person):
        with world.system():
            actions.add_action(
                world.staff["priya"].actor,
                RecordLabel(
                    person=person, owner=world.agencies["probation"],
                    section=Section.IDENTITY, record=uuid4(),
                ),
                what="Confirm the accommodation", owner_user=world.staff["owen"].user_id,
                owner_agency=world.agencies["police"], due_on=TODAY + timedelta(days=9),
                jurisdiction="england-wales", now=NOW,
            )  # fmt: skip
        page = text(get(world, "priya", "/"))
        assert "With Owen Marsh, Northmoor Police" in page
        assert "Asked 20 November" in page
        assert counts(page) == [0, 0, 1]

    def test_a_supervisor_has_the_teams_work_too(self, world, person):
        a_duty(world, person, "priya", due_in=3, title="Of the team")
        page = text(get(world, "grace", "/work"))
        assert "Your team" in page
        assert "Of the team" in page
        assert "With Priya Sandhurst" in page
        assert "Your team" not in text(get(world, "priya", "/work"))

    def test_a_hidden_record_changes_no_count_and_no_order(self, world, person):
        for days in (-8, 3):
            a_duty(world, person, "priya", due_in=days)
        before = plain(get(world, "priya", "/"))
        hidden = uuid4()
        with world.system():
            rights.mark(hidden, MarkKind.HIDDEN, NOW, SINCE)
        _duty_of(world, person, hidden)
        assert plain(get(world, "priya", "/")) == before

    @pytest.mark.parametrize("url", ["/", "/work"])
    def test_statements_do_not_grow_with_the_rows(self, world, person, url):
        get(world, "priya", url)  # what hangs on the role alone is asked once in a process
        sent = {}
        for rows in (1, 5, 25):
            while len(sent.setdefault("made", [])) < rows:
                sent["made"].append(a_duty(world, person, "priya", due_in=-len(sent["made"]) - 1))
            with statements(world.app) as found:
                page = text(get(world, "priya", url))
            assert len(titles(page)) == rows
            sent[rows] = [each for each in found if each.startswith("SELECT")]
        assert len(sent[1]) == len(sent[5]) == len(sent[25])


def _duty_of(world, person, record):
    from mappa.reminders import service as reminders

    with world.system():
        reminders.open_deadline(
            "plan-review",
            RecordLabel(
                person=person, owner=world.agencies["probation"], section=Section.PLAN,
                record=record,
            ),
            kind="plan-review", starts_on=TODAY, set_on=TODAY + timedelta(days=1),
            jurisdiction="england-wales", owner_user=world.staff["priya"].user_id,
            owner_agency=world.agencies["probation"], now=NOW, title="Hidden",
        )  # fmt: skip


class TestChanges:
    def test_what_others_changed_on_own_cases(self, world, person):
        change(world, person)
        page = text(get(world, "priya", "/"))
        assert "Address added by Northmoor Police, 8:30am" in page
        assert "yesterday, 9:30am" not in page

    @pytest.mark.parametrize(
        "which",
        [
            {"hours": 24 * 3},
            {"by": "priya", "owner": "probation"},
            {"section": Section.INTELLIGENCE},
        ],
        ids=["older", "own", "sealed"],
    )
    def test_what_is_not_listed(self, world, person, which):
        change(world, person, **which)
        assert "Address added" not in text(get(world, "priya", "/"))

    def test_a_colleague_who_is_not_named_is_not_told(self, world, person):
        change(world, person)
        assert "Address added" not in text(get(world, "grace", "/"))


class TestEmpty:
    def test_somebody_with_people_and_nothing_due(self, world, person):
        page = text(get(world, "priya", "/"))
        assert "Nothing is overdue." in page
        assert "Nothing is due before 28 November." in page
        assert "See later dates" in page
        assert (
            "You are not waiting for anyone. What you ask of others will be listed here "
            "until they answer."
        ) in page
        assert not counts(page)

    def test_a_new_user(self, world):
        page = text(get(world, "sam", "/"))
        assert (
            "You have no people yet. Your manager gives you a caseload; until then you can" in page
        )

    @pytest.mark.parametrize(
        ("who", "href"), [("ada", "/audit"), ("sys", "/health"), ("adam", "/administration")]
    )
    def test_an_office_without_people_says_what_it_can_do(self, world, who, href):
        page = text(get(world, who, "/"))
        assert "Your role opens no records of people." in page
        assert f'href="{href}"' in page
        assert "Find a person" not in page


def test_nobody_signed_in_is_led_to_sign_in(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize(
    "url", ["/help", "/help/privacy", "/help/accessibility", "/help/asking-for-access"]
)
def test_help_is_open_to_everybody(client, url):
    page = text(client.get(url))
    assert "<h1" in page
