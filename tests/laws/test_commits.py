"""Only the unit of work commits, nothing swallows a bug, and nothing walks around the policy."""

import ast

import pytest

from tests.laws import sources

COMMITS_IN = "mappa/kernel/uow.py"
UPGRADES_IN = "mappa/access/upgrade.py"
"""As the owner of the tables, like the migrations beside it: policies and grants, never rows."""
MAY_SPEAK_SQL = ("mappa/access/", "mappa/kernel/")
LOADS_PAST_THE_POLICY = {"get", "get_one", "get_or_404", "refresh", "merge"}
WRITES_PAST_THE_GUARD = {
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
}
# What stands in the definition of a table is no query.
DEFINES = {"server_default", "server_onupdate", "sqlite_where", "postgresql_where"}
PROTECTED = {"Protected", "Labelled"}


def commits(tree: ast.Module) -> list[int]:
    """Lines that commit, or begin what commits at its end."""
    found = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"commit", "begin"})
        or (isinstance(node, ast.Constant) and _says_commit(node.value))
    ]
    return sorted(found)


def _says_commit(value: object) -> bool:
    return isinstance(value, str) and value.strip(" ;").upper() in {"COMMIT", "AUTOCOMMIT"}


def swallows(tree: ast.Module) -> list[int]:
    """Lines that catch everything. Clean-up after anything is fine, if it raises on."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = _names(node.type) if node.type else {"BaseException"}
            raises_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if "Exception" in caught or ("BaseException" in caught and not raises_on):
                found.append(node.lineno)
    for call, called, _ in sources.calls(tree):
        if called == "suppress" and {"Exception", "BaseException"} & _names(*call.args):
            found.append(call.lineno)
    return sorted(found)


def _names(*nodes: ast.expr) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


def raw_sql(tree: ast.Module) -> list[int]:
    """Lines that run SQL as text, which no policy can look into."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name == "text"
    }
    definitions = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in DEFINES
        for inner in ast.walk(node.value)
    }
    return sorted(
        call.lineno
        for call, called, before in sources.calls(tree)
        if id(call) not in definitions
        and (
            called == "exec_driver_sql"
            or (before is None and called in imported)
            or (called == "text" and isinstance(before, ast.Name) and before.id in SQLALCHEMY)
        )
    )


SQLALCHEMY = {"sa", "sqlalchemy"}


def past_the_policy(tree: ast.Module, protected: set[str]) -> list[int]:
    """Lines that load or write rows of a protected table where the policy cannot see it."""
    found = [
        call.lineno
        for call, called, before in sources.calls(tree)
        if called in WRITES_PAST_THE_GUARD
        or (called in LOADS_PAST_THE_POLICY and _on_a_session(before) and call.args
            and (called in {"refresh", "merge"} or _names(call.args[0]) & protected))
        or (called == "insert" and call.args and _names(call.args[0]) & protected)
    ]  # fmt: skip
    found += [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "query"
        and isinstance(node.value, ast.Name)
        and node.value.id in protected
    ]
    return sorted(found)


def _on_a_session(before: ast.expr | None) -> bool:
    last = before.attr if isinstance(before, ast.Attribute) else getattr(before, "id", "")
    return last in {"session", "db", "s"}


def protected_models(trees: list[ast.Module]) -> set[str]:
    """The names of all classes below ``Protected``, in whatever file."""
    bases = {
        node.name: set().union(*map(_names, node.bases))
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = set(PROTECTED)
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known - PROTECTED


def parsed() -> dict[str, ast.Module]:
    return {sources.name(path): ast.parse(path.read_text()) for path in sources.python("mappa")}


def broken(law, *more, but: tuple[str, ...] = ()) -> dict[str, list[int]]:
    return {
        name: found
        for name, tree in parsed().items()
        if not name.startswith(but) and (found := law(tree, *more))
    }


def test_only_the_unit_of_work_commits():
    assert broken(commits, but=(COMMITS_IN, UPGRADES_IN)) == {}
    assert commits(parsed()[COMMITS_IN]) != []


def test_nothing_catches_everything():
    assert broken(swallows) == {}


def test_sql_is_text_only_in_access_and_kernel():
    assert broken(raw_sql, but=MAY_SPEAK_SQL) == {}


def test_protected_rows_are_loaded_and_written_where_the_policy_sees_it():
    protected = protected_models(list(parsed().values()))
    # The sweep writes notices set by set, for the system: labels are copied in the statement.
    telling = "mappa/reminders/telling/notices.py"
    assert broken(past_the_policy, protected, but=(*MAY_SPEAK_SQL, telling)) == {}


@pytest.mark.parametrize(
    ("law", "fault"),
    [
        (commits, "db.session.commit()"),
        (commits, "finish = session.commit"),
        (commits, "with engine.begin() as connection: pass"),
        (commits, "connection.execution_options(isolation_level='AUTOCOMMIT')"),
        (commits, "connection.run('commit;')"),
        (swallows, "try:\n    f()\nexcept Exception:\n    raise"),
        (swallows, "try:\n    f()\nexcept (ValueError, Exception) as error:\n    log(error)"),
        (swallows, "try:\n    f()\nexcept:\n    pass"),
        (swallows, "try:\n    f()\nexcept BaseException:\n    pass"),
        (swallows, "with contextlib.suppress(Exception):\n    f()"),
        (raw_sql, "import sqlalchemy as sa\ndb.session.execute(sa.text('select 1'))"),
        (raw_sql, "from sqlalchemy import text as words\nrun(words('select 1'))"),
        (raw_sql, "from sqlalchemy.sql.expression import text\nrun(text('select 1'))"),
        (raw_sql, "connection.exec_driver_sql('select 1')"),
    ],
)
def test_a_planted_fault_is_found(law, fault):
    assert law(ast.parse(fault)) != []


@pytest.mark.parametrize(
    "fault",
    [
        "db.session.get(Visit, visit_id)",
        "session.get_one(models.Visit, visit_id)".replace("models.", ""),
        "db.get_or_404(Visit, visit_id)",
        "db.session.refresh(visit)",
        "db.session.execute(sa.insert(Visit).values(rows))",
        "db.session.bulk_update_mappings(Visit, rows)",
        "Visit.query.all()",
        "db.session.get(SecretVisit, visit_id)",
    ],
)
def test_a_planted_way_around_the_policy_is_found(fault):
    models = ast.parse("class Visit(Labelled, Model): ...\nclass SecretVisit(Visit): ...")
    protected = protected_models([models])
    assert protected == {"Visit", "SecretVisit"}
    assert past_the_policy(ast.parse(fault), protected) != []


@pytest.mark.parametrize(
    "fine",
    [
        "db.session.flush()",
        "try:\n    f()\nexcept BaseException:\n    undo()\n    raise",
        "try:\n    f()\nexcept ValueError:\n    pass",
        "column(server_default=sa.text('0'))",
        "page.text('x')",
        "db.session.get(Agency, agency_id)",
        "from flask import session\nsession.get('next')",
        "with db.session.begin_nested(): pass",
    ],
)
def test_what_is_allowed_is_not_reported(fine):
    tree = ast.parse(fine)
    assert commits(tree) + swallows(tree) + raw_sql(tree) == []
    assert past_the_policy(tree, {"Visit"}) == []
