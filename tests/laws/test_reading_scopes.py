"""Which rows a scope lets through, who sees a person at all, and what is told of sealed records."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import reading, rights
from mappa.access.mirroring import Said, merge
from mappa.access.models import Reach
from mappa.access.reading import OPENS, SCOPE
from mappa.access.rights import Given
from mappa.access.terms import Level, MarkKind, Section
from mappa.intelligence.models import IntelligenceItem
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.offenders.models import Alias, Person
from mappa.reminders.models import Notice
from tests.factories.world import LONG_AGO, NOW, SHARED, a_shared_person, northmoor
from tests.support.kept_rights import BY
from tests.support.stages import staged

pytestmark = pytest.mark.sql
GIVEN = Given(at=NOW, starts_at=LONG_AGO)


def _told_of(world, daniel) -> tuple[UUID, UUID, dict[str, UUID]]:
    """Somebody else, a second record of the person, and a handling group of each agency."""
    other = world.person("Else", "Verden", manager="priya")
    twin = world.person("Danny", manager="priya")
    with world.system():
        merge(daniel, twin, "wexcombe,daniel", Said(at=NOW, by=BY, reason="one person"))
    groups = {each: world.handling_group(each) for each in ("police", "children", "health")}
    with world.system():
        rights.join_handling(groups["police"], world.staff["owen"].user_id, GIVEN)
    return other, twin, groups


@pytest.fixture
def world(app):
    world = northmoor(app)
    world.daniel = a_shared_person(world)
    world.other, world.twin, world.groups = staged(
        app, "told_of", lambda: _told_of(world, world.daniel), after=SHARED
    )
    return world


def asked(world, who, statement, **binds) -> list:
    with world.as_reader(who) as actor:
        return list(db.session.execute(statement, actor.binds(NOW) | binds).scalars())


class TestScope:
    c = Notice.__table__.c
    sections = (Section.RISK, Section.VISITS, Section.INTELLIGENCE)

    @pytest.fixture
    def news(self, world):
        """Of each section one notice to leah, and one to priya."""
        with world.system():
            db.session.add_all(
                Notice(
                    user_id=world.staff[who].user_id, event=who, key="", about_id=new_id(), at=NOW,
                    person_id=world.daniel, owner_agency_id=world.agencies["probation"],
                    section=section.value, subject_id=new_id(),
                )
                for who in ("leah", "priya") for section in self.sections
            )  # fmt: skip

    def found(self, world, who, **given):
        statement = sa.select(self.c.section).where(reading.scope(Notice, **given))
        return sorted(asked(world, who, statement))

    def test_at_summary_unless_more_is_needed(self, world, news):
        assert self.found(world, "leah") == ["risk", "visits"]
        assert self.found(world, "leah", need=Level.FULL) == []
        assert self.found(world, "priya") == ["risk", "risk", "visits", "visits"]
        assert self.found(world, "priya", need=Level.FULL) == ["risk", "risk", "visits", "visits"]
        assert self.found(world, "sam") == []

    def test_of_one_section_the_rows_that_carry_it(self, world, news):
        for section, mine, priyas in (
            (Section.RISK, ["risk"], ["risk"] * 2), (Section.VISITS, ["visits"], ["visits"] * 2),
            (Section.INTELLIGENCE, [], []), (Section.PLAN, [], []),
        ):  # fmt: skip
            assert self.found(world, "leah", section=section) == mine
            assert self.found(world, "leah", section=section, need=Level.FULL) == []
            assert self.found(world, "priya", section=section, need=Level.FULL) == priyas

    def test_of_an_alias_of_the_table(self, world):
        with world.system():
            db.session.add_all(
                Alias(
                    person_id=about, owner_agency_id=world.agencies["probation"], name=name,
                    kind="alias",
                )
                for about, name in ((world.daniel, "Dan"), (world.other, "Elsie"))
            )  # fmt: skip
        table = Alias.__table__.alias("known_as")
        of = replace(
            Alias.label(), person=table.c.person_id, owner=table.c.owner_agency_id,
            record=table.c.id, audience=table.c.audience, handling=table.c.handling_group_id,
        )  # fmt: skip
        made = reading.scope(Alias, of=of)
        assert made._annotations[SCOPE] == "alias"
        assert asked(world, "leah", sa.select(table.c.name).where(made)) == ["Dan"]
        assert asked(world, "sam", sa.select(table.c.name).where(made)) == []
        own = sa.select(Alias.name).where(reading.scope(Alias)).order_by(Alias.name)
        assert asked(world, "priya", own) == ["Dan", "Elsie"]


class TestSeesPerson:
    def seen(self, world, who) -> set[str]:
        person = Reach.__table__.c.person_id
        found = asked(world, who, sa.select(person).where(reading.sees_person(person)))
        names = {world.daniel: "daniel", world.twin: "twin", world.other: "other"}
        return {names[each] for each in found}

    def test_by_the_agreement(self, world):
        assert self.seen(world, "priya") == {"daniel", "twin", "other"}
        assert self.seen(world, "leah") == {"daniel", "twin"}
        assert self.seen(world, "iris") == {"daniel", "twin"}
        assert self.seen(world, "carl") == {"daniel", "twin", "other"}
        assert self.seen(world, "sam") == self.seen(world, "ada") == set()

    def test_by_a_share_of_the_identity_by_who_leads(self, world):
        shared = (
            (world.other, "probation", Section.IDENTITY, Level.SUM, "housing"),
            (world.daniel, "police", Section.IDENTITY, Level.FULL, "housing"),
            (world.daniel, "probation", Section.RISK, Level.FULL, "housing"),
            (world.daniel, "probation", Section.IDENTITY, Level.SEALED, "health"),
        )
        with world.system():
            for person, owner, section, level, agency in shared:
                rights.share(
                    person, world.agencies[owner], world.agencies[agency], section, level, "x",
                    GIVEN,
                )  # fmt: skip
        assert self.seen(world, "sam") == {"other"}
        assert self.seen(world, "amit") == set()

    def test_a_share_of_the_persons_own_record(self, world):
        with world.system():
            rights.share(
                world.other, world.agencies["probation"], world.agencies["housing"],
                Section.IDENTITY, Level.SUM, "x", GIVEN, record=world.other,
            )  # fmt: skip
        assert self.seen(world, "sam") == {"other"}

    def test_who_is_kept_out_or_not_named_does_not(self, world):
        with world.system():
            rights.exclude(world.daniel, GIVEN, user=world.staff["leah"].user_id)
            rights.mark(world.other, MarkKind.HIDDEN, NOW, GIVEN)
        assert "daniel" not in self.seen(world, "leah")
        assert self.seen(world, "priya") == {"daniel", "twin"}


class TestHolders:
    held = reading.holders_statement(IntelligenceItem, Section.INTELLIGENCE)

    @pytest.fixture
    def items(self, world):
        """Two of the police; one of children's services, of the twin; another person's."""
        of = (
            (world.daniel, "police"), (world.daniel, "police"), (world.twin, "children"),
            (world.other, "health"),
        )  # fmt: skip
        with world.system():
            made = [
                IntelligenceItem(
                    person_id=person, owner_agency_id=world.agencies[owner],
                    handling_group_id=world.groups[owner], reference=f"I{number}",
                    event_on=date(2026, 1, 1), reported_at=NOW,
                    by_id=world.staff["owen"].user_id, source="1", assessment="A", handling="P",
                    conditions=None, text="x",
                )
                for number, (person, owner) in enumerate(of)
            ]  # fmt: skip
            db.session.add_all(made)
            db.session.flush()
            return [each.id for each in made]

    def told(self, world, who, person) -> list[UUID]:
        with world.as_reader(who) as actor:
            return reading.holders(actor, self.held, person)

    def test_each_agency_once_sorted_of_all_records_of_the_person(self, world, items):
        police, children, health = (
            world.agencies[each] for each in ("police", "children", "health")
        )
        assert self.told(world, "priya", world.daniel) == sorted([police, children])
        assert self.told(world, "priya", world.other) == [health]
        assert self.told(world, "owen", world.daniel) == [children]  # the rest is seen
        assert self.told(world, "owen", world.other) == []
        assert self.told(world, "sam", world.daniel) == []
        assert self.told(world, "priya", new_id()) == []

    def test_of_a_hidden_record_nothing_is_told(self, world, items):
        with world.system():
            for item in items[:2]:
                rights.mark(item, MarkKind.HIDDEN, NOW, GIVEN)
            rights.exclude(world.other, GIVEN, user=world.staff["grace"].user_id)
        children = world.agencies["children"]
        assert self.told(world, "priya", world.daniel) == [children]
        assert self.told(world, "grace", world.other) == []

    def test_its_table_is_opened_for_it(self):
        found = [
            each._annotations for each in self.held._where_criteria if SCOPE in each._annotations
        ]
        assert [(each[SCOPE], each[OPENS]) for each in found] == [("intelligence_item",) * 2]
        assert "DISTINCT" in str(self.held)


class TestAbout:
    statement = reading.scoped(Alias, person=True)

    def test_who_was_not_merged_is_asked_by_an_equation(self, world):
        with world.as_reader("priya"):
            made, binds = reading.about(self.statement, world.other)
            assert made is self.statement
            assert binds == {"person": world.other}

    def test_who_was_is_asked_by_a_list_made_once(self, world):
        with world.as_reader("priya"):
            made, binds = reading.about(self.statement, world.daniel)
            assert binds.pop("people", None) is None
            assert set(binds) == {"person", "of_people"}
            assert binds["person"] == world.daniel
            assert sorted(binds["of_people"]) == sorted([world.daniel, world.twin])
            assert reading.about(self.statement, world.daniel)[0] is made
        said = str(made)
        assert "alias.person_id IN (__[POSTCOMPILE_of_people])" in said
        assert "alias.person_id = :person" not in said
        assert str(self.statement).count("alias.person_id = :person") == 1

    def test_the_persons_own_row_stays_an_equation(self, world):
        own = reading.scoped(Person, person=True)
        with world.as_reader("priya"):
            made, _ = reading.about(own, world.daniel)
        assert "person.id = :person" in str(made)
        assert "POSTCOMPILE_of_people" not in str(made)


def test_a_label_bound_to_another_person_opens_nothing(world):
    with world.system():
        made = Alias(
            person_id=world.other, owner_agency_id=world.agencies["probation"], name="Elsie",
            kind="alias",
        )  # fmt: skip
        db.session.add(made)
    free = sa.select(Alias.name).where(
        reading.scope(Alias, of=replace(Alias.label(), person=reading.PERSON))
    )
    bound = reading.scoped(Alias, person=True)
    with world.app.app_context():  # on PostgreSQL the second wall keeps it closed
        walled = db.engine.dialect.name == "postgresql"
    assert asked(world, "leah", free, person=world.daniel) == ([] if walled else ["Elsie"])
    assert asked(world, "leah", bound, person=world.daniel) == []
    assert asked(world, "priya", bound, person=world.other) != []
