"""The auditor's pages: who did what, by reference, and never a record kept from the agency."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Role
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.audit.models import AuditEntry
from mappa.audit.queries import PAGE, Filter, entries, reference
from mappa.kernel.db import db
from mappa.offenders.models import Address, Alias
from tests.factories.intelligence import an_item
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor
from tests.pages.insight import get, statements, text

SINCE = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def act(world, who, event, records, *, operation=Operation.ALTERATION, hours=1, **more):
    with world.system():
        log.record(
            world.staff[who].actor, operation, event, records,
            at=NOW - timedelta(hours=hours), **more,
        )  # fmt: skip


def a_record(world, person, owner):
    with world.system():
        made = Alias(person_id=person, owner_agency_id=world.agencies[owner], name="Danny")
        db.session.add(made)
        db.session.flush()
        return made.id


def hide(world, record, kind=MarkKind.HIDDEN):
    with world.system():
        rights.mark(record, kind, NOW, SINCE)


def listed(world, who="ada", **wanted):
    with world.as_reader(who) as actor:
        found, _ = entries(actor, Filter(**wanted))
    return [(each.event, tuple(each.references)) for each in found]


class TestWhatIsListed:
    def test_acts_by_own_staff_and_acts_on_own_records(self, world, person):
        foreign, theirs = uuid4(), a_record(world, person, "police")
        act(world, "priya", "visit:logged", [person, foreign], hours=1)
        act(world, "owen", "alias:added", [person, theirs], hours=2)
        act(world, "owen", "person:elsewhere", [foreign], hours=3)
        assert listed(world) == [
            ("visit:logged", tuple(sorted((reference(person), reference(foreign))))),
            ("alias:added", (reference(person),)),
        ]

    def test_another_agencys_auditor_sees_what_concerns_it(self, world, person):
        world.user("oona", "police", Role.AUDITOR)
        act(world, "priya", "visit:logged", [person], hours=1)
        act(world, "owen", "alias:added", [person], hours=2)
        assert [event for event, _ in listed(world, "oona")] == ["alias:added"]

    @pytest.mark.parametrize("kind", list(MarkKind))
    def test_an_act_on_a_record_kept_from_the_agency_is_not_there(self, world, person, kind):
        kept = a_record(world, person, "police")
        hide(world, kept, kind)
        act(world, "owen", "alias:added", [person, kept])
        act(world, "priya", "alias:added", [person, kept])
        assert listed(world) == []

    def test_a_reading_is_shown_without_the_record_that_is_kept(self, world, person):
        kept = a_record(world, person, "police")
        hide(world, kept)
        act(world, "priya", "person:read", [person, kept], operation=Operation.CONSULTATION)
        act(world, "priya", "alias:read", [kept], operation=Operation.CONSULTATION)
        assert listed(world) == [("person:read", (reference(person),))]

    def test_what_the_grid_seals_is_not_named(self, world, person):
        record = an_item(world, person, world.handling_group("police", "owen"))
        act(world, "owen", "intelligence:graded", [person, record])
        assert listed(world) == []
        world.user("oona", "police", Role.AUDITOR)
        assert "intelligence:graded" in [event for event, _ in listed(world, "oona")]

    def test_an_agency_kept_out_of_a_person_sees_none_of_it(self, world, person):
        act(world, "leah", "person:read", [person], operation=Operation.CONSULTATION)
        world.user("cora", "children", Role.AUDITOR)
        assert len(listed(world, "cora")) == 1
        with world.system():
            rights.exclude(person, SINCE, agency=world.agencies["children"])
        assert listed(world, "cora") == []


class TestFilter:
    def test_by_operation_staff_and_day(self, world, person):
        act(world, "priya", "visit:logged", [person], operation=Operation.COLLECTION, hours=1)
        act(world, "grace", "visit:changed", [person], hours=2)
        act(world, "grace", "visit:withdrawn", [person], hours=24 * 10)
        page = text(get(world, "ada", "/audit"))
        assert "Visit: logged" in page
        assert "Visit: changed" in page
        assert "Visit: withdrawn" not in page
        page = text(get(world, "ada", "/audit?from=2026-11-01&operation=alteration"))
        assert "Visit: withdrawn" in page
        assert "Visit: logged" not in page
        staff = world.staff["priya"].user_id
        page = text(get(world, "ada", f"/audit?staff={staff}"))
        assert "Visit: logged" in page
        assert "Visit: changed" not in page

    @pytest.mark.parametrize(
        "query",
        [
            "from=yesterday",
            "to=9" + "9" * 5000,
            "from=2026-11-20&to=2026-11-01",
            "from=%00",
            "to=0000-00-00",
        ],
    )
    def test_a_day_that_is_none_is_explained(self, world, query):
        answer = get(world, "ada", f"/audit?{query}")
        assert answer.status_code == 422
        assert "There is a problem" in answer.get_data(as_text=True)

    @pytest.mark.parametrize(
        "query",
        [
            "operation=nonsense",
            "staff=nobody",
            "before=x",
            "before=9" * 100,
            "to=9999-12-31",
            "from=0001-01-01",
            "before=99999999999999999999_" + "0" * 32,
            "staff=%ED%A0%80",
        ],
    )
    def test_hostile_filters_never_fail(self, world, query):
        assert get(world, "ada", f"/audit?{query}").status_code == 200


class TestPages:
    def test_neither_content_nor_chain_is_shown(self, world, person):
        act(world, "priya", "visit:logged", [person], fields=["note"], basis="because of Rosa")
        page = text(get(world, "ada", "/audit"))
        with world.system():
            entry = db.session.query(AuditEntry).filter_by(event="visit:logged").one()
            digest, entry_id = entry.digest, entry.id
        one = text(get(world, "ada", f"/audit/{entry_id}"))
        for shown in (page, one):
            assert reference(person) in shown
            assert "Priya Sandhurst" in shown
            for kept in ("Daniel", "Wexcombe", "Rosa", digest, person.hex, str(person)):
                assert kept not in shown
        assert "note" in one

    def test_reading_the_audit_is_on_record(self, world, person):
        act(world, "priya", "visit:logged", [person])
        get(world, "ada", "/audit")
        with world.system():
            read = db.session.query(AuditEntry).filter_by(event="audit:read").one()
            assert read.actor_id == world.staff["ada"].user_id
            assert read.operation == "consultation"

    def test_only_auditors_may(self, world):
        assert get(world, "priya", "/audit").status_code == 403
        assert get(world, "sys", "/audit").status_code == 403

    def test_an_entry_that_is_kept_looks_like_none(self, world, person):
        kept = a_record(world, person, "police")
        hide(world, kept)
        act(world, "owen", "alias:added", [person, kept])
        with world.system():
            entry_id = db.session.query(AuditEntry).filter_by(event="alias:added").one().id
        answer, unknown = (get(world, "ada", f"/audit/{each}") for each in (entry_id, uuid4()))
        assert answer.status_code == unknown.status_code == 404

    def test_page_by_page_shows_everything_once(self, world, person):
        for number in range(PAGE + 5):
            act(world, "priya", f"visit:number{number}", [person])
        first = text(get(world, "ada", "/audit"))
        following = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
        second = text(get(world, "ada", following))
        seen = re.findall(r"Visit: number(\d+)", first) + re.findall(r"Visit: number(\d+)", second)
        assert sorted(map(int, seen)) == list(range(PAGE + 5))

    @pytest.mark.parametrize("many", [1, 25])
    def test_statements_do_not_grow_with_the_list(self, world, person, many):
        for _ in range(many):
            act(world, "priya", "visit:logged", [person])
        get(world, "ada", "/audit/" + str(uuid4()))
        with statements(world.app) as sent:
            text(get(world, "ada", "/audit"))
        reading = [each for each in sent if each.startswith("SELECT")]
        assert len(reading) <= 24


def test_an_address_is_a_record_too(world, person):
    with world.system():
        made = Address(
            person_id=person, owner_agency_id=world.agencies["probation"], kind="home",
            lines="1 Test Row", postcode="NM1 4ZZ", district="NM1", from_on=NOW.date(),
            added_by_id=world.staff["priya"].user_id, added_at=NOW,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        record = made.id
    act(world, "owen", "address:read", [record], operation=Operation.CONSULTATION)
    assert listed(world) == [("address:read", (reference(record),))]
