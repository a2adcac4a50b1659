"""The shared record: who may add, end and see what, and what is kept of it."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.asking import standing
from mappa.access.reading import FieldNotShown, shown_columns
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Part, Section
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders import frame, listing, queries, service
from mappa.offenders.models import (
    NameKey,
    Person,
    PersonChange,
)
from mappa.offenders.rules import AddAddress, AddPerson, AddWarning, PeopleFilter
from mappa.offenders.workers import case_workers
from tests.factories.offenders import (
    a_warning,
    an_address,
    with_overview,
)
from tests.factories.world import NOW, a_shared_person, count, northmoor

pytestmark = pytest.mark.sql

TODAY = date(2026, 11, 20)
NEW_HOME = AddAddress(
    kind="home", lines="Flat 4\n2 Quay Street", postcode="nm4 1zz", district="Northmoor NM4",
    from_on=date(2026, 11, 19), note="Seen at a visit",
)  # fmt: skip
IN_PAIRS = AddWarning(
    headline="Visit in pairs", detail="Threats in May", serious=2, review_on=date(2027, 1, 2)
)
A_PERSON = AddPerson(
    given_name="Ewa", family_name="Nowak-Test", category=1, level=2, born_on=date(1990, 2, 1),
    crn="Z900555", aliases=("Eva Novak",),
)  # fmt: skip


@pytest.fixture
def world(app):
    return northmoor(with_overview(app))


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def nothing_written(world, model):
    with world.system():
        return count(model) == 0 and count(PersonChange) == 0


class TestPerson:
    def test_the_identity_has_names_of_lead_and_manager(self, world, daniel):
        with world.as_reader("priya") as actor:
            seen = queries.person(actor, daniel)
            assert queries.display_name(seen) == "Daniel Wexcombe"
            assert (seen.lead_agency, seen.manager) == ("Northmoor Probation", "Priya Sandhurst")
            assert seen.get("level") == 2

    def test_a_reader_of_the_summary_gets_no_identifiers(self, world):
        person = world.person(manager="priya", crn="Z900412")
        world.on_team(person, "children", Capacity.COOPERATE_CHILDREN)
        with world.as_reader("leah") as actor:
            seen = queries.person(actor, person)
            assert not seen.shows("crn")
            with pytest.raises(FieldNotShown):
                _ = seen.crn

    def test_somebody_who_is_not_visible_is_not_found(self, world):
        person = world.person(manager="priya")
        with world.as_reader("leah") as actor, pytest.raises(NotFound):
            queries.person(actor, person)

    def test_the_risk_band_is_there_for_readers_of_the_risk(self, world, daniel):
        with world.as_reader("priya", Kind.WRITE) as actor:
            service.keep_risk_band(actor, daniel, "high", now=NOW)
        for who in ("priya", "owen", "leah"):
            with world.as_reader(who) as actor:
                assert queries.person(actor, daniel).risk_band == "high"

    def test_the_risk_band_is_not_there_for_others(self, world, daniel):
        with world.system():
            rights_none(world, Section.RISK)
        with world.as_reader("leah") as actor:
            seen = queries.person(actor, daniel)
            assert not seen.shows("risk_band")
            facts = frame.identity(actor, daniel, standing(actor, daniel)).facts
            assert "Risk of serious harm" not in [fact[0] for row in facts for fact in row]

    def test_the_risk_band_is_no_field_of_the_identity(self):
        assert "risk_band" not in shown_columns(Person, Level.FULL)

    def test_a_band_that_is_none_is_refused(self, world, daniel):
        with world.as_reader("priya", Kind.WRITE) as actor, pytest.raises(ValueError, match="x"):
            service.keep_risk_band(actor, daniel, "x", now=NOW)


def rights_none(world, section):
    """Take a section from children's services by agreement."""
    from mappa.access.models import AgreementCell, CapacityRow

    db.session.execute(
        sa.update(AgreementCell)
        .where(
            AgreementCell.section == section.value,
            AgreementCell.capacity_id.in_(
                sa.select(CapacityRow.id).where(
                    CapacityRow.code == Capacity.COOPERATE_CHILDREN.value
                )
            ),
        )
        .values(level=0)
    )


class TestFrame:
    def test_the_bar_stands_in_the_order_of_the_design(self, app, world):
        person = world.person(
            manager="priya", level=2, crn="Z900412", pnc="2012/0900412T", visor="NM-009041"
        )
        with world.as_reader("priya") as actor:
            bar = frame.identity(actor, person, standing(actor, person))
        assert [fact[0] for fact in bar.facts[0]] == ["Born", "CRN", "PNC", "ViSOR"]
        assert bar.facts[0][0][1] == "14 March 1979 (47)"
        assert bar.facts[1] == (
            ("Risk of serious harm", "", "not_assessed"),
            ("MAPPA", "Category 1, level 2", None),
            ("Lead", "Northmoor Probation, Priya Sandhurst", None),
        )

    def test_it_says_who_died_and_who_has_no_address(self, world):
        person = world.person(manager="priya", died_on=date(2026, 5, 3))
        an_address(world, person, kind="no_fixed_address", lines="", postcode="")
        with world.as_reader("priya") as actor:
            bar = frame.identity(actor, person, standing(actor, person))
        assert ("Died", "3 May 2026", None) in bar.facts[0]
        assert ("Address", "No fixed address", None) in bar.facts[0]

    def test_no_fixed_address_is_for_readers_of_contact(self, world, daniel):
        an_address(world, daniel, kind="no_fixed_address", lines="", postcode="")
        with world.system():
            rights_none(world, Section.CONTACT)
        with world.as_reader("leah") as actor:
            bar = frame.identity(actor, daniel, standing(actor, daniel))
            assert "No fixed address" not in str(bar.facts)

    def test_live_warnings_stand_most_serious_first(self, app, world, daniel):
        a_warning(world, daniel, headline="A dog", serious=1)
        a_warning(world, daniel, headline="Weapons", serious=3, review_on=date(2026, 11, 1))
        a_warning(world, daniel, headline="Over", ended_at=NOW)
        with world.as_reader("leah") as actor, app.test_request_context():
            found = frame.warnings(actor, daniel)
        assert [each.headline for each in found] == ["Weapons", "A dog"]
        assert found[0].source == "Set by Northmoor Police, 20 November 2024."
        assert found[0].review == "Review was due 1 November 2026."
        assert found[1].review == "Review by 2 January 2027."

    def test_buttons_are_for_those_who_may(self, app, world, daniel):
        with app.test_request_context():
            with world.as_reader("priya") as actor:
                said = [each[0] for each in frame.buttons(actor, daniel, standing(actor, daniel))]
            with world.as_reader("carl") as actor:
                assert list(frame.buttons(actor, daniel, standing(actor, daniel))) == []
        assert "Report a change" in said


class TestPeople:
    def test_they_are_paged_by_key(self, world):
        for number in range(28):
            world.person(f"Given{number}", "Sameword" if number % 2 else "Otherword")
        with world.as_reader("priya") as actor:
            first = listing.people(actor)
            second = listing.people(actor, after=first.after)
        names = [each.sort_name for each in [*first.people, *second.people]]
        assert len(first.people) == listing.PAGE
        assert names == sorted(names)
        assert len({each.id for each in [*first.people, *second.people]}) == 28
        assert second.after is None
        assert first.total == 28

    def test_a_place_that_is_not_seen_is_the_beginning(self, world, daniel):
        hidden = world.person("Zz", "Zz", lead="police")
        with world.as_reader("priya") as actor:
            assert len(listing.people(actor, after=hidden).people) == 1

    def test_the_level_bounds_list_and_count(self, world, daniel):
        world.person("One", "Levelled", manager="priya", level=1)
        with world.as_reader("priya") as actor:
            page = listing.people(actor, PeopleFilter(level=2))
        assert [each.given_name for each in page.people] == ["Daniel"]
        assert page.total == 1

    def test_the_coordinator_has_the_people_of_the_area(self, world, daniel):
        world.person("Led", "By Police", lead="police")
        with world.as_reader("carl") as actor:
            assert listing.people(actor).total == 2

    def test_a_hidden_person_leaves_list_and_count_as_they_are(self, world, daniel):
        other = world.person("Hidden", "Person", manager="priya")
        with world.system():
            rights.mark(other, MarkKind.HIDDEN, NOW, Given(at=NOW))
        with world.as_reader("priya") as actor:
            page = listing.people(actor)
        assert ([each.id for each in page.people], page.total) == ([daniel], 1)


class TestCaseTeam:
    def test_workers_have_names_agency_and_phone(self, world, daniel):
        with world.as_reader("priya") as actor:
            found = case_workers(actor, daniel)
        assert [each.name for each in found] == ["Priya Sandhurst", "Leah Tarrant", "Owen Marsh"]
        assert found[0].part == Part.MANAGER.value
        assert found[0].phone == "01632 960112"

    def test_agencies_have_their_capacity(self, world, daniel):
        from mappa.access.queries import agencies_of, workers_of

        with world.as_reader("priya"):
            found = agencies_of(daniel)
            assert len(workers_of(daniel)) == 3
        assert [each.capacity for each in found][0] is Capacity.LEAD
        assert {each.area_id for each in found} == {"northmoor"}


class TestAddPerson:
    def test_the_adders_agency_leads(self, world):
        with world.as_reader("priya", Kind.WRITE) as actor:
            added = service.add_person(actor, A_PERSON, now=NOW).id
        with world.as_reader("priya") as actor:
            seen = queries.person(actor, added)
            assert (seen.lead_agency, seen.manager) == ("Northmoor Probation", "Priya Sandhurst")
            assert seen.sort_name == "nowak test,ewa"
            assert [each.name for each in queries.aliases(actor, added)] == ["Eva Novak"]
            assert [each.part for each in case_workers(actor, added)] == ["manager"]
            assert listing.people(actor).total == 1
        with world.system():
            kinds = set(db.session.scalars(sa.select(NameKey.kind)))
        assert {"exact", "pair", "sound", "birth", "crn"} <= kinds

    def test_the_coordinator_names_the_lead(self, world):
        command = AddPerson(
            **(vars(A_PERSON) | {"lead_agency_id": world.agencies["police"],
                                 "manager_id": world.staff["owen"].user_id})
        )  # fmt: skip
        with world.as_reader("carl", Kind.WRITE) as actor:
            added = service.add_person(actor, command, now=NOW).id
        with world.as_reader("owen") as actor:
            assert queries.person(actor, added).lead_agency == "Northmoor Police"

    @pytest.mark.parametrize("lead", [None, "foreign"], ids=["none named", "of another area"])
    def test_the_lead_is_of_the_area(self, world, lead):
        from mappa.agencies import seed

        with world.system():
            seed.add_area("elsewhere", "Elsewhere", "england-wales")
        foreign = world.agency("foreign", "police", "Elsewhere Police", area="elsewhere")
        command = AddPerson(**(vars(A_PERSON) | {"lead_agency_id": foreign if lead else None}))
        with world.as_reader("carl", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.add_person(actor, command, now=NOW)
        assert nothing_written(world, Person)

    def test_the_manager_works_for_the_lead(self, world):
        command = AddPerson(**(vars(A_PERSON) | {"manager_id": world.staff["owen"].user_id}))
        with world.as_reader("priya", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.add_person(actor, command, now=NOW)
        assert nothing_written(world, Person)

    def test_category_3_is_never_at_level_1(self, world):
        command = AddPerson(**(vars(A_PERSON) | {"category": 3, "level": 1}))
        with world.as_reader("priya", Kind.WRITE) as actor:
            with pytest.raises(RuleBroken) as broken:
                service.add_person(actor, command, now=NOW)
            assert broken.value.rule == "CAT3-NOL1"
        assert nothing_written(world, Person)

    @pytest.mark.parametrize("who", ["ada", "sam", "iris", "helen", "grace"])
    def test_others_add_nobody(self, world, who):
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.add_person(actor, A_PERSON, now=NOW)
        assert nothing_written(world, Person)
