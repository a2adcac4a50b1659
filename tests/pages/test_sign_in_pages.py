"""Signing in and out, as a browser meets it, and as somebody who is not welcome does."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.settings import Mode
from mappa.agencies import passwords, sessions
from mappa.agencies.models import Session, User
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.web.models import ParkedForm
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


def is_in(client):
    return client.get("/account").status_code == 200


def events(world):
    with world.system():
        return db.session.execute(
            sa.select(AuditEntry.event, AuditEntry.outcome, AuditEntry.basis).where(
                AuditEntry.operation == "sign-in"
            )
        ).all()


def test_right_password_begins_a_session_and_is_on_record(world, client):
    with clock.at(NOW):
        assert sign_in(client).location == "/"
        assert is_in(client)
    assert events(world) == [("session:begun", "done", "")]


def test_capitals_in_the_address_do_not_matter(world, client):
    with clock.at(NOW):
        answer = submit(client, "/sign-in", {"email": " PRIYA@Example.org", "password": PASSWORD})
        assert answer.location == "/"


def test_wrong_password_says_no_keeps_the_address_and_is_on_record(world, client):
    with clock.at(NOW):
        answer = sign_in(client, password="not this one")
    assert answer.status_code == 422
    assert "Email address or password is not right. Check both and try again." in answer.text
    assert 'value="priya@example.org"' in answer.text
    assert "not this one" not in answer.text
    assert events(world) == [("session:refused", "refused", "password")]


def test_nothing_typed_names_each_field(world, client):
    with clock.at(NOW):
        answer = submit(client, "/sign-in", {"email": "", "password": ""})
    assert answer.status_code == 422
    assert "Enter your email address, like name@example.org" in answer.text
    assert "Enter your password" in answer.text


def test_strange_addresses_are_refused_in_peace(world, client):
    with clock.at(NOW):
        for email in ("x" * 5000, "a\x00b@example.org", "\ufffd", "\u202eevil", "1" * 5000):
            answer = submit(client, "/sign-in", {"email": email, "password": PASSWORD * 500})
            assert answer.status_code == 422


def test_accounts_that_cannot_sign_in_look_like_none(world, client):
    with world.system():
        db.session.get_one(User, world.staff["owen"].user_id).password_hash = ""
        leah = db.session.get_one(User, world.staff["leah"].user_id)
        leah.password_hash, leah.disabled_at = HASH, NOW
    said = set()
    with clock.at(NOW):
        for who in ("owen", "leah", "nobody-of-this-name"):
            said.add(bare(sign_in(client, who).text, who))
    assert len(said) == 1


def bare(page, who):
    """A page without what is fresh in every answer, and without the name that was typed."""
    page = re.sub(r'(csrf_token" value="|nonce-)[^"\']+', r"\1", page)
    return page.replace(f"{who}@example.org", "typed@example.org")


class TestLockout:
    def test_it_grows_and_is_the_same_for_an_account_that_does_not_exist(self, world, app):
        pages = {}
        for who in ("priya", "nobody"):
            browser, at, seen = app.test_client(), NOW, []
            for wait in (0, 0, 0, 0, 5, 10, 20):
                with clock.at(at):
                    answer = sign_in(browser, who, "wrong")
                    assert answer.status_code == 422
                    seen.append((bare(answer.text, who), str(answer.headers)))
                    if wait:
                        assert f"Too many tries. Wait {wait} minutes and try again." in answer.text
                at += timedelta(minutes=wait)
            pages[who] = [(page, len(headers)) for page, headers in seen]
        assert [page for page, _ in pages["priya"]] == [page for page, _ in pages["nobody"]]

    def test_while_it_lasts_the_right_password_does_not_help(self, world, client):
        with clock.at(NOW):
            for _ in range(5):
                sign_in(client, password="wrong")
            answer = sign_in(client)
            assert answer.status_code == 422
            assert "Too many tries. Wait 5 minutes" in answer.text
        with clock.at(NOW + timedelta(minutes=4, seconds=59)):
            assert "Wait 1 minute and" in sign_in(client).text
        with clock.at(NOW + timedelta(minutes=5)):
            assert sign_in(client).location == "/"
        assert ("session:refused", "refused", "locked") in events(world)

    def test_success_starts_afresh(self, world, client):
        with clock.at(NOW):
            for _ in range(2):
                for _ in range(4):
                    sign_in(client, password="wrong")
                assert sign_in(client).status_code == 302
                submit(client, "/account", action="/sign-out")


class TestSession:
    def test_an_id_planted_before_the_sign_in_is_worth_nothing(self, world, app, client):
        planted = sessions.crypto.token()
        with client.session_transaction() as cookie:
            cookie[sessions.TOKEN] = planted
            cookie["planted"] = "yes"
        with clock.at(NOW):
            sign_in(client)
            with client.session_transaction() as cookie:
                assert cookie[sessions.TOKEN] != planted
                assert "planted" not in cookie
            thief = app.test_client()
            with thief.session_transaction() as cookie:
                cookie[sessions.TOKEN] = planted
            assert not is_in(thief)

    def test_signing_in_again_ends_the_session_before(self, world, app, client):
        with clock.at(NOW):
            sign_in(client)
            with client.session_transaction() as cookie:
                before = cookie[sessions.TOKEN]
            submit(client, "/account", action="/sign-out")
            sign_in(client)
            thief = app.test_client()
            with thief.session_transaction() as cookie:
                cookie[sessions.TOKEN] = before
            assert not is_in(thief)

    def test_signing_out_ends_it_at_once(self, world, client):
        with clock.at(NOW):
            sign_in(client)
            assert submit(client, "/account", action="/sign-out").location == "/sign-in"
            assert "You have signed out." in client.get("/sign-in").text
            assert not is_in(client)
        with world.system():
            assert [each.end_reason for each in db.session.scalars(sa.select(Session))] == [
                "signed out"
            ]

    def test_idle_for_15_minutes_ends_it_and_use_prolongs_it(self, world, client):
        with clock.at(NOW):
            sign_in(client)
        with clock.at(NOW + timedelta(minutes=14)):
            assert is_in(client)
        with clock.at(NOW + timedelta(minutes=28)):
            assert is_in(client)
        with clock.at(NOW + timedelta(minutes=43)):
            assert not is_in(client)

    def test_twelve_hours_end_it_however_busy(self, world, client):
        with clock.at(NOW):
            sign_in(client)
        with world.system():
            db.session.scalars(sa.select(Session)).one().last_seen_at = NOW + timedelta(hours=11.9)
        with clock.at(NOW + timedelta(hours=11, minutes=59)):
            assert is_in(client)
        with clock.at(NOW + timedelta(hours=12)):
            assert not is_in(client)

    def test_disabling_the_account_ends_it_at_once(self, world, client):
        with clock.at(NOW):
            sign_in(client)
            with world.system():
                db.session.get_one(User, world.staff["priya"].user_id).disabled_at = NOW
            assert not is_in(client)


HOSTILE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https://evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
    "/／evil.example", "/⁄evil.example", "javascript:alert(1)", "evil.example", "",
    "/sign-out", "/sign-in/code", "/" + "a" * 5000, "/ /evil.example", "/x\x00",
]  # fmt: skip


def test_hostile_next_leads_home(world, client):
    typed = {"email": "priya@example.org", "password": PASSWORD}
    with clock.at(NOW):
        for target in HOSTILE:
            page = client.get("/sign-in", query_string={"next": target})
            assert 'name="next"' not in page.text, repr(target)
            answer = submit(client, "/sign-in", typed, extra={"next": target})
            assert answer.location == "/", repr(target)
            submit(client, "/account", action="/sign-out")


def test_the_page_that_was_wanted_comes_after_the_sign_in(world, client):
    with clock.at(NOW):
        answer = client.get("/account?show=all")
        assert answer.location == "/sign-in?next=/account?show%3Dall"
        assert sign_in(client, url=answer.location).location == "/account?show=all"


class TestUnsentText:
    """A form of the administrator stands for any form."""

    def post_after(self, world, client, minutes):
        page = "/administration/people/add"
        typed = {"name": "Somebody With A Long Name", "email": "new@example.org"}
        with clock.at(NOW):
            held = client.get(page).text
        token = re.search(r'csrf_token" value="([^"]+)', held)[1]
        key = re.search(r'idempotency_key" value="([^"]+)', held)[1]
        with clock.at(NOW + timedelta(minutes=minutes)):
            sent = {**typed, "csrf_token": token, "idempotency_key": key, "secret_word": "x"}
            return client.post(page, data=sent)

    @pytest.fixture
    def adam(self, world):
        with world.system():
            db.session.get_one(User, world.staff["adam"].user_id).password_hash = HASH
        return world.client("adam")

    def test_it_is_kept_when_the_session_ran_out_and_offered_to_its_author(self, world, adam):
        answer = self.post_after(world, adam, 16)
        assert answer.location == "/sign-in?kept=1"
        later = NOW + timedelta(minutes=17)
        with clock.at(later):
            page = adam.get(answer.location).text
            said = "You were signed out. Sign in again and carry on; what you typed is kept."
            assert said in page
            assert sign_in(adam, "adam", url=answer.location).location == "/unsent"
            page = adam.get("/unsent").text
            assert "Administration, people, add" in page
            assert "Somebody With" not in page
            link = re.search(r'href="(/administration/people/add\?parked=[0-9a-f-]+)"', page)[1]
            assert "Somebody With A Long Name" in adam.get(link).text
        with world.system():
            kept = db.session.scalars(sa.select(ParkedForm)).one()
            assert "secret_word" not in kept.typed

    def test_nobody_else_gets_it_nor_can_remove_it(self, world, adam, app):
        self.post_after(world, adam, 16)
        with world.system():
            kept = db.session.scalars(sa.select(ParkedForm.id)).one()
        other = world.client("priya")
        with clock.at(NOW):
            assert "Nothing is waiting" in other.get("/unsent").text
            with world.system():
                pass
            token = re.search(r'csrf_token" value="([^"]+)', other.get("/account").text)[1]
            other.post(
                f"/unsent/{kept}/remove", data={"csrf_token": token, "idempotency_key": "k" * 20}
            )
        with world.system():
            assert db.session.scalars(sa.select(ParkedForm.id)).one() == kept

    def test_its_author_can_remove_it(self, world, adam):
        self.post_after(world, adam, 16)
        with clock.at(NOW + timedelta(minutes=17)):
            sign_in(adam, "adam")
            page = adam.get("/unsent").text
            action = re.search(r'action="(/unsent/[0-9a-f-]+/remove)"', page)[1]
            submit(adam, "/unsent", action=action)
            assert "Nothing is waiting" in adam.get("/unsent").text

    def test_a_day_later_it_is_gone(self, world, adam):
        self.post_after(world, adam, 16)
        with clock.at(NOW + timedelta(hours=25)):
            sign_in(adam, "adam")
            assert "Nothing is waiting" in adam.get("/unsent").text

    def test_nothing_is_kept_of_an_ended_session(self, world, adam):
        with world.system() as unit:
            sessions.end_all(world.staff["adam"].user_id, at=unit.at, why="disabled")
        token_of_page = self.post_after_end(adam)
        assert token_of_page.location == "/sign-in"
        with world.system():
            assert db.session.scalars(sa.select(ParkedForm)).all() == []

    def post_after_end(self, client):
        with clock.at(NOW):
            token = re.search(r'csrf_token" value="([^"]+)', client.get("/sign-in").text)[1]
            return client.post(
                "/administration/people/add",
                data={"name": "Somebody", "csrf_token": token, "idempotency_key": "k" * 20},
            )


class TestDemo:
    @pytest.fixture
    def settings(self, settings):
        from dataclasses import replace

        return replace(settings, mode=Mode.DEMO, base_url="http://127.0.0.1:8000")

    def test_one_press_signs_in_as_a_demo_person(self, world, client):
        with world.system():
            for who in ("priya", "owen"):
                user = db.session.get_one(User, world.staff[who].user_id)
                user.demo, user.password_hash = True, passwords.hash_of("demo")
        with clock.at(NOW):
            page = client.get("/sign-in").text
            assert "Their password is <strong>demo</strong>" in page
            assert "Priya Sandhurst, Northmoor Probation" in page
            assert "Helen Carswell" not in page, "no demo account"
            forms = re.findall(r'name="email" value="([^"]+)"', page)
            assert forms == ["priya@example.org", "owen@example.org"]
            answer = submit(client, "/sign-in", {"email": "owen@example.org", "password": "demo"})
            assert answer.location == "/"
            assert "Owen Marsh" in client.get("/account").text
            assert "In the demo the password is demo." in client.get("/confirm-password").text


class TestProduction:
    @pytest.fixture
    def settings(self, settings):
        from dataclasses import replace

        return replace(settings, mode=Mode.PRODUCTION)

    def test_everybody_sets_up_a_second_factor_before_the_first_page(self, world, app, client):
        import pyotp

        with world.system():
            db.session.get_one(User, world.staff["priya"].user_id).demo = True
        with clock.at(NOW):
            page = client.get("/sign-in").text
            assert "Demo accounts" not in page
            assert "Priya" not in page
            assert sign_in(client).location == "/sign-in/second-factor"
            assert not is_in(client)
            assert client.get("/sign-in/posting").location is None or not is_in(client)
            page = client.get("/sign-in/second-factor").text
            assert "data:image/svg+xml" in page
            secret = re.search(r"Key: <strong>([A-Z2-7 ]+)<", page)[1].replace(" ", "")
            sealed = re.search(r'sealed_secret" value="([^"]+)', page)[1]
            token = re.search(r'csrf_token" value="([^"]+)', page)[1]
            sent = {"sealed_secret": sealed, "csrf_token": token}
            wrong = client.post("/sign-in/second-factor", data={**sent, "code": "000000"})
            assert wrong.status_code == 422
            assert secret[:4] in wrong.text, "the same key is still offered"
            code = pyotp.TOTP(secret).at(NOW)
            right = client.post("/sign-in/second-factor", data={**sent, "code": code})
            assert right.status_code == 200
            assert len(re.findall(r"<code>", right.text)) == 10
            assert is_in(client)
            off = client.get("/account/second-factor").text
            assert "/account/second-factor/off" not in off

    def test_a_half_way_session_cannot_skip_the_step(self, world, client):
        with clock.at(NOW):
            sign_in(client)
            token = re.search(r'csrf_token" value="([^"]+)', client.get("/sign-in").text)[1]
            posting = str(world.staff["priya"].posting_id)
            answer = client.post("/sign-in/posting", data={"csrf_token": token, "posting": posting})
            assert answer.location.startswith("/sign-in")
            assert not is_in(client)
        with clock.at(NOW + timedelta(minutes=10)):
            assert client.get("/sign-in/second-factor").status_code == 302, "ten minutes at most"
