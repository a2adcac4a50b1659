"""A merge gives exactly the union by deny first; undoing it gives back exactly what was before.

The expectation is worked out apart from the code: in the rights as they were before, the losing
person is simply renamed to the surviving one, and the plain Python reader is asked.
"""

from collections import Counter
from datetime import timedelta
from itertools import product
from random import Random
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from mappa.access import merged, mirroring, rights
from mappa.access import models as m
from mappa.access.mirroring import AlreadyOne, NotTheSurvivor, Said
from mappa.access.reading import rows, scoped
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Part
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Address, Offence, Person, PersonChange, StaffWarning
from tests.factories import random_rights
from tests.factories.world import NOW
from tests.reference.load import reference
from tests.reference.reader import Of, Reference

pytestmark = pytest.mark.sql
MODELS = (StaffWarning, Address, Offence, PersonChange, Person)
AT_SUMMARY = {Address: lambda row: row.until_on is None, PersonChange: lambda row: False}
ABOUT = {"mark": "record_id", "named_reader": "record_id"}
SAID = Said(at=NOW, by=NOBODY, reason="one person")


def as_one(told: Reference, group: set, one) -> Reference:
    """The same rights, every record of the group under one name."""

    def renamed(table, row):
        row = dict(row)
        column = ABOUT.get(table, "person_id")
        if row.get(column) in group:
            if table == "share" and row["record_id"] in group:
                row["record_id"] = one
            row[column] = one
        return row

    return Reference(
        {name: [renamed(name, row) for row in found] for name, found in told.rows.items()}
    )


def of(row) -> Of:
    if isinstance(row, Person):
        return Of("identity", row.id, row.owner_agency_id, row.id)
    return Of(
        str(row.__section__ or row.section), row.person_id, row.owner_agency_id,
        getattr(row, "subject_id", row.id), bool(row.audience), row.handling_group_id,
        getattr(row, "meeting_id", NOBODY),
    )  # fmt: skip


def answers(told: Reference, world, stored, rename=None) -> Counter:
    """Who sees which row at what level, by the reference."""
    found = Counter()
    for actor, model in product(world.readers, MODELS):
        for row in stored[model]:
            asked = of(row)
            if rename:
                asked = rename(asked)
            level = told.level(actor, asked, NOW)
            if level == Level.FULL or (
                level == Level.SUM and AT_SUMMARY.get(model, lambda _row: True)(row)
            ):
                found[actor.role, model, row.id, Level(level)] += 1
    return found


LISTS = {model: scoped(model, model.id.label("row_id"), person=False) for model in MODELS}
PAGES = {model: scoped(model, model.id.label("row_id"), person=True) for model in MODELS}


def listed(world) -> Counter:
    """Who sees which row at what level, by lists over everybody."""
    return Counter(
        (actor.role, model, row.row_id, row.level)
        for actor, model in product(world.readers, MODELS)
        for row in rows(actor, LISTS[model], model)
    )


def paged(world, people) -> Counter:
    """The same by the pages of these people."""
    return Counter(
        (actor.role, model, row.row_id, row.level)
        for actor, model, person in product(world.readers, MODELS, people)
        for row in rows(actor, PAGES[model], model, person=person)
    )


def stored_rows(group) -> dict:
    """Every row; without those that no service can write: one's own record under another's name."""
    found = {model: list(db.session.scalars(sa.select(model))) for model in MODELS}
    found[PersonChange] = [
        row for row in found[PersonChange] if row.subject_id not in group or row.person_id in group
    ]
    db.session.expunge_all()
    return found


def only(answer: Counter, stored) -> Counter:
    known = {row.id for found in stored.values() for row in found}
    return Counter({key: count for key, count in answer.items() if key[2] in known})


def do(act):
    with unit_of_work(Kind.WRITE, system="test"):
        return act()


def ask(act):
    with unit_of_work(Kind.READ):
        return act()


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.deep) for n in (1, 2, 3))])
def test_a_merge_is_the_union_by_deny_first_and_undoing_it_leaves_no_trace(app, seed):
    random = Random(f"merge-{seed}")
    with app.app_context(), clock.at(NOW):
        world = do(lambda: random_rights.build(random))
        survivor, loser, third = world.people
        group = {survivor, loser}
        with unit_of_work(Kind.READ, system="test"):
            before, stored = reference(), stored_rows(group)
        unmerged = ask(lambda: listed(world))
        assert only(unmerged, stored) == answers(before, world, stored)

        made = do(lambda: mirroring.merge(survivor, loser, "0", SAID))

        def rename(asked: Of) -> Of:
            person = survivor if asked.person in group else asked.person
            record = survivor if asked.record in group else asked.record
            return Of(asked.section, person, asked.owner, record, asked.named_only,
                      asked.handling, asked.meeting)  # fmt: skip

        union = answers(as_one(before, group, survivor), world, stored, rename)
        together = ask(lambda: listed(world))
        assert only(together, stored) == union
        with unit_of_work(Kind.READ, system="test"):
            assert answers(reference(), world, stored) == union
        # The surviving person's page holds the rows of both; the person stands there once.
        on_page = only(ask(lambda: paged(world, [survivor, third])), stored)
        assert on_page == Counter(
            {key: n for key, n in union.items() if key[1:3] != (Person, loser)}
        )
        assert union != answers(before, world, stored), "the world is too poor to tell"

        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, made.id), SAID))
        assert ask(lambda: listed(world)) == unmerged
        assert ask(lambda: paged(world, world.people)) == unmerged
        with unit_of_work(Kind.READ, system="test"):
            after = reference()
            images = set(db.session.scalars(sa.select(m.MirroredRight.right_id)))
        for name, found in after.rows.items():
            kept = [row for row in found if row["id"] not in images]
            assert sorted(kept, key=str) == sorted(before.rows[name], key=str), name


@pytest.mark.parametrize(
    "first_undone", ["the second merge", pytest.param("the first merge", marks=pytest.mark.deep)]
)
def test_a_chain_is_one_person_and_can_be_undone_in_any_order(app, first_undone):
    random = Random("chain")
    with app.app_context(), clock.at(NOW):
        world = do(lambda: random_rights.build(random))
        a, b, c = world.people
        with unit_of_work(Kind.READ, system="test"):
            before, stored = reference(), stored_rows({a, b, c})
        unmerged = ask(lambda: listed(world))
        one = do(lambda: mirroring.merge(b, a, "1", SAID))
        pair = ask(lambda: listed(world))
        two = do(lambda: mirroring.merge(c, b, "2", SAID))

        def rename(asked: Of) -> Of:
            record = c if asked.record in (a, b) else asked.record
            return Of(asked.section, c, asked.owner, record, asked.named_only, asked.handling,
                      asked.meeting)  # fmt: skip

        union = answers(as_one(before, {a, b, c}, c), world, stored, rename)
        assert only(ask(lambda: listed(world)), stored) == union
        with unit_of_work(Kind.READ, system="test"):
            assert {merged.survivor_of(each) for each in (a, b, c)} == {c}
            assert merged.people_of(c) == [c, b, a]
            assert merged.survivors([a, b, c]) == {a: c, b: c}
        order = [one, two] if first_undone == "the first merge" else [two, one]
        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, order[0].id), SAID))
        if first_undone == "the second merge":
            assert ask(lambda: listed(world)) == pair
        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, order[1].id), SAID))
        assert ask(lambda: listed(world)) == unmerged


@pytest.fixture
def two(app):
    """Two people, nobody's rights to them; agencies and readers of a random world."""
    with app.app_context(), clock.at(NOW):
        world = do(lambda: random_rights.build(Random("two"), rights=0))
        yield world, *world.people


def given(**more) -> Given:
    return Given(at=NOW, starts_at=NOW - timedelta(days=3), **more)


def live(model, person, column="person_id") -> int:
    def count():
        statement = sa.select(sa.func.count()).select_from(model).where(
            getattr(model, column) == person, model.state == 1, model.ends_at > NOW
        )  # fmt: skip
        return db.session.execute(statement).scalar_one()

    with unit_of_work(Kind.READ, system="test"):
        return count()


class TestRightsWrittenWhileTheMergeStands:
    def test_what_allows_is_written_for_both_and_parted_at_the_undo(self, two):
        world, survivor, loser, _ = two
        made = do(lambda: mirroring.merge(survivor, loser, "0", SAID))
        do(lambda: rights.add_agency_to_team(
            survivor, world.agencies[0], "one", Capacity.RESPONSIBLE, "0", given()
        ))  # fmt: skip
        assert (live(m.CaseTeam, survivor), live(m.CaseTeam, loser)) == (1, 1)

        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, made.id), SAID))
        assert (live(m.CaseTeam, survivor), live(m.CaseTeam, loser)) == (1, 0)

    @pytest.mark.parametrize("ended", ["the right", "its image"])
    def test_ending_one_ends_both(self, two, ended):
        world, survivor, loser, _ = two
        do(lambda: rights.add_worker(
            loser, world.agencies[0], world.readers[0].user_id, Part.MANAGER, given()
        ))  # fmt: skip
        do(lambda: mirroring.merge(survivor, loser, "0", SAID))

        def end():
            person = loser if ended == "the right" else survivor
            found = db.session.scalars(sa.select(m.CaseWorker).where(
                m.CaseWorker.person_id == person
            )).all()  # fmt: skip
            rights.end(found, at=NOW, by=NOBODY, reason="left the case")

        do(end)
        assert (live(m.CaseWorker, survivor), live(m.CaseWorker, loser)) == (0, 0)

    def test_the_surviving_persons_manager_stands(self, two):
        world, survivor, loser, _ = two
        who = world.readers[0].user_id
        do(lambda: rights.add_worker(loser, world.agencies[0], who, Part.MANAGER, given()))
        do(lambda: mirroring.merge(survivor, loser, "0", SAID))
        with unit_of_work(Kind.READ, system="test"):
            parts = dict(db.session.execute(
                sa.select(m.CaseWorker.person_id, m.CaseWorker.part)
            ).all())  # fmt: skip
        assert parts == {survivor: "worker", loser: "manager"}

    def test_who_is_kept_out_during_the_merge_stays_out_of_both_after_it(self, two):
        """Nobody can say of which of the two records it was meant: deny first."""
        world, survivor, loser, _ = two
        made = do(lambda: mirroring.merge(survivor, loser, "0", SAID))
        do(lambda: rights.exclude(survivor, given(), user=world.readers[0].user_id))
        do(lambda: rights.mark(loser, MarkKind.HIDDEN, NOW, given()))
        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, made.id), SAID))

        assert (live(m.Exclusion, survivor), live(m.Exclusion, loser)) == (1, 1)
        assert [live(m.Mark, each, "record_id") for each in (survivor, loser)] == [1, 1]

    def test_a_seat_that_ran_out_is_mirrored_and_taken_back(self, two):
        """A chair sees for good whose meeting it was: also under the other record, until undone."""
        world, survivor, loser, _ = two
        do(lambda: rights.seat(
            survivor, loser, world.agencies[0], "one", Part.CHAIR, "1", given(),
            user=world.readers[0].user_id,
        ))  # fmt: skip
        do(lambda: rights.end_seats(survivor, at=NOW))
        made = do(lambda: mirroring.merge(survivor, loser, "0", SAID))

        def standing():
            with unit_of_work(Kind.READ, system="test"):
                return sorted(db.session.execute(
                    sa.select(m.MeetingSeat.person_id).where(m.MeetingSeat.state == 1)
                ).scalars())  # fmt: skip

        assert standing() == sorted([survivor, loser])
        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, made.id), SAID))
        assert standing() == [loser]

    def test_the_losing_record_leaves_the_lists_and_comes_back(self, two):
        world, survivor, loser, _ = two
        do(lambda: rights.add_agency_to_team(
            loser, world.agencies[0], "one", Capacity.LEAD, "1", given()
        ))  # fmt: skip

        def reached():
            with unit_of_work(Kind.READ, system="test"):
                return set(db.session.execute(
                    sa.select(m.Reach.person_id).where(m.Reach.ends_at > NOW)
                ).scalars())  # fmt: skip

        assert reached() == {loser}
        made = do(lambda: mirroring.merge(survivor, loser, "0", SAID))
        do(lambda: rights.add_agency_to_team(
            loser, world.agencies[1], "one", Capacity.LEAD, "1", given()
        ))  # fmt: skip
        assert reached() == {survivor}
        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, made.id), SAID))
        assert loser in reached()


class TestAtTheSameTime:
    def test_who_is_kept_out_while_the_two_are_being_merged_is_kept_out_of_both(self, app, two):
        """The one who comes second waits, and then finds the merge."""
        world, survivor, loser, _ = two
        merging, go_on = Event(), Event()

        def merge():
            with app.app_context(), clock.at(NOW), unit_of_work(Kind.WRITE, system="test"):
                mirroring.merge(survivor, loser, "0", SAID)
                merging.set()
                go_on.wait(30)

        def exclude():
            with app.app_context(), clock.at(NOW), unit_of_work(Kind.WRITE, system="test"):
                rights.exclude(loser, given(), user=world.readers[0].user_id)

        first, second = Thread(target=merge), Thread(target=exclude)
        first.start()
        assert merging.wait(30)
        second.start()
        second.join(0.5)
        assert second.is_alive()
        go_on.set()
        first.join(30)
        second.join(30)
        assert (live(m.Exclusion, survivor), live(m.Exclusion, loser)) == (1, 1)

    def test_who_was_merged_in_the_meantime_is_not_merged_elsewhere(self, two):
        _, a, b, c = two
        do(lambda: mirroring.merge(b, a, "1", SAID))
        for pair in ((c, a), (a, c)):
            with pytest.raises(NotTheSurvivor):
                do(lambda pair=pair: mirroring.merge(*pair, "2", SAID))


class TestWhatCannotBeMerged:
    @pytest.mark.parametrize("again", ["the same", "back", "round"])
    def test_who_is_one_already(self, two, again):
        _, a, b, c = two
        do(lambda: mirroring.merge(b, a, "1", SAID))
        do(lambda: mirroring.merge(c, b, "2", SAID))
        pair = {"the same": (b, a), "back": (a, b), "round": (a, c)}[again]
        with pytest.raises(AlreadyOne):
            do(lambda: mirroring.merge(*pair, "0", SAID))

    def test_after_the_undo_it_can_be_merged_the_other_way(self, two):
        _, a, b, _ = two
        made = do(lambda: mirroring.merge(a, b, "0", SAID))
        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, made.id), SAID))
        do(lambda: mirroring.merge(b, a, "0", SAID))
        with unit_of_work(Kind.READ, system="test"):
            assert merged.survivor_of(a) == b

    def test_a_merge_is_undone_once(self, two):
        _, a, b, _ = two
        made = do(lambda: mirroring.merge(a, b, "0", SAID))
        do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, made.id), SAID))
        with pytest.raises(AlreadyOne):
            do(lambda: mirroring.undo(db.session.get_one(m.PersonMerge, made.id), SAID))
