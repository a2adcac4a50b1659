"""The overview: the whole record at a glance, or the part that is shared."""

from uuid import uuid4

import pytest

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Section
from tests.factories.intelligence import an_item
from tests.factories.offenders import an_address
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor
from tests.pages.insight import a_duty, get, plain, statements, text

SINCE = Given(at=NOW, starts_at=LONG_AGO)
MOST_STATEMENTS = 12
"""With the reads of signing the client in and of the audit of the reading."""


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


class TestWhole:
    def test_it_has_risk_duties_level_team_and_timeline(self, world, person):
        an_assessment(world, person)
        a_duty(world, person, "priya", due_in=-8, title="Review the plan")
        page = text(get(world, "priya", f"/people/{person}"))
        assert "You see part of this record." not in page
        assert "Custody" in page
        assert "What raises it" in page
        assert "Unsettled housing" in page
        assert "Review due" in page
        assert "Next duties" in page
        assert "8 days overdue" in page
        assert "Owen Marsh" in page
        assert "Risk assessment signed off" in page
        assert "1, registered sexual offender" in page

    def test_what_is_not_known_is_said(self, world, person):
        page = text(get(world, "priya", f"/people/{person}"))
        assert "Nobody has assessed the risk of serious harm yet." in page
        assert "Nothing is due." in page
        assert "Nothing has happened yet. Visits, changes and meetings will be listed here." in page


class TestPart:
    def test_it_says_on_what_ground_and_under_which_agreement(self, world, person):
        page = text(get(world, "leah", f"/people/{person}"))
        assert "You see part of this record." in page
        assert "Northmoor Council Children’s services is on the case team." in page
        assert "“Default information sharing agreement”, version 1" in page
        assert "Do not pass them on without asking the agency named." in page
        assert "Your next duty" in page
        assert "Who to talk to" in page
        assert "Priya Sandhurst" in page

    def test_the_risk_is_a_summary(self, world, person):
        an_assessment(world, person)
        page = text(get(world, "leah", f"/people/{person}"))
        assert "Risk summary" in page
        assert "From Northmoor Probation" in page
        assert "Custody" not in page
        assert "Unsettled housing" not in page

    def test_the_team_is_not_named(self, world, person):
        page = text(get(world, "leah", f"/people/{person}"))
        assert "Owen Marsh" not in page
        assert "Case team" not in page

    def test_sealed_is_said_once_however_much_is_held(self, world, person):
        url = f"/people/{person}"
        assert "Held, not shared with you" not in text(get(world, "leah", url))
        group = world.handling_group("police", "owen")
        an_item(world, person, group)
        one = plain(get(world, "leah", url))
        assert "Restricted information is held by Northmoor Police." in one
        an_item(world, person, group)
        assert plain(get(world, "leah", url)) == one

    def test_a_section_it_does_not_get_is_not_mentioned(self, world, person):
        world.on_team(person, "health", Capacity.ASSOCIATE)
        group = world.handling_group("police", "owen")
        an_item(world, person, group)
        page = text(get(world, "amit", f"/people/{person}"))
        assert "Intelligence" not in page
        assert "Restricted information" not in page


class TestNotThere:
    @pytest.mark.parametrize("who", ["sam", "amit", "naomi", "helen", "ada", "adam", "sys"])
    @pytest.mark.parametrize("tail", ["", "/timeline", "/sharing", "/timeline?kind=visits"])
    def test_a_foreign_person_has_the_bytes_of_no_person(self, world, who, tail):
        person = world.person(manager="priya")
        answers = [get(world, who, f"/people/{each}{tail}") for each in (person, uuid4())]
        assert [each.status_code for each in answers] == [404, 404]
        assert plain(answers[0]) == plain(answers[1])

    def test_a_hidden_person_too(self, world, person):
        with world.system():
            rights.mark(person, MarkKind.HIDDEN, NOW, SINCE)
        for tail in ("", "/timeline", "/sharing"):
            answers = [get(world, "priya", f"/people/{each}{tail}") for each in (person, uuid4())]
            assert [each.status_code for each in answers] == [404, 404]
            assert plain(answers[0]) == plain(answers[1])

    def test_somebody_excluded_too(self, world, person):
        with world.system():
            rights.exclude(person, SINCE, user=world.staff["owen"].user_id)
        assert get(world, "owen", f"/people/{person}").status_code == 404


def test_a_hidden_record_changes_nothing(world, person):
    a_made_visit(world, "owen", person)
    an_address(world, person)
    before = {who: plain(get(world, who, f"/people/{person}")) for who in ("priya", "leah")}
    hidden = an_address(world, person, "police", lines="1 Hidden Row")
    with world.system():
        rights.mark(hidden, MarkKind.HIDDEN, NOW, SINCE)
    for who, page in before.items():
        assert plain(get(world, who, f"/people/{person}")) == page


def test_a_share_opens_a_section(world, person):
    world.on_team(person, "health", Capacity.ASSOCIATE)
    an_assessment(world, person)
    world.share(person, "probation", "health", Section.RISK, Level.FULL)
    assert "Unsettled housing" in text(get(world, "amit", f"/people/{person}"))


@pytest.mark.parametrize("who", ["priya", "leah"])
def test_statements_do_not_grow_with_the_record(world, person, who):
    an_assessment(world, person)
    sent = {}
    made = 0
    for rows in (1, 5, 25):
        while made < rows:
            a_duty(world, person, who, due_in=made + 1)
            made += 1
        with statements(world.app) as found:
            text(get(world, who, f"/people/{person}"))
        sent[rows] = _of_the_page(found)
    assert len(sent[1]) == len(sent[5]) == len(sent[25])
    assert len(sent[1]) <= MOST_STATEMENTS, len(sent[1])


def _of_the_page(found):
    """Everything that was read, from the client's sign-in to the audit of the reading."""
    return [each for each in found if each.startswith("SELECT")]
