"""The migrations are one chain with readable names, and end where the models are."""

import ast
import re
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from mappa.kernel import migrate
from tests.laws import sources
from tests.support import migrations

VERSIONS = sources.ROOT / "migrations" / "versions"
NAME = re.compile(r"\d{4}_[a-z][a-z0-9_]+")


def said(text: str) -> dict[str, object]:
    """What a migration says of its name and of the one before."""
    return {
        target.id: ast.literal_eval(statement.value)
        for statement in ast.parse(text).body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value
        for target in getattr(statement, "targets", [getattr(statement, "target", None)])
        if isinstance(target, ast.Name) and target.id in {"revision", "down_revision"}
    }


def misnamed(files: dict[str, str]) -> list[str]:
    """File names whose revision is another, or that do not follow the one before."""
    wrong = []
    before = None
    for file, text in sorted(files.items()):
        expected = {"revision": file, "down_revision": before}
        if not NAME.fullmatch(file) or said(text) != expected:
            wrong.append(file)
        before = file
    return wrong


def read(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text() for path in folder.glob("*.py") if path.stem != "__init__"}


def test_every_revision_is_named_like_its_file_and_follows_the_one_before():
    assert misnamed(read(VERSIONS)) == []
    assert read(VERSIONS) != {}


def test_the_head_file_names_the_last_migration():
    scripts = ScriptDirectory.from_config(migrate.config("sqlite://"))
    assert scripts.get_heads() == [max(read(VERSIONS))]
    assert (VERSIONS / ".head").read_text().strip() == max(read(VERSIONS))


@pytest.mark.sql
def test_the_migrations_end_where_the_models_are(database_url):
    assert migrations.drift(database_url) == ""


@pytest.mark.sql
def test_a_table_that_no_migration_makes_is_found(database_url):
    import sqlalchemy as sa

    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE nobody_knows_me (id INTEGER PRIMARY KEY)"))
    engine.dispose()
    assert "nobody_knows_me" in migrations.drift(database_url)


FIRST = 'revision = "0001_begin"\ndown_revision = None\n'


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("0002_more", 'revision = "0002_other"\ndown_revision = "0001_begin"\n'),
        ("0002_more", 'revision = "0002_more"\ndown_revision = "0000_gone"\n'),
        ("0002_more", 'revision = "0002_more"\ndown_revision = None\n'),
        ("a1b2c3_more", 'revision = "a1b2c3_more"\ndown_revision = "0001_begin"\n'),
    ],
)
def test_a_planted_misnomer_is_found(file, text):
    good = {"0001_begin": FIRST, "0002_fine": FIRST}
    good["0002_fine"] = 'revision: str = "0002_fine"\ndown_revision: str | None = "0001_begin"\n'
    assert misnamed(good) == []
    assert misnamed({"0001_begin": FIRST, file: text}) == [file]
