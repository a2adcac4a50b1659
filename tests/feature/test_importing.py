"""An import: checked without adding anybody, decided on, added once, whatever happens meanwhile."""

import io
import json

import pytest
import sqlalchemy as sa

from mappa.access.models import Posting
from mappa.access.terms import State
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders.importing import jobs, parsing, queries, rules, running, service
from mappa.offenders.importing.models import ImportRow, ImportRun
from mappa.offenders.importing.rules import Choice, Decide, RowState, Upload
from mappa.offenders.models import Address, Alias, NameKey, Offence, Person, PersonChange
from tests.factories.imports import FAULTS, a_row, as_csv
from tests.factories.world import LONG_AGO, NOW, count, northmoor


@pytest.fixture
def world(app):
    return northmoor(app)


def upload(world, rows, who="priya", **command):
    with world.as_reader(who, Kind.WRITE) as actor:
        found = parsing.read(io.BytesIO(as_csv(rows)))
        return service.upload(actor, Upload(**command), "cases.csv", found, now=NOW).id


def work(world, run_id):
    with clock.at(NOW), world.app.app_context():
        jobs.finish(run_id)


def start(world, run_id, who="priya"):
    with world.as_reader(who, Kind.WRITE) as actor:
        service.start(actor, run_id, now=NOW)


def states(world, run_id):
    with world.system():
        return [row.state for row in queries.every_row(run_id)]


def faults(world, run_id):
    with world.system():
        return {row.line: [tuple(each) for each in row.faults] for row in queries.every_row(run_id)}


def people(world):
    with world.system():
        return count(Person)


class TestCheck:
    @pytest.mark.sql
    def test_nobody_is_added_and_every_fault_is_named_by_line_and_column(self, world):
        wrong = [a_row(n, **{column: text}) for n, (column, text) in enumerate(FAULTS)]
        run = upload(world, [*wrong, a_row(50)])
        work(world, run)
        assert people(world) == 0
        said = faults(world, run)
        assert [said[n + 2][0][0] for n in range(len(FAULTS))] == [column for column, _ in FAULTS]
        assert said[len(FAULTS) + 2] == []
        assert states(world, run)[-1] == RowState.READY

    def test_no_fault_repeats_what_stands_in_the_cell(self, world):
        marker = "Zzyzx"
        run = upload(world, [dict.fromkeys(rules.NAMES, f"={marker}"), a_row(1)])
        work(world, run)
        assert len(faults(world, run)[2]) >= 20
        assert marker not in json.dumps(faults(world, run))

    def test_several_faults_of_a_row_are_named_at_once(self, world):
        run = upload(world, [a_row(1, category="9", crn="x", postcode="?")])
        work(world, run)
        assert [column for column, _ in faults(world, run)[2]] == ["crn", "category", "postcode"]

    def test_category_3_is_never_at_level_1(self, world):
        run = upload(world, [a_row(1, category="3", level="1")])
        work(world, run)
        assert faults(world, run)[2][0][0] == "level"

    def test_somebody_who_stands_twice_in_the_file_is_named(self, world):
        again = a_row(2, crn=a_row(1)["crn"])
        run = upload(world, [a_row(1), again, a_row(1, crn="", pnc="")])
        work(world, run)
        assert faults(world, run) == {
            2: [],
            3: [("crn", "The same CRN stands on line 2")],
            4: [("family_name", "The same name and date of birth stand on line 2")],
        }

    def test_what_was_uploaded_is_not_readable_in_the_database(self, world):
        upload(world, [a_row(1, family_name="Abernathy")])
        with world.system():
            raw = db.session.execute(sa.select(sa.type_coerce(ImportRow.cells, sa.LargeBinary)))
            assert b"Abernathy" not in raw.scalar_one()

    def test_a_co_ordinator_leaves_addresses_and_offences_to_the_lead(self, world):
        run = upload(world, [a_row(1)], who="carl", lead_agency_id=world.agencies["probation"])
        work(world, run)
        assert {column for column, _ in faults(world, run)[2]} == {
            "address", "postcode", "district", "address_since", "offence", "sentence",
            "convicted_on",
        }  # fmt: skip


class TestWho:
    @pytest.mark.parametrize("who", ["grace", "helen", "iris", "leah", "ada", "sam"])
    def test_whoever_may_not_add_one_person_may_not_import(self, world, who):
        with pytest.raises(NotPermitted):
            upload(world, [a_row(1)], who=who)
        with world.system():
            assert count(ImportRow) == 0

    def test_a_co_ordinator_names_an_agency_of_the_area(self, world):
        with pytest.raises(RuleBroken):
            upload(world, [a_row(1)], who="carl")

    def test_nobody_else_finds_it_not_even_a_colleague(self, world):
        world.user("marek", "probation", world.staff["priya"].actor.role)
        run = upload(world, [a_row(1)])
        with world.as_reader("marek") as actor, pytest.raises(NotFound):
            queries.run(actor, run)


class TestAdd:
    @pytest.mark.sql
    def test_people_come_in_whole_as_if_added_one_by_one(self, world):
        run = upload(world, [a_row(1, other_names="Ro Abbot; R. Abbot"), a_row(2)])
        work(world, run)
        start(world, run)
        work(world, run)
        assert states(world, run) == [RowState.ADDED, RowState.ADDED]
        with world.system():
            tables = (Person, Address, Offence, Alias, PersonChange)
            assert [count(each) for each in tables] == [2, 2, 2, 2, 6]
            assert count(NameKey) > 20
            kept = db.session.scalars(sa.select(ImportRow)).all()
            assert {(row.cells, row.reason) for row in kept} == {(None, None)}
        with world.as_reader("priya") as actor:
            from mappa.offenders import listing
            from mappa.offenders import queries as record
            from mappa.offenders.search import search

            listed = listing.people(actor).people
            assert {each.manager for each in listed} == {"Priya Sandhurst"}
            assert record.addresses(actor, listed[0].id)[0].postcode == "NM1 4ZZ"
            assert search(actor, a_row(1)["crn"]).found[0].match.reason == "Same CRN"
            assert search(actor, "Ro Abbot").found

    def test_it_is_written_as_the_importer_and_each_person_is_in_the_audit(self, world):
        run = upload(world, [a_row(1)])
        work(world, run)
        start(world, run)
        work(world, run)
        with world.system():
            found = db.session.execute(
                sa.select(AuditEntry.event, AuditEntry.actor_id).order_by(AuditEntry.at)
            ).all()
        assert {who for _, who in found} == {world.staff["priya"].user_id}
        assert {event for event, _ in found} >= {
            "import:uploaded", "import:checked", "import:started", "import:done",
            "person:added", "address:added", "offence:added",
        }  # fmt: skip

    def test_rows_with_a_fault_are_left_out_and_the_report_says_so(self, world):
        run = upload(world, [a_row(1), a_row(2, category="9")])
        work(world, run)
        start(world, run)
        work(world, run)
        assert states(world, run) == [RowState.ADDED, RowState.FAULTY]
        assert people(world) == 1

    def test_a_manager_who_left_in_the_meantime_is_a_fault_of_that_row_alone(self, world):
        world.user("marek", "probation", world.staff["priya"].actor.role)
        run = upload(world, [a_row(1, manager_email="marek@example.org"), a_row(2)])
        work(world, run)
        start(world, run)
        _end_posting(world, "marek")
        work(world, run)
        assert states(world, run) == [RowState.FAULTY, RowState.ADDED]

    def test_one_row_that_is_refused_takes_no_other_with_it(self, world, monkeypatch):
        run = upload(world, [a_row(n) for n in range(5)])
        work(world, run)
        start(world, run)
        real = running.adding.add_cases

        def refuse(actor, cases, *, now):
            if any(case.person.crn == a_row(3)["crn"] for case in cases):
                raise RuleBroken("ODD", "This cannot be added")
            return real(actor, cases, now=now)

        monkeypatch.setattr(running.adding, "add_cases", refuse)
        work(world, run)
        assert states(world, run).count(RowState.ADDED) == 4
        assert faults(world, run)[5] == [("", "This cannot be added")]
        assert people(world) == 4

    def test_when_the_importers_posting_ends_it_stops_with_a_sentence(self, world):
        run = upload(world, [a_row(1)])
        work(world, run)
        start(world, run)
        _end_posting(world, "priya")
        work(world, run)
        with world.system():
            stopped = db.session.get_one(ImportRun, run)
            assert stopped.state == "stopped"
            assert "posting" in stopped.sentence
            assert count(Person) == 0
            assert db.session.scalars(sa.select(ImportRow.cells)).all() == [None]

    @pytest.mark.sql
    def test_a_batch_that_dies_leaves_nothing_and_is_done_again(self, world, monkeypatch):
        run = upload(world, [a_row(n) for n in range(3)])
        work(world, run)
        start(world, run)
        real = running._add

        def die(work, good):
            real(work, good)
            raise KeyboardInterrupt

        monkeypatch.setattr(running, "_add", die)
        with pytest.raises(KeyboardInterrupt):
            work(world, run)
        assert people(world) == 0
        monkeypatch.setattr(running, "_add", real)
        work(world, run)
        work(world, run)
        assert people(world) == 3

    @pytest.mark.sql
    def test_what_is_never_finished_is_deleted(self, world):
        run = upload(world, [a_row(1)])
        with clock.at(NOW + (NOW - LONG_AGO)), world.app.app_context():
            assert running.give_up_old() == 1
        with world.system():
            assert db.session.get_one(ImportRun, run).state == "given_up"
            assert db.session.scalars(sa.select(ImportRow.cells)).all() == [None]


def _end_posting(world, who):
    with world.system():
        db.session.execute(
            sa.update(Posting)
            .where(Posting.id == world.staff[who].posting_id)
            .values(state=State.REVOKED.value)
        )


class TestMatches:
    def known(self, world, **columns):
        """Somebody who is here, with the search keys that services keep."""
        from mappa.offenders.service import keep_keys

        person = world.person(manager="priya", **columns)
        with world.system():
            keep_keys(db.session.get_one(Person, person))
        return person

    def checked(self, world, *rows):
        run = upload(world, rows)
        work(world, run)
        with world.system():
            return run, [row.id for row in queries.rows_in(run, RowState.MATCHED, most=50)]

    def decide(self, world, run, row, shown=(), **command):
        with world.as_reader("priya", Kind.WRITE) as actor:
            service.decide(actor, run, row, Decide(**command), shown, now=NOW)

    def test_the_same_number_or_name_and_birth_waits_for_a_decision(self, world):
        self.known(world, crn="X777777")
        daniel = {"family_name": "Wexcomb", "given_name": "Dan", "date_of_birth": "14/03/1979"}
        _, rows = self.checked(
            world, a_row(1, crn="X777777"), a_row(2, **daniel), a_row(3, family_name="Wexcombe")
        )
        assert len(rows) == 2

    def test_a_person_the_importer_may_not_see_leaves_no_trace(self, world):
        hidden = world.person("Hidden", "Person", lead="police", manager="owen", crn="X777777")
        with world.system():
            from mappa.offenders.service import keep_keys

            keep_keys(db.session.get_one(Person, hidden))
        _, rows = self.checked(world, a_row(1, crn="X777777"))
        assert rows == []

    def test_it_cannot_start_while_a_row_is_not_decided(self, world):
        self.known(world, crn="X777777")
        run, _ = self.checked(world, a_row(1, crn="X777777"), a_row(2))
        with pytest.raises(RuleBroken):
            start(world, run)

    @pytest.mark.sql
    def test_skip_add_and_same_do_what_they_say(self, world):
        person = self.known(world, crn="X777777", pnc="2001/0000009K", visor="NM-009041")
        run, rows = self.checked(
            world, a_row(1, crn="X777777"), a_row(2, visor="NM-009041"),
            a_row(3, family_name="Wexcombe", date_of_birth="14/03/1979"),
        )  # fmt: skip
        assert len(rows) == 3
        self.decide(world, run, rows[0], choice=Choice.SKIP)
        self.decide(world, run, rows[1], [person], choice=Choice.SAME, same_as=person)
        with pytest.raises(RuleBroken):
            self.decide(world, run, rows[2], choice=Choice.ADD)
        self.decide(world, run, rows[2], choice=Choice.ADD, reason="Another mother")
        start(world, run)
        work(world, run)
        assert states(world, run) == [RowState.SKIPPED, RowState.SAME, RowState.ADDED]
        assert people(world) == 2

    def test_whoever_is_added_is_compared_with_everybody_later(self, world):
        from mappa.offenders.matching.models import MatchCheck

        self.known(world, crn="X777777")
        run, rows = self.checked(world, a_row(1, crn="X777777"), a_row(2))
        self.decide(world, run, rows[0], choice=Choice.ADD, reason="Another mother")
        start(world, run)
        work(world, run)
        with world.system():
            checks = db.session.scalars(sa.select(MatchCheck)).all()
            assert len(checks) == 2
            assert sorted(len(each.dismissed) for each in checks) == [0, 1]

    def test_it_is_this_person_names_one_who_was_shown(self, world):
        self.known(world, crn="X777777")
        run, rows = self.checked(world, a_row(1, crn="X777777"))
        other = world.person("Hidden", "Person", lead="police", manager="owen")
        for wrong in (other, NOBODY):
            with pytest.raises(RuleBroken):
                self.decide(world, run, rows[0], [], choice=Choice.SAME, same_as=wrong)
