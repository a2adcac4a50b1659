"""Plans as the lead agency writes them and others read them."""

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
from mappa.plans import queries, rules, service
from mappa.plans.models import Contingency, Measure, Plan
from mappa.plans.rules import Pillar, State
from mappa.reminders.models import Deadline
from tests.factories.plans import (
    REVIEW_ON,
    a_contingency,
    a_draft,
    a_measure,
    a_writing,
    an_agreed_plan,
)
from tests.factories.world import NOW, a_shared_person, northmoor

pytestmark = pytest.mark.sql

LABEL = {"id", "person_id", "owner_agency_id"}
OF_PART = LABEL | {"subject_id", "section", "assigned_user_id", "assigned_agency_id"}
NAMES = {"user_name", "user_phone", "agency_name"}


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    made = a_shared_person(world)
    world.on_team(made, "health", Capacity.COOPERATE)
    world.worker(made, "amit")
    return made


def for_health(world, **columns):
    said = {"what": "Community mental health appointments", "pillar": Pillar.INTERVENTIONS}
    return a_measure(world, "amit", "health", **(said | columns))


def rows_of(world, model):
    with world.system():
        return db.session.scalars(sa.select(model)).all()


def state_of(world, plan):
    with world.system():
        return db.session.get_one(Plan, plan).state


class TestWriting:
    def test_a_plan_starts_as_the_first_version(self, world, person):
        made = a_draft(world, person)
        with world.as_reader("priya") as actor:
            seen = queries.current(actor, person)
        assert (seen.version.record, seen.version.number) == (made, 1)
        assert [each.what for each in seen.under(Pillar.SUPERVISION)] == [
            "Office appointment, face to face"
        ]
        assert seen.measures[0].user_name == "Priya Sandhurst"
        assert seen.contingencies[0].within == "4 hours"

    def test_starting_twice_goes_on_with_the_same_draft(self, world, person):
        made = a_draft(world, person)
        with world.as_reader("grace", Kind.WRITE) as actor:
            assert service.start(a_writing(actor, person)).id == made

    @pytest.mark.parametrize("who", ["owen", "amit"])
    def test_another_agency_of_the_team_writes_nothing(self, world, person, who):
        with pytest.raises(NotPermitted) as refused, world.as_reader(who, Kind.WRITE) as actor:
            service.start(a_writing(actor, person))
        assert "lead agency" in refused.value.advice
        assert rows_of(world, Plan) == []

    @pytest.mark.parametrize("who", ["sam", "iris", "naomi", "carl"])
    def test_others_write_nothing(self, world, person, who):
        with (
            pytest.raises((NotFound, NotPermitted)),
            world.as_reader(who, Kind.WRITE) as actor,
        ):
            service.start(a_writing(actor, person))
        assert rows_of(world, Plan) == []

    def test_nothing_is_added_where_nothing_is_being_written(self, world, person):
        with pytest.raises(RuleBroken), world.as_reader("priya", Kind.WRITE) as actor:
            service.add_measure(a_writing(actor, person), a_measure(world))
        assert rows_of(world, Measure) == []

    def test_a_measure_without_a_time_is_not_written(self, world, person):
        with world.as_reader("priya", Kind.WRITE) as actor:
            service.start(a_writing(actor, person))
        with pytest.raises(RuleBroken), world.as_reader("priya", Kind.WRITE) as actor:
            service.add_measure(a_writing(actor, person), a_measure(world, when=""))
        assert rows_of(world, Measure) == []

    def test_a_removed_measure_is_not_there_and_its_row_is(self, world, person):
        a_draft(world, person)
        measure = rows_of(world, Measure)[0]
        with world.as_reader("priya", Kind.WRITE) as actor:
            w = a_writing(actor, person)
            service.remove(w, service.part(w, Measure, measure.id))
        with world.as_reader("priya") as actor:
            assert queries.current(actor, person).measures == []
            with pytest.raises(NotFound):
                service.part(a_writing(actor, person), Measure, measure.id)
        assert len(rows_of(world, Measure)) == 1

    def test_a_measure_of_another_person_is_not_found(self, world, person):
        other = world.person("Other", "Person", manager="priya")
        a_draft(world, other)
        a_draft(world, person)
        measure = next(each for each in rows_of(world, Measure) if each.person_id == other)
        with world.as_reader("priya") as actor, pytest.raises(NotFound):
            service.part(a_writing(actor, person), Measure, measure.id)

    def test_every_act_is_on_record_without_its_text(self, world, person):
        a_draft(world, person)
        said = rows_of(world, AuditEntry)
        assert [each.event for each in said] == [
            "plan:started",
            "measure:added",
            "contingency:added",
            "plan:review-set",
        ]
        assert not any("Office" in str(vars(each)) for each in said)


class TestAgreeing:
    def test_it_freezes_the_text_with_its_digest(self, world, person):
        made = an_agreed_plan(world, person)
        with world.system():
            plan = db.session.get_one(Plan, made)
        assert plan.state == State.AGREED
        assert (plan.agreed_at, plan.agreed_by_id) == (NOW, world.staff["priya"].user_id)
        assert "Office appointment, face to face | Priya Sandhurst" in plan.frozen
        assert plan.digest == rules.digest(plan.frozen)

    def test_it_starts_the_review_on_the_day_that_was_set(self, world, person):
        made = an_agreed_plan(world, person)
        deadline = rows_of(world, Deadline)[0]
        assert (deadline.subject_id, deadline.kind) == (made, "plan-review")
        assert deadline.due_on == REVIEW_ON

    def test_an_unfinished_one_is_refused_and_nothing_is_written(self, world, person):
        with world.as_reader("priya", Kind.WRITE) as actor:
            made = service.start(a_writing(actor, person)).id
        with world.as_reader("priya", Kind.WRITE) as actor:
            w = a_writing(actor, person)
            draft = service.draft(w)
            with pytest.raises(RuleBroken) as refused:
                service.agree(w, draft)
        assert len(refused.value.sentences) == 3
        assert state_of(world, made) == State.DRAFT
        assert rows_of(world, Deadline) == []

    def test_the_next_version_is_a_copy_and_replaces_it(self, world, person):
        first = an_agreed_plan(world, person, a_measure(world), for_health(world))
        with world.as_reader("priya", Kind.WRITE) as actor:
            second = service.start(a_writing(actor, person))
            assert (second.number, second.from_number, second.review_on) == (2, 1, None)
            w = a_writing(actor, person)
            assert [each.what for each in service.parts_of(w, Measure, second.id)] == [
                "Office appointment, face to face",
                "Community mental health appointments",
            ]
            service.set_review(w, second, REVIEW_ON)
            service.agree(w, second)
        assert state_of(world, first) == State.SUPERSEDED
        deadlines = rows_of(world, Deadline)
        still = [each.subject_id for each in deadlines if each.state == "open"]
        assert still == [second.id]

    def test_an_agreed_version_never_changes(self, world, person):
        made = an_agreed_plan(world, person)
        measure, contingency = rows_of(world, Measure)[0], rows_of(world, Contingency)[0]
        acts = (
            lambda w: service.part(w, Measure, measure.id),
            lambda w: service.part(w, Contingency, contingency.id),
            lambda w: service.add_measure(w, a_measure(world)),
            lambda w: service.add_contingency(w, a_contingency(world)),
            lambda w: service.set_review(w, service.load(w.actor, Plan, made), date(2027, 1, 4)),
            lambda w: service.agree(w, service.load(w.actor, Plan, made)),
            lambda w: service.withdraw(w, service.load(w.actor, Plan, made)),
        )
        for act in acts:
            with world.as_reader("priya", Kind.WRITE) as actor:
                w = a_writing(actor, person)
                with pytest.raises(RuleBroken):
                    act(w)
        assert state_of(world, made) == State.AGREED
        assert len(rows_of(world, Measure)) == 1

    def test_writing_the_next_version_leaves_the_agreed_one_as_it_is(self, world, person):
        made = an_agreed_plan(world, person)
        with world.as_reader("priya", Kind.WRITE) as actor:
            w = a_writing(actor, person)
            draft = service.start(w)
            copy = service.parts_of(w, Measure, draft.id)[0]
            to = a_measure(world, what="Other")
            service.change_measure(w, service.part(w, Measure, copy.id), to)
        with world.as_reader("owen") as actor:
            seen = queries.version(actor, person, made)
        assert seen.measures[0].what == "Office appointment, face to face"
        with world.as_reader("priya") as actor:
            w = a_writing(actor, person)
            text = service.text_of(w, service.load(actor, Plan, made))
            assert service.frozen_text(w, text) == seen.version.frozen

    def test_a_withdrawn_draft_is_gone_and_the_agreed_one_stays(self, world, person):
        made = an_agreed_plan(world, person)
        with world.as_reader("priya", Kind.WRITE) as actor:
            w = a_writing(actor, person)
            service.withdraw(w, service.start(w))
        with world.as_reader("priya") as actor:
            assert [each.record for each in queries.versions(actor, person)] == [made]

    def test_a_version_hidden_from_the_writer_is_not_in_the_way(self, world, person):
        hidden = an_agreed_plan(world, person)
        with world.system():
            rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW))
        made = an_agreed_plan(world, person)
        assert state_of(world, made) == State.AGREED


class TestReading:
    def test_the_summary_has_exactly_its_fields(self, world, person):
        an_agreed_plan(world, person, a_measure(world), for_health(world))
        with world.as_reader("amit") as actor:
            seen = queries.current(actor, person)
        assert set(seen.version.fields()) == LABEL | {
            "number",
            "state",
            "started_on",
            "review_on",
            "agreed_at",
            "ended_on",
            "owner_name",
        }
        assert [each.what for each in seen.measures] == ["Community mental health appointments"]
        assert set(seen.measures[0].fields()) == OF_PART | NAMES | {
            "pillar",
            "what",
            "when_text",
            "due_on",
        }
        assert seen.contingencies == []

    def test_the_summary_has_ones_own_contingencies(self, world, person):
        with world.as_reader("priya", Kind.WRITE) as actor:
            w = a_writing(actor, person)
            service.start(w)
            service.add_contingency(w, a_contingency(world, "amit", "health"))
        with world.as_reader("amit") as actor:
            seen = queries.current(actor, person)
        assert set(seen.contingencies[0].fields()) == OF_PART | NAMES | {
            "if_text",
            "then_text",
            "within",
        }

    def test_a_responsible_agency_reads_all_of_it(self, world, person):
        an_agreed_plan(world, person, a_measure(world), for_health(world))
        with world.as_reader("owen") as actor:
            assert len(queries.current(actor, person).measures) == 2

    @pytest.mark.parametrize("kind", [MarkKind.SEALED, MarkKind.HIDDEN])
    def test_a_marked_plan_is_not_there_nor_what_it_says(self, world, person, kind):
        made = an_agreed_plan(world, person, for_health(world))
        with world.system():
            rights.mark(made, kind, NOW, Given(at=NOW))
        with world.as_reader("amit") as actor:
            assert queries.current(actor, person) is None
            with pytest.raises(NotFound):
                queries.version(actor, person, made)
            told = queries.held_by(actor, person)
        assert bool(told) == (kind is MarkKind.SEALED)

    def test_the_number_of_statements_does_not_grow(self, world, person):
        counts = []
        for more in (1, 6):
            a_draft(world, person, *(for_health(world) for _ in range(more)))
            with world.as_reader("amit") as actor:
                counts.append(statements(lambda actor=actor: queries.current(actor, person)))
        assert counts[0] == counts[1]

    def test_the_timeline_has_agreed_versions(self, world, person):
        a_draft(world, person)
        with world.as_reader("amit") as actor:
            binds = actor.binds(NOW) | {"person": person}
            part = queries.timeline_part(person=True)
            assert db.session.execute(part, binds).all() == []
        an_agreed_plan(world, person)
        for who, by in (("amit", ""), ("owen", "Priya Sandhurst")):
            with world.as_reader(who) as actor:
                binds = actor.binds(NOW) | {"person": person}
                line = db.session.execute(part, binds).mappings().one()
            assert line["title"] == "Risk management plan agreed, version 1"
            assert (line["at"], line["by_name"]) == (NOW, by)


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
