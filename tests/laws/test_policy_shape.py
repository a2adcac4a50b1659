"""The shape of the policy: what imports and types cannot say."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

import mappa.app  # noqa: F401 - brings every protected table
from mappa.access import guard, policy
from mappa.access import predicates as p
from mappa.access.labels import ME, Derived, Label, Labelled, bound_label, protected_tables
from mappa.access.models import AgreementCell, CaseTeam
from mappa.access.reading import scope, scoped
from mappa.access.terms import Level, Section
from mappa.kernel.db import Model, db
from mappa.kernel.errors import UnscopedQuery
from mappa.kernel.uow import Kind, unit_of_work
from tests.factories.world import NOW

PROTECTED = protected_tables()


def _subqueries(statement):
    return [part for part in visitors.iterate(statement) if isinstance(part, sa.Select)][1:]


@pytest.mark.parametrize("name", sorted(PROTECTED))
def test_no_protected_table_stands_in_the_from_of_a_policy_subquery(name):
    """A subquery that lists the outer table asks about any row of it: it opens everything."""
    statement = scoped(PROTECTED[name], person=False)
    for inner in _subqueries(statement):
        froms = {getattr(table, "name", "") for table in inner.columns_clause_froms}
        written = str(inner.compile()).split("FROM", 1)[1].split("WHERE")[0]
        assert not (froms & set(PROTECTED)), name
        assert not any(f"{each} " in f"{written} " and f" {each}," in written for each in PROTECTED)


@pytest.mark.parametrize("section", list(Section))
def test_every_predicate_of_a_section_has_a_name_of_its_own(section):
    tests = {test for line in policy.READ[section] for test in line}
    assert len({test.__name__ for test in tests}) == len(tests)


@pytest.mark.parametrize("name", sorted(PROTECTED))
def test_every_column_of_a_protected_table_says_from_which_level_it_is_shown(name):
    silent = [
        column.name for column in PROTECTED[name].__table__.columns if "shown" not in column.info
    ]
    assert silent == []


@pytest.mark.parametrize("name", sorted(PROTECTED))
def test_no_label_column_may_be_null(name):
    table = PROTECTED[name].__table__
    for column in ("person_id", "owner_agency_id", "audience", "handling_group_id", "section"):
        if column in table.c:
            assert not table.c[column].nullable, (name, column)


def test_every_table_with_a_person_is_protected_or_is_a_right():
    """A new table about a person cannot be forgotten."""
    rights = {
        mapper.local_table.name
        for mapper in Model.registry.mappers
        if mapper.class_.__module__ == "mappa.access.models"
    }
    about_people = {
        table.name for table in Model.metadata.tables.values() if "person_id" in table.columns
    }
    unprotected = about_people - set(PROTECTED) - rights - DRAFTS - QUEUE - ASKED
    assert unprotected == set()


DRAFTS = {"visit_draft", "visit_suggestion", "share_draft", "intelligence_draft", "import_row"}
"""What only its author ever sees again, encrypted."""

QUEUE = {"match_check", "match_task", "band_recount"}
"""Ids alone: who is still to be compared, and which two clash, shown only where the policy lets the
reader see both people (tests/feature/test_matching.py); and whose visits a job counts anew, which
no page shows (tests/feature/test_visit_commitment_windows.py)."""

ASKED = {"asked_request"}
"""What an agency asked of others, in its own words and encrypted; shown to its asker and the own
information officers alone, and only while they see the person (tests/feature/test_requests.py)."""


BOOKKEEPERS = {
    "mappa/access/passing.py",
    "mappa/access/reading.py",
    "mappa/audit/queries.py",
    "mappa/reminders/closing.py",
    "mappa/reminders/service.py",
}
"""Who keeps derived rows in step with their record, whoever may see them."""


def test_only_bookkeepers_pass_the_guard_without_a_reader():
    from pathlib import Path

    users = {
        str(path) for path in Path("mappa").rglob("*.py") if "bookkeeping(" in path.read_text()
    }
    assert users <= BOOKKEEPERS


def test_only_reading_marks_what_the_guard_trusts():
    from pathlib import Path

    users = {
        str(path)
        for path in Path("mappa").rglob("*.py")
        if "_annotate(" in path.read_text() or '"mappa_scope"' in path.read_text()
    }
    assert users == {"mappa/access/reading.py", "mappa/access/labels.py"}
    marked = Path("mappa/access/labels.py").read_text()
    assert marked.count("_annotate(") == marked.count("_annotate({ROLES: ") == 1


def test_the_policy_stays_readable():
    from pathlib import Path

    for module in ("policy", "predicates"):
        lines = Path(f"mappa/access/{module}.py").read_text().count("\n")
        assert lines <= 400, module


@pytest.mark.parametrize(
    "statement",
    [
        lambda: sa.select(sa.func.count()).select_from(Model.metadata.tables["person"]),
        lambda: sa.select(PROTECTED["address"].lines),
        lambda: sa.update(PROTECTED["address"]).values(lines="x"),
        lambda: sa.delete(PROTECTED["address"]),
        lambda: sa.insert(PROTECTED["address"]).values(lines="x"),
        lambda: sa.select(
            sa.select(PROTECTED["address"].id).where(sa.true()).limit(1).scalar_subquery()
        ),
        lambda: sa.text("SELECT * FROM person"),
        lambda: scoped(PROTECTED["alias"], person=False).join(
            PROTECTED["person"], PROTECTED["person"].id == PROTECTED["alias"].person_id
        ),
        lambda: scoped(PROTECTED["alias"], person=False).where(
            sa.select(PROTECTED["alias"].id).where(sa.true()).correlate(None).exists()
        ),
        lambda: sa.union_all(
            sa.select(PROTECTED["alias"].name).where(scope(PROTECTED["alias"])),
            sa.select(PROTECTED["alias"].name),
        ),
        lambda: sa.select(PROTECTED["alias"].name).where(
            sa.or_(scope(PROTECTED["alias"]), PROTECTED["alias"].kind == "x")
        ),
        lambda: sa.select(sa.literal(1)).where(PROTECTED["alias"].kind == "x"),
    ],
    ids=[
        "count",
        "columns",
        "update",
        "delete",
        "insert",
        "subquery",
        "text",
        "unscoped join",
        "second look at a scoped table",
        "second arm of a union",
        "scope that need not hold",
        "table named in a condition only",
    ],
)
def test_the_guard_refuses_what_does_not_start_from_the_policy(app, statement):
    with app.app_context(), unit_of_work(Kind.READ), pytest.raises(UnscopedQuery):
        db.session.execute(statement())


def test_a_scope_on_one_table_does_not_cover_another():
    both = scoped(PROTECTED["alias"], person=False).join(
        PROTECTED["person"], PROTECTED["person"].id == PROTECTED["alias"].person_id
    )
    assert guard.unscoped_tables(both) == {"person"}


def test_a_label_bound_to_another_person_opens_nothing():
    """``person=True`` binds the person in the WHERE as well as in the label."""
    for name, model in PROTECTED.items():
        written = str(scoped(model, person=True).compile())
        column = "person_id" if issubclass(model, Labelled) else "id"
        assert f"{name}.{column} = :person" in written, name


def test_derived_rows_carry_a_whole_label():
    whole = set(Label.__dataclass_fields__) - {"at_summary"}
    assert whole <= set(Label.__dataclass_fields__)
    for model in PROTECTED.values():
        if issubclass(model, Derived):
            assert {"subject_id", "section", "meeting_id"} <= set(model.__table__.c.keys())


def _on_postgresql(condition) -> str:
    return str(sa.select(condition).compile(dialect=postgresql.dialect()))


@pytest.mark.parametrize("section", list(Section))
def test_rights_are_looked_at_row_by_row_and_no_agency_is_hashed(section):
    asked = policy.where(section, ME, bound_label(section), policy.AT, Level.SUM)
    written = _on_postgresql(asked)
    assert written.count("EXISTS (") == written.count(" OFFSET 0 )") > 0


@pytest.mark.parametrize("section", [Section.INTELLIGENCE, Section.VICTIMS, Section.HEALTH])
def test_the_agreement_alone_tells_of_these_and_opens_nothing(section):
    """Whatever a cell says: a place on a team, an emergency or a seat tells that they are held."""
    by_a_cell = {p.on_team, p.in_emergency, p.seated}
    lines = [line for line in policy.READ[section] if by_a_cell & set(line)]
    assert lines
    for line in lines:
        assert line[0] is p.only_told_of or p.on_team_as_person in line
    of = bound_label(section)
    for need in (Level.SUM, Level.FULL):
        assert str(p.only_told_of(ME, of, policy.AT, need)) == "false"


def test_a_subquery_keeps_its_own_rows_inside_a_query_of_the_same_rows():
    of = bound_label(Section.PLAN)
    team, cell = p.Rows(CaseTeam, "team"), p.Rows(AgreementCell, "cell")
    seen = sa.select(team.id).where(p.on_team(ME, of, policy.AT, Level.SUM))
    assert str(seen).count("FROM case_team AS team") == 2
    listed = sa.select(cell.id).where(cell.capacity_id.in_(p.grid(of, policy.AT, Level.SUM)))
    assert str(listed).count("FROM agreement_cell AS cell") == 2


@pytest.mark.parametrize("predicate", [p.on_team, p.in_emergency, p.seated])
def test_the_capacities_of_a_fixed_section_are_listed_once(predicate):
    of = bound_label(Section.PLAN)
    fixed = predicate(ME, of, policy.AT, Level.SUM)
    assert _on_postgresql(fixed).count(" OR false)") == 1
    derived = replace(of, section=sa.bindparam("of_section", type_=sa.Text()))
    assert " OR false)" not in _on_postgresql(predicate(ME, derived, policy.AT, Level.SUM))


def test_a_moment_without_a_time_zone_is_not_asked_about():
    asked = sa.select(policy.AT)
    with sa.create_engine("sqlite://").connect() as connection:
        assert connection.execute(asked, {"at": NOW}).scalar_one() == NOW
        with pytest.raises(sa.exc.StatementError, match="needs a time zone"):
            connection.execute(asked, {"at": NOW.replace(tzinfo=None)})


def test_every_level_is_asked_with_the_same_functions():
    for section in Section:
        for level in (Level.SEALED, Level.SUM, Level.FULL):
            assert policy.where(section, ME, bound_label(section), policy.AT, level) is not None
