"""Signing in and out, as a browser meets it."""

import pytest

from mappa.agencies import passwords
from mappa.agencies.models import Session, User
from mappa.kernel import clock
from mappa.kernel.db import db
from tests.factories.world import NOW, northmoor
from tests.pages.forms import submit

PASSWORD = "seven wet otters"
HASH = passwords.hash_of(PASSWORD)


@pytest.fixture
def world(app):
    world = northmoor(app)
    with world.system():
        db.session.get_one(User, world.staff["priya"].user_id).password_hash = HASH
    return world


def sign_in(client, who="priya", password=PASSWORD, url="/sign-in"):
    return submit(client, url, {"email": f"{who}@example.org", "password": password})


def test_right_password_begins_a_session(world, client):
    with clock.at(NOW):
        answer = sign_in(client)
        assert answer.status_code == 302
        assert answer.location == "/"
        assert client.get("/unsent").status_code == 200


def test_wrong_password_says_no_and_keeps_the_address(world, client):
    with clock.at(NOW):
        answer = sign_in(client, password="wrong")
    assert answer.status_code == 422
    assert "Email address or password is not right" in answer.text
    assert 'value="priya@example.org"' in answer.text
    assert "wrong" not in answer.text


def test_signing_out_ends_the_session_at_once(world, client):
    with clock.at(NOW):
        sign_in(client)
        assert submit(client, "/unsent", action="/sign-out").location == "/sign-in"
        assert client.get("/unsent").location.startswith("/sign-in")
    with world.system():
        assert all(each.ended_at for each in db.session.query(Session))
