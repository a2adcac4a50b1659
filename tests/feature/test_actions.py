"""Actions: who gives them, who completes them, who sees them."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.labels import RecordLabel
from mappa.access.rights import Given
from mappa.access.terms import Level, Part, Section
from mappa.actions import queries, service
from mappa.actions.models import ActionItem
from mappa.audit.models import AuditEntry
from mappa.kernel import crypto
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders import queries as reminder_queries
from mappa.reminders.models import Deadline, Notice
from tests.factories.reminders import label
from tests.factories.world import AREA, LONG_AGO, NOW, World, a_shared_person, count, northmoor

pytestmark = pytest.mark.sql

EVIDENCE = "The tenancy agreement of 24 November is on file"


def given(
    world: World, of: RecordLabel, to: str = "owen", due_on: date = date(2026, 11, 26)
) -> ActionItem:
    who = world.staff[to].actor
    with world.as_reader("priya", Kind.WRITE) as actor:
        return service.add_action(
            actor,
            of,
            what="Confirm move-on accommodation",
            owner_user=who.user_id,
            owner_agency=who.agency_id,
            due_on=due_on,
            jurisdiction="england-wales",
            now=NOW,
        )


def of_a_meeting(world: World) -> RecordLabel:
    meeting = crypto.new_id()
    person = a_shared_person(world)
    return label(world, person, section=Section.MEETINGS, record=meeting, meeting=meeting)


def share_summary(world: World, of: RecordLabel, to: str) -> None:
    world.share(of.person, "probation", to, Section.MEETINGS, Level.SUM)


def complete(world: World, who: str, item: ActionItem, evidence: str = EVIDENCE):
    with world.as_reader(who, Kind.WRITE) as actor:
        return service.complete_action(actor, item.id, evidence, now=NOW + timedelta(hours=1))


def stored(world: World) -> tuple[ActionItem, Deadline]:
    with world.system():
        item = db.session.scalars(sa.select(ActionItem)).one()
        return item, db.session.scalars(sa.select(Deadline)).one()


def test_an_action_is_a_duty_of_its_owner_and_its_owner_is_told(app):
    world = northmoor(app)
    of = of_a_meeting(world)
    item = given(world, of)
    _, duty = stored(world)
    with world.system():
        told = db.session.scalars(sa.select(Notice)).one()
    assert (duty.about_id, duty.subject_id) == (item.id, of.record)
    assert (duty.due_on, duty.owner_user_id) == (item.due_on, world.staff["owen"].user_id)
    assert duty.owner_team_id == world.teams["police one"]
    assert duty.title == "Action: Confirm move-on accommodation"
    assert (told.user_id, told.event) == (world.staff["owen"].user_id, "action:given")
    assert "accommodation" not in f"{told.event} {told.key}"
    with world.as_reader("owen") as actor:
        assert reminder_queries.unread(actor) == 1
    with world.as_reader("priya") as actor:
        assert [each.id for each in queries.waiting_for_others(actor)] == [item.id]
        assert queries.waiting_for_others(actor)[0].owner_name == "Owen Marsh"


def test_two_actions_of_one_meeting_are_two_duties(app):
    world = northmoor(app)
    of = of_a_meeting(world)
    first, second = given(world, of), given(world, of)
    complete(world, "owen", first)
    with world.as_reader("owen") as actor:
        assert [each.about_id for each in reminder_queries.my_open(actor)] == [second.id]
        listed = queries.from_record(actor, of.person, of.record)
        assert {each.id: each.state for each in listed} == {first.id: "done", second.id: "open"}


def test_what_one_gives_oneself_is_no_news(app):
    world = northmoor(app)
    given(world, of_a_meeting(world), to="priya")
    with world.system():
        assert count(Notice) == 0
    with world.as_reader("priya") as actor:
        assert queries.waiting_for_others(actor) == []


def test_a_day_that_has_gone_is_refused(app):
    world = northmoor(app)
    with pytest.raises(RuleBroken) as refused:
        given(world, of_a_meeting(world), due_on=date(2026, 11, 19))
    assert (refused.value.rule, refused.value.field) == ("action-due", "due_on")
    with world.system():
        assert count(ActionItem) == count(Deadline) == count(Notice) == count(AuditEntry) == 0


@pytest.mark.parametrize("who", ["owen", "naomi"])
def test_the_owner_or_a_supervisor_of_that_agency_completes_with_evidence(app, who):
    world = northmoor(app)
    item = given(world, of_a_meeting(world))
    complete(world, who, item, f"  {EVIDENCE}\n")
    done, duty = stored(world)
    assert (done.state, done.evidence) == ("done", EVIDENCE)
    assert done.done_by_id == world.staff[who].user_id
    assert (duty.state, duty.closed_at) == ("closed", NOW + timedelta(hours=1))
    with world.system():
        entry = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.event == "action:done")
        ).one()
        assert entry.actor_id == world.staff[who].user_id
        assert entry.records == [item.person_id.hex, item.id.hex]


def test_an_agency_that_gets_the_summary_completes_its_own(app):
    world = northmoor(app)
    of = of_a_meeting(world)
    item = given(world, of, to="leah")
    share_summary(world, of, "children")
    complete(world, "leah", item)
    assert stored(world)[0].state == "done"


@pytest.mark.parametrize(
    ("who", "evidence", "error"),
    [
        ("priya", EVIDENCE, NotPermitted),
        ("grace", EVIDENCE, NotPermitted),
        ("leah", EVIDENCE, NotFound),
        ("sam", EVIDENCE, NotFound),
        ("iris", EVIDENCE, NotFound),
        ("owen", " \n ", RuleBroken),
    ],
)
def test_nobody_else_completes_it_and_nobody_without_evidence(app, who, evidence, error):
    world = northmoor(app)
    item = given(world, of_a_meeting(world))
    with pytest.raises(error):
        complete(world, who, item, evidence)
    unchanged, duty = stored(world)
    assert (unchanged.state, unchanged.evidence, duty.state) == ("open", "", "open")
    with world.system():
        events = db.session.scalars(sa.select(AuditEntry.event)).all()
    assert events == ["action:given"]


def test_what_is_done_is_not_done_again(app):
    world = northmoor(app)
    item = given(world, of_a_meeting(world))
    complete(world, "owen", item)
    with pytest.raises(RuleBroken, match="action-open"):
        complete(world, "naomi", item, "Something else")
    assert stored(world)[0].evidence == EVIDENCE


def test_an_action_is_seen_like_its_meeting_and_in_summary_by_its_own_agency(app):
    world = northmoor(app)
    of = of_a_meeting(world)
    share_summary(world, of, "children")
    share_summary(world, of, "housing")
    theirs, own = given(world, of), given(world, of, to="leah")
    seen = {}
    for who in ("priya", "owen", "leah", "sam", "helen"):
        with world.as_reader(who) as actor:
            seen[who] = {each.id for each in queries.for_person(actor, of.person)}
    assert seen == {
        "priya": {theirs.id, own.id},
        "owen": {theirs.id, own.id},
        "leah": {own.id},
        "sam": set(),
        "helen": set(),
    }
    with world.system():
        rights.seat(
            of.meeting, of.person, world.agencies["children"], AREA, Part.ATTENDEE,
            "wexcombe,daniel", Given(at=NOW, starts_at=LONG_AGO),
        )  # fmt: skip
    with world.as_reader("leah") as actor:
        assert len(queries.for_person(actor, of.person)) == 2


def test_the_timeline_has_each_action_once_under_the_reader_s_scope(app):
    world = northmoor(app)
    of = of_a_meeting(world)
    done = given(world, of)
    given(world, of, to="leah")
    share_summary(world, of, "children")
    complete(world, "owen", done)

    def told(who: str) -> list[tuple[str, str, str, str]]:
        with world.as_reader(who) as actor:
            found = db.session.execute(
                queries.timeline_part(person=True), actor.binds(NOW) | {"person": of.person}
            ).all()
        return sorted((each.title, each.body, each.by_name, each.agency_name) for each in found)

    what = "Confirm move-on accommodation"
    council = "Northmoor Council Children’s services"
    assert told("priya") == [
        ("Action done", f"{what}\n{EVIDENCE}", "Owen Marsh", "Northmoor Police"),
        ("Action given", what, "Priya Sandhurst", council),
    ]
    assert told("leah") == [("Action given", what, "Priya Sandhurst", council)]
    assert told("sam") == []
