"""The agency administrator's pages: own people only, and every act on record."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mappa.access.models import Posting
from mappa.agencies import passwords
from mappa.agencies.models import PasswordLink, User
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from tests.factories.world import NOW, northmoor
from tests.pages.forms import submit

HASH = passwords.hash_of("seven wet otters")


@pytest.fixture
def world(app):
    return northmoor(app)


def person_url(world, who):
    return f"/administration/people/{world.staff[who].user_id}"


def events(world):
    with world.system():
        found = db.session.execute(
            sa.select(AuditEntry.event, AuditEntry.basis).where(
                AuditEntry.operation == "administration"
            )
        )
        return {(row.event, row.basis) for row in found}


def token_on(client, page):
    return re.search(r'csrf_token" value="([^"]+)', client.get(page).text)[1]


def test_it_lists_the_own_agency_and_nobody_else(world):
    with clock.at(NOW):
        page = world.client("adam").get("/administration").text
    assert "People at Northmoor Probation" in page
    assert "Priya Sandhurst" in page
    assert "Waiting for the first password" in page
    assert "Owen Marsh" not in page


def test_only_the_administrator_opens_it(world):
    with clock.at(NOW):
        for who in ("priya", "carl", "sys"):
            assert world.client(who).get("/administration").status_code == 403


def test_adding_somebody_gives_a_link_that_sets_the_first_password_once(world, app):
    adam, new = world.client("adam"), app.test_client()
    typed = {"name": "Nadia Quill", "email": "Nadia@Example.org", "role": "offender_manager"}
    with clock.at(NOW):
        made = submit(adam, "/administration/people/add", typed)
        assert made.status_code == 200
        link = re.search(r"http://localhost(/set-password/[\w-]+)", made.text)[1]
        assert "7 days" in made.text
    with clock.at(NOW + timedelta(days=6)):
        weak = submit(new, link, {"new_password": "short"})
        assert weak.status_code == 422
        assert submit(new, link, {"new_password": "eight dry badgers"}).location == "/sign-in"
        assert new.get(link).status_code == 404
        answer = submit(
            new, "/sign-in", {"email": "nadia@example.org", "password": "eight dry badgers"}
        )
        assert answer.location == "/"
    with world.system():
        stored = db.session.scalars(sa.select(PasswordLink)).one()
        assert stored.token_digest not in link
    names = {event for event, _ in events(world)}
    assert {"user:created", "posting:made", "user:link-made", "user:password-set"} <= names


def test_a_link_ends_and_a_newer_one_voids_it(world, app):
    adam, browser = world.client("adam"), app.test_client()
    with world.system():
        db.session.get_one(User, world.staff["priya"].user_id).password_hash = HASH
    links = []
    with clock.at(NOW):
        for _ in range(2):
            page = submit(
                adam, person_url(world, "priya"), action=f"{person_url(world, 'priya')}/link"
            )
            assert "24 hours" in page.text
            links.append(re.search(r"http://localhost(/set-password/[\w-]+)", page.text)[1])
        assert browser.get(links[0]).status_code == 404
        assert browser.get(links[1]).status_code == 200
        assert browser.get("/set-password/guessed").status_code == 404
    with clock.at(NOW + timedelta(hours=24)):
        assert browser.get(links[1]).status_code == 404


def test_bad_input_is_422_keeps_what_was_typed_and_writes_nothing(world):
    adam = world.client("adam")
    good = {"name": "Nadia Quill", "email": "nadia@example.org", "role": "offender_manager"}
    with world.system():
        police_team = str(world.teams["police one"])
        before = db.session.execute(sa.select(sa.func.count(User.id))).scalar_one()
    cases = [
        ({"name": ""}, {}, "Enter the full name"),
        ({"name": "x" * 5000}, {}, "Use at most 120 characters"),
        ({"name": "a\x00b"}, {}, "Use letters"),
        ({"name": "evil\u202ename"}, {}, "Use letters"),
        ({"email": "no address"}, {}, "Enter an email address"),
        ({"email": "x@" + "y" * 5000}, {}, "Use at most"),
        ({"email": "nadia@exаmple.org"}, {}, "Enter an email address"),
        ({"email": "PRIYA@example.org"}, {}, "has an account already"),
        ({"role": "agency_administrator"}, {}, "Choose a role"),
        ({"role": "system_administrator"}, {}, "Choose a role"),
        ({"role": ""}, {}, "Choose a role"),
        ({"team": police_team}, {}, "Choose a team"),
        ({"team": "9" * 5000}, {}, "Choose a team"),
        ({}, {"agency_id": str(world.agencies["police"])}, "does not belong to it"),
        ({}, {"id": str(uuid4()), "demo": "1"}, "does not belong to it"),
    ]
    with clock.at(NOW):
        for wrong, extra, said in cases:
            answer = submit(adam, "/administration/people/add", {**good, **wrong}, extra=extra)
            assert answer.status_code == 422, (wrong, extra)
            assert said in answer.text, (wrong, extra)
            if "name" not in wrong:
                assert 'value="Nadia Quill"' in answer.text
    with world.system():
        assert db.session.execute(sa.select(sa.func.count(User.id))).scalar_one() == before


def test_disabling_signs_out_at_once_and_enabling_lets_in_again(world):
    adam, priya = world.client("adam"), world.client("priya")
    page = f"{person_url(world, 'priya')}/disable"
    with clock.at(NOW):
        assert submit(adam, page, {"reason": ""}).status_code == 422
        assert priya.get("/account").status_code == 200
        submit(adam, page, {"reason": "Left the service"})
        assert priya.get("/account").location.startswith("/sign-in")
        assert "Disabled since 20 November 2026" in adam.get(person_url(world, "priya")).text
        submit(adam, page, {"reason": "Came back"})
        assert priya.get("/account").location.startswith("/sign-in"), "the session is not revived"
    assert {("user:disabled", "Left the service"), ("user:enabled", "Came back")} <= events(world)


def test_ending_a_posting_ends_its_sessions_at_once(world):
    adam, priya = world.client("adam"), world.client("priya")
    page = f"{person_url(world, 'priya')}/postings/{world.staff['priya'].posting_id}/end"
    with clock.at(NOW):
        assert priya.get("/account").status_code == 200
        submit(adam, page, {"reason": "Moved to another area"})
        assert priya.get("/account").location.startswith("/sign-in")
        assert submit(adam, page, {"reason": "again"}).status_code == 422
    assert ("posting:ended", "Moved to another area") in events(world)


def test_a_posting_can_be_added_and_everybody_signed_out(world):
    adam, priya = world.client("adam"), world.client("priya")
    page = person_url(world, "priya")
    with clock.at(NOW):
        assert submit(adam, page, {"role": "offender_manager"}).location == page
        again = submit(adam, page, {"role": "offender_manager"})
        assert again.status_code == 422
        assert "has this posting already" in again.text
        submit(adam, page, action=f"{page}/sessions")
        assert priya.get("/account").location.startswith("/sign-in")


def test_nobody_does_it_to_himself(world):
    adam = world.client("adam")
    page = person_url(world, "adam")
    own = world.staff["adam"].posting_id
    with clock.at(NOW):
        assert "This is you." in adam.get(page).text
        token = token_on(adam, page)
        for path, typed in (
            ("/disable", {"reason": "x"}),
            (f"/postings/{own}/end", {"reason": "x"}),
            ("", {"role": "chair"}),
            ("/link", {}),
            ("/sessions", {}),
        ):
            sent = {"csrf_token": token, "idempotency_key": uuid4().hex, **typed}
            answer = adam.post(page + path, data=sent)
            assert answer.status_code == 422, path
            assert "You cannot do this to yourself" in answer.text
        assert adam.get("/account").status_code == 200


def test_people_of_other_agencies_are_not_found_like_nobody(world):
    adam = world.client("adam")
    foreign, nobody = person_url(world, "owen"), f"/administration/people/{uuid4()}"
    posting = world.staff["owen"].posting_id
    own = person_url(world, "priya")
    with clock.at(NOW):
        token = token_on(adam, "/administration/people/add")
        for path in ("", "/disable", f"/postings/{posting}/end"):
            pages = [
                re.sub(r'(csrf_token" value="|nonce-)[^"]+', "", adam.get(base + path).text)
                for base in (foreign, nobody)
            ]
            assert pages[0] == pages[1]
        for path in (
            foreign, f"{foreign}/link", f"{foreign}/sessions", f"{foreign}/disable",
            f"{foreign}/postings/{posting}/end", f"{own}/postings/{posting}/end",
        ):  # fmt: skip
            sent = {"csrf_token": token, "idempotency_key": uuid4().hex, "reason": "x"}
            assert adam.post(path, data=sent).status_code == 404, path
    with world.system():
        assert db.session.get_one(User, world.staff["owen"].user_id).disabled_at is None
        assert db.session.get_one(Posting, posting).state == 1


def test_an_account_that_another_agency_relies_on_is_not_taken_over(world):
    from mappa.access import rights
    from mappa.access.rights import Given
    from mappa.access.terms import Role
    from tests.factories.world import AREA

    adam = world.client("adam")
    with world.system():
        rights.post(
            world.staff["owen"].user_id, world.agencies["probation"], AREA,
            Role.REPRESENTATIVE, Given(at=NOW),
        )  # fmt: skip
    page = person_url(world, "owen")
    with clock.at(NOW):
        for answer in (
            submit(adam, page, action=f"{page}/link"),
            submit(adam, f"{page}/disable", {"reason": "x"}),
        ):
            assert answer.status_code == 422
            assert "works for another agency too" in answer.text


def test_a_dangerous_act_after_ten_minutes_asks_for_the_password_and_keeps_the_form(world):
    with world.system():
        db.session.get_one(User, world.staff["adam"].user_id).password_hash = HASH
    adam = world.client("adam")
    typed = {"name": "Nadia Quill", "email": "nadia@example.org", "role": "representative"}
    with clock.at(NOW + timedelta(minutes=11)):
        answer = submit(adam, "/administration/people/add", typed)
        assert answer.location.startswith("/confirm-password?next=/administration/people/add")
        back = submit(adam, answer.location, {"password": "seven wet otters"})
        assert 'value="Nadia Quill"' in adam.get(back.location).text
        assert submit(adam, back.location).status_code == 200


def test_the_same_form_sent_twice_adds_one_person(world):
    from tests.pages.forms import form_on

    adam = world.client("adam")
    with clock.at(NOW):
        form = form_on(adam.get("/administration/people/add").text, {"name": ""})
        sent = {
            **form.fields,
            "name": "Nadia Quill",
            "email": "n@example.org",
            "role": "representative",
        }
        assert adam.post(form.action, data=sent).status_code == 200
        again = adam.post(form.action, data=sent)
        assert re.match(r"/administration/people/[0-9a-f-]{36}$", again.location)
        assert "set-password" not in adam.get(again.location).text
