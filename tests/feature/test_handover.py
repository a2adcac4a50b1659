"""Handing a case on: what passes, what stays, and that nothing changes before it is accepted."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.asking import Target, decide, standing
from mappa.access.labels import protected_tables
from mappa.access.models import CapacityRow, CaseTeam, CaseWorker, RightEnd
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Part, Section, State
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import queries as people
from mappa.offenders.handover import queries
from mappa.offenders.handover.models import Handover
from mappa.offenders.handover.rules import Stays
from mappa.offenders.models import Alias, NameKey, Offence, Person, PersonChange
from mappa.offenders.workers import case_workers
from mappa.reminders.models import Deadline, Notice
from mappa.visits.countersigning import COUNTERSIGN
from tests.factories.handover import (
    TODAY,
    a_handover,
    a_proposal,
    taken,
    with_marek,
)
from tests.factories.offenders import a_warning, an_alias, an_offence, keyed, with_overview
from tests.factories.reminders import all_of, swept
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit
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


def team_of(world, person):
    """Agency key to capacity, of the rows that are live now."""
    by_id = {value: key for key, value in world.agencies.items()}
    with world.system():
        found = db.session.execute(
            sa.select(CaseTeam.agency_id, CapacityRow.code)
            .join(CapacityRow, CapacityRow.id == CaseTeam.capacity_id)
            .where(
                CaseTeam.person_id == person,
                CaseTeam.state == State.LIVE.value,
                CaseTeam.starts_at <= NOW,
                CaseTeam.ends_at > NOW,
            )
        )
        return {by_id[agency]: code for agency, code in found}


def hands_of(world, person):
    with world.system():
        found = db.session.get_one(Person, person)
        return found.owner_agency_id, found.manager_id


def sees(world, who, person, section, level, *, at=NOW):
    with clock.at(at), world.app.app_context(), unit_of_work(Kind.READ):
        try:
            return standing(world.staff[who].actor, person).at_least(section, level)
        except NotFound:
            return False


class TestToAnotherAgency:
    @pytest.mark.sql
    def test_identity_category_level_and_team_pass_and_other_records_stay(self, world, daniel):
        keyed(world, daniel)
        alias = an_alias(world, daniel, "Dan Marsworth")
        hidden = an_alias(world, daniel, "Danny Marsworth")
        theirs = an_alias(world, daniel, "Dan", "children")
        with world.system():
            rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW))
        offence = an_offence(world, daniel)
        warning = a_warning(world, daniel, "probation")
        a_handover(world, "owen", daniel)
        police, probation = world.agencies["police"], world.agencies["probation"]
        assert hands_of(world, daniel) == (police, world.staff["owen"].user_id)
        assert team_of(world, daniel) == {
            "police": Capacity.LEAD,
            "probation": Capacity.RESPONSIBLE,
            "children": Capacity.COOPERATE_CHILDREN,
        }
        with world.system():
            assert db.session.get_one(Alias, alias).owner_agency_id == police
            assert db.session.get_one(Offence, offence).owner_agency_id == probation
            stored = protected_tables()["warning"]
            assert db.session.get_one(stored, warning).owner_agency_id == probation
            assert db.session.get_one(Alias, hidden).owner_agency_id == police
            assert db.session.get_one(Alias, theirs).owner_agency_id == world.agencies["children"]
            own = sa.select(NameKey.owner_agency_id).where(NameKey.source_id != theirs)
            assert set(db.session.scalars(own)) == {police}
        with world.as_reader("owen") as actor:
            names = {each.name for each in people.aliases(actor, daniel)}
        assert names == {"Dan Marsworth", "Dan"}

    def test_what_is_made_of_identity_carries_the_label_of_its_record(self, world, daniel):
        """Every protected row of the section identity is the new lead's, whatever the table."""
        an_alias(world, daniel, "Dan Marsworth")
        keyed(world, daniel)
        a_handover(world, "marek", daniel)
        a_handover(world, "owen", daniel, by="marek")
        police = world.agencies["police"]
        with world.system():
            for name, model in protected_tables().items():
                table = model.__table__
                if model.__section__ not in (Section.IDENTITY, None) or name == "person":
                    continue
                owners = sa.select(table.c.owner_agency_id).where(table.c.person_id == daniel)
                if "section" in table.c:
                    owners = owners.where(table.c.section == Section.IDENTITY.value)
                assert set(db.session.scalars(owners)) <= {police}, name
            kinds = db.session.scalars(sa.select(PersonChange.kind)).all()
            assert kinds.count("lead:handed-over") == 2

    def test_the_old_lead_reads_and_no_longer_leads(self, world, daniel):
        a_handover(world, "owen", daniel)
        of = Target(person=daniel, owner=world.agencies["police"])
        with world.as_reader("priya") as actor:
            assert people.person(actor, daniel).full
            assert not decide(actor, Action.HANDOVER_OFFER, of).allowed
        with world.as_reader("owen") as actor:
            assert decide(actor, Action.HANDOVER_OFFER, of).allowed

    @pytest.mark.sql
    def test_the_old_lead_leaves_when_the_overlap_ends(self, world, daniel):
        until = TODAY + timedelta(days=9)
        offence = an_offence(world, daniel)
        a_handover(world, "owen", daniel, stays=Stays.LEAVES, overlap_until=until)
        midnight = datetime(2026, 11, 30, tzinfo=UTC)
        before = midnight - timedelta(microseconds=1)
        assert team_of(world, daniel)["probation"] == Capacity.RESPONSIBLE
        assert sees(world, "priya", daniel, Section.RISK, Level.FULL, at=before)
        assert not sees(world, "priya", daniel, Section.RISK, Level.SUM, at=midnight)
        assert sees(world, "owen", daniel, Section.RISK, Level.FULL, at=midnight)
        with clock.at(midnight), world.app.app_context(), unit_of_work(Kind.READ):
            # What it wrote it goes on reading.
            found = people.offences(world.staff["priya"].actor, daniel)
            assert [each.id for each in found] == [offence]

    def test_without_an_overlap_the_old_lead_leaves_at_once_with_its_workers(self, world, daniel):
        world.worker(daniel, "grace")
        a_handover(world, "owen", daniel, stays=Stays.LEAVES)
        assert team_of(world, daniel) == {
            "police": Capacity.LEAD,
            "children": Capacity.COOPERATE_CHILDREN,
        }
        with world.as_reader("owen") as actor:
            agencies = {each.agency_id for each in case_workers(actor, daniel)}
        assert agencies == {world.agencies["police"], world.agencies["children"]}
        assert not sees(world, "priya", daniel, Section.RISK, Level.SUM)

    def test_workers_of_the_leaving_agency_stay_until_the_overlap_ends(self, world, daniel):
        world.worker(daniel, "grace")
        until = TODAY + timedelta(days=2)
        a_handover(world, "owen", daniel, stays=Stays.LEAVES, overlap_until=until)
        with world.as_reader("owen") as actor:
            names = {each.name for each in case_workers(actor, daniel)}
        assert {"Grace Ilford", "Priya Sandhurst"} <= names
        with clock.at(LATER), world.app.app_context(), unit_of_work(Kind.READ):
            names = {each.name for each in case_workers(world.staff["owen"].actor, daniel)}
        assert names == {"Owen Marsh", "Leah Tarrant"}

    @pytest.mark.sql
    def test_the_managers_duties_pass_and_the_visits_of_the_old_agency_stay(self, world, daniel):
        an_assessment(world, daniel)
        a_made_visit(world, "priya", daniel)
        a_handover(world, "owen", daniel)
        by_kind = {
            each.kind: (each.owner_user_id, each.owed_by_agency_id, each.owner_team_id)
            for each in all_of(world, Deadline)
            if each.kind != COUNTERSIGN  # the supervisor's
        }
        owen, priya = world.staff["owen"], world.staff["priya"]
        police = (owen.user_id, world.agencies["police"], world.teams["police one"])
        assert by_kind.pop("risk-review") == police
        assert by_kind.pop("handover")[:2] == police[:2]  # it was theirs to answer
        assert by_kind
        assert {(user, agency) for user, agency, _ in by_kind.values()} == {
            (priya.user_id, world.agencies["probation"])
        }


class TestWithinAnAgency:
    def test_both_manage_until_the_overlap_ends(self, world, daniel):
        a_handover(world, "marek", daniel, overlap_until=TODAY + timedelta(days=5))
        with world.as_reader("grace") as actor:
            parts = {each.name: each.part for each in case_workers(actor, daniel)}
            assert people.person(actor, daniel).manager == "Marek Dolny"
        assert parts["Priya Sandhurst"] == parts["Marek Dolny"] == Part.MANAGER
        with clock.at(LATER), world.app.app_context(), unit_of_work(Kind.READ):
            names = {each.name for each in case_workers(world.staff["grace"].actor, daniel)}
        assert "Priya Sandhurst" not in names

    def test_without_an_overlap_the_old_manager_leaves_at_once(self, world, daniel):
        """A worker who takes over is named once, and the past can still be told."""
        world.worker(daniel, "marek")
        a_handover(world, "marek", daniel)
        with world.as_reader("grace") as actor:
            parts = {each.name: each.part for each in case_workers(actor, daniel)}
            (change,), _ = people.history(actor, daniel)
        worker = Part.WORKER
        assert parts == {
            "Marek Dolny": Part.MANAGER, "Owen Marsh": worker, "Leah Tarrant": worker,
        }  # fmt: skip
        assert team_of(world, daniel)["probation"] == Capacity.LEAD
        assert (change.before, change.after) == (
            "Priya Sandhurst, Northmoor Probation",
            "Marek Dolny, Northmoor Probation",
        )
        assert (change.what, change.why, change.at, change.by_name) == (
            "Manager", "Priya moves to another team", NOW, "Marek Dolny",
        )  # fmt: skip
        with world.system():
            ends = db.session.scalars(sa.select(RightEnd)).all()
        assert {(each.kind, each.reason) for each in ends} == {("CaseWorker", "handed over")}
        assert {each.ended_by_id for each in ends} == {world.staff["marek"].user_id}

    @pytest.mark.sql
    def test_duties_with_the_visits_pass_and_the_sweep_tells_the_new_manager(
        self, app, world, daniel
    ):
        an_assessment(world, daniel)
        a_made_visit(world, "priya", daniel)
        late = datetime(2028, 1, 3, tzinfo=UTC)
        swept(app, at=late)
        a_handover(world, "marek", daniel)
        marek, priya = world.staff["marek"].user_id, world.staff["priya"].user_id
        owed = {each.kind: each.owner_user_id for each in all_of(world, Deadline)}
        assert owed.pop(COUNTERSIGN) == world.staff["grace"].user_id, "never the author's"
        assert set(owed.values()) == {marek}
        of_priya = [n for n in all_of(world, Notice) if n.user_id == priya and n.duty_id != NOBODY]
        assert of_priya
        assert all(each.ended_at for each in of_priya)
        swept(app, at=late)
        told = [n for n in all_of(world, Notice) if n.user_id == marek and n.duty_id != NOBODY]
        assert len(told) == len(of_priya)
        a_handover(world, "priya", daniel, by="marek")
        swept(app, at=late)
        again = [n for n in all_of(world, Notice) if n.user_id == priya and n.duty_id != NOBODY]
        assert len(again) == len(of_priya)
        assert all(each.ended_at is None and each.read_at is None for each in again)

    def test_who_takes_an_unannounced_visit_over_may_read_that_it_is_due(self, world, daniel):
        a_made_visit(world, "priya", daniel, announced=False)
        kept = [each for each in all_of(world, Deadline) if each.audience == 1]
        assert kept
        a_handover(world, "marek", daniel)
        from mappa.reminders import queries as reminders

        with world.as_reader("marek") as actor:
            mine = {each.id for each in reminders.my_open(actor)}
        assert {each.id for each in kept} <= mine

    def test_a_whole_caseload_passes_together(self, world, daniel):
        others = [world.person("Ishaan", f"Colbeck{n}", manager="priya") for n in range(3)]
        a_handover(world, "marek", daniel, *others)
        with world.as_reader("marek") as actor:
            mine = {each.record for each in queries.managed_by(actor, actor.user_id)}
        assert mine == {daniel, *others}
        with world.system():
            assert db.session.scalar(sa.select(sa.func.count(Handover.batch_id.distinct()))) == 1


def test_every_step_is_in_the_audit(world, daniel):
    (first,) = a_proposal(world, "marek", daniel)
    taken(world, "marek", first)
    with world.system():
        found = db.session.execute(
            sa.select(AuditEntry.event, AuditEntry.records, AuditEntry.actor_id)
        ).all()
    told = {row.event: (row.records, row.actor_id) for row in found}
    both = [daniel.hex, first.hex]
    assert told["handover:proposed"] == (both, world.staff["priya"].user_id)
    assert told["handover:accepted"] == (both, world.staff["marek"].user_id)
    assert told["person:handed-over"] == (both, world.staff["marek"].user_id)


def test_a_reader_of_the_summary_sees_only_what_is_handed_to_the_own_agency(world, daniel):
    (made,) = a_proposal(world, "marek", daniel)
    with world.as_reader("leah") as actor, pytest.raises(NotFound):
        queries.handover(actor, made)
    with world.as_reader("owen") as actor:
        assert queries.handover(actor, made).to_name == "Marek Dolny"


def test_the_overlap_is_a_right_that_ends_by_itself(world, daniel):
    a_handover(world, "marek", daniel, overlap_until=date(2026, 11, 25))
    with world.system():
        ends = db.session.scalars(
            sa.select(CaseWorker.ends_at).where(
                CaseWorker.user_id == world.staff["priya"].user_id,
                CaseWorker.state == State.LIVE.value,
            )
        ).all()
    assert ends == [datetime(2026, 11, 26, tzinfo=UTC)]
