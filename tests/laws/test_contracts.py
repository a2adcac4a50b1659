"""The import contracts hold, know every package, and are seen to fail."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.laws import sources

# What is no feature: these have their own places in the house.
GROUND = {"web", "audit", "access", "rules", "kernel", "app", "cli", "scheduler", "demo"}
PYPROJECT = sources.ROOT / "pyproject.toml"


def contract(wanted: str) -> dict[str, list[str]]:
    declared = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"]
    return next(one for one in declared if one["id"] == wanted)


def layers(*, wanted: bool = False) -> set[str]:
    """Every package with a place in the house; or those ``wanted``, which may not be missing."""
    names = {name.strip() for line in contract("layers")["layers"] for name in line.split("|")}
    return {name.strip("()") for name in names if not (wanted and "(" in name)}


def features() -> set[str]:
    """The features whose inside is under contract."""
    return {name.removeprefix("mappa.") for name in contract("inside-a-feature")["containers"]}


def folders() -> set[str]:
    """The packages of ``mappa`` that hold at least one module."""
    return {
        sources.name(path).split("/")[1]
        for path in sources.python("mappa")
        if sources.name(path).count("/") > 1
    }


def misplaced(found: set[str], listed: set[str]) -> set[str]:
    """Features without the inner contract, and names in it that are no folder."""
    return found ^ listed


def test_every_feature_is_under_the_contract_for_its_inside():
    # import-linter cannot say this itself: exhaustive goes one level deep.
    assert misplaced(folders() - GROUND, features()) == set()
    assert features() <= layers()


def test_a_feature_outside_its_contract_is_found():
    assert misplaced({"visits", "plans"}, {"visits"}) == {"plans"}
    assert misplaced({"visits"}, {"visits", "gone"}) == {"gone"}


def test_all_rules_are_pure_by_pattern():
    assert "mappa.*.rules" in contract("rules-pure")["source_modules"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    return subprocess.run(
        [*command, "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def plant(folder: Path, files: dict[str, str]) -> None:
    """A small house with every package that must be there, and ``files``."""
    shutil.copy(PYPROJECT, folder / "pyproject.toml")
    packages = (layers(wanted=True) | features()) - {"cli", "app"}
    modules = [f"mappa/{name}/__init__.py" for name in packages]
    fixed = ["config/__init__.py", "mappa/__init__.py", "mappa/cli.py", "mappa/app.py"]
    known = ["mappa/audit/chain.py", "mappa/audit/models.py", "mappa/access/actor.py"]
    inside = [f"mappa/agencies/{name}.py" for name in ("rules", "models", "queries", "service")]
    for name, text in (dict.fromkeys([*modules, *fixed, *known, *inside], "") | files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text)


def test_the_contracts_hold():
    answer = lint(sources.ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_planted_house_without_a_fault_passes(tmp_path):
    plant(tmp_path, {})
    answer = lint(tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("broken", "file", "text"),
    [
        ("layers", "mappa/kernel/db.py", "import mappa.access.actor"),
        ("layers", "mappa/rules/days.py", "import mappa.kernel"),
        ("layers", "mappa/newcomer/__init__.py", ""),
        ("inside-a-feature", "mappa/agencies/models.py", "import mappa.agencies.service"),
        ("rules-pure", "mappa/agencies/rules.py", "import sqlalchemy"),
        ("rules-pure", "mappa/rules/days.py", "import flask"),
        ("no-flask-below-web", "mappa/agencies/service.py", "import flask"),
        ("no-flask-below-web", "mappa/access/policy.py", "import werkzeug"),
        ("audit-table", "mappa/agencies/queries.py", "import mappa.audit.models"),
    ],
)
def test_a_planted_import_is_found(tmp_path, broken, file, text):
    plant(tmp_path, {file: text})
    answer = lint(tmp_path)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert f"{contract(broken)['name']} BROKEN" in " ".join(answer.stdout.split())
