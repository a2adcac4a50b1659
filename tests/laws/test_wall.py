"""PostgreSQL's row-level security says what the policy says, on every protected table."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

import mappa.app  # noqa: F401 - brings every protected table
from config.settings import Mode
from mappa.access import announcing, guard, upgrade, wall
from mappa.access.labels import Labelled, protected_tables
from mappa.access.terms import Capacity, Level, Section
from mappa.access.wall import Roles
from mappa.access.wall_functions import all_functions
from mappa.cli import CannotStart, check_start
from mappa.kernel.db import Model, NoSystemRole, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Address, StaffWarning
from tests.factories.world import NOW, World, a_shared_person, northmoor
from tests.support import postgres

PROTECTED = protected_tables()
ROLES = Roles(postgres.APPLICATION, postgres.SYSTEM)
POLICIES = sa.text(
    "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check"
    " FROM pg_policies ORDER BY tablename, policyname"
)


@contextmanager
def connected(url):
    # As the platform connects: compiling a policy to machine code takes a second.
    engine = sa.create_engine(url, connect_args={"options": "-c jit=off"})
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def raw(settings, actor=None, *, writer=None):
    """The application's role with nothing of ours in between: no guard, no scope."""
    with connected(settings.database_url) as connection:
        if actor is not None:
            values = actor.binds(NOW)
            said = {name: str(values[bind]) for name, bind in announcing.SETTINGS.items()}
            said |= {announcing.WRITER: str(writer or actor.agency_id), announcing.OPENED: ""}
            for name, value in said.items():
                connection.execute(
                    sa.text("SELECT set_config(:n, :v, true)"), {"n": f"mappa.{name}", "v": value}
                )
        yield connection


def everything(connection, table="person"):
    return connection.execute(sa.text(f'SELECT * FROM "{table}"')).all()


def _asked(model) -> str:
    """What a table's policy asks, with the functions that it calls."""
    seen = wall.visible(model)
    return seen + "".join(each.body for each in all_functions() if f"{each.name}(" in seen)


class TestWhatIsWritten:
    @pytest.mark.parametrize("name", sorted(PROTECTED))
    def test_no_protected_table_stands_in_the_from_of_a_subquery(self, name):
        """A subquery that lists the row's own table asks about any row: it opens everything."""
        seen = _asked(PROTECTED[name])
        assert set(re.findall(r"(?:FROM|JOIN)\s+(\w+)", seen)).isdisjoint(PROTECTED)
        lists = re.findall(r"FROM (.*?)\s+WHERE", seen, re.S)
        assert lists
        assert not any("," in each for each in lists)

    @pytest.mark.parametrize("name", sorted(PROTECTED))
    def test_every_column_of_the_row_is_named_with_its_table(self, name):
        seen = wall.visible(PROTECTED[name])
        bare = re.findall(r"(?<![.\w'])(person_id|owner_agency_id|audience|section)\b", seen)
        assert bare == []

    def test_rights_that_a_policy_reads_are_rights(self):
        read = {
            table
            for model in PROTECTED.values()
            for table in re.findall(r"FROM (\w+) AS", _asked(model))
        }
        rights = {
            mapper.local_table.name
            for mapper in Model.registry.mappers
            if mapper.class_.__module__ == "mappa.access.models"
        }
        assert read <= rights


@pytest.mark.postgresql
class TestWhatIsInstalled:
    def test_it_is_what_the_policy_says_today_on_every_protected_table(self, database_url):
        with connected(database_url) as connection:
            installed = connection.execute(POLICIES).all()
            for table, model in PROTECTED.items():
                wall._drop(connection, table)
                for each in wall.policies(model, ROLES):
                    connection.exec_driver_sql(each.sql)
            assert connection.execute(POLICIES).all() == installed
            assert {row.tablename for row in installed} == set(PROTECTED)

    def test_it_is_on_for_every_protected_table_and_for_no_other(self, database_url):
        with connected(database_url) as connection:
            secured = sa.text("SELECT relname FROM pg_class WHERE relrowsecurity")
            assert set(connection.scalars(secured)) == set(PROTECTED)

    def test_the_application_may_read_every_right_and_owns_nothing(self, settings):
        with raw(settings) as connection:
            assert wall.role_faults(connection) == []
            for mapper in Model.registry.mappers:
                connection.execute(sa.select(sa.func.count()).select_from(mapper.local_table))

    def test_the_history_can_only_be_added_to(self, settings):
        for url in (settings.database_url, settings.system_database_url):
            with connected(url) as connection:
                for table in ("audit_entry", "audit_subject"):
                    for right, may in (("INSERT", True), ("UPDATE", False), ("DELETE", False)):
                        asked = sa.select(
                            sa.func.has_table_privilege(sa.func.current_user(), table, right)
                        )
                        assert connection.execute(asked).scalar_one() is may, (table, right)

    def test_to_upgrade_again_changes_nothing_and_mends_what_was_altered(self, database_url):
        assert upgrade.upgrade(database_url, ROLES) == []
        with connected(database_url) as connection:
            connection.execute(sa.text("ALTER POLICY mappa_read ON visit USING (true)"))
            connection.execute(sa.text("DROP POLICY mappa_change ON warning"))
            connection.commit()
            assert len(wall.faults(connection, ROLES)) == 2
        assert upgrade.upgrade(database_url, ROLES) == ["visit", "warning"]
        with connected(database_url) as connection:
            assert wall.faults(connection, ROLES) == []

    def test_between_taking_down_and_putting_up_nothing_is_open(self, database_url, settings, app):
        world = northmoor(app)
        a_shared_person(world)
        with connected(database_url) as connection:
            wall.take_down(connection)
            connection.commit()
        with raw(settings, world.staff["priya"].actor) as connection:
            assert everything(connection) == []


@pytest.mark.postgresql
class TestTheStart:
    @pytest.fixture
    def start(self, app, settings):
        def attempt(**changed):
            from mappa.app import create_app

            other = create_app(replace(settings, mode=Mode.PRODUCTION, **changed))
            try:
                check_start(other)
            finally:
                with other.app_context():
                    for engine in db.engines.values():
                        engine.dispose()

        return attempt

    def test_serves_where_the_wall_stands(self, start):
        start()

    def test_is_refused_to_the_owner_of_the_tables(self, start, database_url):
        with pytest.raises(CannotStart, match="owns .* of the tables"):
            start(database_url=database_url)

    def test_is_refused_to_the_role_of_the_system(self, start, settings):
        with pytest.raises(CannotStart, match="is, or can become, the system's"):
            start(database_url=settings.system_database_url)

    @pytest.mark.parametrize(
        ("done", "said"),
        [
            ("ALTER TABLE visit DISABLE ROW LEVEL SECURITY", "security is off on visit"),
            ("DROP POLICY mappa_read ON visit", "policies of visit are not those"),
            ("ALTER POLICY mappa_read ON visit USING (true)", "policies of visit are not those"),
            ("CREATE POLICY more ON visit USING (true)", "policies of visit are not those"),
        ],
        ids=["switched off", "removed", "altered", "added to"],
    )
    def test_is_refused_where_the_wall_is_not_the_policys(self, start, database_url, done, said):
        with connected(database_url) as connection:
            connection.execute(sa.text(done))
            connection.commit()
        with pytest.raises(CannotStart, match=said):
            start()

    def test_a_web_server_without_the_systems_role_does_no_system_work(self, settings):
        from mappa.app import create_app

        app = create_app(replace(settings, mode=Mode.PRODUCTION, system_database_url=None))
        with app.app_context():
            with (
                pytest.raises(NoSystemRole, match="MAPPA_SYSTEM_DATABASE_URL"),
                unit_of_work(Kind.READ, system="test"),
            ):
                db.session.execute(sa.select(sa.func.count()).select_from(StaffWarning))
            db.engine.dispose()


@pytest.fixture
def world(app) -> World:
    return northmoor(app)


@pytest.fixture
def person(world):
    """Known to probation, police and children's services; and one that the police alone knows."""
    return a_shared_person(world)


def warned(world: World, person, agency: str) -> StaffWarning:
    with world.system():
        made = StaffWarning(
            person_id=person, owner_agency_id=world.agencies[agency], headline="Two officers",
            review_on=NOW.date(), added_by_id=world.staff["owen"].user_id, added_at=NOW,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made


@pytest.mark.postgresql
class TestWithTheApplicationsOwnChecksOff:
    def test_without_a_reader_no_row_of_any_protected_table_is_read(self, world, person, settings):
        warned(world, person, "police")
        with raw(settings) as connection:
            assert {table: everything(connection, table) for table in PROTECTED} == dict.fromkeys(
                PROTECTED, []
            )

    def test_half_a_reader_reads_nothing(self, world, person, settings):
        with raw(settings, world.staff["priya"].actor) as connection:
            assert len(everything(connection)) == 1
            connection.execute(sa.text("SELECT set_config('mappa.user', '', true)"))
            assert everything(connection) == []

    def test_other_agencies_rows_are_not_read(self, world, settings):
        theirs = world.person("Police", "Only", lead="police", manager="owen")
        world.person("Probation", "Only", lead="probation", manager="priya")
        warned(world, theirs, "police")
        with raw(settings, world.staff["priya"].actor) as connection:
            assert [row.given_name for row in everything(connection)] == ["Probation"]
            assert everything(connection, "warning") == []
        with raw(settings, world.staff["owen"].actor) as connection:
            assert [row.given_name for row in everything(connection)] == ["Police"]
            assert len(everything(connection, "warning")) == 1

    def test_a_scope_that_was_forgotten_shows_nothing_more(
        self, world, person, settings, monkeypatch
    ):
        """The engine's guard is off, and a query asks for every row."""
        world.person("Police", "Only", lead="police", manager="owen")
        monkeypatch.setattr(guard, "unscoped_tables", lambda _statement: frozenset())
        with world.as_reader("priya"):
            found = db.session.execute(sa.select(Model.metadata.tables["person"].c.given_name))
            assert found.scalars().all() == ["Daniel"]

    def test_the_reader_is_forgotten_with_the_transaction(self, world, person, settings):
        with world.as_reader("priya"):
            pass
        engine = sa.create_engine(settings.database_url, pool_size=1, max_overflow=0)
        with raw(settings, world.staff["priya"].actor) as connection:
            connection.rollback()
            assert everything(connection) == []
        engine.dispose()

    def test_a_savepoint_that_is_undone_does_not_leave_another_reader(self, world, person):
        """What was said inside is undone with it, so it is said again."""
        from mappa.access.reading import rows, scoped
        from mappa.offenders.models import Person

        people = scoped(Person, person=False)
        priya, sam = (world.staff[who].actor for who in ("priya", "sam"))
        with world.as_reader("priya"):
            assert len(rows(priya, people, Person)) == 1
            with db.session.begin_nested() as inner:
                assert rows(sam, people, Person) == []
                inner.rollback()
            assert rows(sam, people, Person) == []
            assert len(rows(priya, people, Person)) == 1

    def test_a_row_for_another_agency_is_not_added(self, world, person, settings):
        values = {"p": person, "o": world.agencies["probation"], "n": NOW, "d": NOW.date()}
        add = sa.text(
            "INSERT INTO warning (id, person_id, owner_agency_id, audience, handling_group_id,"
            " headline, detail, serious, review_on, added_by_id, added_at, end_reason)"
            " VALUES (gen_random_uuid(), :p, :o, 0, gen_random_uuid(), 'h', '', 1, :d,"
            " gen_random_uuid(), :n, '')"
        )
        for writer, refused in (("police", True), ("probation", False)):
            agency = world.agencies[writer]
            with raw(settings, world.staff["owen"].actor, writer=agency) as connection:
                if refused:
                    with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
                        connection.execute(add, values)
                else:
                    connection.execute(add, values)

    def test_a_row_that_is_not_seen_is_neither_changed_nor_removed(self, world, person, settings):
        warned(world, person, "police")
        with raw(settings, world.staff["sam"].actor) as connection:
            for statement in ("UPDATE warning SET headline = 'x'", "DELETE FROM warning"):
                assert connection.execute(sa.text(statement)).rowcount == 0

    def test_another_agencys_row_is_not_removed_by_who_sees_it(self, world, person, settings):
        warned(world, person, "police")
        with raw(settings, world.staff["priya"].actor) as connection:
            assert len(everything(connection, "warning")) == 1
            assert connection.execute(sa.text("DELETE FROM warning")).rowcount == 0

    def test_a_row_cannot_be_changed_into_one_that_is_not_seen(self, world, person, settings):
        warned(world, person, "probation")
        with (
            raw(settings, world.staff["priya"].actor) as connection,
            pytest.raises(sa.exc.ProgrammingError, match="row-level security"),
        ):
            connection.execute(sa.text("UPDATE warning SET audience = 1"))

    def test_the_role_of_the_system_reads_all(self, world, person, settings):
        warned(world, person, "police")
        with connected(settings.system_database_url) as connection:
            assert len(everything(connection)) == len(everything(connection, "warning")) == 1


@pytest.mark.postgresql
class TestWhatIsDeclaredToPass:
    def test_the_sealed_line_is_told_and_the_record_is_not_read(self, world, settings):
        """That something is held: the single bit of config/declassified.toml."""
        from mappa.access.reading import holders, holders_statement

        person = world.person(manager="priya")
        world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
        with world.system():
            db.session.add(
                Address(
                    person_id=person,
                    owner_agency_id=world.agencies["probation"],
                    kind="home",
                    lines="l",
                    postcode="p",
                    district="d",
                    from_on=NOW.date(),
                    added_by_id=world.staff["owen"].user_id,
                    added_at=NOW,
                )  # fmt: skip
            )
        told = holders_statement(Address, Section.CONTACT)
        sam = world.staff["sam"].actor
        from mappa.access import asking

        with world.as_reader("sam"):
            level = asking.standing(sam, person).levels[Section.CONTACT]
            held = holders(sam, told, person)
        assert (held == [world.agencies["probation"]]) is (level == Level.SEALED)

    def test_only_marked_statements_open_a_table_and_only_for_themselves(self, world, person):
        from mappa.reminders.models import Deadline

        for model in (Deadline, StaffWarning):
            assert issubclass(model, Labelled)
        kept = sa.select(Deadline.id).where(guard_free(Deadline))
        assert guard.opened_tables(kept) == {"deadline"}
        with world.as_reader("sam"):
            db.session.execute(kept)
            assert setting("opened") == "deadline"
            db.session.execute(sa.select(sa.literal(1)))
            assert setting("opened") == ""


def guard_free(model):
    from mappa.access.reading import bookkeeping

    return bookkeeping(model)


def setting(name):
    connection = db.session.connection()
    return connection.exec_driver_sql(f"SELECT current_setting('mappa.{name}')").scalar_one()
