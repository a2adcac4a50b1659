"""Intelligence: who files it, who reads it, who is told of it and who learns nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import asking, rights
from mappa.access.models import HandlingMember
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Reader, Section
from mappa.audit.models import AuditEntry
from mappa.intelligence import queries, service
from mappa.intelligence.models import IntelligenceItem, Provenance
from mappa.intelligence.rules import Handling
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken, UnscopedQuery
from mappa.kernel.uow import Kind
from mappa.offenders.models import PersonChange
from mappa.reminders.models import Notice
from tests.factories.intelligence import CONDITION, ITEM, PROVENANCE, TEXT, an_item
from tests.factories.world import LONG_AGO, NOW, a_shared_person, count, northmoor

pytestmark = pytest.mark.sql

ALL = ("priya", "grace", "helen", "owen", "naomi", "iris", "leah", "sam", "amit", "carl", "ada",
       "adam", "sys")  # fmt: skip
TOLD = {"priya", "grace", "leah", "naomi"}
GIVEN = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    """Everybody's agency but health is on the case team; police supervisors have the team's."""
    person = a_shared_person(world)
    world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
    return person


@pytest.fixture
def group(world):
    return world.handling_group("police", "owen", "iris")


def told(world, who, person):
    with world.as_reader(who) as actor:
        return [each.name for each in queries.holders_of(actor, person)]


def read(world, who, person):
    with world.as_reader(who) as actor:
        return [each.record for each in queries.items(actor, person)]


def nothing_written(world):
    with world.system():
        return [count(each) for each in (IntelligenceItem, Provenance, Notice, AuditEntry)]


class TestAddItem:
    def test_its_group_reads_all_of_it(self, world, person, group):
        made = an_item(world, person, group)

        with world.as_reader("iris") as actor:
            item = queries.item(actor, person, made)
            assert (item.text, item.source, item.by_name) == (TEXT, "2", "Owen Marsh")
            assert item.conditions.split("\n")[0] == CONDITION
            assert queries.provenance(actor, person, made) == PROVENANCE

    def test_it_is_encrypted_where_it_is_stored(self, world, person, group):
        an_item(world, person, group)
        with world.system():
            columns = "text, conditions FROM intelligence_item"
            stored = [*db.session.execute(sa.text(f"SELECT {columns}")).one()]
            stored += db.session.execute(sa.text("SELECT said FROM intelligence_provenance")).one()
        assert all(TEXT.encode()[:8] not in bytes(each) for each in stored)
        assert all(PROVENANCE.encode()[:8] not in bytes(each) for each in stored)

    def test_the_audit_holds_no_content_and_the_shared_history_nothing(self, world, person, group):
        made = an_item(world, person, group)
        with world.system():
            entry = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.event == "intelligence:added")
            ).one()
            assert (entry.operation, entry.records) == ("collection", [person.hex, made.hex])
            assert "gym" not in str(entry.__dict__)
            assert count(PersonChange) == 0

    def test_the_others_of_the_group_are_told(self, world, person, group):
        an_item(world, person, group)
        with world.system():
            notices = db.session.scalars(sa.select(Notice)).all()
        assert [each.user_id for each in notices] == [world.staff["iris"].user_id]
        assert notices[0].handling_group_id == group

    def test_a_member_who_is_kept_out_of_the_person_is_not_told(self, world, person, group):
        with world.system():
            rights.exclude(person, GIVEN, user=world.staff["iris"].user_id)
        an_item(world, person, group)
        with world.system():
            assert count(Notice) == 0

    def test_code_p_has_no_conditions_and_provenance_may_be_left_out(self, world, person, group):
        made = an_item(
            world, person, group, handling=Handling.PERMITTED, conditions="", provenance=""
        )
        with world.as_reader("owen") as actor:
            assert queries.item(actor, person, made).conditions is None
            assert queries.provenance(actor, person, made) is None

    @pytest.mark.parametrize("who", [who for who in ALL if who != "owen"])
    def test_nobody_files_what_they_could_not_read(self, world, person, group, who):
        before = nothing_written(world)
        with pytest.raises(NotPermitted):
            an_item(world, person, group, by=who)
        assert nothing_written(world) == before

    def test_a_member_files_in_no_group_of_others(self, world, person, group):
        other = world.handling_group("police", "naomi")
        before = nothing_written(world)
        with pytest.raises(RuleBroken):
            an_item(world, person, other)
        assert nothing_written(world) == before

    def test_a_group_of_another_agency_is_no_place_to_file(self, world, person):
        foreign = world.handling_group("probation", "owen")
        with pytest.raises(NotPermitted):
            an_item(world, person, foreign)

    def test_a_person_of_no_case_team_takes_no_item(self, world, group):
        stranger = world.person(given="Noel", family="Barton", manager="priya")
        with pytest.raises(NotPermitted):
            an_item(world, stranger, group)

    def test_a_broken_rule_writes_nothing(self, world, person, group):
        before = nothing_written(world)
        with pytest.raises(RuleBroken):
            an_item(world, person, group, conditions="")
        assert nothing_written(world) == before

    def test_an_item_without_a_group_cannot_be_stored(self, world, person):
        def store():
            with world.as_reader("owen", Kind.WRITE) as actor:
                nowhere = replace(ITEM, group=NOBODY)
                db.session.add(service._item(actor, person, nowhere, uow.current().at))

        with pytest.raises(sa.exc.IntegrityError):
            store()


class TestWhoReadsIt:
    @pytest.mark.parametrize("who", ALL)
    def test_every_role_stands_where_the_agreement_puts_it(self, world, person, group, who):
        made = an_item(world, person, group)
        assert read(world, who, person) == ([made] if who in ("owen", "iris") else [])
        assert told(world, who, person) == (["Northmoor Police"] if who in TOLD else [])

    def test_an_officer_outside_the_group_is_only_told_of_the_own_agency(
        self, world, person, group
    ):
        an_item(world, person, group)
        assert read(world, "naomi", person) == []
        assert told(world, "naomi", person) == ["Northmoor Police"]

    def test_an_excluded_member_learns_nothing(self, world, person, group):
        an_item(world, person, group)
        with world.system():
            rights.exclude(person, GIVEN, user=world.staff["owen"].user_id)
        assert read(world, "owen", person) == []
        assert told(world, "owen", person) == []

    def test_one_who_left_the_group_is_only_told(self, world, person, group):
        an_item(world, person, group)
        with world.system() as unit:
            owen = world.staff["owen"].user_id
            of_owen = sa.select(HandlingMember).where(HandlingMember.user_id == owen)
            rights.end(db.session.scalars(of_owen).all(), at=unit.at, by=NOBODY, reason="moved")
        assert read(world, "owen", person) == []
        assert told(world, "owen", person) == ["Northmoor Police"]

    def test_nothing_is_told_where_nothing_is_held(self, world, person, group):
        assert told(world, "priya", person) == []

    def test_items_of_other_people_count_for_nobody(self, world, person, group):
        other = world.person(given="Noel", family="Barton", manager="priya")
        world.on_team(other, "police", Capacity.RESPONSIBLE)
        made = an_item(world, other, group)
        assert read(world, "owen", person) == []
        assert told(world, "priya", person) == []
        with world.as_reader("owen") as actor:
            with pytest.raises(NotFound):
                queries.item(actor, person, made)
            assert queries.provenance(actor, person, made) is None

    def test_a_share_opens_the_item_and_never_its_provenance(self, world, person, group):
        made = an_item(world, person, group)
        world.share(person, "police", "probation", Section.INTELLIGENCE, Level.FULL)
        with world.as_reader("priya") as actor:
            assert queries.item(actor, person, made).text == TEXT
            assert queries.provenance(actor, person, made) is None
        assert told(world, "priya", person) == []

    def test_a_share_of_the_summary_opens_nothing(self, world, person, group):
        an_item(world, person, group)
        world.share(person, "police", "housing", Section.INTELLIGENCE, Level.SUM)
        assert read(world, "sam", person) == []
        assert told(world, "sam", person) == ["Northmoor Police"]


class TestMarks:
    def mark(self, world, record, kind):
        with world.system():
            rights.mark(record, kind, NOW + timedelta(days=90), GIVEN)

    def test_a_hidden_item_takes_the_sealed_line_with_it(self, world, person, group):
        made = an_item(world, person, group)
        self.mark(world, made, MarkKind.HIDDEN)
        for who in ALL:
            assert told(world, who, person) == []
            assert read(world, who, person) == []

    def test_a_sealed_item_is_told_of_even_to_members_it_does_not_name(self, world, person, group):
        made = an_item(world, person, group)
        self.mark(world, made, MarkKind.SEALED)
        with world.system():
            owen = world.staff["owen"]
            rights.name_reader(
                made, Reader.USER, world.agencies["police"], GIVEN, user=owen.user_id
            )
        assert read(world, "owen", person) == [made]
        assert read(world, "iris", person) == []
        assert told(world, "iris", person) == ["Northmoor Police"]
        assert told(world, "priya", person) == ["Northmoor Police"]

    def test_a_mark_on_the_item_closes_its_provenance(self, world, person, group):
        made = an_item(world, person, group)
        self.mark(world, made, MarkKind.SEALED)
        with world.as_reader("iris") as actor:
            assert queries.provenance(actor, person, made) is None

    def test_a_hidden_item_beside_another_changes_nothing(self, world, person, group):
        seen = an_item(world, person, group)
        before = told(world, "priya", person), read(world, "owen", person)
        self.mark(world, an_item(world, person, group), MarkKind.HIDDEN)
        assert (told(world, "priya", person), read(world, "owen", person)) == before
        assert before == (["Northmoor Police"], [seen])


class TestTimelineAndLatest:
    def lines(self, world, who, person):
        with world.as_reader(who) as actor:
            found = db.session.execute(
                queries.timeline_part(person=True),
                actor.binds(uow.current().at) | {"person": person},
            )
            return [dict(row) for row in found.mappings()]

    def test_only_readers_have_a_line_and_it_holds_no_text(self, world, person, group):
        made = an_item(world, person, group)
        for who in ALL:
            lines = self.lines(world, who, person)
            assert [each["record"] for each in lines] == read(world, who, person)
        (line,) = self.lines(world, "owen", person)
        assert (line["record"], line["body"], line["day"]) == (made, "Graded 2-B-C", ITEM.event_on)
        assert (line["by_name"], line["agency_name"]) == ("Owen Marsh", "Northmoor Police")

    def test_the_latest_are_the_first_of_all(self, world, person, group):
        for _ in range(3):
            an_item(world, person, group)
        with world.as_reader("owen") as actor:
            all_of_them = [each.record for each in queries.items(actor, person)]
            latest = [each.record for each in queries.latest(actor, person, most=2)]
        assert latest == all_of_them[:2]

    def test_references_do_not_count(self, world, person, group):
        made = {an_item(world, person, group) for _ in range(3)}
        with world.as_reader("owen") as actor:
            references = {queries.item(actor, person, each).reference for each in made}
        assert len(references) == 3


def test_the_tables_answer_only_through_the_policy(world, person, group):
    an_item(world, person, group)
    for model in (IntelligenceItem, Provenance):
        with world.as_reader("owen"), pytest.raises(UnscopedQuery):
            db.session.scalars(sa.select(model)).all()


def test_the_section_is_sealed_for_its_own_agency_too(world, person):
    with world.as_reader("owen") as actor:
        assert asking.standing(actor, person).levels[Section.INTELLIGENCE] == Level.SEALED
