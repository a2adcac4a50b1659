"""The door, the four hours and their end: who is let in, and what nobody can tell from outside."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import Emergency
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind, Role, State
from mappa.agencies import second_factor
from mappa.agencies import service as accounts
from mappa.agencies.models import User
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.merging.models import MergeRequest
from mappa.sharing.emergency.jobs import record_ends
from mappa.sharing.emergency.models import EmergencyLookup, EmergencyUse
from tests.factories.emergency import (
    CRN,
    DOOR,
    PASSWORD,
    WHAT,
    a_stranger,
    an_access,
    client_at,
    knock,
    typed,
    uses,
    with_kit,
)
from tests.factories.intelligence import ITEM, an_item
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, World, count, northmoor
from tests.pages.forms import forms_on, submit
from tests.pages.insight import statements

SECOND = timedelta(seconds=1)
REFUSED = "No record was opened. Ring the MAPPA co-ordinator at Northmoor Probation on 01632 960140"


@pytest.fixture
def world(app):
    with clock.at(NOW):
        found = northmoor(app)
        with_kit(found)
        yield found


def text(answer) -> str:
    return answer.get_data(as_text=True)


def bare(answer) -> str:
    """A page without what differs from request to request by itself."""
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", text(answer))
    return re.sub(r'nonce="[^"]*"', "", page)


def events(world: World, *wanted: str) -> list[AuditEntry]:
    with world.system():
        statement = sa.select(AuditEntry).where(AuditEntry.event.in_(wanted))
        found = db.session.scalars(statement.order_by(AuditEntry.at)).all()
        db.session.expunge_all()
        return list(found)


class TestDoor:
    def test_unknown_excluded_hidden_and_open_already_get_the_same_bytes(self, world):
        """What stands behind it is changed; the bytes and the number of statements are not."""
        kit = world.staff["kit"].actor
        unknown = knock(world.client("kit"))
        person = a_stranger(world)
        answers = [unknown]
        denials = (
            lambda given: rights.exclude(person, given, user=kit.user_id),
            lambda given: rights.exclude(person, given, agency=kit.agency_id),
            lambda given: rights.mark(person, MarkKind.HIDDEN, NOW, given),
            lambda given: rights.mark(person, MarkKind.SEALED, NOW, given),
        )
        for deny in denials:
            with world.system():
                right = deny(Given(at=NOW))
            answers.append(knock(world.client("kit")))
            with world.system():
                ended = db.session.get_one(type(right), right.id)
                rights.end([ended], at=NOW, by=kit.user_id, reason="")
        world.on_team(person, "police", Capacity.RESPONSIBLE)
        answers.append(knock(world.client("kit")))
        assert {each.status_code for each in answers} == {422}
        assert REFUSED in text(unknown)
        assert {bare(each) for each in answers} == {bare(unknown)}
        with world.system():
            assert count(Emergency) == count(EmergencyUse) == 0
            assert count(EmergencyLookup) == 6

    def test_nothing_and_kept_out_are_the_same_work(self, world):
        person = a_stranger(world)
        client = world.client("kit")
        form = {**typed(), "identifier": "X999999"}
        submit(client, DOOR, form)  # a process asks once for the area of an agency
        with statements(world.app) as nobody:
            submit(client, DOOR, form)
        with world.system():
            rights.exclude(person, Given(at=NOW), user=world.staff["kit"].user_id)
        with statements(world.app) as excluded:
            submit(client, DOOR, typed())
        assert len(nobody) == len(excluded)

    @pytest.mark.sql
    def test_it_opens_one_person_for_four_hours_and_no_other(self, world):
        person, other = a_stranger(world), world.person("Kit", "Other", lead="probation")
        client = world.client("kit")
        assert client.get(f"/people/{person}").status_code == 404
        opened = knock(client)
        assert (opened.status_code, opened.location) == (302, f"/people/{person}")
        page = text(client.get(f"/people/{person}"))
        assert "Toby Tarnmere" in page
        assert "4 hours left" in page
        assert "Until 1:30pm." in page
        assert client.get(f"/people/{other}").status_code == 404
        (use,) = uses(world)
        assert (use.until_at - use.opened_at, use.reason, use.what) == (
            timedelta(hours=4), "danger-now", WHAT,
        )  # fmt: skip
        assert use.owner_agency_id == world.agencies["probation"]

    def test_by_full_name_and_date_of_birth_in_any_order_of_names(self, world):
        person = a_stranger(world)
        said = {"identifier": "", "name": "tarnmere TOBY", "born_on": "2 5 1984"}
        assert knock(world.client("kit"), **said).location == f"/people/{person}"

    def test_nearly_right_opens_nothing(self, world):
        a_stranger(world)
        client = world.client("kit")
        for said in (
            {"identifier": "X123457"},
            {"identifier": "", "name": "Toby Tarnmere", "born_on": "3 5 1984"},
            {"identifier": "", "name": "Tobias Tarnmere", "born_on": "2 5 1984"},
        ):
            assert REFUSED in text(knock(client, **said)), said

    def test_two_who_answer_are_nobody(self, world):
        a_stranger(world)
        a_stranger(world)
        assert REFUSED in text(knock(world.client("kit")))

    def test_what_is_missing_is_said_at_once_and_all_that_was_typed_stays(self, world):
        sent = submit(world.client("kit"), DOOR, {"password": PASSWORD, "what": "Kept <b>"})
        page = text(sent)
        assert sent.status_code == 422
        for sentence in ("Enter an identifier, or the full name", "Choose why you need it"):
            assert sentence in page
        assert 'href="#identifier"' in page
        assert "Kept &lt;b&gt;" in page
        assert PASSWORD not in page

    def test_a_wrong_password_opens_nothing_is_counted_and_locks(self, world):
        person = a_stranger(world)
        client = world.client("kit")
        for _ in range(4):
            sent = knock(client, password="wrong horse")
            assert sent.status_code == 422
            assert "This is not your password" in text(sent)
        assert WHAT in text(sent)
        assert f'value="{CRN}"' in text(sent)
        assert "wrong horse" not in text(sent)
        assert "Too many tries. Wait 5 minutes" in text(knock(client, password="wrong horse"))
        assert "Too many tries" in text(knock(client))
        assert client.get(f"/people/{person}").status_code == 404
        assert len(events(world, "session:refused")) == 5
        with world.system():
            assert count(EmergencyUse) == count(EmergencyLookup) == 0

    def test_an_account_with_a_second_factor_needs_its_code_too(self, world):
        person = a_stranger(world)
        secret = second_factor.new_secret()
        with world.system():
            account = db.session.get_one(User, world.staff["kit"].user_id)
            account.totp_secret, account.totp_last_step = secret, 0
        client = world.client("kit")
        sent = knock(client, code="000000")
        assert "This code is not right" in text(sent)
        assert client.get(f"/people/{person}").status_code == 404
        right = pyotp.TOTP(secret).at(NOW)
        assert knock(client, code=right).status_code == 302
        assert knock(client, code=right).status_code == 422

    def test_ten_look_ups_an_hour_are_the_most(self, world):
        a_stranger(world)
        client = world.client("kit")
        for _ in range(10):
            knock(client, identifier="X999999")
        assert "10 look-ups in an hour are the most" in text(knock(client))
        later = NOW + timedelta(hours=1, seconds=1)
        with clock.at(later):
            assert knock(client_at(world, "kit", later)).status_code == 302

    def test_the_door_is_for_duty_officers_alone(self, world):
        for who in ("priya", "iris", "carl", "ada"):
            client = world.client(who)
            assert client.get(DOOR).status_code == 403
            assert client.post(DOOR, data=typed()).status_code in (400, 403)
            assert "/emergency" not in text(client.get("/")).replace("/emergency/reviews", "")
        assert 'href="/emergency"' in text(world.client("kit").get("/"))

    def test_it_gives_more_to_whom_is_on_the_team_with_a_summary_only(self, world):
        world.user("nadia", "children", Role.DUTY_OFFICER)
        person = a_stranger(world)
        world.on_team(person, "children", Capacity.COOPERATE_CHILDREN)
        visit = a_made_visit(world, "priya", person)
        client = world.client("nadia")
        page = f"/people/{person}/visits/{visit}"
        before = text(client.get(page))
        an_access(world, "nadia")
        after = text(client.get(page))
        assert len(after) > len(before)


class TestEnd:
    def test_it_ends_after_four_hours_to_the_second(self, world):
        person = a_stranger(world)
        an_access(world)
        for moment, status in (
            (NOW + timedelta(hours=4) - SECOND, 200), (NOW + timedelta(hours=4), 404),
        ):  # fmt: skip
            with clock.at(moment):
                client = client_at(world, "kit", moment)
                assert client.get(f"/people/{person}").status_code == status

    def test_the_band_stands_on_every_page_of_the_person_and_counts_down(self, world):
        person = a_stranger(world)
        an_access(world)
        client = world.client("kit")
        for tab in ("", *(f"/{each}" for each in ["timeline", "risk", "plan", "visits", "orders"])):
            page = text(client.get(f"/people/{person}{tab}"))
            assert "Emergency access: <span data-left>4 hours left" in page, tab
        late = NOW + timedelta(hours=3, minutes=46)
        with clock.at(late):
            page = text(client_at(world, "kit", late).get(f"/people/{person}"))
        assert "14 minutes left" in page
        assert "Emergency access" not in text(world.client("priya").get(f"/people/{person}"))

    @pytest.mark.sql
    def test_ended_now_it_is_over_with_the_next_request_also_for_an_open_form(self, world):
        person = a_stranger(world)
        an_access(world)
        client, other = world.client("kit"), world.client("kit")
        known = world.person("Ishaan", "Colbeck", manager="priya")
        world.on_team(known, "police", Capacity.RESPONSIBLE)
        form = f"/people/{known}/merge/{person}/ask"
        (open_form,) = [f for f in forms_on(text(other.get(form))) if f.action == form]
        end = f"/people/{person}/emergency/end"
        assert "End emergency access now?" in text(client.get(end))
        ended = submit(client, end, {}, action=end)
        assert ended.location == DOOR
        assert client.get(f"/people/{person}").status_code == 404
        assert client.get(end).status_code == 404
        sent = other.post(form, data={**open_form.fields, "why": "The same number"})
        assert sent.status_code == 404
        with world.system():
            assert count(MergeRequest) == 0
        (entry,) = events(world, "emergency:ended")
        assert entry.records[0] == person.hex

    def test_nobody_ends_what_another_has_open(self, world):
        person = a_stranger(world)
        an_access(world)
        end = f"/people/{person}/emergency/end"
        assert world.client("priya").get(end).status_code == 404
        with world.system():
            assert count(Emergency) == 1

    def test_leaving_the_posting_ends_it(self, world):
        person = a_stranger(world)
        an_access(world)
        kit = world.staff["kit"]
        with world.system():
            accounts.end_posting(None, kit.posting_id, "Left", now=NOW, basis="test")
        with world.system():
            (right,) = db.session.scalars(sa.select(Emergency)).all()
            assert (right.state, right.ends_at) == (State.REVOKED, NOW)
        (entry,) = events(world, "emergency:ended")
        assert entry.records[0] == person.hex

    def test_it_never_outlasts_the_posting(self, world):
        a_stranger(world)
        with world.system():
            from mappa.access.models import Posting

            posting = db.session.get_one(Posting, world.staff["kit"].posting_id)
            posting.ends_at = NOW + timedelta(hours=1)
        an_access(world)
        assert uses(world)[0].until_at == NOW + timedelta(hours=1)

    def test_its_end_by_itself_is_put_on_record_once(self, world):
        a_stranger(world)
        an_access(world)
        with clock.at(NOW + timedelta(hours=3)):
            assert record_ends(world.app) == 0
        with clock.at(NOW + timedelta(hours=4, minutes=1)):
            assert record_ends(world.app) == 1
            assert record_ends(world.app) == 0
        assert len(events(world, "emergency:ran-out")) == 1


class TestSealed:
    def test_what_is_sealed_or_hidden_stays_closed(self, world):
        person = a_stranger(world)
        shown, sealed, hidden = (a_made_visit(world, "priya", person) for _ in range(3))
        world.handling_group("police", "owen")
        with world.system():
            rights.mark(sealed, MarkKind.SEALED, NOW, Given(at=NOW))
            rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW))
        an_access(world)
        client = world.client("kit")
        assert client.get(f"/people/{person}/visits/{shown}").status_code == 200
        for closed in (sealed, hidden):
            assert client.get(f"/people/{person}/visits/{closed}").status_code == 404
            assert closed.hex not in text(client.get(f"/people/{person}/timeline"))
        assert str(hidden) not in text(client.get(f"/people/{person}/visits"))

    def test_of_intelligence_it_tells_that_something_is_held_and_no_more(self, world):
        world.user("nadia", "children", Role.DUTY_OFFICER)
        person = a_stranger(world)
        world.on_team(person, "police", Capacity.RESPONSIBLE)
        item = an_item(world, person, world.handling_group("police", "owen"))
        an_access(world, "nadia")
        client = world.client("nadia")
        page = text(client.get(f"/people/{person}/intelligence"))
        assert "Restricted information is held by Northmoor Police" in page
        assert ITEM.text not in page
        assert client.get(f"/people/{person}/intelligence/{item}").status_code == 404
        assert ITEM.text not in text(client.get(f"/people/{person}/timeline"))

    def test_an_exclusion_beats_what_is_open_with_the_next_request(self, world):
        person = a_stranger(world)
        an_access(world)
        client = world.client("kit")
        assert client.get(f"/people/{person}").status_code == 200
        with world.system():
            rights.exclude(person, Given(at=NOW), user=world.staff["kit"].user_id)
        assert client.get(f"/people/{person}").status_code == 404
        assert "Tarnmere" not in text(client.get(DOOR))

    def test_it_writes_nothing(self, world):
        person = a_stranger(world)
        an_access(world)
        client = world.client("kit")
        assert client.get(f"/people/{person}/visits/log").status_code in (403, 404)
        assert "Log a visit" not in text(client.get(f"/people/{person}"))


def test_the_opening_and_each_reading_are_on_record(world):
    person = a_stranger(world)
    client = world.client("kit")
    knock(client)
    for tab in ("", "/risk", "/visits"):
        client.get(f"/people/{person}{tab}")
    (opened,) = events(world, "emergency:opened")
    assert (opened.records[0], opened.basis) == (person.hex, "danger-now")
    assert len(events(world, "emergency:looked-up")) == 1
    read = {each.event for each in events(world, "person:read", "risk:read", "visit:read")}
    assert read == {"person:read", "risk:read", "visit:read"}


def test_the_find_page_leads_there_for_duty_officers_alone(world):
    link = 'href="/emergency">Emergency access</a>: open'
    for who, there in (("kit", True), ("priya", False)):
        page = text(submit(world.client(who), "/people/find", {"q": "Nobody Known"}, follow=True))
        assert (link in page) is there
