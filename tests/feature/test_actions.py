"""Actions: who gives them, who completes them, who sees them."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access.labels import RecordLabel
from mappa.access.terms import Section
from mappa.actions import service
from mappa.actions.models import ActionItem
from mappa.kernel import crypto
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders.models import Deadline, Notice
from tests.factories.reminders import label
from tests.factories.world import NOW, World, a_shared_person, count, northmoor

pytestmark = pytest.mark.sql


def given(world: World, of: RecordLabel, to: str = "owen", due_on: date = date(2026, 11, 26)):
    who = world.staff[to].actor
    with world.as_reader("priya", Kind.WRITE) as actor:
        return service.add_action(
            actor,
            of,
            what="Confirm move-on accommodation",
            owner_user=who.user_id,
            owner_agency=who.agency_id,
            owner_team=who.team_id,
            due_on=due_on,
            jurisdiction="england-wales",
            now=NOW,
        )


def test_an_action_is_a_duty_of_its_owner_and_its_owner_is_told(app):
    world = northmoor(app)
    of = label(world, a_shared_person(world), section=Section.MEETINGS, meeting=crypto.new_id())
    item = given(world, of)
    with world.system():
        duty = db.session.scalars(sa.select(Deadline)).one()
        told = db.session.scalars(sa.select(Notice)).one()
    assert (duty.about_id, duty.subject_id) == (item.id, of.record)
    assert (duty.due_on, duty.owner_user_id) == (item.due_on, world.staff["owen"].user_id)
    assert duty.title == "Action: Confirm move-on accommodation"
    assert (told.user_id, told.event) == (world.staff["owen"].user_id, "action:given")
    assert "accommodation" not in f"{told.event} {told.key}"
