"""Pages of teams, postings and sessions as the agency's administrator uses them."""

import re

import pytest

from mappa.access.terms import Role
from mappa.kernel import clock
from tests.factories.world import NOW, northmoor
from tests.pages.forms import submit

TEAMS = "/administration/teams"


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.team("probation two", "probation")
    return made


def team_url(world, key):
    return f"{TEAMS}/{world.teams[key]}"


def test_a_team_from_its_name_to_its_end(world):
    adam = world.client("adam")
    with clock.at(NOW):
        assert submit(adam, TEAMS, {"name": ""}).status_code == 422
        twice = submit(adam, TEAMS, {"name": "Probation TWO"})
        assert twice.status_code == 422
        assert 'value="Probation TWO"' in twice.text
        assert submit(adam, TEAMS, {"name": "Duty desk"}, follow=True).status_code == 200
        page = adam.get(TEAMS).text
        new = re.search(rf'href="({TEAMS}/[^"]+)"><bdi>Duty desk', page)[1]
        assert "Nobody is in this team" in adam.get(new).text
        submit(adam, new, {"name": "Front desk"})
        closing = submit(adam, f"{new}/close", {"successor": "", "reason": ""})
        assert closing.status_code == 422
        assert "Choose the team that takes over" in closing.text
        typed = {"successor": str(world.teams["probation one"]), "reason": "Merged"}
        assert "Front desk is closed." in submit(adam, f"{new}/close", typed, follow=True).text
        assert "Closed on 20 November 2026" in adam.get(TEAMS).text
        assert adam.get(f"{new}/close").status_code == 404


def test_people_move_and_are_signed_out(world):
    adam, priya = world.client("adam"), world.client("priya")
    page = f"{team_url(world, 'probation one')}/move"
    posting = str(world.staff["priya"].posting_id)
    with clock.at(NOW):
        nobody = submit(adam, page, {"team": str(world.teams["probation two"]), "reason": "x"})
        assert nobody.status_code == 422
        assert "Choose who moves" in nobody.text
        typed = {"postings": [posting], "team": "", "reason": "Reorganised"}
        kept = submit(adam, page, typed)
        assert kept.status_code == 422
        assert f'value="{posting}" checked' in kept.text
        moved = submit(adam, page, typed | {"team": str(world.teams["probation two"])}, follow=True)
        assert "1 posting moved." in moved.text
        assert "Priya Sandhurst" in adam.get(team_url(world, "probation two")).text
        assert priya.get("/account").location.startswith("/sign-in")


def test_a_team_of_another_agency_is_not_found_like_none(world):
    adam = world.client("adam")
    with clock.at(NOW):
        for path in ("", "/move", "/close"):
            assert adam.get(f"{team_url(world, 'police one')}{path}").status_code == 404


def test_a_posting_is_changed_and_both_are_listed_with_their_days(world):
    world.user("ruth", "probation", Role.AGENCY_LEAD)
    adam, ruth = world.client("adam"), world.client("ruth")
    person = f"/administration/people/{world.staff['helen'].user_id}"
    with clock.at(NOW):
        typed = {"role": "supervisor", "from_on": "1 12 2026", "until_on": "31 1 2027"}
        assert "Say why" in submit(adam, person, typed).text
        asked = submit(adam, person, typed | {"why": "New in post"})
        assert "Still to begin" not in adam.get(person).text, "nothing changes until it is approved"
        submit(ruth, asked.location, {"approve": "approve"})
        page = adam.get(person).text
        assert "From 1 December 2026, until 31 January 2027" in page
        assert "Still to begin" in page
        change = f"{person}/postings/{world.staff['helen'].posting_id}/change"
        assert submit(adam, change, {"reason": ""}).status_code == 422
        typed = {"role": "auditor", "reason": "Changed jobs"}
        asked = submit(adam, change, typed)
        assert "In force" in adam.get(person).text
        assert "Auditor" not in adam.get(person).text.split("Add a posting")[0]
        submit(ruth, asked.location, {"approve": "approve"})
        assert "Auditor" in adam.get(person).text.split("Add a posting")[0]
        wrong = submit(adam, person, {"role": "chair", "until_on": "yesterday"})
        assert wrong.status_code == 422
        assert "The last day must not be before the first day" in wrong.text


def test_only_roles_of_the_kind_of_agency_are_offered(world):
    world.user("nan", "children", Role.AGENCY_ADMINISTRATOR)
    with clock.at(NOW):
        probation = world.client("adam").get("/administration/people/add").text
        children = world.client("nan").get("/administration/people/add").text
    assert "offender_manager" in probation
    assert "social_worker" not in probation
    assert "social_worker" in children
    for page in (probation, children):
        assert 'value="protection_officer"' not in page
        assert 'value="agency_administrator"' not in page


def test_who_is_signed_in_is_listed_and_one_browser_is_signed_out(world):
    adam, priya = world.client("adam"), world.client("priya")
    world.client("owen")
    with clock.at(NOW):
        page = adam.get("/administration/sessions").text
        assert "Priya Sandhurst" in page
        assert "Owen Marsh" not in page
        action = re.search(r'action="(/administration/sessions/[^"]+/end)"', page)[1]
        submit(adam, "/administration/sessions", action=action)
        assert priya.get("/account").location.startswith("/sign-in")
        assert adam.get("/account").status_code == 200
        assert "Priya Sandhurst" not in adam.get("/administration/sessions").text


@pytest.mark.parametrize("who", ["priya", "sys", "ada"])
def test_nobody_else_opens_these_pages(world, who):
    client = world.client(who)
    with clock.at(NOW):
        for path in (TEAMS, team_url(world, "probation one"), "/administration/sessions"):
            assert client.get(path).status_code == 403
