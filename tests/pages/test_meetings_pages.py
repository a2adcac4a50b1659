"""A meeting in the browser: planned, opened, written, decided, signed off, read."""

import re

import pytest
import sqlalchemy as sa

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.meetings.models import Meeting, MeetingEntry
from tests.factories.meetings import (
    a_case,
    a_closed_item,
    a_planned_meeting,
    a_signed_meeting,
    an_open_meeting,
    attendance_ids,
    settle,
    stored,
)
from tests.factories.world import NOW, count, northmoor
from tests.pages.forms import form_on, submit


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_case(world)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(NOW):
        yield


def text_of(answer):
    return answer.get_data(as_text=True)


def words_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(answer)).split())


def test_job_3_from_planning_to_the_minutes(world, person):
    carl, helen = world.client("carl"), world.client("helen")
    typed = {
        "level": "2",
        "held_on": "today",
        "at": "1000",
        "place": "Northmoor",
        "chair": str(world.staff["helen"].user_id),
    }
    assert "Open a level 2 meeting" in text_of(carl.get(f"/people/{person}/meetings"))
    planned = submit(carl, f"/people/{person}/meetings/plan?level=2", typed)
    here = planned.location
    assert re.fullmatch(r"/meetings/[0-9a-f-]{36}", here)
    assert "Daniel Wexcombe" in text_of(helen.get("/meetings"))
    assert submit(helen, here, action=f"{here}/open").location == here
    assert "Item 1 of 12" in words_of(helen.get(here))

    submit(helen, here, action=f"{here}/confidentiality")
    owen = {"user": str(world.staff["owen"].user_id), "agreed": "yes"}
    submit(helen, f"{here}/attendance", owen)
    said = {"text": "New address since 19 November."}
    added = submit(helen, f"{here}/items/updates", said, ("finish", "yes"))
    assert added.location == f"{here}/items/risk"
    assert "New address since 19 November." in text_of(helen.get(f"{here}/items/updates"))

    early = submit_sign_off(helen, here)
    assert early.status_code == 422
    assert [said for said in TOO_EARLY if said not in text_of(early)] == []
    decide_everything(world, helen, here)
    page = words_of(helen.get(f"{here}/items/actions"))
    assert "Latest by the rule: 12 March 2027" in page
    assert "13 weeks. Wednesday, within the limit." in page
    assert "Check the flat" in page
    check_minutes(world, helen, here, person)


TOO_EARLY = (
    "Say what the risk to each group is",
    "Decide about disclosure: yes or no, with the reason",
    "Decide the level, with the reason",
    "Set the date of the next meeting",
)


def decide_everything(world, helen, here):
    submit(helen, f"{here}/risk", {"risk": "High to children."})
    submit(helen, f"{here}/disclosure", {"disclosure": "no", "reason": "Nobody is at risk."})
    submit(helen, f"{here}/level", {"level": "2", "reason": "Four agencies."})
    submit(helen, f"{here}/items/actions", {"next_on": "24 2 2027"})
    act = {"what": "Check the flat", "who": str(world.staff["owen"].user_id), "due_on": "4 12 2026"}
    submit(helen, f"{here}/actions", act)


def check_minutes(world, helen, here, person):
    signed = submit(helen, f"{here}/sign-off", action=f"{here}/sign-off")
    assert signed.location == f"{here}/minutes"
    minutes = text_of(helen.get(f"{here}/minutes"))
    with world.system():
        row = db.session.scalars(sa.select(Meeting)).one()
        assert row.state == "signed_off"
        assert row.minutes_digest in minutes
    assert "Text checked: matches." in minutes
    assert helen.get(here).location == f"{here}/minutes"
    assert helen.get(f"/people/{person}/visits").status_code == 404
    assert "New address" in text_of(world.client("leah").get(f"{here}/minutes"))


def submit_sign_off(client, here):
    page = text_of(client.get(here))
    form = form_on(page, {"text": ""})
    hidden = {k: v for k, v in form.hidden.items() if k != "page_of_form"}
    return client.post(f"{here}/sign-off", data=hidden)


def test_a_closed_item_leaves_no_trace_for_others(world, person):
    meeting = an_open_meeting(world, person)
    leah = world.client("leah")
    paths = [
        f"/meetings/{meeting}",
        *(f"/meetings/{meeting}/items/{k}" for k in ("updates", "risk")),
    ]
    before = [words_of(leah.get(path)) for path in paths]
    closed = a_closed_item(world, meeting)
    assert [words_of(leah.get(path)) for path in paths] == before
    assert "Item 5 of 12" in words_of(leah.get(f"/meetings/{meeting}/items/risk"))
    assert "Item 6 of 13" in words_of(world.client("owen").get(f"/meetings/{meeting}/items/risk"))
    hidden, never = (leah.get(f"/meetings/{meeting}/closed/{each}") for each in (closed, meeting))
    assert (hidden.status_code, never.status_code) == (404, 404)
    helen = text_of(world.client("helen").get(f"/meetings/{meeting}/closed/{closed}"))
    assert "A source says so." in helen
    assert "Others do not see that it exists" in helen


def test_closed_minutes_are_read_by_the_named_only(world, person):
    meeting = a_signed_meeting(world, person, closed=True)
    path = f"/meetings/{meeting}/minutes"
    assert "A source says so." in text_of(world.client("owen").get(path))
    assert "A source says so." in text_of(world.client("helen").get(path))
    leah = text_of(world.client("leah").get(path))
    assert "source says" not in leah
    assert "losed item" not in leah


def test_a_line_sent_twice_is_there_once(world, person):
    meeting = an_open_meeting(world, person)
    helen = world.client("helen")
    path = f"/meetings/{meeting}/items/updates"
    form = form_on(text_of(helen.get(path)), {"text": ""}, action=path)
    sent = form.hidden | {"text": "Said once.", "said_by": "", "finish": "no"}
    assert [helen.post(path, data=sent).status_code for _ in range(2)] == [302, 302]
    with world.system():
        assert count(MeetingEntry) == 1


def test_typed_text_stays_on_a_refused_form(world, person):
    meeting = an_open_meeting(world, person)
    helen = world.client("helen")
    here = f"/meetings/{meeting}"
    for path, typed, kept in (
        (f"{here}/disclosure", {"reason": "Because of the school."}, "Because of the school."),
        (f"{here}/level", {"reason": "Four agencies.", "category": "3", "level": "1"}, "Four"),
        (f"{here}/next-date", {"next_on": "1 12 2027", "reason": ""}, "1 12 2027"),
        (f"{here}/actions", {"what": "Ring the landlord"}, "Ring the landlord"),
        (f"{here}/attendance", {"name": "Una Brook"}, "Una Brook"),
        (f"{here}/items/updates", {"text": "x" * 4001}, "x" * 4001),
    ):
        refused = submit(helen, path, typed, action=path)
        assert refused.status_code == 422, path
        assert kept in text_of(refused)
        assert "There is a problem" in text_of(refused)


def test_a_later_date_than_the_rule_needs_a_reason(world, person):
    meeting = an_open_meeting(world, person)
    helen = world.client("helen")
    path = f"/meetings/{meeting}/next-date"
    late = submit(helen, path, {"next_on": "13 3 2027"})
    assert "12 March 2027 is the latest by the rule" in text_of(late)
    taken = submit(helen, path, {"next_on": "13 3 2027", "reason": "In custody until then."})
    assert taken.status_code == 302


def test_somebody_else_decided_in_the_meantime(world, person):
    meeting = an_open_meeting(world, person)
    helen, carl = world.client("helen"), world.client("carl")
    path = f"/meetings/{meeting}/risk"
    form = form_on(text_of(helen.get(path)), {"risk": ""})
    submit(carl, path, {"risk": "Medium to staff."})
    both = helen.post(path, data=form.hidden | {"risk": "High to children."})
    assert both.status_code == 409
    assert "Medium to staff." in text_of(both)
    assert "High to children." in text_of(both)


POSTS = {
    "items/updates": {"text": "x", "finish": "no"},
    "attendance": {"name": "Una", "presence": "present"},
    "risk": {"risk": "x", "seen": ""},
    "disclosure": {"disclosure": "yes", "reason": "x", "seen": ""},
    "level": {"level": "3", "category": "1", "reason": "x", "seen": ""},
    "next-date": {"next_on": "4 1 2027"},
    "actions": {"what": "x", "who": "", "due_on": "4 1 2027"},
    "closed-item": {"agency": ""},
    "confidentiality": {},
    "open": {},
    "cancel": {"reason": "x"},
    "sign-off": {},
}


def a_token(client):
    return form_on(text_of(client.get("/meetings")), action="/sign-out").hidden["csrf_token"]


def snapshot(world, meeting):
    with world.system():
        row = stored(meeting)
        return {c.key: getattr(row, c.key) for c in Meeting.__table__.c} | {
            "entries": count(MeetingEntry),
            "attending": attendance_ids(meeting),
        }


@pytest.mark.parametrize("who", ["helen", "carl", "leah"])
def test_after_the_sign_off_no_route_writes(world, person, who):
    meeting = a_signed_meeting(world, person)
    client = world.client(who)
    before = snapshot(world, meeting)
    (there,) = attendance_ids_of(world, meeting)
    paths = POSTS | {
        f"attendance/{there}": {"presence": "apologies"},
        f"attendance/{there}/agrees": {},
    }
    token = a_token(client)
    for path, typed in paths.items():
        sent = {"csrf_token": token, "idempotency_key": path} | typed
        answer = client.post(f"/meetings/{meeting}/{path}", data=sent)
        assert answer.status_code in (403, 404, 422), (path, answer.status_code)
    assert snapshot(world, meeting) == before


def attendance_ids_of(world, meeting):
    with world.system():
        return attendance_ids(meeting)


HOSTILE = {
    "digits": "9" * 5000,
    "nul": "a\x00b",
    "surrogate": "a\ud800b",
    "long": "x" * 20_000,
    "sign": "-1",
    "id": "00000000-0000-0000-0000-000000000000",
    "markup": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_never_an_error_of_ours(world, person, hostile):
    meeting = an_open_meeting(world, person)
    helen, carl = world.client("helen"), world.client("carl")
    token = a_token(helen)
    for path, typed in POSTS.items():
        sent = {"csrf_token": token, "idempotency_key": f"k{path}"}
        body = {name: hostile.encode("utf-8", "surrogatepass") for name in typed}
        answer = helen.post(f"/meetings/{meeting}/{path}", data=sent | body)
        assert answer.status_code < 500, (path, answer.status_code)
        assert "<script>alert" not in text_of(answer)
    names = ("level", "held_on", "at", "place", "chair", "agencies", "state", "owner_agency_id")
    sent = {"csrf_token": a_token(carl), "idempotency_key": "plan"}
    body = {name: hostile.encode("utf-8", "surrogatepass") for name in names}
    answer = carl.post(f"/people/{person}/meetings/plan", data=sent | body)
    assert answer.status_code == 422
    with world.system():
        assert count(Meeting) == 1


def test_an_address_that_is_not_ones_own_is_not_found(world, person):
    meeting = an_open_meeting(world, person)
    amit = world.client("amit")
    unknown = amit.get(f"/meetings/{person}")
    for path in ("", "/items/updates", "/minutes", "/sign-off", "/attendance"):
        answer = amit.get(f"/meetings/{meeting}{path}")
        assert (answer.status_code, words_of(answer)) == (404, words_of(unknown))


def test_readers_in_the_room_see_lines_and_no_forms(world, person):
    meeting = an_open_meeting(world, person)
    submit(
        world.client("helen"),
        f"/meetings/{meeting}/items/updates",
        {"text": "Tenancy confirmed."},
        ("finish", "no"),
    )
    page = text_of(world.client("leah").get(f"/meetings/{meeting}/items/updates"))
    assert "Tenancy confirmed." in page
    assert "Save line" not in page
    assert "Show new lines" in page


def test_the_lists_say_what_would_be_there(world, person):
    page = words_of(world.client("helen").get("/meetings"))
    assert "No meeting is planned." in page
    a_planned_meeting(world, person)
    assert "Daniel Wexcombe" in words_of(world.client("priya").get("/meetings"))
    assert "Daniel Wexcombe" not in words_of(world.client("amit").get("/meetings"))
    assert "Level 2 meeting" in words_of(world.client("leah").get(f"/people/{person}/meetings"))


def test_a_planned_meeting_is_cancelled_with_a_reason(world, person):
    meeting = a_planned_meeting(world, person)
    carl = world.client("carl")
    path = f"/meetings/{meeting}/cancel"
    assert submit(carl, path, {"reason": ""}).status_code == 422
    assert submit(carl, path, {"reason": "Recalled to prison."}).location == "/meetings"
    assert "Recalled to prison." in text_of(carl.get(f"/meetings/{meeting}"))


def test_the_coordinator_records_that_the_minutes_went_out(world, person):
    meeting = a_signed_meeting(world, person)
    carl = world.client("carl")
    path = f"/meetings/{meeting}/minutes"
    submit(carl, path, action=f"/meetings/{meeting}/circulated")
    page = text_of(carl.get(path))
    assert "Sent out" in page
    assert "Record that the minutes went out" not in page


def test_the_check_page_shows_the_text_before_it_is_frozen(world, person):
    meeting = an_open_meeting(world, person)
    settle(world, meeting)
    una = {"name": "Una Brook", "agency": str(world.agencies["housing"])}
    submit(world.client("helen"), f"/meetings/{meeting}/attendance", una)
    page = words_of(world.client("helen").get(f"/meetings/{meeting}/sign-off"))
    assert "Minutes of the level 2 meeting on Daniel Wexcombe" in page
    assert "Agreement to confidentiality is not recorded for Una Brook" in page
    assert world.client("carl").get(f"/meetings/{meeting}/sign-off").status_code == 403
