"""The text of the repository, for laws that read it."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    """Every file of the repository that is there, also those not yet added."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted(p for name in listed.split("\0") if name and (p := ROOT / name).is_file())


def python(*folders: str) -> list[Path]:
    """Python files below ``folders``, or all."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and (not folders or name(path).split("/")[0] in folders)
    ]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, ast.expr | None]]:
    """Every call with the last part of its name, and what stands before the dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node, node.func.attr, node.func.value
            elif isinstance(node.func, ast.Name):
                yield node, node.func.id, None
