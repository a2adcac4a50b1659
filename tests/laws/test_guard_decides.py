"""What the guard makes of a statement and of a flush: its decision table."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

import mappa.app  # noqa: F401 - brings every protected table
from mappa.access import guard
from mappa.access.labels import protected_tables
from mappa.access.reading import bookkeeping, scope, scoped
from mappa.access.terms import Level
from mappa.agencies.models import Agency
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.errors import UnscopedQuery, WritesWhileReading
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Alias, Person
from mappa.reminders.models import Deadline
from tests.factories.world import NOW, a_shared_person, northmoor

PROTECTED = protected_tables()
alias, person, agency = Alias.__table__, Person.__table__, Agency.__table__
joined = alias.join(person, person.c.id == alias.c.person_id)
named = alias.alias("other_name")
WHOLE = scope(Alias)


def exists(*conditions):
    """A subquery that names the table in its condition only."""
    return sa.exists().where(*conditions)


BARE = {
    "nothing protected": (lambda: sa.select(agency.c.name), ()),
    "one table": (lambda: sa.select(alias.c.name), {"alias"}),
    "two tables": (lambda: sa.select(alias.c.name, person.c.id), {"alias", "person"}),
    "from a join": (lambda: sa.select(sa.literal(1)).select_from(joined), {"alias", "person"}),
    "joined to it": (lambda: sa.select(agency.c.id).join(alias, sa.true()), {"alias"}),
    "under another name": (lambda: sa.select(named.c.name), {"alias"}),
    "an entity under another name": (lambda: sa.select(aliased(Alias).name), {"alias"}),
    "in a condition only": (lambda: sa.select(sa.literal(1)).where(alias.c.kind == ""), {"alias"}),
    "in a subquery": (lambda: sa.select(sa.select(alias.c.id).subquery().c.id), {"alias"}),
    "in a column": (
        lambda: sa.select(agency.c.id, sa.select(alias.c.id).scalar_subquery()), {"alias"},
    ),
    "in a common table": (lambda: sa.select(sa.select(alias.c.id).cte("c").c.id), {"alias"}),
    "in EXISTS": (lambda: sa.select(agency.c.id).where(exists(alias.c.kind == "x")), {"alias"}),
    "written": (lambda: sa.insert(alias), {"alias"}),
    "changed": (lambda: sa.update(alias).values(name="x"), {"alias"}),
    "removed": (lambda: sa.delete(alias), {"alias"}),
    "changed, something else": (lambda: sa.update(agency).values(name="x"), ()),
    "written from a subquery": (
        lambda: sa.insert(agency).from_select(["id"], sa.select(alias.c.id)), {"alias"},
    ),
    "scoped": (lambda: scoped(Alias, person=False), ()),
    "scoped, joined to what is not": (
        lambda: scoped(Alias, person=False).join(person, sa.true()), {"person"},
    ),
    "scoped by another's scope": (lambda: sa.select(alias.c.id).where(scope(Person)), {"alias"}),
    "changed with a scope": (lambda: sa.update(alias).where(WHOLE).values(name="x"), ()),
    "removed with a scope": (lambda: sa.delete(alias).where(WHOLE), ()),
    "two scopes": (lambda: sa.select(alias.c.id, person.c.id).where(WHOLE, scope(Person)), ()),
    "scope inside and_, where its mark is lost": (
        lambda: sa.select(alias.c.id).where(sa.and_(alias.c.kind == "x", WHOLE)), {"alias"},
    ),
    "scope or something": (
        lambda: sa.select(alias.c.id).where(sa.or_(WHOLE, alias.c.kind == "x")), {"alias"},
    ),
    "scope denied": (lambda: sa.select(alias.c.id).where(sa.not_(WHOLE)), {"alias"}),
    "a subquery about the outer row": (
        lambda: sa.select(alias.c.id).where(
            WHOLE, exists(agency.c.id == alias.c.owner_agency_id)
        ), (),
    ),
    "a subquery about the outer row of a subquery": (
        lambda: sa.select(agency.c.id).where(
            sa.select(alias.c.id).where(WHOLE, exists(agency.c.name == alias.c.name)).exists()
        ), (),
    ),
    "a subquery of its own rows": (
        lambda: scoped(Alias, person=False).where(
            sa.select(alias.c.id).where(sa.true()).correlate(None).exists()
        ), {"alias"},
    ),
    "a bare subquery inside a scoped statement": (
        lambda: scoped(Alias, person=False).where(sa.select(person.c.id).exists()), {"person"},
    ),
    "kept in step": (lambda: sa.update(Deadline).where(bookkeeping(Deadline)), ()),
    "kept in step, among conditions": (
        lambda: sa.update(Deadline).where(
            sa.and_(Deadline.kind == "x", bookkeeping(Deadline), Deadline.state == "y")
        ), (),
    ),
    "kept in step or something": (
        lambda: sa.update(Deadline).where(sa.or_(Deadline.kind == "x", bookkeeping(Deadline))),
        {"deadline"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BARE)
def test_what_has_no_scope(case):
    statement, bare = BARE[case]
    assert guard.unscoped_tables(statement()) == frozenset(bare)


OPENED = {
    "nothing": (lambda: sa.select(agency.c.name), ()),
    "scoped": (lambda: scoped(Alias, person=False), ()),
    "kept in step": (lambda: sa.update(Deadline).where(bookkeeping(Deadline)), {"deadline"}),
    "read to keep in step": (
        lambda: sa.select(Deadline.id).where(bookkeeping(Deadline)), {"deadline"},
    ),
    "deep inside": (
        lambda: sa.select(agency.c.id).where(
            sa.and_(
                agency.c.name == "x",
                sa.select(Deadline.id).where(bookkeeping(Deadline)).exists(),
            )
        ), {"deadline"},
    ),
    "after something scoped": (
        lambda: sa.select(Deadline.id).where(WHOLE, bookkeeping(Deadline)), {"deadline"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OPENED)
def test_what_is_opened(case):
    statement, opened = OPENED[case]
    assert guard.opened_tables(statement()) == frozenset(opened)
    assert guard._look_at(statement()).opened == frozenset(opened)


def an_alias(world, about, owner="probation") -> dict:
    return {
        "id": new_id(), "person_id": about, "owner_agency_id": world.agencies[owner],
        "name": "Danny Wexcombe", "kind": "alias",
    }  # fmt: skip


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def about(world):
    return a_shared_person(world)


@pytest.mark.sql
class TestStatements:
    def test_a_reader_is_told_which_tables_have_no_scope(self, world):
        with world.as_reader("priya"):
            statement = sa.select(person.c.id, alias.c.id)
            for _ in range(2):  # the answer is remembered, not that it was given
                with pytest.raises(UnscopedQuery, match=r"^no scope on alias, person$"):
                    db.session.execute(statement)

    def test_text_cannot_be_looked_at(self, world):
        with world.as_reader("priya"), pytest.raises(
            UnscopedQuery, match=r"^text\(\) cannot be scoped$"
        ):  # fmt: skip
            db.session.execute(sa.text("SELECT 1"))

    def test_a_statement_that_cannot_be_remembered_is_looked_at_each_time(self, world):
        class Forgotten(sa.Select):
            __hash__ = None
            inherit_cache = True

        with world.as_reader("priya"):
            for _ in range(2):
                with pytest.raises(UnscopedQuery, match="alias"):
                    db.session.execute(Forgotten(alias.c.id))

    @pytest.mark.parametrize("system", [None, "test"])
    def test_who_reads_writes_nothing(self, world, system):
        with world.app.app_context(), unit_of_work(Kind.READ, system=system):
            with pytest.raises(WritesWhileReading):
                db.session.execute(sa.update(agency).values(name="x"))
            assert db.session.execute(sa.select(agency.c.id)).all()

    def test_who_acts_for_the_system_needs_no_scope(self, world, about):
        with world.system():
            assert db.session.execute(sa.select(person.c.id)).all() == [(about,)]
            db.session.execute(sa.update(person).values(level=3))
        with world.as_reader("priya"):
            statement = sa.select(person.c.level).where(scope(Person))
            assert db.session.execute(statement, world.staff["priya"].actor.binds(NOW)).all() == [
                (3,)
            ]

    def test_the_engine_is_free_outside_of_a_unit_of_work(self, world, about):
        with world.app.app_context(), db.engine.connect() as connection:
            # There the second wall stands alone, and shows nobody anything.
            seen = [] if connection.dialect.name == "postgresql" else [(about,)]
            assert connection.execute(sa.select(person.c.id)).all() == seen


@pytest.mark.sql
class TestFlush:
    def new(self, world, about, owner="probation"):
        return Alias(**an_alias(world, about, owner))

    def test_a_new_row_is_of_the_writers_agency(self, world, about):
        with world.as_reader("priya", Kind.WRITE):
            db.session.add(self.new(world, about))
            db.session.flush()
            with pytest.raises(UnscopedQuery, match="alias"):
                db.session.execute(sa.select(alias.c.id))  # the flush is over
            db.session.add(self.new(world, about, "police"))
            with pytest.raises(UnscopedQuery, match=r"^a new Alias for another agency$"):
                db.session.flush()
            db.session.rollback()
        with world.system():
            assert db.session.execute(sa.select(alias.c.id)).all() == []

    def test_a_flush_that_fails_leaves_the_guard_on(self, world, about):
        with world.as_reader("priya", Kind.WRITE):
            db.session.add(Alias(**an_alias(world, about) | {"person_id": new_id()}))
            with pytest.raises(sa.exc.IntegrityError):
                db.session.flush()
            db.session.rollback()
            with pytest.raises(UnscopedQuery):
                db.session.execute(sa.select(alias.c.id))

    def test_who_writes_for_nobody_adds_nothing(self, world, about):
        with world.as_reader("priya", Kind.WRITE):
            guard.acts_as(None)
            db.session.add(self.new(world, about))
            with pytest.raises(UnscopedQuery):
                db.session.flush()
            db.session.rollback()

    def test_who_writes_for_another_agency_adds_its_rows(self, world, about):
        with world.as_reader("priya", Kind.WRITE):
            guard.writes_as(world.agencies["police"])
            db.session.add(self.new(world, about, "police"))
            db.session.flush()

    def test_the_system_adds_for_everybody(self, world, about):
        with world.system():
            db.session.add(self.new(world, about, "police"))
            db.session.flush()
            rows = [an_alias(world, about, each) for each in ("police", "probation")]
            guard.add_many(Alias, rows)
            assert len(db.session.execute(sa.select(alias.c.id)).all()) == 3


@pytest.mark.sql
class TestMany:
    def test_rows_of_the_own_agency_are_added(self, world, about):
        with world.as_reader("priya", Kind.WRITE):
            guard.add_many(Alias, [an_alias(world, about), an_alias(world, about)])
            guard.add_many(Alias, [])
            with pytest.raises(UnscopedQuery, match="alias"):
                db.session.execute(sa.select(alias.c.id))
        with world.system():
            found = db.session.execute(sa.select(alias.c.name, alias.c.owner_agency_id)).all()
            assert found == [("Danny Wexcombe", world.agencies["probation"])] * 2

    def test_one_row_of_another_agency_refuses_all(self, world, about):
        rows = [an_alias(world, about), an_alias(world, about, "police")]
        with world.as_reader("priya", Kind.WRITE), pytest.raises(
            UnscopedQuery, match=r"^a new Alias for another agency$"
        ):  # fmt: skip
            guard.add_many(Alias, rows)
        with world.system():
            assert db.session.execute(sa.select(alias.c.id)).all() == []

    def test_a_failure_leaves_the_guard_on(self, world, about):
        wrong = an_alias(world, about) | {"person_id": new_id()}
        with world.as_reader("priya", Kind.WRITE):
            with pytest.raises(sa.exc.IntegrityError):
                guard.add_many(Alias, [wrong])
            db.session.rollback()
            with pytest.raises(UnscopedQuery, match="alias"):
                db.session.execute(sa.select(alias.c.id))


def test_sessions_are_watched_once():
    class Another(Session):
        pass

    for _ in range(2):
        guard.watch_sessions(Another)
    for name, ours in (
        ("before_flush", guard._before_flush), ("after_flush", guard._after_flush),
        ("after_soft_rollback", guard._after_flush),
    ):  # fmt: skip
        assert sa.event.contains(Another, name, ours)


@pytest.mark.sql
def test_what_a_reader_may_see_passes(world, about):
    with clock.at(NOW + timedelta(hours=1)), world.as_reader("priya") as actor:
        statement = sa.select(person.c.id).where(scope(Person, need=Level.FULL))
        assert db.session.execute(statement, actor.binds(NOW)).all() == [(about,)]
