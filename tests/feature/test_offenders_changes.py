"""What is added, ended and told of the shared record."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind
from mappa.audit.models import AuditEntry
from mappa.kernel import uow
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders import changes, queries, service, timeline
from mappa.offenders.models import (
    Address,
    PersonChange,
    PlaceKey,
    StaffWarning,
)
from mappa.offenders.rules import AddAddress, AddPerson, AddWarning, EndWarning
from tests.factories.offenders import (
    a_warning,
    an_address,
    an_offence,
    an_order,
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


class TestAddAddress:
    def test_the_earlier_home_ends_and_stays(self, world, daniel):
        an_address(world, daniel)
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        with world.as_reader("priya") as actor:
            found = queries.addresses(actor, daniel)
        assert [each.postcode for each in found] == ["NM4 1ZZ", "NM1 4ZZ"]
        assert [each.until_on for each in found] == [None, date(2026, 11, 18)]

    def test_a_reader_of_the_summary_gets_the_district_of_today(self, world, daniel):
        an_address(world, daniel)
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        with world.as_reader("leah") as actor:
            found = queries.addresses(actor, daniel)
        assert [each.district for each in found] == ["Northmoor NM4"]
        assert not found[0].shows("lines")

    def test_a_place_stayed_at_ends_nothing(self, world, daniel):
        an_address(world, daniel)
        command = AddAddress(**(vars(NEW_HOME) | {"kind": "regular"}))
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, command, now=NOW)
        with world.as_reader("priya") as actor:
            assert [each.until_on for each in queries.addresses(actor, daniel)] == [None, None]

    def test_a_hidden_home_is_left_alone(self, world, daniel):
        hidden = an_address(world, daniel, "police")
        with world.system():
            rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW))
            _name(hidden, world.staff["owen"])
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        with world.system():
            assert db.session.get_one(Address, hidden).until_on is None
            assert db.session.scalars(sa.select(PersonChange)).one().before == ""

    def test_what_stood_before_is_told_only_to_the_same_readers(self, world, daniel):
        an_address(world, daniel, "probation")
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        with world.as_reader("owen", Kind.WRITE) as actor:
            later = AddAddress(**(vars(NEW_HOME) | {"lines": "9 Low Row", "from_on": TODAY}))
            service.add_address(actor, daniel, later, now=NOW)
        with world.as_reader("priya") as actor:
            found, _ = queries.history(actor, daniel)
        said = {each.after: each.before for each in found}
        assert said["Flat 4, 2 Quay Street NM4 1ZZ"] == ""
        assert said["9 Low Row NM4 1ZZ"] == "Flat 4, 2 Quay Street NM4 1ZZ"

    def test_the_districts_of_earlier_homes_are_for_full_readers(self, world, daniel):
        first = an_address(world, daniel, "police")
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        with world.system():
            levels = db.session.execute(
                sa.select(PlaceKey.kind, PlaceKey.level).where(PlaceKey.source_id == first)
            ).all()
        assert dict(map(tuple, levels)) == {"postcode": 3, "district": 3}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"from_on": date(2026, 11, 21)},
            {"lines": ""},
            {"from_on": date(2025, 6, 2)},
        ],
        ids=["in the future", "without lines", "before the current one began"],
    )
    def test_the_rules_say_no_and_nothing_is_written(self, world, daniel, wrong):
        home = an_address(world, daniel)
        command = AddAddress(**(vars(NEW_HOME) | wrong))
        with pytest.raises(RuleBroken), world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, command, now=NOW)
        with world.system():
            assert count(Address) == 1
            assert count(PersonChange) == 0
            assert db.session.get_one(Address, home).until_on is None

    @pytest.mark.parametrize("who", ["carl", "iris"])
    def test_a_reader_who_may_not_write_adds_nothing(self, world, daniel, who):
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        assert nothing_written(world, Address)

    def test_nobody_adds_to_a_person_they_cannot_see(self, world, daniel):
        with world.as_reader("sam", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        assert nothing_written(world, Address)

    def test_it_is_in_the_audit(self, world, daniel):
        with world.as_reader("owen", Kind.WRITE) as actor:
            added = service.add_address(actor, daniel, NEW_HOME, now=NOW).id
        with world.system():
            entry = db.session.scalars(sa.select(AuditEntry)).one()
        assert (entry.event, entry.operation) == ("address:added", "collection")
        assert entry.records == [daniel.hex, added.hex]


class TestWarnings:
    def test_everybody_who_sees_the_person_sees_it(self, world, daniel):
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_warning(actor, daniel, IN_PAIRS, now=NOW)
        for who in ("priya", "owen", "leah", "carl"):
            with world.as_reader(who) as actor:
                assert [each.headline for each in queries.live_warnings(actor, daniel)] == [
                    "Visit in pairs"
                ]

    def test_an_ended_one_is_kept(self, world, daniel):
        with world.as_reader("owen", Kind.WRITE) as actor:
            added = service.add_warning(actor, daniel, IN_PAIRS, now=NOW).id
            service.end_warning(actor, daniel, added, EndWarning(reason="Moved away"), now=NOW)
        with world.as_reader("leah") as actor:
            assert queries.live_warnings(actor, daniel) == []
            assert queries.warning(actor, daniel, added).end_reason == "Moved away"
            changes, _ = queries.history(actor, daniel)
            assert {each.kind for each in changes} == {"warning:ended", "warning:added"}

    @pytest.mark.parametrize("who", ["leah", "priya", "carl"])
    def test_only_its_owner_ends_it(self, world, daniel, who):
        warning = a_warning(world, daniel, "police")
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.end_warning(actor, daniel, warning, EndWarning(reason="x"), now=NOW)
        with world.system():
            assert db.session.get_one(StaffWarning, warning).ended_at is None
            assert count(PersonChange) == 0

    def test_it_ends_once(self, world, daniel):
        warning = a_warning(world, daniel, "police", ended_at=NOW, end_reason="first")
        with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.end_warning(actor, daniel, warning, EndWarning(reason="x"), now=NOW)

    def test_a_warning_of_somebody_else_is_not_found(self, world, daniel):
        other = world.person("Other", "Person", lead="police")
        warning = a_warning(world, other, "police")
        with world.as_reader("owen", Kind.WRITE) as actor:
            with pytest.raises(NotFound):
                service.end_warning(actor, daniel, warning, EndWarning(reason="x"), now=NOW)
            with pytest.raises(NotFound):
                queries.warning(actor, daniel, warning)

    def test_the_review_is_later(self, world, daniel):
        command = AddWarning(**(vars(IN_PAIRS) | {"review_on": TODAY}))
        with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.add_warning(actor, daniel, command, now=NOW)
        assert nothing_written(world, StaffWarning)

    @pytest.mark.parametrize("who", ["carl", "iris"])
    def test_a_reader_who_may_not_write_adds_none(self, world, daniel, who):
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.add_warning(actor, daniel, IN_PAIRS, now=NOW)
        assert nothing_written(world, StaffWarning)


class TestChanges:
    def test_who_asked_is_told_in_the_same_transaction(self, world, daniel, monkeypatch):
        monkeypatch.setattr(changes, "_handlers", [])
        told = []
        changes.on("address:", told_address := lambda actor, change, now: told.append(change.kind))
        changes.on("address:", told_address)
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
            service.add_warning(actor, daniel, IN_PAIRS, now=NOW)
        assert told == ["address:added"]

    def test_readers_of_the_summary_have_no_history_of_the_section(self, world, daniel):
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
            service.add_warning(actor, daniel, IN_PAIRS, now=NOW)
        with world.as_reader("leah") as actor:
            found, _ = queries.history(actor, daniel)
        assert [each.kind for each in found] == ["warning:added"]

    def test_the_history_goes_on_by_key(self, world, daniel, monkeypatch):
        monkeypatch.setattr(queries, "HISTORY_PAGE", 2)
        queries._history.cache_clear()
        with world.as_reader("owen", Kind.WRITE) as actor:
            for _ in range(3):
                service.add_warning(actor, daniel, IN_PAIRS, now=NOW)
        with world.as_reader("owen") as actor:
            first, more = queries.history(actor, daniel)
            second, end = queries.history(actor, daniel, before=more)
        queries._history.cache_clear()
        assert (len(first), len(second), end) == (2, 1, None)
        assert not {each.id for each in first} & {each.id for each in second}


class TestTimeline:
    def entries(self, world, who, person):
        with world.as_reader(who) as actor:
            binds = actor.binds(uow.current().at) | {"person": person}
            found = db.session.execute(timeline.timeline_part(), binds).all()
        return {row.title: row for row in found}

    def test_full_readers_have_place_and_author(self, world, daniel):
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        row = self.entries(world, "priya", daniel)["Address added"]
        assert (row.at, row.day) == (NOW, None)
        assert row.body == "Flat 4, 2 Quay Street NM4 1ZZ"
        assert (row.by_name, row.agency_name) == ("Owen Marsh", "Northmoor Police")

    def test_readers_of_the_summary_have_the_district_and_the_day(self, world, daniel):
        an_address(world, daniel, until_on=date(2026, 1, 1), from_on=date(2025, 1, 1))
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.add_address(actor, daniel, NEW_HOME, now=NOW)
        (row,) = self.entries(world, "leah", daniel).values()
        assert (row.title, row.body, row.by_name) == ("Current address", "Northmoor NM4", "")
        assert row.day == date(2026, 11, 19)
        assert row.at.date() == date(2026, 11, 19)

    def test_warnings_begin_and_end(self, world, daniel):
        a_warning(world, daniel, ended_at=NOW, end_reason="Moved away")
        found = self.entries(world, "leah", daniel)
        assert set(found) == {"Warning to staff added", "Warning to staff ended"}
        assert found["Warning to staff ended"].body == "Moved away"


class TestOrdersAndOffences:
    def test_the_summary_names_orders_in_force(self, world, daniel):
        an_order(world, daniel)
        an_order(world, daniel, name="Old order", ended=True)
        an_offence(world, daniel)
        with world.as_reader("leah") as actor:
            found = queries.orders(actor, daniel)
            assert [each.name for each in found] == ["Sexual harm prevention order"]
            assert not found[0].shows("conditions")
            assert not queries.offences(actor, daniel)[0].shows("court")
        with world.as_reader("owen") as actor:
            assert len(queries.orders(actor, daniel)) == 2
            assert queries.offences(actor, daniel)[0].court == "Northmoor Crown Court"


def _name(record, staff):
    from mappa.access.terms import Reader

    return rights.name_reader(
        record, Reader.USER, staff.actor.agency_id, Given(at=NOW), user=staff.user_id
    )
