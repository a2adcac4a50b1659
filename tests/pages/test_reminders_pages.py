"""Notices, "Why this date?", the rules and the health page, as browsers see them."""

import re
from datetime import date, timedelta

import pytest

from mappa.access import rights
from mappa.access.models import Posting
from mappa.access.terms import Role
from mappa.kernel import clock, crypto
from mappa.kernel.db import NOBODY, db
from mappa.reminders import queries
from mappa.reminders.sweep import sweep
from mappa.reminders.telling.models import Outgoing
from tests.factories.reminders import duty, label
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit


def bell(page: str) -> str:
    return page.split('class="m-header__bell"')[1].split("</a>")[0]


def test_the_bell_and_the_list_tell_of_a_duty_until_it_is_read(app):
    world = northmoor(app)
    duty(world, label(world, a_shared_person(world)), "priya")
    with clock.at(NOW):
        sweep(app)
        client = world.client("priya")
        page = client.get("/notices").text
        assert "1 new notice<" in bell(page)
        assert "Write up the visit" in page
        assert "Told 20 November 2026, 9:30am" in page
        assert "4 days overdue. Due Monday 16 November." in page
        answer = submit(client, "/notices", action="/notices")
        assert answer.location == "/notices"
        page = client.get("/notices").text
        assert "No new notices" in bell(page)
        assert "Marked as read." in page
        assert "Mark all as read" not in page


def test_a_hidden_subject_leaves_no_trace_on_the_page(app):
    world = northmoor(app)
    person = a_shared_person(world)
    with clock.at(NOW):
        client = world.client("leah")
        before = client.get("/notices").text
        duty(world, label(world, person, owner="police", named=True), "leah")
        sweep(app)
        after = client.get("/notices").text
    assert "No new notices" in bell(after)
    assert "You have no notices" in after
    assert len(before) == len(after)


@pytest.mark.parametrize(
    "typed",
    ["", "x", "9" * 5000, "\x00", "\ud800".encode("utf-8", "surrogatepass"), "0" * 32 + "z"],
)
def test_what_is_no_notice_is_422_and_marks_nothing(app, typed):
    world = northmoor(app)
    duty(world, label(world, a_shared_person(world)), "priya")
    with clock.at(NOW):
        sweep(app)
        client = world.client("priya")
        answer = submit(client, "/notices", {"notice": typed}, action="/notices")
        assert answer.status_code == 422
        assert "Open the page again and choose from there" in answer.text
    with world.as_reader("priya") as actor:
        assert queries.unread(actor) == 1


def test_the_notice_of_somebody_else_stays_new(app):
    world = northmoor(app)
    person = a_shared_person(world)
    duty(world, label(world, person), "priya")
    duty(world, label(world, person), "owen")
    with clock.at(NOW):
        sweep(app)
        with world.as_reader("owen") as actor:
            foreign = str(queries.notices(actor)[0].id)
        client = world.client("priya")
        many = {"notice": [foreign, str(crypto.new_id())]}
        assert submit(client, "/notices", many, action="/notices").status_code == 302
        too_many = {"notice": [foreign] * 101}
        assert submit(client, "/notices", too_many, action="/notices").status_code == 422
        unknown = submit(client, "/notices", action="/notices", extra={"user_id": "x"})
        assert unknown.status_code == 422
    with world.as_reader("owen") as actor:
        assert queries.unread(actor) == 1


# Why this date?


def why(world, who: str, owed) -> tuple[int, str]:
    with clock.at(NOW):
        answer = world.client(who).get(f"/deadlines/{owed.id}/why")
    return answer.status_code, answer.text


def test_a_date_in_working_days_is_counted_day_by_day(app):
    world = northmoor(app)
    owed = duty(
        world,
        label(world, a_shared_person(world)),
        "priya",
        rule="first-meeting-level-2",
        kind="first-meeting",
        jurisdiction="scotland",
        starts_on=date(2026, 11, 9),
    )
    status, page = why(world, "priya", owed)
    assert status == 200
    assert "First level 2 meeting by Tuesday 8 December 2026" in page
    assert "20 working days after the co-ordinator accepted" in page
    assert ">Day 20, due</td>" in page
    assert "m-calendar__day--holiday" in page
    assert "St Andrew’s Day" in page
    assert "20 (today)" in page
    assert "Not yet verified" in page
    assert "paragraph 5.63" in page
    assert "Nobody moves this date by hand" in page
    assert "data-panel" in page


def test_a_date_in_months_is_one_line_and_its_earlier_day_is_told(app):
    world = northmoor(app)
    person = a_shared_person(world)
    of = label(world, person)
    how = {"rule": "visit-review-high", "kind": "visit"}
    duty(world, of, "priya", starts_on=date(2026, 8, 4), now=NOW - timedelta(days=2), **how)
    owed = duty(world, of, "priya", starts_on=date(2026, 8, 12), **how)
    _, page = why(world, "priya", owed)
    assert "12 August 2026 + 3 months = 12 November 2026" in page
    assert "m-calendar" not in page
    assert "<s>Wednesday 4 November 2026</s>" in page
    assert "Replaced on 20 November 2026." in page
    assert 'govuk-tag--yellow m-tag">Not yet verified' in page
    assert "The risk management plan may set another day." in page


def test_a_date_that_the_meeting_set_says_so(app):
    world = northmoor(app)
    owed = duty(
        world,
        label(world, a_shared_person(world)),
        "priya",
        rule="action-due",
        kind="action",
        starts_on=date(2026, 11, 20),
        set_on=date(2026, 11, 26),
        title="Action: <confirm> the tenancy",
    )
    _, page = why(world, "priya", owed)
    assert "Action: &lt;confirm&gt; the tenancy by Thursday 26 November 2026" in page
    assert "Thursday 26 November 2026 was set by the meeting." in page
    assert "Set by the meeting" in page


def test_a_duty_that_one_does_not_see_has_the_bytes_of_none(app):
    world = northmoor(app)
    person = a_shared_person(world)
    owed = duty(world, label(world, person, owner="police", named=True), "owen")
    missing = duty(world, label(world, person), "priya")
    missing.id = crypto.new_id()
    for who in ("priya", "leah", "sam", "ada"):
        status, page = why(world, who, owed)
        status_of_none, page_of_none = why(world, who, missing)
        assert status == status_of_none == 404
        assert len(page) == len(page_of_none)
        assert "Wexcombe" not in page


# Rules and health


def test_the_rules_of_the_reader_s_area_with_source_and_certainty(app):
    world = northmoor(app)
    with clock.at(NOW):
        page = world.client("leah").get("/rules").text
    assert "England and Wales" in page
    assert "Level 2 review meeting" in page
    assert "Local standard, not verified" in page
    assert "2 working days after the visit" in page
    assert "Version 1, from" in page


def test_only_the_system_administrator_sees_the_health(app):
    world = northmoor(app)
    with clock.at(NOW):
        client = world.client("sys")
        assert "No sweep in the last hour." in client.get("/health").text
        sweep(app)
        page = client.get("/health").text
        assert "The sweep runs. Last run: 20 November 2026, 9:30am." in page
        assert "No sweep" not in page
        for who in ("priya", "adam", "ada"):
            assert world.client(who).get("/health").status_code == 403


def test_the_health_page_names_posts_of_the_ladder_that_nobody_holds(app):
    world = northmoor(app)
    with clock.at(NOW):
        before = empty_posts(world)
        assert ("Northmoor Police", "Agency lead") in before
        assert not [where for where, post in before if post == "Supervisor"]
        world.user("ruth", "police", Role.AGENCY_LEAD)
        with world.system():
            grace = db.session.get_one(Posting, world.staff["grace"].posting_id)
            rights.end([grace], at=NOW, by=NOBODY, reason="left")
        after = empty_posts(world)
    assert before - after == {("Northmoor Police", "Agency lead")}
    assert after - before == {("Northmoor Probation, probation one", "Supervisor")}


def empty_posts(world):
    """Where the health page says that a post is empty, and which."""
    table = (
        world.client("sys").get("/health").text.split("Empty posts above")[1].split("</table>")[0]
    )
    rows = re.findall(r"<th[^>]*rowheader[^>]*>(.*?)</th>.*?m-table__cell[^>]*>(.*?)<", table, re.S)
    return {(where.strip(), post.strip()) for where, post in rows}


def test_an_alarm_stands_on_every_page_of_whoever_keeps_the_platform_running(app):
    world = northmoor(app)
    with clock.at(NOW):
        client, other = world.client("sys"), world.client("priya")
        assert "No sweep in the last hour" in client.get("/account").text
        assert "No sweep in the last hour" not in other.get("/account").text
        sweep(app)
        assert "No sweep in the last hour" not in client.get("/account").text


def test_a_dead_letter_is_shown_without_names_and_tried_again(app):
    world = northmoor(app)
    duty(world, label(world, a_shared_person(world)), "priya")
    with world.system():
        row = {"duty_id": crypto.new_id(), "event": "deadline:late-2", "fault": "UnknownRule"}
        db.session.add(
            Outgoing(
                **row,
                due_on=NOW.date(),
                owner_user_id=world.staff["priya"].user_id,
                tries=6,
                owed_by_agency_id=world.agencies["probation"],
                opened_at=NOW,
                state="dead",
            )  # fmt: skip
        )
    with clock.at(NOW):
        client = world.client("sys")
        page = client.get("/health").text
        assert "Given up: 1." in page
        assert "Late, step 2" in page
        assert str(row["duty_id"]) in page
        assert "UnknownRule" in page
        assert "Wexcombe" not in page
        assert "Sandhurst" not in page
        answer = submit(client, "/health", action="/health")
        assert answer.location == "/health"
        page = client.get("/health").text
        assert "tried again with the next delivery" in page
        assert "Waiting: 1. Given up: 0." in page
        assert world.client("adam").post("/health").status_code in (400, 403)


@pytest.mark.parametrize("typed", ["", "x", "9" * 5000])
def test_what_is_no_dead_letter_is_422(app, typed):
    world = northmoor(app)
    with world.system():
        db.session.add(
            Outgoing(
                duty_id=crypto.new_id(),
                event="deadline:due",
                due_on=NOW.date(),
                state="dead",
                owner_user_id=crypto.new_id(),
                owed_by_agency_id=crypto.new_id(),
                opened_at=NOW,
            )  # fmt: skip
        )
    with clock.at(NOW):
        answer = submit(world.client("sys"), "/health", {"letter": typed}, action="/health")
    assert answer.status_code == 422
    assert "Open the page again and choose from there" in answer.text
