"""Finding people: in any spelling, by number, and never by what one may not see."""

import json
from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind
from mappa.audit.models import AuditEntry
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted
from mappa.kernel.uow import Kind
from mappa.offenders import candidates, search
from mappa.offenders.models import NameKey
from mappa.offenders.names import wanted
from mappa.web.models import KeptSearch
from tests.factories.offenders import an_address, an_alias, keyed, with_overview
from tests.factories.world import NOW, count, northmoor

pytestmark = pytest.mark.sql


@pytest.fixture
def world(app):
    return northmoor(with_overview(app))


@pytest.fixture
def daniel(world):
    """Daniel Wexcombe with every number; children's services have the summary."""
    person = world.person(
        manager="priya", level=2, crn="Z900412", pnc="2012/0900412T", visor="NM-009041",
        prison_number="A1234BC",
    )  # fmt: skip
    world.on_team(person, "police", Capacity.RESPONSIBLE)
    world.on_team(person, "children", Capacity.COOPERATE_CHILDREN)
    keyed(world, person)
    an_address(world, person)
    return person


def found(world, who, typed):
    with world.as_reader(who) as actor:
        return [(each.person.id, each.match.reason) for each in search.search(actor, typed).found]


class TestByName:
    def test_a_misspelt_name_finds_the_person_and_says_why(self, world, daniel):
        assert found(world, "priya", "danial wexcome") == [
            (daniel, "Sounds the same. 2 letters differ:")
        ]

    def test_the_closest_is_first(self, world, daniel):
        other = world.person("Danielle", "Wexham", manager="priya")
        keyed(world, other)
        an_alias(world, other, "Dani Wexcomb")
        answers = found(world, "priya", "danial wexcome")
        assert [each[0] for each in answers] == [daniel, other]
        assert answers[1][1].endswith("Also known as")

    def test_a_person_one_cannot_see_leaves_no_trace(self, world, daniel):
        before = found(world, "leah", "danial wexcome")
        for number in range(3):
            hidden = world.person("Daniel", "Wexcombe", manager="priya", crn=f"Z90050{number}")
            keyed(world, hidden)
        assert found(world, "leah", "danial wexcome") == before

    def test_hidden_people_take_nobodys_place(self, world, daniel, monkeypatch):
        monkeypatch.setattr(search, "MOST_SHOWN", 1)
        monkeypatch.setattr(candidates, "MOST", 1)
        for _ in range(4):
            hidden = world.person("Danial", "Wexcome", lead="police")
            keyed(world, hidden)
            an_alias(world, hidden, "Danial Wexcome", "probation")
        assert [each[0] for each in found(world, "priya", "danial wexcome")] == [daniel]

    def test_a_hidden_alias_finds_nobody(self, world, daniel):
        alias = an_alias(world, daniel, "Tobias Quillfeather", "police")
        assert len(found(world, "leah", "tobias quillfeather")) == 1
        with world.system():
            rights.mark(alias, MarkKind.HIDDEN, NOW, Given(at=NOW))
        assert found(world, "leah", "tobias quillfeather") == []
        assert found(world, "priya", "tobias quillfeather") == []

    def test_an_excluded_reader_finds_nobody(self, world, daniel):
        with world.system():
            rights.exclude(daniel, Given(at=NOW), user=world.staff["leah"].user_id)
        assert found(world, "leah", "daniel wexcombe") == []

    @pytest.mark.parametrize("who", ["sam", "amit"])
    def test_an_agency_that_is_not_on_the_team_finds_nobody(self, world, daniel, who):
        for typed in ("daniel wexcombe", "Z900412", "14 3 1979", "NM1 4ZZ", "NM1"):
            assert found(world, who, typed) == []


class TestByBirth:
    def test_day_and_month_may_be_swapped(self, world):
        person = world.person("Ann", "Other", manager="priya", born=date(1979, 4, 3))
        keyed(world, person)
        assert found(world, "priya", "3/4/1979") == [(person, "Date of birth")]
        assert found(world, "priya", "4 March 1979") == [
            (person, "Date of birth with day and month swapped")
        ]

    def test_name_and_birth_together_are_closer(self, world, daniel):
        twin = world.person("Daniel", "Wexcombe", manager="priya", born=date(1980, 1, 1))
        keyed(world, twin)
        answers = found(world, "priya", "daniel wexcombe 14/03/1979")
        assert [each[0] for each in answers] == [daniel, twin]
        assert answers[0][1] == "Date of birth. Exact name"


class TestByNumber:
    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("z900412", "Same CRN"),
            ("12/900412T", "Same PNC number"),
            ("nm009041", "Same ViSOR number"),
            ("a1234bc", "Same prison number"),
        ],
    )
    def test_full_readers_find_by_number(self, world, daniel, typed, reason):
        assert found(world, "priya", typed) == [(daniel, reason)]
        assert found(world, "owen", typed) == [(daniel, reason)]

    @pytest.mark.parametrize("typed", ["Z900412", "2012/0900412T", "NM-009041", "A1234BC"])
    def test_readers_of_the_summary_do_not(self, world, daniel, typed):
        assert found(world, "leah", typed) == []


class TestByPostcode:
    def test_full_readers_find_by_postcode_and_district(self, world, daniel):
        assert found(world, "priya", "nm1 4zz") == [(daniel, "Same postcode")]
        assert found(world, "priya", "NM1") == [(daniel, "Same postcode district")]

    def test_a_reader_of_the_district_finds_by_the_district_alone(self, world, daniel):
        assert found(world, "leah", "NM1 4ZZ") == []
        assert found(world, "leah", "NM1") == [(daniel, "Same postcode district")]

    def test_an_earlier_address_is_for_full_readers(self, world, daniel):
        an_address(world, daniel, postcode="NM7 1AA", until_on=date(2026, 1, 1))
        assert len(found(world, "priya", "NM7 1AA")) == 1
        assert found(world, "leah", "NM7") == []

    def test_a_hidden_address_finds_nobody(self, world, daniel):
        hidden = an_address(world, daniel, "police", postcode="NM9 1AA")
        with world.system():
            rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW))
        assert found(world, "priya", "NM9 1AA") == []
        assert found(world, "leah", "NM9") == []


class TestPlan:
    def test_keys_are_found_by_equality_on_their_index(self, world, daniel):
        with world.system():
            connection = db.session.connection()
            sent = []

            @sa.event.listens_for(connection, "before_cursor_execute")
            def note(_connection, _cursor, statement, parameters, *_):
                sent.append((statement, parameters))

            asked = {"wanted": json.dumps(wanted("danial wexcome")), "most": 100}
            binds = world.staff["leah"].actor.binds(NOW) | asked
            statement = candidates._seen(db.engine.dialect.name, NameKey, area=False)
            db.session.execute(statement, binds).all()
            sa.event.remove(connection, "before_cursor_execute", note)
            statement, parameters = sent[-1]
            words = "EXPLAIN QUERY PLAN "
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # few rows: it scans
                words = "EXPLAIN "
            plan = "\n".join(
                str(row[-1]) for row in connection.exec_driver_sql(words + statement, parameters)
            )
        assert "ix_name_key_value" in plan
        assert "SCAN name_key" not in plan
        assert "Seq Scan on name_key" not in plan


class TestKept:
    def test_the_text_is_kept_encrypted_for_the_session(self, world):
        with world.as_reader("priya", Kind.WRITE) as actor:
            kept = search.keep_search(actor, "danial wexcome", now=NOW).id
        with world.as_reader("priya") as actor:
            assert search.kept_search(actor, kept) == "danial wexcome"
        with world.as_reader("owen") as actor, pytest.raises(NotFound):
            search.kept_search(actor, kept)
        with world.system():
            stored = db.session.execute(
                sa.select(sa.type_coerce(KeptSearch.typed, sa.LargeBinary))
            ).scalar_one()
            assert b"danial" not in stored
            assert db.session.scalars(sa.select(AuditEntry.event)).all() == ["person:searched"]

    @pytest.mark.parametrize("typed", ["", "   ", "…", "-- '"])
    def test_nothing_typed_is_kept_nowhere(self, world, typed):
        with world.as_reader("priya", Kind.WRITE) as actor:
            with pytest.raises(FieldErrors) as error:
                search.keep_search(actor, typed, now=NOW)
            assert error.value.errors == {"q": [search.NOTHING_TYPED]}
        with world.system():
            assert count(KeptSearch) == 0

    @pytest.mark.parametrize("who", ["ada", "adam", "sys"])
    def test_a_role_without_people_does_not_search(self, world, who):
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotPermitted):
            search.keep_search(actor, "daniel", now=NOW)
