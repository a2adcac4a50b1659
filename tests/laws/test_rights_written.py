"""Every function that writes or ends a right, against the whole row that it leaves."""

from datetime import timedelta

import pytest

from mappa.access import models as m
from mappa.access import rights
from mappa.access.rights import Given, Named, NewCase
from mappa.access.terms import Capacity, Level, MarkKind, Part, Reader, Role, Section
from mappa.kernel.clock import FOREVER
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.offenders.models import Person
from tests.factories.world import AREA, NOW
from tests.support.kept_rights import (
    BY,
    COLUMNS,
    GIVEN,
    OTHER,
    as_one,
    kept,
    only,
    reach,
    reached,
    two_areas,
)

pytestmark = pytest.mark.sql


@pytest.fixture
def world(app):
    return two_areas(app)


@pytest.fixture
def person(world):
    return world.person(manager="priya")


@pytest.fixture
def new(world):
    """A person to whom nobody has a right, so that no list has a name of theirs."""
    with world.system():
        made = Person(
            owner_agency_id=world.agencies["probation"], given_name="Else", family_name="Verden",
            sort_name="verden,else", jurisdiction="england-wales", category=1, level=1,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made.id


class TestGiven:
    def test_it_begins_at_once_and_does_not_end_unless_said(self):
        assert Given(at=NOW).columns() == {
            "made_at": NOW, "made_by_id": NOBODY, "reason": "", "starts_at": NOW,
            "ends_at": FOREVER, "state": 1,
        }  # fmt: skip
        assert GIVEN.columns() == COLUMNS

    @pytest.mark.parametrize("made", [GIVEN, Named(kind=Reader.USER, agency=NOBODY)])
    def test_what_is_given_cannot_be_changed(self, made):
        with pytest.raises(AttributeError):
            made.user = made.by = BY


class TestOneRight:
    def test_a_posting(self, world):
        user, agency = world.staff["leah"].user_id, world.agencies["police"]
        team = world.teams["police one"]
        whom = {"user_id": user, "agency_id": agency, "area_id": AREA, "role": "supervisor"}
        with world.system():
            made = rights.post(user, agency, AREA, Role.SUPERVISOR, GIVEN, team=team)
            assert only(m.Posting, made) == COLUMNS | whom | {"team_id": team}
            made = rights.post(user, agency, AREA, Role.SUPERVISOR, GIVEN)
            assert only(m.Posting, made) == COLUMNS | whom | {"team_id": NOBODY}

    def test_a_place(self, world, person):
        with world.system():
            made = rights.place(person, OTHER, GIVEN)
            assert only(m.PersonArea, made) == COLUMNS | {"person_id": person, "area_id": OTHER}

    def test_a_capacity_is_of_its_area(self, world):
        with world.system():
            found = {
                (area, code): rights.capacity_id(area, code)
                for area in (AREA, OTHER)
                for code in (Capacity.LEAD, Capacity.RESPONSIBLE)
            }
            for (area, code), number in found.items():
                row = db.session.get_one(m.CapacityRow, number)
                assert (row.area_id, row.code) == (area, code.value)
        assert len(set(found.values())) == 4

    def test_an_agency_on_a_team(self, world, new):
        agency = world.agencies["south"]
        with world.system():
            made = rights.add_agency_to_team(
                new, agency, OTHER, Capacity.RESPONSIBLE, "wexcombe", GIVEN
            )
            assert only(m.CaseTeam, made) == COLUMNS | {
                "person_id": new, "agency_id": agency,
                "capacity_id": rights.capacity_id(OTHER, Capacity.RESPONSIBLE),
            }  # fmt: skip
            assert reach(world, new, "south") == reached(world, new, "south", "wexcombe")

    def test_a_worker(self, world, person):
        agency, user = world.agencies["police"], world.staff["owen"].user_id
        team = world.teams["police one"]
        whom = {"person_id": person, "agency_id": agency, "user_id": user, "part": "worker"}
        with world.system():
            made = rights.add_worker(person, agency, user, Part.WORKER, GIVEN, team=team)
            assert only(m.CaseWorker, made) == COLUMNS | whom | {"team_id": team}
            made = rights.add_worker(person, agency, user, Part.WORKER, GIVEN)
            assert only(m.CaseWorker, made) == COLUMNS | whom | {"team_id": NOBODY}

    def test_a_share(self, world, new):
        owner, agency, record = world.agencies["probation"], world.agencies["south"], new_id()
        what = {
            "person_id": new, "owner_agency_id": owner, "agency_id": agency,
            "section": "visits", "level": 2,
        }  # fmt: skip
        given = (new, owner, agency, Section.VISITS, Level.SUM, "wexcombe", GIVEN)
        with world.system():
            made = rights.share(*given, record=record)
            assert only(m.Share, made) == COLUMNS | what | {"record_id": record}
            made = rights.share(*given)
            assert only(m.Share, made) == COLUMNS | what | {"record_id": NOBODY}
            assert reach(world, new, "south") == reached(world, new, "south", "wexcombe")

    def test_an_exclusion(self, world, person):
        user, agency = world.staff["owen"].user_id, world.agencies["police"]
        with world.system():
            made = rights.exclude(person, GIVEN, user=user)
            whom = {"person_id": person, "user_id": user, "agency_id": NOBODY}
            assert only(m.Exclusion, made) == COLUMNS | whom
            made = rights.exclude(person, GIVEN, agency=agency)
            whom = {"person_id": person, "user_id": NOBODY, "agency_id": agency}
            assert only(m.Exclusion, made) == COLUMNS | whom

    def test_an_emergency(self, world, new):
        user, agency = world.staff["owen"].user_id, world.agencies["south"]
        with world.system():
            made = rights.open_emergency(user, agency, new, OTHER, "wexcombe", GIVEN)
            assert only(m.Emergency, made) == COLUMNS | {
                "user_id": user, "person_id": new,
                "capacity_id": rights.capacity_id(OTHER, Capacity.RESPONSIBLE),
            }  # fmt: skip
            assert reach(world, new, "south") == reached(world, new, "south", "wexcombe")

    def test_a_member_of_a_handling_group(self, world):
        group, user = world.handling_group("police"), world.staff["owen"].user_id
        with world.system():
            made = rights.join_handling(group, user, GIVEN)
            assert only(m.HandlingMember, made) == COLUMNS | {"group_id": group, "user_id": user}

    @pytest.mark.parametrize("part", [Part.CHAIR, Part.COORDINATOR, Part.WORKER, Part.MANAGER])
    def test_a_seat(self, world, new, part):
        meeting, agency = new_id(), world.agencies["south"]
        user = world.staff["leah"].user_id
        with world.system():
            leads = part in (Part.CHAIR, Part.COORDINATOR)
            capacity = rights.capacity_id(OTHER, Capacity.RESPONSIBLE) if leads else 0
            what = {
                "meeting_id": meeting, "person_id": new, "agency_id": agency,
                "part": part.value, "capacity_id": capacity,
            }  # fmt: skip
            given = (meeting, new, agency, OTHER, part, "wexcombe", GIVEN)
            made = rights.seat(*given, user=user)
            assert only(m.MeetingSeat, made) == COLUMNS | what | {"user_id": user}
            made = rights.seat(*given)
            assert only(m.MeetingSeat, made) == COLUMNS | what | {"user_id": NOBODY}
            assert reach(world, new, "south") == reached(world, new, "south", "wexcombe")

    def test_a_named_reader(self, world):
        record, agency = new_id(), world.agencies["police"]
        user, team = world.staff["owen"].user_id, world.teams["police one"]
        what = {"record_id": record, "agency_id": agency}
        with world.system():
            made = rights.name_reader(record, Reader.USER, agency, GIVEN, user=user)
            whom = {"kind": "user", "user_id": user, "team_id": NOBODY}
            assert only(m.NamedReader, made) == COLUMNS | what | whom
            made = rights.name_reader(record, Reader.TEAM_SUPERVISORS, agency, GIVEN, team=team)
            whom = {"kind": Reader.TEAM_SUPERVISORS.value, "user_id": NOBODY, "team_id": team}
            assert only(m.NamedReader, made) == COLUMNS | what | whom

    def test_a_mark(self, world):
        record, review = new_id(), NOW + timedelta(days=80)
        with world.system():
            made = rights.mark(record, MarkKind.HIDDEN, review, GIVEN)
            what = {"record_id": record, "kind": MarkKind.HIDDEN.value, "review_on": review}
            assert only(m.Mark, made) == COLUMNS | what


class TestMirrored:
    def test_a_right_to_a_merged_person_is_one_to_both(self, world, person):
        both = {person, as_one(world, person)}
        with world.system():
            rights.place(person, OTHER, GIVEN)
            found = kept(m.PersonArea, m.PersonArea.__table__.c.area_id == OTHER)
            assert {each["person_id"] for each in found} == both
            rights.exclude(person, GIVEN, agency=world.agencies["police"])
            assert {each["person_id"] for each in kept(m.Exclusion)} == both


class TestManyRights:
    def test_new_cases(self, world, person):
        other, lead = world.person("Danny"), world.agencies["south"]
        priya, team = world.staff["priya"].user_id, world.teams["probation one"]
        cases = [
            NewCase(person=person, sort_name="one", manager=priya, team=team),
            NewCase(person=other, sort_name="two", manager=NOBODY, team=NOBODY),
        ]
        both = (person, other)
        with world.system():
            rights.open_cases(cases, lead, OTHER, GIVEN)
            found = kept(m.PersonArea, m.PersonArea.__table__.c.area_id == OTHER)
            wanted = [COLUMNS | {"person_id": each, "area_id": OTHER} for each in both]
            assert same(found, wanted)
            capacity = {"capacity_id": rights.capacity_id(OTHER, Capacity.LEAD), "agency_id": lead}
            found = kept(m.CaseTeam, m.CaseTeam.__table__.c.agency_id == lead)
            assert same(found, [COLUMNS | capacity | {"person_id": each} for each in both])
            for each, name in zip(both, ("one", "two"), strict=True):
                assert reach(world, each, "south") == reached(world, each, "south", name)
            assert kept(m.CaseWorker, m.CaseWorker.__table__.c.agency_id == lead) == [
                COLUMNS
                | {"person_id": person, "agency_id": lead, "user_id": priya, "team_id": team}
                | {"part": "manager"}
            ]

    def test_no_case_is_none(self, world):
        with world.system():
            rights.open_cases([], world.agencies["south"], OTHER, GIVEN)
            assert not kept(m.CaseTeam, m.CaseTeam.__table__.c.agency_id == world.agencies["south"])

    def test_shares_of_several_people_of_whom_some_are_merged(self, world, person, new):
        twin, plain = as_one(world, person), new
        owner, agency = world.agencies["probation"], world.agencies["south"]
        sections = [Section.VISITS, Section.PLAN]
        with world.system():
            made = rights.share_each(
                {person: "one", plain: "other"}, owner, agency, sections, Level.FULL, GIVEN
            )
            assert set(made) == {(who, each) for who in (person, plain) for each in sections}
            shared = {"owner_agency_id": owner, "agency_id": agency, "record_id": NOBODY}
            mine = m.Share.__table__.c.agency_id == agency
            written = (person, plain)
            wanted = [
                COLUMNS | shared | {"person_id": who, "section": each.value, "level": 3}
                for who in written
                for each in sections
            ]
            assert same(kept(m.Share, mine, m.Share.__table__.c.person_id.in_(written)), wanted)
            images = kept(m.Share, mine, m.Share.__table__.c.person_id == twin)
            assert sorted(each["section"] for each in images) == ["plan", "visits"]
            for (who, each), id_ in made.items():
                (row,) = kept(m.Share, m.Share.__table__.c.id == id_)
                assert (row["person_id"], row["section"]) == (who, each.value)
            assert reach(world, plain, "south") == reached(world, plain, "south", "other")
            name = "wexcombe,daniel"
            assert reach(world, person, "south") == reached(world, person, "south", name)

    def test_readers_of_a_new_record(self, world):
        record, police = new_id(), world.agencies["police"]
        owen, team = world.staff["owen"].user_id, world.teams["police one"]
        readers = [
            Named(kind=Reader.USER, agency=police, user=owen),
            Named(kind=Reader.TEAM_SUPERVISORS, agency=police, team=team),
        ]
        with world.system():
            rights.name_readers_of_new(record, readers, GIVEN)
            what = COLUMNS | {"record_id": record, "agency_id": police}
            wanted = [
                what | {"kind": "user", "user_id": owen, "team_id": NOBODY},
                what | {"kind": Reader.TEAM_SUPERVISORS.value, "user_id": NOBODY, "team_id": team},
            ]
            assert same(kept(m.NamedReader, m.NamedReader.__table__.c.record_id == record), wanted)
            rights.name_readers_of_new(record, [], GIVEN)


def same(found: list[dict], wanted: list[dict]) -> bool:
    """The same rows in any order."""
    rows = (sorted(sorted(map(repr, row.items())) for row in each) for each in (found, wanted))
    return next(rows) == next(rows)
