"""One's own account: postings, password, second factor, browsers."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Role
from mappa.agencies import passwords
from mappa.agencies.models import RecoveryCode, Session, User
from mappa.kernel import clock
from mappa.kernel.db import db
from tests.factories.world import AREA, LONG_AGO, NOW, northmoor
from tests.pages.forms import form_on, submit

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


def give_second_posting(world):
    with world.system():
        return rights.post(
            world.staff["priya"].user_id, world.agencies["police"], AREA, Role.REPRESENTATIVE,
            Given(at=NOW, starts_at=LONG_AGO + timedelta(days=1)),
        ).id  # fmt: skip


class TestPostings:
    def test_somebody_with_two_postings_chooses_one(self, world, client):
        second = give_second_posting(world)
        with clock.at(NOW):
            answer = submit(
                client, "/sign-in?next=/account",
                {"email": "priya@example.org", "password": PASSWORD},
            )  # fmt: skip
            assert answer.location == "/sign-in/posting"
            assert client.get("/account").location.startswith("/sign-in?"), "not in yet"
            answer = submit(client, "/sign-in/posting", {"posting": str(second)})
            assert answer.location == "/account"
            assert "Agency representative, Northmoor Police" in client.get("/account").text

    def test_choosing_nothing_or_somebody_elses_is_422(self, world, client):
        give_second_posting(world)
        foreign = world.staff["owen"].posting_id
        with clock.at(NOW):
            sign_in(client)
            for typed in ({}, {"posting": str(foreign)}, {"posting": "x" * 5000}):
                answer = submit(client, "/sign-in/posting", typed)
                assert answer.status_code == 422
                assert "Choose whom you act for" in answer.text

    def test_one_can_change_it_later_and_the_old_token_is_dead(self, world, client):
        second = give_second_posting(world)
        first = world.staff["priya"].posting_id
        with clock.at(NOW):
            sign_in(client)
            submit(client, "/sign-in/posting", {"posting": str(first)})
            with client.session_transaction() as cookie:
                before = cookie["_user_id"]
            submit(client, "/account", {"posting": str(second)})
            page = client.get("/account").text
            assert "You now act as: Agency representative, Northmoor Police." in page
            with client.session_transaction() as cookie:
                assert cookie["_user_id"] != before
                cookie["_user_id"] = before
            assert client.get("/account").location.startswith("/sign-in")


WEAK = [
    ("short", "Use at least 12 characters"),
    ("", "Use at least 12 characters"),
    ("x" * 300, "Use at most 200 characters"),
    ("priya@example.org", "not your name or email address"),
    ("Priya Sandhurst", "not your name or email address"),
    ("password1234", "too easy to guess"),
    ("demodemo1234", "too easy to guess"),
    ("aaaaaaaaaaaa", "too easy to guess"),
    (PASSWORD, "not the one you have"),
]


class TestPassword:
    def test_changing_it_ends_the_other_browsers_and_not_this_one(self, world, app, client):
        other = app.test_client()
        with clock.at(NOW):
            sign_in(client)
            sign_in(other)
            answer = submit(
                client, "/account/password",
                {"password": PASSWORD, "new_password": "eight dry badgers"},
            )  # fmt: skip
            assert answer.location == "/account"
            assert client.get("/account").status_code == 200
            assert other.get("/account").location.startswith("/sign-in")
            assert sign_in(other).status_code == 422
            assert sign_in(other, password="eight dry badgers").location == "/"

    def test_a_weak_one_is_refused_and_nothing_is_written(self, world, client):
        with clock.at(NOW):
            sign_in(client)
            for new, said in WEAK:
                answer = submit(
                    client, "/account/password", {"password": PASSWORD, "new_password": new}
                )
                assert answer.status_code == 422
                assert said in answer.text, new
        with world.system():
            user = db.session.get_one(User, world.staff["priya"].user_id)
            assert user.password_hash == HASH

    def test_the_old_one_must_be_right_and_guessing_it_is_slowed(self, world, client):
        with clock.at(NOW):
            sign_in(client)
            for _ in range(5):
                answer = submit(
                    client, "/account/password",
                    {"password": "wrong", "new_password": "eight dry badgers"},
                )  # fmt: skip
                assert answer.status_code == 422
            assert "Too many tries. Wait 5 minutes and try again." in answer.text
            answer = submit(
                client, "/account/password",
                {"password": PASSWORD, "new_password": "eight dry badgers"},
            )  # fmt: skip
            assert answer.status_code == 422


class TestConfirming:
    def test_a_dangerous_page_asks_again_after_ten_minutes_and_leads_back(self, world, client):
        with clock.at(NOW):
            sign_in(client)
            assert client.get("/account/second-factor").status_code == 200
        with clock.at(NOW + timedelta(minutes=10)):
            answer = client.get("/account/second-factor")
            assert answer.location == "/confirm-password?next=/account/second-factor"
            wrong = submit(client, answer.location, {"password": "wrong"})
            assert wrong.status_code == 422
            assert "This is not your password" in wrong.text
            right = submit(client, answer.location, {"password": PASSWORD})
            assert right.location == "/account/second-factor"
            assert client.get("/account/second-factor").status_code == 200

    def test_it_leads_nowhere_else(self, world, client):
        with clock.at(NOW):
            sign_in(client)
            answer = submit(client, "/confirm-password?next=//evil.example", {"password": PASSWORD})
            assert answer.location == "/account"


def code_at(secret, moment):
    return pyotp.TOTP(secret).at(moment)


class TestSecondFactor:
    def set_up(self, client):
        """Turn it on at NOW; gives the secret and the recovery codes."""
        page = client.get("/account/second-factor").text
        form = form_on(page, {"code": ""})
        secret = re.search(r"Key: <strong>([A-Z2-7 ]+)<", page)[1].replace(" ", "")
        answer = client.post(form.action, data={**form.fields, "code": code_at(secret, NOW)})
        assert answer.status_code == 200, answer.text
        codes = re.findall(r"<code>([a-z2-9-]+)</code>", answer.text)
        assert len(codes) == 10
        return secret, codes

    def test_it_is_asked_for_at_the_next_sign_in(self, world, app, client):
        with clock.at(NOW):
            sign_in(client)
            secret, _ = self.set_up(client)
        later = NOW + timedelta(minutes=1)
        with clock.at(later):
            fresh = app.test_client()
            assert sign_in(fresh).location == "/sign-in/code"
            assert fresh.get("/account").location.startswith("/sign-in?")
            wrong = submit(fresh, "/sign-in/code", {"code": "000000"})
            assert wrong.status_code == 422
            assert "This code is not right" in wrong.text
            right = submit(fresh, "/sign-in/code", {"code": code_at(secret, later)})
            assert right.location == "/"
            assert fresh.get("/account").status_code == 200

    def test_a_code_is_good_once_also_the_one_that_set_it_up(self, world, app, client):
        with clock.at(NOW):
            sign_in(client)
            secret, _ = self.set_up(client)
            again = app.test_client()
            sign_in(again)
            used = submit(again, "/sign-in/code", {"code": code_at(secret, NOW)})
            assert used.status_code == 422
        later = NOW + timedelta(minutes=1)
        with clock.at(later):
            first, second = app.test_client(), app.test_client()
            sign_in(first)
            sign_in(second)
            code = code_at(secret, later)
            assert submit(first, "/sign-in/code", {"code": code}).status_code == 302
            assert submit(second, "/sign-in/code", {"code": code}).status_code == 422
            before = code_at(secret, later - timedelta(seconds=30))
            assert submit(second, "/sign-in/code", {"code": before}).status_code == 422

    def test_a_recovery_code_is_good_once(self, world, app, client):
        with clock.at(NOW):
            sign_in(client)
            _, codes = self.set_up(client)
            for status in (302, 422):
                other = app.test_client()
                sign_in(other)
                typed = codes[0].upper().replace("-", " ")
                answer = submit(other, "/sign-in/code", {"code": typed})
                assert answer.status_code == status
        with world.system():
            used = db.session.scalars(sa.select(RecoveryCode.used_at)).all()
            assert len([at for at in used if at]) == 1

    def test_guessing_codes_locks_also_in_a_fresh_browser(self, world, app, client):
        with clock.at(NOW):
            sign_in(client)
            self.set_up(client)
            for _ in range(5):
                other = app.test_client()
                sign_in(other)
                answer = submit(other, "/sign-in/code", {"code": "123456"})
            assert "Too many tries. Wait 5 minutes" in answer.text

    def test_the_code_that_proves_it_must_be_right(self, world, client):
        with clock.at(NOW):
            sign_in(client)
            for typed in ("", "12345", "٣٤٥٦٧٨", "9" * 5000):
                answer = submit(client, "/account/second-factor", {"code": typed})
                assert answer.status_code == 422
            forged = submit(
                client, "/account/second-factor", {"code": "123456"},
                extra={"sealed_secret": "ff" * 40},
            )  # fmt: skip
            assert forged.status_code == 422
        with world.system():
            user = db.session.get_one(User, world.staff["priya"].user_id)
            assert user.totp_secret is None

    def test_it_can_be_turned_off_where_it_is_not_required(self, world, app, client):
        with clock.at(NOW):
            sign_in(client)
            self.set_up(client)
            submit(client, "/account/second-factor", action="/account/second-factor/off")
            assert "The second factor is off." in client.get("/account").text
            assert sign_in(app.test_client()).location == "/"

    def test_new_recovery_codes_void_the_old(self, world, app, client):
        with clock.at(NOW):
            sign_in(client)
            _, codes = self.set_up(client)
            answer = submit(client, "/account/second-factor", action="/account/second-factor/codes")
            fresh = re.findall(r"<code>([a-z2-9-]+)</code>", answer.text)
            assert len(set(fresh) - set(codes)) == 10
            other = app.test_client()
            sign_in(other)
            assert submit(other, "/sign-in/code", {"code": codes[1]}).status_code == 422


class TestBrowsers:
    def test_one_can_be_ended_and_nobody_elses(self, world, app, client):
        other = app.test_client()
        stranger = world.client("owen")
        with clock.at(NOW):
            sign_in(client)
            sign_in(other)
            with world.system():
                ids = db.session.execute(sa.select(Session.id, Session.user_id)).all()
            foreign = next(each.id for each in ids if each.user_id == world.staff["owen"].user_id)
            page = client.get("/account").text
            assert str(foreign) not in page
            target = re.search(r"/account/sessions/([0-9a-f-]{36})/end", page)
            submit(client, "/account", action=target[0])
            assert other.get("/account").location.startswith("/sign-in")
            assert client.get("/account").status_code == 200
            assert stranger.get("/account").status_code == 200

    def test_all_others_at_once(self, world, app, client):
        others = [app.test_client() for _ in range(3)]
        with clock.at(NOW):
            for each in (client, *others):
                sign_in(each)
            submit(client, "/account", action="/account/sessions/end-others")
            assert client.get("/account").status_code == 200
            for each in others:
                assert each.get("/account").location.startswith("/sign-in")
