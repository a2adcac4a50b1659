"""What scoped queries give: rows with the fields of the reader's level, counted, held and noted."""

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import reading, rights
from mappa.access.mirroring import Said, merge
from mappa.access.reading import OPENS, POLICY, SCOPE, FieldNotShown, Seen
from mappa.access.rights import Given
from mappa.access.terms import Level, MarkKind, Section
from mappa.agencies.models import Agency
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import Kind
from mappa.offenders.models import Address, Alias, Person
from mappa.reminders.models import Deadline
from tests.factories.world import LONG_AGO, NOW, SHARED, a_shared_person, northmoor
from tests.support.kept_rights import BY
from tests.support.stages import staged

GIVEN = Given(at=NOW, starts_at=LONG_AGO)
SUM, FULL = Level.SUM, Level.FULL
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
AT_SUMMARY = {"id", "person_id", "owner_agency_id", "kind", "district", "from_on"}
IN_FULL = AT_SUMMARY | {"lines", "postcode", "until_on", "note", "added_by_id", "added_at"}


class TestSeen:
    made = Seen(A, SUM, {"kind": "home", "note": None})

    def test_it_has_the_fields_it_was_given_and_no_others(self):
        assert (self.made.kind, self.made.note) == ("home", None)
        assert (self.made.record, self.made.level) == (A, SUM)
        with pytest.raises(FieldNotShown, match=r"^lines$") as missing:
            _ = self.made.lines
        assert missing.value.__cause__ is None
        assert issubclass(FieldNotShown, AttributeError)
        with pytest.raises(AttributeError):
            self.made.lines = "1 The Row"

    def test_asking_for_a_field_that_may_not_be_shown(self):
        assert [self.made.shows(each) for each in ("kind", "note", "lines")] == [True, True, False]
        asked = ("kind", "note", "lines")
        assert [self.made.get(each) for each in asked] == ["home", None, None]
        assert [self.made.get(each, "x") for each in asked] == ["home", None, "x"]

    def test_its_fields_are_a_copy(self):
        self.made.fields()["kind"] = "changed"
        assert self.made.fields() == {"kind": "home", "note": None}

    def test_it_says_which_record_and_level_and_nothing_else(self):
        assert repr(self.made) == f"<Seen {A} at SUM>"
        assert [Seen(A, level, {}).full for level in (Level.SEALED, SUM, FULL)] == [
            False, False, True,
        ]  # fmt: skip


def test_which_columns_a_level_shows():
    assert reading.shown_columns(Address, FULL) == IN_FULL
    assert reading.shown_columns(Address, SUM) == AT_SUMMARY
    assert reading.shown_columns(Address, Level.SEALED) == frozenset()
    assert isinstance(reading.shown_columns(Address, SUM), frozenset)


class TestMarks:
    def test_a_scope_says_of_which_table_it_is(self):
        for made in (reading.scope(Alias), reading.scope(Deadline, section=Section.VISITS)):
            assert SCOPE in made._annotations
            assert OPENS not in made._annotations
        assert reading.scope(Alias)._annotations[SCOPE] == "alias"

    def test_keeping_in_step_opens_the_table(self):
        made = reading.bookkeeping(Deadline)
        assert dict(made._annotations) | {SCOPE: "deadline", OPENS: "deadline"} == dict(
            made._annotations
        )
        assert str(made.compile(compile_kwargs={"literal_binds": True})) == "true"

    def test_the_names_that_other_modules_look_for(self):
        level = reading.scoped(Alias, person=False).selected_columns["level_"]
        assert (SCOPE, POLICY, OPENS) == ("mappa_scope", "mappa_policy", "mappa_opens")
        assert level.element._annotations[POLICY] is True
        made = reading.of_person(Alias.__table__.c.person_id)
        assert made._annotations["mappa_of_person"] is True
        assert str(made) == "alias.person_id = :person"


class TestNoting:
    def test_nothing_is_noted_before_it_begins(self):
        with reading.unnoted():
            reading.note_read([A])
            assert reading._noted.get() is None

    def test_what_is_read_is_remembered_until_the_next_request(self):
        first = reading.start_noting()
        assert first == set()
        reading.note_read([A, B])
        reading.note_read(iter([B, C]))
        assert first == {A, B, C}
        second = reading.start_noting()
        reading.note_read([A])
        assert (first, second) == ({A, B, C}, {A})

    def test_noting_goes_on_afterwards_even_after_an_error(self):
        noted = reading.start_noting()
        with reading.unnoted():
            reading.note_read([A])
        with pytest.raises(KeyError), reading.unnoted():
            reading.note_read({}[B])
        assert noted == set()
        reading.note_read([C])
        assert noted == {C}


def row(record, level=FULL, **fields) -> Seen:
    return Seen(record, level, fields)


def what(found) -> list:
    return [(each.record, each.level, each.fields()) for each in found]


class TestSeenByAll:
    def ask(self, *answers):
        """What readers 0, 1, … see; each is asked once, unnoted."""
        asked = []

        def of(number):
            asked.append(number)
            reading.note_read([C])
            return answers[number]

        noted = reading.start_noting()
        found = reading.seen_by_all(range(len(answers)), of)
        assert asked == list(range(len(answers)))
        assert noted == {each.record for each in found}
        return what(found)

    def test_of_one_reader_it_is_what_that_one_sees(self):
        assert self.ask([row(A, SUM, x=1), row(B, x=None)]) == [
            (A, SUM, {"x": 1}), (B, FULL, {"x": None}),
        ]  # fmt: skip

    def test_only_rows_that_all_of_them_see(self):
        rows = [row(A, x=1), row(B, x=2), row(C, x=3)]
        assert self.ask(rows, rows[1:], rows[:2]) == [(B, FULL, {"x": 2})]
        assert self.ask(rows, []) == []
        assert self.ask([], rows) == []

    def test_a_field_that_one_does_not_get_is_gone_and_the_level_is_the_lowest(self):
        whole, part = row(A, x=1, y=2), row(A, SUM, x=1)
        for answers in ([whole], [part], [whole]), ([part], [whole]), ([whole], [whole], [part]):
            assert self.ask(*answers) == [(A, SUM, {"x": 1})]

    def test_a_value_that_is_not_the_same_for_all_is_none(self):
        for last in (2, None):
            answers = [row(A, x=1, y=7)], [row(A, x=1, y=7)], [row(A, x=last, y=7)]
            assert self.ask(*answers) == [(A, FULL, {"x": None, "y": 7})]

    def test_rows_are_matched_by_their_own_id_where_they_show_it(self):
        first = [row(C, id=A, x=1), row(C, id=B, x=2)]  # two rows made from one record
        assert self.ask(first, first[::-1]) == [
            (C, FULL, {"id": A, "x": 1}), (C, FULL, {"id": B, "x": 2}),
        ]  # fmt: skip
        assert self.ask(first, first[:1]) == [(C, FULL, {"id": A, "x": 1})]


def an_address(world, about, owner, district, until=None) -> Address:
    return Address(
        person_id=about, owner_agency_id=world.agencies[owner], kind="home", lines="1 The Row",
        postcode="NM1 1AA", district=district, from_on=date(2026, 1, 1), until_on=until,
        added_by_id=BY, added_at=NOW,
    )  # fmt: skip


def _read_from(world, daniel) -> tuple[UUID, dict[str, UUID]]:
    """Addresses of the person, of a second record of the same person, and of somebody else."""
    twin = world.person("Danny", manager="priya")
    other = world.person("Else", "Verden", manager="priya")
    with world.system():
        merge(daniel, twin, "wexcombe,daniel", Said(at=NOW, by=BY, reason="one person"))
        made = {
            "now": an_address(world, daniel, "probation", "NM1"),
            "then": an_address(world, daniel, "probation", "NM2", date(2026, 2, 1)),
            "police": an_address(world, daniel, "police", "NM3"),
            "twin": an_address(world, twin, "probation", "NM4"),
            "sealed": an_address(world, daniel, "children", "NM5"),
            "other": an_address(world, other, "probation", "NM6"),
        }
        db.session.add_all(made.values())
        db.session.flush()
        rights.mark(made["sealed"].id, MarkKind.SEALED, NOW, GIVEN)
        return other, {key: each.id for key, each in made.items()}


@pytest.fixture
def world(app):
    world = northmoor(app)
    world.daniel = a_shared_person(world)
    world.other, world.ids = staged(
        app, "read_from", lambda: _read_from(world, world.daniel), after=SHARED
    )
    return world


OF_ONE = reading.scoped(Address, person=True)
OF_ALL = reading.scoped(Address, person=False)
WHOLE = reading.scoped(Address, need=FULL, person=False)


@pytest.mark.sql
class TestRows:
    def seen(self, world, who, statement=OF_ALL, **binds):
        """Which of the addresses, at what level; what was read was noted."""
        names = {record: key for key, record in world.ids.items()}
        with world.as_reader(who) as actor:
            noted = reading.start_noting()
            found = reading.rows(actor, statement, Address, **binds)
        assert noted == {each.record for each in found}
        assert all(each.id == each.record for each in found)
        assert len(noted) == len(found)
        return {names[each.record]: each for each in found}

    def levels(self, *given, **binds):
        return {key: each.level for key, each in self.seen(*given, **binds).items()}

    def test_a_reader_in_full_gets_every_field(self, world):
        found = self.seen(world, "priya")
        assert set(found) == {"now", "then", "police", "twin", "other"}
        assert {each.level for each in found.values()} == {FULL}
        assert set(found["then"].fields()) == IN_FULL
        assert (found["then"].district, found["then"].until_on) == ("NM2", date(2026, 2, 1))
        assert (found["now"].person_id, found["now"].lines) == (world.daniel, "1 The Row")

    def test_a_reader_of_the_summary_gets_its_rows_and_fields(self, world):
        found = self.seen(world, "leah")
        assert set(found) == {"now", "police", "twin"}
        assert {each.level for each in found.values()} == {SUM}
        assert set(found["now"].fields()) == AT_SUMMARY
        assert (found["now"].district, found["now"].shows("lines")) == ("NM1", False)
        assert self.levels(world, "leah", WHOLE) == {}
        assert self.levels(world, "sam") == {}

    def test_one_row_may_be_shared_in_full_beside_a_summary(self, world):
        with world.system():
            rights.share(
                world.daniel, world.agencies["police"], world.agencies["children"],
                Section.CONTACT, FULL, "wexcombe,daniel", GIVEN, record=world.ids["police"],
            )  # fmt: skip
        wanted = {"now": SUM, "police": FULL, "twin": SUM}
        assert self.levels(world, "leah") == wanted
        assert self.levels(world, "leah", WHOLE) == {"police": FULL}
        found = self.seen(world, "leah", OF_ONE, person=world.daniel)
        assert {key: set(each.fields()) for key, each in found.items()} == {
            "now": AT_SUMMARY, "police": IN_FULL, "twin": AT_SUMMARY,
        }  # fmt: skip

    def test_of_one_person_and_who_was_merged_into_them(self, world):
        of = dict.fromkeys(("now", "then", "police", "twin"), FULL)
        assert self.levels(world, "priya", OF_ONE, person=world.daniel) == of
        assert self.levels(world, "priya", OF_ONE, person=world.other) == {"other": FULL}
        assert self.levels(world, "priya", OF_ONE, person=new_id()) == {}

    def test_more_is_asked_and_bound_beside(self, world):
        name = Agency.__table__.c.name.label("owner_name")
        c = Address.__table__.c
        statement = (
            reading.scoped(Address, name, person=True)
            .join(Agency, Agency.id == c.owner_agency_id)
            .where(c.district == sa.bindparam("district"))
        )
        found = self.seen(world, "leah", statement, person=world.daniel, district="NM3")
        assert set(found) == {"police"}
        assert found["police"].owner_name == "Northmoor Police"
        assert set(found["police"].fields()) == AT_SUMMARY | {"owner_name"}

    def test_the_only_row_or_none(self, world):
        statement = OF_ALL.where(Address.__table__.c.id == sa.bindparam("record"))
        with world.as_reader("priya") as actor:
            found = reading.one(actor, statement, Address, record=world.ids["then"])
            assert (found.record, found.district) == (world.ids["then"], "NM2")
            for hidden in (new_id(), world.ids["sealed"]):
                with pytest.raises(NotFound):
                    reading.one(actor, statement, Address, record=hidden)

    def test_the_persons_own_row_is_the_surviving_one(self, world):
        statement = reading.scoped(Person, person=True)
        for person, who, level in (
            (world.daniel, "priya", FULL), (world.daniel, "leah", SUM),
            (world.other, "priya", FULL),
        ):  # fmt: skip
            with world.as_reader(who) as actor:
                found = reading.rows(actor, statement, Person, person=person)
                assert [(each.record, each.id, each.level) for each in found] == [
                    (person, person, level)
                ]

    def test_counting_ends_one_above_the_cap(self, world):
        ordered = OF_ALL.order_by(Address.__table__.c.district)
        c = Address.__table__.c
        with world.as_reader("priya") as actor:
            assert [reading.count(actor, ordered, cap=cap) for cap in (3, 4, 5, 6)] == [4, 5, 5, 5]
            assert reading.count(actor, ordered) == 5
            some = OF_ALL.where(c.district > sa.bindparam("after"))
            assert reading.count(actor, some, after="NM3") == 2
            with_order = str(reading._counted(ordered, 7))
            assert "ORDER BY" not in with_order
        with world.as_reader("leah") as actor:
            assert reading.count(actor, OF_ALL) == 3

    def test_a_hundred_and_one_is_the_most_that_is_said(self, world):
        with world.system():
            db.session.add_all(
                an_address(world, world.other, "probation", "NM9") for _ in range(105)
            )
        with world.as_reader("priya") as actor:
            assert reading.count(actor, OF_ALL) == 101


@pytest.mark.sql
class TestLoad:
    def test_the_row_itself_is_given_and_noted(self, world):
        with world.as_reader("priya", Kind.WRITE) as actor:
            noted = reading.start_noting()
            found = reading.load(actor, Address, world.ids["then"])
            assert isinstance(found, Address)
            assert (found.id, found.district) == (world.ids["then"], "NM2")
            for hidden in (world.ids["sealed"], new_id()):
                with pytest.raises(NotFound):
                    reading.load(actor, Address, hidden)
            assert noted == {world.ids["then"]}

    def test_in_full_unless_less_is_needed(self, world):
        with world.as_reader("leah", Kind.WRITE) as actor:
            with pytest.raises(NotFound):
                reading.load(actor, Address, world.ids["now"])
            assert reading.load(actor, Address, world.ids["now"], need=SUM).district == "NM1"

    def test_it_is_held_for_the_writer(self):
        from sqlalchemy.dialects import postgresql

        said = str(reading._load_statement(Address, FULL).compile(dialect=postgresql.dialect()))
        assert said.rstrip().endswith("FOR UPDATE OF address")
