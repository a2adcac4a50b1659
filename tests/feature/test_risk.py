"""Assessments as each agency writes and reads them."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind
from mappa.audit.models import AuditEntry
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders.models import Person
from mappa.reminders.models import Deadline
from mappa.risk import queries, service
from mappa.risk.models import Assessment, AssessmentDraft, GroupRisk
from mappa.risk.rules import Band, Group
from tests.factories.risk import an_assessment, findings, typed
from tests.factories.world import NOW, a_shared_person, count, northmoor

pytestmark = pytest.mark.sql

AT_SUMMARY = {
    "id",
    "person_id",
    "owner_agency_id",
    "band",
    "assessed_on",
    "assessed_at",
    "owner_name",
}


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def nothing_written(world):
    with world.system():
        return not (count(Assessment) or count(GroupRisk) or count(Deadline) or count(AuditEntry))


def band_of(world, person):
    with world.system():
        return db.session.get_one(Person, person).risk_band


def current(world, actor, person):
    return queries.current(actor, person, world.agencies["probation"])


class TestSigning:
    def test_it_is_kept_with_a_level_for_each_group(self, world, person):
        made = an_assessment(world, person)
        with world.as_reader("priya") as actor:
            found = current(world, actor, person)
        assert found.assessment.record == made
        assert found.assessment.band == Band.HIGH
        assert [each.group_code for each in found.groups] == [group.value for group in Group]
        assert found.groups[0].custody == Band.LOW
        assert found.groups[-1].community == Band.NOT_ASSESSED

    def test_it_starts_the_clock_for_its_review(self, world, person):
        made = an_assessment(world, person)
        with world.system():
            deadline = db.session.scalars(sa.select(Deadline)).one()
        assert (deadline.subject_id, deadline.kind) == (made, "risk-review")
        assert deadline.due_on == date(2027, 4, 2)
        assert deadline.owner_user_id == world.staff["priya"].user_id

    def test_the_next_one_renews_the_review(self, world, person):
        an_assessment(world, person)
        later = an_assessment(world, person, assessed_on=date(2026, 11, 20))
        with world.system():
            still = db.session.scalars(sa.select(Deadline).where(Deadline.state == "open")).one()
        assert still.subject_id == later

    def test_the_lead_agencys_level_is_the_persons(self, world, person):
        an_assessment(world, person)
        assert band_of(world, person) == Band.HIGH

    def test_another_agencys_level_is_not(self, world, person):
        made = an_assessment(world, person, who="owen")
        assert band_of(world, person) == Band.NOT_ASSESSED
        with world.as_reader("priya") as actor:
            assert current(world, actor, person).assessment.record == made

    def test_the_lead_agencys_counts_before_a_newer_one_of_others(self, world, person):
        of_lead = an_assessment(world, person)
        an_assessment(world, person, who="owen", assessed_on=date(2026, 11, 19))
        with world.as_reader("leah") as actor:
            assert current(world, actor, person).assessment.record == of_lead

    def test_it_is_on_record_without_its_text(self, world, person):
        made = an_assessment(world, person)
        with world.system():
            entry = db.session.scalars(sa.select(AuditEntry)).one()
        assert entry.event == "risk:assessed"
        assert entry.records == [person.hex, made.hex]
        assert "Unsettled" not in str(vars(entry))

    @pytest.mark.parametrize("who", ["carl", "helen", "iris"])
    def test_a_role_without_the_right_writes_nothing(self, world, person, who):
        with pytest.raises((NotPermitted, NotFound)):
            an_assessment(world, person, who=who)
        assert nothing_written(world)

    def test_an_agency_that_is_not_on_the_team_writes_nothing(self, world, person):
        with pytest.raises(NotFound):
            an_assessment(world, person, who="sam")
        assert nothing_written(world)

    @pytest.mark.parametrize(
        "broken", [{"assessed_on": date(2026, 11, 21)}, {"levels": {}}, {"tool": ""}]
    )
    def test_a_broken_rule_writes_nothing(self, world, person, broken):
        with pytest.raises(RuleBroken):
            an_assessment(world, person, **broken)
        assert nothing_written(world)
        assert band_of(world, person) == Band.NOT_ASSESSED

    def test_it_cannot_be_dated_before_the_agencys_last(self, world, person):
        an_assessment(world, person)
        with pytest.raises(RuleBroken):
            an_assessment(world, person, assessed_on=date(2026, 10, 1))


class TestReading:
    def test_the_summary_has_exactly_its_fields(self, world, person):
        an_assessment(world, person)
        with world.as_reader("leah") as actor:
            seen = current(world, actor, person)
        assert set(seen.assessment.fields()) == AT_SUMMARY
        assert {each.group_code for each in seen.groups} == {"children", "known_adult", "public"}
        assert set(seen.groups[0].fields()) == {
            "id",
            "person_id",
            "owner_agency_id",
            "subject_id",
            "section",
            "group_code",
            "community",
        }

    def test_a_responsible_agency_reads_all_of_it(self, world, person):
        an_assessment(world, person)
        with world.as_reader("owen") as actor:
            seen = current(world, actor, person)
        assert seen.assessment.raises == "Unsettled housing"
        assert len(seen.groups) == len(Group)

    @pytest.mark.parametrize("kind", [MarkKind.SEALED, MarkKind.HIDDEN])
    def test_a_marked_one_is_not_there_and_what_stands_is_the_one_before(self, world, person, kind):
        before = an_assessment(world, person)
        marked = an_assessment(world, person, assessed_on=date(2026, 11, 1))
        with world.system():
            rights.mark(marked, kind, NOW, Given(at=NOW))
        with world.as_reader("leah") as actor:
            assert current(world, actor, person).assessment.record == before
            with pytest.raises(NotFound):
                queries.one(actor, person, marked)
            told = queries.held_by(actor, person)
        assert bool(told) == (kind is MarkKind.SEALED)

    def test_one_of_another_person_is_not_found(self, world, person):
        other = world.person("Other", "Person", manager="priya")
        made = an_assessment(world, other)
        with world.as_reader("priya") as actor, pytest.raises(NotFound):
            queries.one(actor, person, made)

    def test_the_number_of_statements_does_not_grow(self, world, person):
        counts = []
        for how_many in (1, 4):
            for _ in range(how_many):
                an_assessment(world, person)
            with world.as_reader("leah") as actor:
                counts.append(statements(lambda actor=actor: current(world, actor, person)))
        assert counts[0] == counts[1]

    def test_the_timeline_has_the_hour_only_for_full_readers(self, world, person):
        an_assessment(world, person)
        lines = {}
        for who in ("priya", "leah"):
            with world.as_reader(who) as actor:
                binds = actor.binds(NOW) | {"person": person}
                lines[who] = (
                    db.session.execute(queries.timeline_part(person=True), binds).mappings().one()
                )
        assert lines["priya"]["at"] == NOW
        assert lines["priya"]["day"] is None
        assert lines["priya"]["by_name"] == "Priya Sandhurst"
        assert lines["leah"]["day"] == date(2026, 10, 2)
        assert lines["leah"]["at"] != NOW
        assert lines["leah"]["by_name"] == ""
        assert lines["leah"]["body"] == "Overall risk of serious harm: high."


class TestDrafts:
    def test_only_the_author_sees_it(self, world, person):
        with world.as_reader("priya", Kind.WRITE) as actor:
            service.keep_draft(actor, person, typed(), now=NOW)
        with world.as_reader("priya") as actor:
            assert queries.my_draft(actor, person).typed["raises"] == "Unsettled housing"
        with world.as_reader("grace") as actor:
            assert queries.my_draft(actor, person) is None
        with world.as_reader("leah") as actor:
            assert current(world, actor, person) is None

    def test_it_is_kept_once_and_goes_when_it_is_signed(self, world, person):
        with world.as_reader("priya", Kind.WRITE) as actor:
            service.keep_draft(actor, person, typed(), now=NOW)
            service.keep_draft(actor, person, typed(raises="Other"), now=NOW)
        with world.system():
            assert count(AssessmentDraft) == 1
        an_assessment(world, person)
        with world.system():
            assert count(AssessmentDraft) == 0

    def test_it_can_be_given_up(self, world, person):
        with world.as_reader("priya", Kind.WRITE) as actor:
            service.keep_draft(actor, person, typed(), now=NOW)
            service.drop_draft(actor, person, now=NOW)
            assert queries.my_draft(actor, person) is None

    def test_nobody_without_the_right_keeps_one(self, world, person):
        world.on_team(person, "health", Capacity.COOPERATE)
        with (
            pytest.raises(NotPermitted),
            world.as_reader("carl", Kind.WRITE) as actor,
        ):
            service.keep_draft(actor, person, typed(), now=NOW)
        with world.system():
            assert count(AssessmentDraft) == 0


def statements(act) -> int:
    """How many statements an act sends."""
    sent = []
    engine = db.engine

    def note(*args):
        sent.append(args[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def test_findings_of_the_factory_are_lawful():
    assert len(findings().ratings) == len(Group)
