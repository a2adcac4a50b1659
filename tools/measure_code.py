"""Print what ``docs/side-by-side.md`` says of this code, as other projects were measured for it.

``python tools/measure_code.py``: Python files of three lines or more below ``mappa`` and
``config``; migrations and templates are left out. A function's length counts what is nested in it.
"""

import ast
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
OURS = ("mappa", "config")
WELL_SAID = ("access", "rules", "audit")
"""Every public function of these packages, and of every ``service``, has a docstring."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Measured:
    """What was counted in some Python files."""

    files: dict[str, int] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)
    with_docstring: int = 0
    with_return: int = 0
    public_well_said: list[bool] = field(default_factory=list)

    def add(self, path: Path) -> None:
        """Count one file."""
        text = path.read_text()
        lines = len(text.splitlines())
        if lines < 3:
            return
        name = path.relative_to(ROOT).as_posix()
        self.files[name] = lines
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, Function):
                self._function(node)
        if _is_well_said(path):
            self.public_well_said += [
                ast.get_docstring(node) is not None for node in _public(tree.body)
            ]

    def _function(self, node: Function) -> None:
        self.lengths.append((node.end_lineno or node.lineno) - node.lineno + 1)
        self.with_docstring += ast.get_docstring(node) is not None
        self.with_return += node.returns is not None


def _is_well_said(path: Path) -> bool:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] == "mappa" and (parts[1] in WELL_SAID or "service" in parts)


def _public(body: list[ast.stmt]) -> list[Function]:
    return [node for node in body if isinstance(node, Function) and not node.name.startswith("_")]


def high(numbers: list[int], percent: int = 95) -> int:
    """The smallest number that ``percent`` of them do not pass."""
    ordered = sorted(numbers)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def python_below(*folders: str) -> list[Path]:
    """The Python files below folders of the repository."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def tests_in(paths: list[Path]) -> int:
    """How many test functions there are; a parametrised one counts once."""
    return sum(
        isinstance(node, Function) and node.name.startswith("test_")
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
    )


@dataclass(frozen=True)
class Commits:
    """What the history says: Python lines changed in a commit, and whether it says why."""

    lines: list[int]
    with_body: float


def commits() -> Commits:
    """The last 600 commits that touch Python and merge nothing."""
    listed = _git("log", "-600", "--no-merges", "--format=%x00%b%x01", "--numstat", "--", "*.py")
    lines, bodies = [], 0
    for each in listed.split("\0")[1:]:
        body, _, numbers = each.partition("\x01")
        bodies += bool(body.strip())
        rows = [row.split("\t") for row in numbers.strip().splitlines()]
        lines.append(sum(int(n) for row in rows for n in row[:2] if n.isdigit()))
    return Commits(lines, bodies / len(lines))


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True)
    return done.stdout.decode()


def measure() -> Measured:
    """All of the platform's own code."""
    found = Measured()
    for path in python_below(*OURS):
        found.add(path)
    return found


def main() -> None:
    """Print the figures, one to a line."""
    found = measure()
    sizes, count = list(found.files.values()), len(found.lengths)
    longest = max(found.files, key=lambda name: found.files[name])
    well = found.public_well_said
    history = commits()
    tests = tests_in(python_below("tests"))
    per_thousand = 1000 * tests / sum(sizes)
    print(f"files: {len(sizes)}, {sum(sizes)} lines")
    print(f"lines of a file: median {median(sizes):.0f}, p95 {high(sizes)}, longest {max(sizes)}"
          f" ({longest})")  # fmt: skip
    print(f"functions: {count}")
    print(f"lines of a function: median {median(found.lengths):.0f}, p95 {high(found.lengths)},"
          f" longest {max(found.lengths)}")  # fmt: skip
    print(f"functions with a docstring: {found.with_docstring / count:.0%}")
    print(f"public functions of access, rules, audit and services with one: {sum(well)} of "
          f"{len(well)}")  # fmt: skip
    print(f"functions with an annotated return: {found.with_return / count:.0%}")
    print(f"test functions: {tests}, {per_thousand:.0f} to 1,000 lines of code")
    print(f"commits: {len(history.lines)}, Python lines median {median(history.lines):.0f}, p90 "
          f"{high(history.lines, 90)}, with a body {history.with_body:.0%}")  # fmt: skip


if __name__ == "__main__":
    main()
