"""How rights end, and how the agreement stands from a first moment to a last."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import models as m
from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, Part, Section, State
from mappa.kernel.clock import FOREVER
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from tests.factories.world import AREA, NOW
from tests.support.kept_rights import (
    BEGINS,
    BY,
    ENDS,
    GIVEN,
    OTHER,
    as_one,
    kept,
    only,
    reach,
    two_areas,
)

pytestmark = pytest.mark.sql


@pytest.fixture
def world(app):
    return two_areas(app)


@pytest.fixture
def person(world):
    return world.person(manager="priya")


class TestEnding:
    AT = NOW + timedelta(days=2)

    def ended(self, *made):
        rights.end(made, at=self.AT, by=BY, reason="No longer needed")

    def fact(self, right) -> list[dict]:
        return kept(m.RightEnd, m.RightEnd.__table__.c.right_id == right.id)

    def test_a_right_that_stands_ends_now_and_its_end_is_told(self, world, person):
        with world.system():
            made = rights.exclude(person, GIVEN, agency=world.agencies["police"])
            untouched = rights.exclude(person, GIVEN, agency=world.agencies["housing"])
            self.ended(made)
            row = only(m.Exclusion, made)
            assert (row["state"], row["ends_at"]) == (State.REVOKED.value, self.AT)
            assert self.fact(made) == [
                {
                    "right_id": made.id, "kind": "Exclusion", "was_to_end_at": ENDS,
                    "ended_at": self.AT, "ended_by_id": BY, "reason": "No longer needed",
                }
            ]  # fmt: skip
            assert only(m.Exclusion, untouched)["state"] == State.LIVE.value

    def test_a_right_to_come_never_begins(self, world, person):
        later = self.AT + timedelta(days=3)
        given = Given(at=NOW, starts_at=later, ends_at=FOREVER)
        with world.system():
            made = rights.exclude(person, given, agency=world.agencies["police"])
            self.ended(made)
            row = only(m.Exclusion, made)
            assert (row["starts_at"], row["ends_at"]) == (later, later)

    def test_what_is_over_already_is_passed_over_and_the_next_is_not(self, world, person):
        police = world.agencies["police"]
        with world.system():
            over = rights.exclude(person, Given(at=NOW, ends_at=self.AT), agency=police)
            twice = rights.exclude(person, GIVEN, agency=police)
            last = rights.exclude(
                person, Given(at=NOW, ends_at=self.AT + timedelta(seconds=1)), agency=police
            )
            self.ended(twice)
            rights.end([over, twice, last], at=self.AT, by=BY, reason="Again")
            assert only(m.Exclusion, over)["state"] == State.LIVE.value
            assert self.fact(over) == []
            assert [each["reason"] for each in self.fact(twice)] == ["No longer needed"]
            assert [each["reason"] for each in self.fact(last)] == ["Again"]

    def test_the_image_of_a_merged_person_ends_with_it(self, world, person):
        as_one(world, person)
        with world.system():
            made = rights.place(person, OTHER, GIVEN)
            self.ended(made)
            found = kept(m.PersonArea, m.PersonArea.__table__.c.area_id == OTHER)
            assert [each["state"] for each in found] == [State.REVOKED.value] * 2

    def test_seats_run_out_at_the_sign_off_and_stay_told(self, world, person):
        meeting, elsewhere, police = new_id(), new_id(), world.agencies["police"]
        to_come = Given(at=NOW, starts_at=self.AT + timedelta(days=1), ends_at=FOREVER)
        over = Given(at=NOW, ends_at=self.AT)
        with world.system():
            made = {
                name: rights.seat(where, person, police, AREA, Part.WORKER, "wexcombe", given)
                for name, where, given in (
                    ("stands", meeting, GIVEN), ("to come", meeting, to_come),
                    ("over", meeting, over), ("elsewhere", elsewhere, GIVEN),
                    ("revoked", meeting, GIVEN),
                )
            }  # fmt: skip
            revoked_at = NOW + timedelta(hours=2)
            rights.end([made["revoked"]], at=revoked_at, by=BY, reason="Not invited after all")
            rights.end_seats(meeting, at=self.AT)
            ends = {name: only(m.MeetingSeat, each)["ends_at"] for name, each in made.items()}
            assert ends == {
                "stands": self.AT, "to come": to_come.starts_at, "over": self.AT,
                "elsewhere": ENDS, "revoked": revoked_at,
            }  # fmt: skip
            assert only(m.MeetingSeat, made["stands"])["state"] == State.LIVE.value
            assert self.fact(made["stands"]) == []


class TestReach:
    def test_a_changed_name_is_carried_to_every_agency_of_that_person(self, world, person):
        other = world.person("Danny")
        world.on_team(person, "police", Capacity.RESPONSIBLE)
        with world.system():
            rights.rename_in_reach(person, "colbeck,ishaan")
            for agency in ("probation", "police"):
                assert [each["sort_name"] for each in reach(world, person, agency)] == [
                    "colbeck,ishaan"
                ]
            (row,) = reach(world, other, "probation")
            assert row["sort_name"] == "wexcombe,danny"


class TestCells:
    CELL = (Capacity.RESPONSIBLE, Section.VISITS)

    def cell(self, number: int, agreement: UUID, level: Level, **columns) -> m.AgreementCell:
        made = m.AgreementCell(
            agreement_id=agreement, capacity_id=number, section="visits", level=level.value,
            **{"made_at": NOW, "starts_at": BEGINS, "ends_at": ENDS, "state": 1, **columns},
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made

    def test_what_stands_from_its_first_moment_until_its_last(self, world):
        with world.system():
            number = rights.capacity_id(AREA, Capacity.RESPONSIBLE)
            old = sa.select(m.AgreementCell).where(
                m.AgreementCell.capacity_id == number, m.AgreementCell.section == "visits"
            )
            (stands,) = db.session.scalars(old)
            before = rights.cells_of(AREA, NOW)
            stands.ends_at = BEGINS
            self.cell(number, stands.agreement_id, Level.SEALED)
            self.cell(number, stands.agreement_id, Level.NONE, state=State.REVOKED.value)
            last = ENDS - timedelta(seconds=1)
            told = [rights.cells_of(AREA, at)[self.CELL] for at in (NOW, BEGINS, last)]
            assert told == [Level(stands.level), Level.SEALED, Level.SEALED]
            assert self.CELL not in rights.cells_of(AREA, ENDS)
            assert rights.cells_of(OTHER, last)[self.CELL] is before[self.CELL]
            assert rights.cells_of(OTHER, BEGINS) == before
            rest = {cell: level for cell, level in before.items() if cell != self.CELL}
            assert rights.cells_of(AREA, ENDS) == rest
