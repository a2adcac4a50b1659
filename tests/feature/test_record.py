"""Any kind of record is added, corrected and ended in one way, and nothing is lost or told on."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import Reach
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Section
from mappa.audit.models import AuditEntry
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind as UnitKind
from mappa.offenders import levels, search
from mappa.offenders import queries as people_queries
from mappa.offenders import service as people
from mappa.offenders.models import Alias, NameKey, Person, PersonChange, PlaceKey
from mappa.offenders.record import queries, service
from mappa.offenders.record.models import ManagementLevel
from mappa.offenders.record.rules import ADD, CORRECT, KINDS, Entry, Shape
from mappa.offenders.rules import AddAddress, AddPerson
from tests.factories.offenders import an_address, an_alias, an_order, keyed, with_overview
from tests.factories.world import NOW, a_shared_person, northmoor

pytestmark = pytest.mark.sql

TODAY = date(2026, 11, 20)
BEFORE = NOW - timedelta(minutes=1)
ADDABLE = [key for key, kind in KINDS.items() if ADD in kind.ways]
SOME = {
    "alias": {"name": "Danny Wex", "kind": "nickname"},
    "description": {"height_cm": 181, "hair": "Brown"},
    "level": {"category": 2, "level": 3, "from_on": TODAY, "reason": "Decided at the panel"},
    "contact": {"kind": "mobile", "value": "07700 900123"},
    "employment": {"kind": "paid", "employer": "Northmoor Pallets"},
    "vehicle": {"registration": "NM70ZZZ", "use": "own"},
    "device": {"kind": "phone", "make": "Black"},
    "account": {"service": "Photographs", "user_name": "dan"},
    "associate": {"name": "Kerry", "relation": "Sister"},
    "victim": {"name": "A. Example", "liaison_officer": "Mary Colefax"},
    "child": {"name": "B. Example", "born_on": date(2016, 5, 4), "no_contact": "None alone"},
    "order": {"name": "Prevention order", "made_on": date(2024, 1, 2)},
    "condition": {"kind": "additional", "text": "Not to enter the park"},
    "offence": {"kind": "Robbery", "sentence": "4 years"},
    "custody": {"kind": "recall", "place": "Coldmarsh", "from_on": date(2025, 1, 1)},
}


def entry(key, why="", **values):
    """What a form of the kind would give, with the rest left empty."""
    empty = {
        each.name: None if each.shape in (Shape.DAY, Shape.NUMBER) else ""
        for each in KINDS[key].fields
    }
    return Entry(values=empty | values, why=why)


@pytest.fixture
def world(app):
    return northmoor(with_overview(app))


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def add(world, person, key, who="priya", **values) -> UUID:
    with world.as_reader(who, UnitKind.WRITE) as actor:
        typed = entry(key, **(values or SOME[key]))
        made = service.add(actor, person, KINDS[key], typed, now=BEFORE)
        return made.id


def correct(world, person, key, record, who="priya", why="Misheard", **changed):
    with world.as_reader(who, UnitKind.WRITE) as actor:
        row = service.to_write(actor, person, KINDS[key], record, CORRECT)
        values = service.values_of(KINDS[key], row) | changed
        service.correct(actor, person, KINDS[key], record, Entry(values=values, why=why), now=NOW)


def seen(world, person, key, who="priya"):
    with world.as_reader(who) as actor:
        return queries.records(actor, person, KINDS[key])


def history(world, person, who="priya"):
    with world.as_reader(who) as actor:
        return people_queries.history(actor, person)[0]


class TestEveryKind:
    def test_is_added_and_ended_with_history_and_audit(self, world, daniel):
        for key in ADDABLE:
            kind, record = KINDS[key], add(world, daniel, key)
            found = [each for each in seen(world, daniel, key) if each.get("id") == record]
            assert [each.full for each in found] == [True], key
            with world.as_reader("priya", UnitKind.WRITE) as actor:
                service.end(actor, daniel, kind, record, until_on=TODAY, why="It is over", now=NOW)
            ended = next(each for each in seen(world, daniel, key) if each.get("id") == record)
            assert ended.get(kind.until) == TODAY, key
        told = {each.kind: each for each in history(world, daniel)}
        assert {f"{key}:{act}" for key in ADDABLE for act in ("added", "ended")} <= set(told)
        assert told["vehicle:ended"].before == "NM70ZZZ"
        assert told["vehicle:ended"].after == "Ended 20 November 2026"
        assert told["vehicle:ended"].why == "It is over"
        with world.system():
            events = set(db.session.scalars(sa.select(AuditEntry.event)))
        assert {f"{key}:{act}" for key in ADDABLE for act in ("added", "ended")} <= events

    def test_a_correction_tells_every_field_from_and_to(self, world, daniel):
        record = add(world, daniel, "vehicle")
        correct(world, daniel, "vehicle", record, colour="Red", registration="NM70ZZX")
        change = history(world, daniel)[0]
        assert change.kind == "vehicle:corrected"
        assert change.before == "Registration number: NM70ZZZ\nColour: nothing"
        assert change.after == "Registration number: NM70ZZX\nColour: Red"
        assert (change.why, change.by_name) == ("Misheard", "Priya Sandhurst")

    def test_is_not_corrected_into_what_it_is(self, world, daniel):
        record = add(world, daniel, "vehicle")
        with pytest.raises(RuleBroken):
            correct(world, daniel, "vehicle", record)
        assert [each.kind for each in history(world, daniel)] == ["vehicle:added"]

    def test_ends_once_and_not_before_it_began(self, world, daniel):
        record = add(world, daniel, "custody")
        kind = KINDS["custody"]
        for until, refused in (
            (date(2024, 1, 1), True), (date(2027, 1, 1), True), (TODAY, False), (TODAY, True)
        ):  # fmt: skip
            with world.as_reader("priya", UnitKind.WRITE) as actor:
                if not refused:
                    service.end(actor, daniel, kind, record, until_on=until, why="x", now=NOW)
                    continue
                with pytest.raises(RuleBroken):
                    service.end(actor, daniel, kind, record, until_on=until, why="x", now=NOW)
        assert [each.kind for each in history(world, daniel)].count("custody:ended") == 1

    def test_only_its_owner_changes_it(self, world, daniel):
        record = add(world, daniel, "vehicle", who="owen")
        with pytest.raises(NotPermitted):
            correct(world, daniel, "vehicle", record, who="priya", colour="Red")
        add(world, daniel, "vehicle", who="priya")  # others add their own
        assert len(seen(world, daniel, "vehicle")) == 2

    def test_is_not_found_under_another_person_or_by_who_does_not_see_it(self, world, daniel):
        record = add(world, daniel, "vehicle")
        other = world.person("Ishaan", "Colbeck", manager="priya")
        for who, person in (("priya", other), ("leah", daniel)):
            with world.as_reader(who, UnitKind.WRITE) as actor, pytest.raises(NotFound):
                service.to_write(actor, person, KINDS["vehicle"], record, CORRECT)

    def test_is_not_in_the_summary_unless_the_agreement_says_so(self, world, daniel):
        for key in ADDABLE:
            add(world, daniel, key)
        shown = {key: seen(world, daniel, key, "leah") for key in KINDS}
        there = {key for key, found in shown.items() if found}
        assert there == {
            "name", "birth", "identifiers", "alias", "level", "victim", "child", "order", "offence"
        }  # fmt: skip
        child = shown["child"][0]
        assert (child.born_about, child.no_contact) == (2016, "None alone")
        assert not any(child.shows(name) for name in ("name", "born_on", "lives_with", "note"))
        assert shown["victim"][0].liaison_officer == "Mary Colefax"
        assert not shown["victim"][0].shows("name")
        assert not shown["level"][0].shows("reason")

    @pytest.mark.parametrize(
        ("key", "values"),
        [
            ("contact", {"kind": "mobile", "value": "ring me"}),
            ("contact", {"kind": "email", "value": "nobody at home"}),
            ("description", {}),
            ("vehicle", {"registration": "NM70ZZZ", "use": "own", "from_on": date(2026, 12, 1)}),
            ("custody", {**SOME["custody"], "until_on": date(2024, 1, 1)}),
            ("child", {**SOME["child"], "born_about": 2016}),
            ("associate", {"relation": "Sister"}),
            ("level", {**SOME["level"], "category": 3, "level": 1}),
            ("level", {**SOME["level"], "from_on": date(2027, 1, 1)}),
        ],
    )
    def test_what_cannot_be_is_refused_and_writes_nothing(self, world, daniel, key, values):
        with pytest.raises(RuleBroken):
            add(world, daniel, key, **({"note": ""} | values))
        assert seen(world, daniel, key) == []
        assert history(world, daniel) == []


class TestVictims:
    def test_only_who_is_on_the_case_team_as_a_person_reads_and_writes(self, world, daniel):
        record = add(world, daniel, "victim")
        assert seen(world, daniel, "victim", "grace") == []
        with world.as_reader("grace", UnitKind.WRITE) as actor, pytest.raises(NotFound):
            service.to_write(actor, daniel, KINDS["victim"], record, CORRECT)
        with pytest.raises(NotPermitted):
            add(world, daniel, "victim", who="naomi")

    def test_whoever_is_told_learns_that_something_is_held_and_no_more(self, world, daniel):
        with world.as_reader("grace") as actor:
            assert queries.held(actor, daniel, Section.VICTIMS) == []
        add(world, daniel, "child")
        with world.as_reader("grace") as actor:
            told = queries.held(actor, daniel, Section.VICTIMS)
        assert [name for name, _ in told] == ["Northmoor Probation"]


class TestNames:
    def test_the_old_name_stays_and_still_finds_the_person(self, world, daniel):
        keyed(world, daniel)
        correct(world, daniel, "name", daniel, family_name="Marsworth", why="Deed poll")
        with world.as_reader("priya") as actor:
            (former,) = people_queries.aliases(actor, daniel)
            found = {
                name: [each.person.id for each in search.search(actor, name).found]
                for name in ("daniel wexcombe", "daniel marsworth")
            }
        assert (former.name, former.kind, former.until_on) == (
            "Daniel Wexcombe", "former name", TODAY,
        )  # fmt: skip
        assert found == {"daniel wexcombe": [daniel], "daniel marsworth": [daniel]}
        with world.system():
            assert db.session.get_one(Person, daniel).sort_name.startswith("marsworth")
            reach = set(db.session.scalars(sa.select(Reach.sort_name)))
        assert {name.partition(",")[0] for name in reach} == {"marsworth"}
        assert history(world, daniel)[0].after == "Family name: Marsworth"

    def test_it_belongs_to_the_lead(self, world, daniel):
        with pytest.raises(NotPermitted):
            correct(world, daniel, "name", daniel, who="owen", family_name="Marsworth")

    def test_a_corrected_alias_is_found_by_its_new_spelling_only(self, world, daniel):
        alias = an_alias(world, daniel, "Gwilym Penderyn")
        correct(world, daniel, "alias", alias, name="Gwilym Llanforwen")
        with world.as_reader("priya") as actor:
            assert search.search(actor, "gwilym llanforwen").found
            assert not search.search(actor, "penderyn").found

    def test_a_corrected_number_replaces_the_key_made_from_it(self, world, daniel):
        keyed(world, daniel)
        correct(world, daniel, "identifiers", daniel, crn="Z900999")
        with world.system():
            crn = sa.select(NameKey.value).where(NameKey.kind == "crn")
            assert db.session.scalars(crn).all() == ["Z900999"]


class TestAddresses:
    def test_an_earlier_one_is_added_after_a_later_one(self, world, daniel):
        now = an_address(world, daniel, from_on=date(2025, 6, 3))
        earlier = AddAddress(
            kind="home", lines="1 Old Lane", postcode="NM2 2AA", district="Northmoor NM2",
            from_on=date(2020, 1, 1), until_on=date(2023, 1, 1),
        )  # fmt: skip
        with world.as_reader("owen", UnitKind.WRITE) as actor:
            people.add_address(actor, daniel, earlier, now=NOW)
        with world.as_reader("priya") as actor:
            found = people_queries.addresses(actor, daniel)
        assert [(each.id == now, each.until_on) for each in found] == [
            (True, None), (False, date(2023, 1, 1)),
        ]  # fmt: skip
        with world.as_reader("leah") as actor:
            assert [each.id for each in people_queries.addresses(actor, daniel)] == [now]

    def test_its_district_is_for_full_readers_once_it_has_ended(self, world, daniel):
        home = an_address(world, daniel)
        with world.as_reader("priya", UnitKind.WRITE) as actor:
            service.end(actor, daniel, KINDS["address"], home, until_on=TODAY, why="x", now=NOW)
        with world.system():
            levels_of = set(db.session.scalars(sa.select(PlaceKey.level)))
        assert levels_of == {Level.FULL.value}

    def test_a_corrected_postcode_replaces_the_keys(self, world, daniel):
        home = an_address(world, daniel)
        correct(world, daniel, "address", home, postcode="NM9 9ZZ")
        with world.system():
            keys = set(db.session.scalars(sa.select(PlaceKey.value)))
        assert keys == {"NM9 9ZZ", "NM9"}


class TestLevels:
    def test_a_period_follows_the_other_and_the_person_has_the_last(self, world):
        command = AddPerson(given_name="Ewa", family_name="Nowak", category=1, level=1)
        with world.as_reader("priya", UnitKind.WRITE) as actor:
            ewa = people.add_person(actor, command, now=NOW).id
        add(world, ewa, "level")
        found = seen(world, ewa, "level")
        assert [(each.get("category"), each.get("level"), each.until_on) for each in found] == [
            (2, 3, None), (1, 1, TODAY),
        ]  # fmt: skip
        told = next(each for each in history(world, ewa) if each.kind == "level:added")
        assert (told.before, told.after) == ("Category 1, Level 1", "Category 2, Level 3")
        with world.system():
            ewas = db.session.get_one(Person, ewa)
            assert (ewas.category, ewas.level, ewas.level_since) == (2, 3, TODAY)
        with pytest.raises(RuleBroken):
            add(world, ewa, "level")  # it is so already

    def test_leaving_mappa_leaves_neither(self, world, daniel):
        period = add(world, daniel, "level")
        with world.as_reader("priya", UnitKind.WRITE) as actor:
            service.end(
                actor, daniel, KINDS["level"], period, until_on=TODAY, why="Expired", now=NOW
            )
        with world.system():
            person = db.session.get_one(Person, daniel)
            assert (person.category, person.level, person.level_since) == (None, None, None)

    def test_a_meeting_begins_a_period_for_the_lead(self, world, daniel):
        with world.as_reader("owen", UnitKind.WRITE) as actor:
            levels.apply_meeting_level(actor, daniel, level=3, category=1, why="Panel", now=NOW)
        with world.system():
            period = db.session.scalars(sa.select(ManagementLevel)).one()
        assert (period.level, period.reason, period.subject_id) == (3, "Panel", daniel)
        assert period.owner_agency_id == world.agencies["probation"]

    def test_the_database_itself_refuses_category_3_at_level_1(self, world, daniel):
        period = add(world, daniel, "level")
        with pytest.raises(sa.exc.IntegrityError), world.system():
            db.session.execute(
                sa.update(ManagementLevel)
                .where(ManagementLevel.id == period)
                .values(category=3, level=1)
            )

    def test_others_than_the_lead_set_none(self, world, daniel):
        with pytest.raises(NotPermitted):
            add(world, daniel, "level", who="owen")


class TestAssociates:
    @pytest.fixture
    def ishaan(self, world):
        """Somebody whom probation alone works with."""
        person = world.person("Ishaan", "Colbeck", manager="priya", crn="Z900417")
        keyed(world, person)
        return person

    @pytest.fixture
    def link(self, world, daniel, ishaan):
        return add(world, daniel, "associate", number="z900417", relation="Cell mate")

    def test_a_link_is_seen_by_who_sees_both(self, world, daniel, ishaan, link):
        (found,) = seen(world, daniel, "associate")
        assert found.other_person_id == ishaan
        assert seen(world, daniel, "associate", "owen") == []
        assert [each.kind for each in history(world, daniel, "owen")] == []
        assert history(world, daniel)[0].after == "Ishaan Colbeck, Cell mate"
        world.on_team(ishaan, "police", Capacity.RESPONSIBLE)
        assert len(seen(world, daniel, "associate", "owen")) == 1
        assert len(history(world, daniel, "owen")) == 1

    def test_it_stands_on_both_records(self, world, daniel, ishaan, link):
        with world.as_reader("priya") as actor:
            assert [each.person_id for each in queries.named_in(actor, ishaan)] == [daniel]
        world.on_team(ishaan, "police", Capacity.RESPONSIBLE)
        with world.system():
            rights.exclude(daniel, Given(at=NOW), user=world.staff["owen"].user_id)
        with world.as_reader("owen") as actor:
            assert queries.named_in(actor, ishaan) == []

    def test_a_sealed_link_is_told_to_nobody_who_does_not_see_both(
        self, world, daniel, ishaan, link
    ):
        with world.system():
            rights.mark(link, MarkKind.SEALED, NOW, Given(at=NOW))
        with world.as_reader("owen") as actor:
            assert queries.held(actor, daniel, Section.RISK) == []
        with world.as_reader("priya") as actor:
            assert queries.held(actor, daniel, Section.RISK) != []

    def test_a_number_of_somebody_hidden_is_a_number_of_nobody(self, world, daniel, ishaan):
        said = []
        for number in ("Z900417", "Z900000"):
            with pytest.raises(RuleBroken) as refused:
                add(world, daniel, "associate", who="owen", number=number, relation="Friend")
            said.append((refused.value.rule, refused.value.sentences, refused.value.field))
        assert said[0] == said[1]


class TestOrders:
    def test_an_ended_order_leaves_the_summary(self, world, daniel):
        order = an_order(world, daniel, "probation", name="Prevention order")
        assert len(seen(world, daniel, "order", "leah")) == 1
        with world.as_reader("priya", UnitKind.WRITE) as actor:
            service.end(actor, daniel, KINDS["order"], order, until_on=TODAY, why="x", now=NOW)
        assert seen(world, daniel, "order", "leah") == []
        assert seen(world, daniel, "order")[0].ended


def test_a_former_name_is_kept_once_for_each_change(world, daniel):
    for name in ("Marsworth", "Rooksby"):
        correct(world, daniel, "name", daniel, family_name=name)
    with world.system():
        former = set(db.session.scalars(sa.select(Alias.name)))
        changes = db.session.scalars(sa.select(PersonChange.kind)).all()
    assert former == {"Daniel Wexcombe", "Daniel Marsworth"}
    assert changes == ["name:corrected", "name:corrected"]
