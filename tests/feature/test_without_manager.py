"""Nobody is ever without a manager: who is told, and how somebody leaves."""

from datetime import timedelta

import pytest

from mappa.access.terms import Role
from mappa.kernel.db import db
from mappa.kernel.errors import NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders import queries as people
from mappa.offenders.handover import queries, service
from mappa.offenders.models import Person
from tests.factories.handover import (
    a_handover,
    proposal,
    with_marek,
)
from tests.factories.offenders import with_overview
from tests.factories.world import NOW, a_shared_person, northmoor

LATER = NOW + timedelta(days=20)


@pytest.fixture
def world(app):
    found = northmoor(with_overview(app))
    with_marek(found)
    return found


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def hands_of(world, person):
    with world.system():
        found = db.session.get_one(Person, person)
        return found.owner_agency_id, found.manager_id


class TestNobodyIsWithoutAManager:
    def names(self, world, who):
        with world.as_reader(who) as actor:
            return [people.display_name(each) for each in queries.without_manager(actor)]

    @pytest.mark.sql
    def test_an_ended_posting_raises_the_alarm_at_once(self, world, daniel):
        from mappa.agencies import service as accounts

        assert self.names(world, "grace") == []
        with world.as_reader("adam", Kind.WRITE) as actor:
            posting = world.staff["priya"].posting_id
            with pytest.raises(RuleBroken, match="caseload"):
                accounts.end_posting(actor, posting, "Left", now=NOW)
            accounts.end_posting(actor, posting, "Left", now=NOW, anyway=True)
        assert self.names(world, "grace") == ["Daniel Wexcombe"]
        assert self.names(world, "naomi") == self.names(world, "marek") == []
        assert self.names(world, "carl") == []

    def test_a_disabled_account_raises_it(self, world, daniel):
        from mappa.agencies import service as accounts

        with world.as_reader("adam", Kind.WRITE) as actor:
            with pytest.raises(RuleBroken, match="caseload"):
                accounts.disable(actor, world.staff["priya"].user_id, "Left", now=NOW)
            accounts.disable(actor, world.staff["priya"].user_id, "Left", now=NOW, anyway=True)
        assert self.names(world, "grace") == ["Daniel Wexcombe"]

    @pytest.mark.sql
    def test_the_coordinator_is_told_where_the_lead_has_nobody_for_it(self, world):
        world.person("Kit", "Tarnmere")
        assert self.names(world, "grace") == []  # nobody of her team works on it
        assert self.names(world, "carl") == ["Kit Tarnmere"]
        world.user("ruth", "probation", Role.AGENCY_LEAD)
        assert self.names(world, "ruth") == ["Kit Tarnmere"]
        assert self.names(world, "carl") == []

    def test_the_coordinator_names_a_manager_only_there(self, world, daniel):
        kit = world.person("Kit", "Tarnmere")
        a_handover(world, "marek", kit, by="carl")
        assert hands_of(world, kit) == (
            world.agencies["probation"], world.staff["marek"].user_id,
        )  # fmt: skip
        with world.as_reader("carl", Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.propose(actor, proposal(world, "marek", daniel), now=NOW)

    def test_a_manager_posted_only_elsewhere_does_not_manage(self, world, daniel):
        with world.system():
            db.session.get_one(Person, daniel).manager_id = world.staff["owen"].user_id
            db.session.flush()
        assert self.names(world, "grace") == ["Daniel Wexcombe"]

    def test_handing_over_ends_the_alarm(self, world):
        world.user("ruth", "probation", Role.AGENCY_LEAD)
        kit = world.person("Kit", "Tarnmere")
        a_handover(world, "marek", kit, by="ruth")
        assert self.names(world, "ruth") == []
