"""An export holds what its reader may see, is marked, guarded, and on record before it is sent."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.agencies.models import Session
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.exporting import queries
from tests.factories.offenders import with_overview
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit

URL = "/people/export"
WHY = "Yearly check of the levels for the board"


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


def asked(client, **typed):
    answer = submit(client, URL, {"reason": WHY, **typed}, action=URL)
    assert answer.status_code == 302, answer.text
    return answer.location


def lines(answer):
    assert answer.status_code == 200, answer.status_code
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def people_in(answer):
    found = lines(answer)
    return [dict(zip(found[4], line, strict=True)) for line in found[5:-1]]


def test_it_is_marked_with_reader_agency_time_and_reference(world):
    a_shared_person(world)
    client = world.client("naomi")
    place = asked(client)
    answer = client.get(place + "/file")
    found = lines(answer)
    reference = found[0][1].removeprefix("Reference ")
    assert found[0][0] == "OFFICIAL-SENSITIVE"
    assert found[1] == ["Exported by Naomi Pell, Supervisor, Northmoor Police"]
    assert "20 November 2026" in found[2][0]
    assert found[-1] == ["OFFICIAL-SENSITIVE", f"End of {reference}: 1 person"]
    assert reference in answer.headers["Content-Disposition"]
    assert reference in client.get(place).text


def test_each_reader_gets_their_own_fields_of_their_own_people(world):
    person = a_shared_person(world)
    with world.system():
        from mappa.offenders.models import Person

        db.session.get_one(Person, person).crn = "X777777"
        db.session.flush()
    world.person("Hidden", "Person", lead="police", manager="owen")
    full = people_in(_file(world, "grace"))
    summary = people_in(_file(world, "iris"))
    assert [each["Family name"] for each in full] == ["Wexcombe"]
    assert full[0]["CRN"] == "X777777"
    assert [each["CRN"] for each in summary if each["Family name"] == "Wexcombe"] == [""]


def _file(world, who, **typed):
    client = world.client(who)
    return client.get(asked(client, **typed) + "/file")


def test_cells_that_a_spreadsheet_would_run_are_guarded(world):
    world.person('=HYPERLINK("x")', "+Wex", manager="priya")
    (found,) = people_in(_file(world, "grace"))
    assert found["Given name"].startswith("'=")
    assert found["Family name"] == "'+Wex"


def test_it_is_on_record_as_a_disclosure_naming_everybody_in_it(world):
    person = a_shared_person(world)
    _file(world, "grace")
    with world.system():
        entry = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.operation == "disclosure")
        ).one()
        assert entry.records == [person.hex]
        assert WHY in entry.basis
        assert entry.recipients == [world.agencies["probation"].hex]


def test_if_it_cannot_be_recorded_nothing_is_sent(world, monkeypatch):
    a_shared_person(world)
    client = world.client("grace")
    place = asked(client)

    def fail(*_args, **_kwargs):
        raise sa.exc.OperationalError("x", {}, Exception())

    monkeypatch.setattr("mappa.audit.log.record", fail)
    answer = client.get(place + "/file")
    assert answer.status_code == 503
    assert "Wexcombe" not in answer.text


def test_what_was_taken_away_since_it_was_asked_for_is_not_in_it(world):
    person = a_shared_person(world)
    client = world.client("grace")
    place = asked(client)
    with world.system():
        rights.exclude(person, Given(at=NOW), user=world.staff["grace"].user_id)
    assert people_in(client.get(place + "/file")) == []


def test_it_needs_a_reason_and_the_password_again(world):
    client = world.client("grace")
    assert submit(client, URL, {"reason": "x"}, action=URL).status_code == 422
    place = asked(client)
    with world.system():
        db.session.execute(sa.update(Session).values(confirmed_at=NOW - timedelta(minutes=11)))
    assert client.get(place + "/file").location.startswith("/confirm-password")
    again = submit(client, URL, {"reason": WHY}, action=URL)
    assert again.location.startswith("/confirm-password?next=/people/export")


def test_only_who_asked_fetches_it_and_only_for_a_day(world):
    client = world.client("grace")
    place = asked(client)
    for path in (place, place + "/file"):
        assert world.client("naomi").get(path).status_code == 404
    with world.system():
        db.session.execute(sa.update(queries.PeopleExport).values(ends_at=NOW))
    assert client.get(place).status_code == 404


@pytest.mark.parametrize("who", ["priya", "owen", "leah", "helen", "ada", "sam"])
def test_others_are_refused(world, who):
    assert world.client(who).get(URL).status_code == 403


def test_a_list_that_is_cut_says_so_in_the_file(world, monkeypatch):
    for name in ("Ash", "Beck", "Carr"):
        world.person("Rowan", name, manager="priya")
    monkeypatch.setattr(queries, "MOST_PEOPLE", 2)
    found = lines(_file(world, "grace"))
    assert len(found) == 5 + 2 + 1
    assert "The first 2 people. There are more" in found[-1][1]


def test_a_level_is_a_filter(world):
    a_shared_person(world)
    world.person("Rowan", "Ash", manager="priya")
    assert [x["Family name"] for x in people_in(_file(world, "grace", level="2"))] == ["Wexcombe"]
