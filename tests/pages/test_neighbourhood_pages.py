"""The sheet for officers of a neighbourhood: what any officer of the force may see, on paper."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind, Reader
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.models import Address
from tests.factories.offenders import a_warning, an_address, an_order, with_overview
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.insight import statements

SHEET = "/visits/team/neighbourhood"


@pytest.fixture
def world(app):
    with clock.at(NOW + timedelta(minutes=10)):
        yield northmoor(with_overview(app))


@pytest.fixture
def daniel(world):
    person = a_shared_person(world)
    an_address(world, person)
    an_order(world, person)
    return person


def sheet(world, district="NM1", who="naomi"):
    return world.client(who).get(f"{SHEET}?district={district}").get_data(as_text=True)


@pytest.mark.sql
def test_it_says_who_lives_there_what_stands_and_whom_to_tell(world, daniel):
    a_warning(world, daniel)
    page = sheet(world, "nm1")
    for said in (
        "Daniel Wexcombe",
        "18 Tallow Row, Northmoor NM1 4ZZ",
        "Risk to staff: visit in pairs.",
        "Sexual harm prevention order",
        "Priya Sandhurst, Northmoor Probation",
        "For officers of Northmoor Police who work in NM1.",
    ):
        assert said in page, said
    assert "Wexcombe" not in sheet(world, "NM2")
    assert "Nobody lives in NM2 of whom any officer of the force may be told." in sheet(
        world, "NM2"
    )


@pytest.mark.sql
@pytest.mark.parametrize("kind", [MarkKind.SEALED, MarkKind.HIDDEN])
def test_what_not_every_officer_may_see_is_not_on_it(world, daniel, kind):
    kept = a_warning(world, daniel, headline="Asked to be kept to a few")
    assert "Asked to be kept to a few" in sheet(world)
    naomi = world.staff["naomi"].user_id
    given = Given(at=NOW, by=naomi, reason="Only few may know")
    with world.system():
        rights.mark(kept, kind, NOW + timedelta(days=90), given)
        rights.name_reader(kept, Reader.USER, world.agencies["police"], given, user=naomi)
    seen = world.client("naomi").get(f"/people/{daniel}/warnings/{kept}").get_data(as_text=True)
    assert "Asked to be kept to a few" in seen
    assert "Asked to be kept to a few" not in sheet(world)
    assert "Daniel Wexcombe" in sheet(world)


def test_a_supervisor_gets_the_people_of_the_own_team(world):
    other = world.person("Marek", "Holm", manager="priya")
    an_address(world, other)
    world.on_team(other, "police", Capacity.RESPONSIBLE)
    assert "Marek Holm" not in sheet(world)
    world.worker(other, "owen")
    assert "Marek Holm" in sheet(world)


def test_an_address_that_has_ended_puts_nobody_on_it(world, daniel):
    with world.system():
        address = db.session.scalars(sa.select(Address)).one()
        address.until_on = NOW.date()
    assert "Wexcombe" not in sheet(world)


def test_only_who_answers_for_others_at_a_police_force_has_it(world, daniel):
    assert [world.client(who).get(SHEET).status_code for who in ("grace", "owen", "priya")] == [
        404, 403, 403
    ]  # fmt: skip
    assert SHEET in world.client("naomi").get("/visits/team").get_data(as_text=True)
    assert SHEET not in world.client("grace").get("/visits/team").get_data(as_text=True)


def test_what_is_no_district_is_said_and_stays_in_the_field(world, daniel):
    page = sheet(world, "Tallow+Row")
    assert "Enter the first part of a postcode, like NM3" in page
    assert 'value="Tallow Row"' in page
    assert "Reading it is recorded." in world.client("naomi").get(SHEET).get_data(as_text=True)


def test_the_audit_names_everybody_on_it_and_the_district(world, daniel):
    sheet(world)
    with world.system():
        entry = db.session.scalars(
            sa.select(AuditEntry).order_by(AuditEntry.at.desc()).limit(1)
        ).one()
    assert entry.basis == "sheet of NM1"
    assert daniel.hex in str(entry.records).replace("-", "")


def test_it_takes_as_many_statements_for_five_people_as_for_one(world, daniel):
    sheet(world)
    with statements(world.app) as one:
        sheet(world)
    for number in range(4):
        person = world.person("Marek", f"Holm {number}", manager="priya")
        world.on_team(person, "police", Capacity.RESPONSIBLE)
        world.worker(person, "owen")
        an_address(world, person)
        a_warning(world, person)
    with statements(world.app) as five:
        page = sheet(world)
    assert page.count("Holm") >= 4
    assert len(five) == len(one)
