"""The page of an action: seeing it, completing it, and every way in which that fails."""

import pytest

from mappa.kernel import clock, crypto
from tests.factories.world import NOW, northmoor
from tests.feature.test_actions import EVIDENCE, complete, given, of_a_meeting, stored
from tests.pages.forms import forms_on, submit


@pytest.fixture
def world(app):
    return northmoor(app)


def test_the_owner_completes_an_action(world):
    item = given(world, of_a_meeting(world))
    url = f"/actions/{item.id}"
    with clock.at(NOW):
        client = world.client("owen")
        page = client.get(url).text
        assert "Confirm move-on accommodation" in page
        assert "In 6 days" in page
        answer = submit(client, url, {"evidence": EVIDENCE})
        assert answer.location == url
        page = client.get(url).text
    assert "The action is done." in page
    assert EVIDENCE in page
    assert "by Owen Marsh" in page
    assert "Mark as done" not in page


def test_others_see_it_without_the_form(world):
    item = given(world, of_a_meeting(world))
    with clock.at(NOW):
        page = world.client("priya").get(f"/actions/{item.id}").text
    assert "Owen Marsh, or a supervisor of Northmoor Police, says when it is done." in page
    assert "evidence" not in page


def test_a_post_of_somebody_who_may_not_is_403_and_changes_nothing(world):
    of = of_a_meeting(world)
    item, own = given(world, of), given(world, of, to="priya")
    with clock.at(NOW):
        client = world.client("priya")
        form = next(
            each for each in forms_on(client.get(f"/actions/{own.id}").text)
            if "evidence" in each.names
        )  # fmt: skip
        sent = {**form.hidden, "evidence": EVIDENCE}
        assert client.post(f"/actions/{item.id}", data=sent).status_code == 403
        assert client.post(f"/actions/{crypto.new_id()}", data=sent).status_code == 404
        page = client.get(f"/actions/{item.id}").text
    assert EVIDENCE not in page
    assert "Open" in page


@pytest.mark.parametrize("who", ["sam", "leah", "ada"])
def test_a_foreign_action_is_not_found(world, who):
    item = given(world, of_a_meeting(world))
    with clock.at(NOW):
        client = world.client(who)
        foreign = client.get(f"/actions/{item.id}")
        none = client.get(f"/actions/{crypto.new_id()}")
    assert foreign.status_code == none.status_code == 404
    assert len(foreign.data) == len(none.data)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Say what was done and how it can be seen"),
        ("   ", "Say what was done and how it can be seen"),
        ("a\x00b", "Use letters, numbers and punctuation only"),
        ("x" * 2001, "Use at most 2,000 characters; it is 1 over"),
        ("9" * 5000, "Use at most 2,000 characters"),
    ],
)
def test_what_cannot_be_taken_is_kept_on_the_page(world, typed, said):
    item = given(world, of_a_meeting(world))
    with clock.at(NOW):
        answer = submit(world.client("owen"), f"/actions/{item.id}", {"evidence": typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert typed.replace("\x00", "") in answer.text.replace("\x00", "")
    assert stored(world)[0].state == "open"


def test_unknown_fields_are_refused(world):
    item = given(world, of_a_meeting(world))
    with clock.at(NOW):
        answer = submit(
            world.client("owen"), f"/actions/{item.id}", {"evidence": EVIDENCE},
            extra={"owner_user_id": str(crypto.new_id())},
        )  # fmt: skip
    assert answer.status_code == 422
    assert EVIDENCE in answer.text
    assert stored(world)[0].state == "open"


def test_if_somebody_was_quicker_nothing_is_overwritten_or_lost(world):
    item = given(world, of_a_meeting(world))
    with clock.at(NOW):
        client = world.client("owen")
        url = f"/actions/{item.id}"
        form = next(each for each in forms_on(client.get(url).text) if "evidence" in each.names)
        complete(world, "naomi", item, "Seen by Naomi Pell")
        answer = client.post(url, data={**form.hidden, "evidence": EVIDENCE})
    assert answer.status_code == 422
    assert "This action is no longer open" in answer.text
    assert "Seen by Naomi Pell" in answer.text
    assert EVIDENCE in answer.text
    assert stored(world)[0].evidence == "Seen by Naomi Pell"


def test_the_same_form_sent_twice_completes_once(world):
    item = given(world, of_a_meeting(world))
    with clock.at(NOW):
        client = world.client("owen")
        url = f"/actions/{item.id}"
        form = next(each for each in forms_on(client.get(url).text) if "evidence" in each.names)
        sent = {**form.hidden, "evidence": EVIDENCE}
        first, second = client.post(url, data=sent), client.post(url, data=sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert stored(world)[0].state == "done"
