"""Mutants of ``mappa/access``: ``python -m tools.mutate [--mixed] [--minutes N] [FILE ...]``.

The mutants are mutmut's, of decorated functions and of the policy's tables too, and each line of a
table without one of its entries. Statements are built at import and kept, so each mutant is run in
a fork that has imported the tables, and nothing that asks the policy.

One of the policy is not run if all that it says is the same SQL (``tools/same_sql.py``). Then it is
set beside the reference without the application (``tests/support/lean.py``); ``--quick`` ends here.

What was run is kept in ``.mutants/results.json`` until the file changes; from it the page is made.
"""

import argparse
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import pickle
import re
import shutil
import signal
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import get_ignored_lines

from tools import same_sql
from tools.same_sql import Said

ROOT = Path(__file__).resolve().parents[1]
ACCESS = "mappa/access"
FILES = ("predicates", "policy", "asking", "reading", "guard", "rights")
RESULTS = ROOT / ".mutants" / "results.json"
WORLDS = ROOT / ".mutants" / "worlds"
EQUIVALENT = ROOT / "tools" / "equivalent_mutants.toml"
PAGE = ROOT / "docs" / "mutants.md"


def _law(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/laws/test_{each}.py" for each in names)


_SHAPE, _REASONS, _WORLDS = _law("policy_shape", "policy_reasons", "random_worlds")
_AGREE, _TABLE = _law("policy_agrees", "decision_table")
_FIRST = "tests/feature/test_policy_first.py"
_LIST = "tests/pages/test_people_list_pages.py"
_POLICY = (_REASONS, _SHAPE, _TABLE, _WORLDS)
LEAN = ("predicates", "policy")
"""What is asked of worlds that are kept as files, before any test."""
TESTS: dict[str, tuple[str, ...]] = {
    "predicates": _POLICY,
    "policy": _POLICY,
    "asking": (*_law("asking_standing", "asking_decides"), _AGREE, _WORLDS, _TABLE, _FIRST),
    "reading": (*_law("reading_contract", "reading_scopes"), _SHAPE, _WORLDS, _FIRST, _LIST),
    "guard": (*_law("guard_decides"), _SHAPE, _FIRST, "tests/feature/test_visits.py"),
    "rights": (*_law("rights_written", "rights_ended"), _FIRST, "tests/feature/test_visits.py"),
}
"""The fastest tests that should see a mutant of a file, the likeliest first."""
CHOICE = "not postgresql and not difference"
TRIPLES = "2000"


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    file: str
    line: int
    was: str
    becomes: str
    source: str
    function: str
    """In which function of the module it is, or to which name it gives a value."""

    @property
    def key(self) -> str:
        """A name that stays while the file does."""
        name = f"{self.file}:{self.line}:{self.was}:{self.becomes}:{self.source}"
        return f"{self.file}:{self.line}:" + hashlib.sha256(name.encode()).hexdigest()[:10]


class _Everything(MutationVisitor):
    """mutmut's visitor, which also enters functions with decorators."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Import | cst.ImportFrom | cst.Decorator):
            return True
        if isinstance(node, cst.FunctionDef) and node.decorators:
            return False
        return bool(super()._skip_node_and_children(node))


def _without_an_entry(node: cst.Tuple) -> Iterator[cst.Tuple]:
    if len(node.elements) > 1:
        for number in range(len(node.elements)):
            rest = [each for place, each in enumerate(node.elements) if place != number]
            rest[-1] = rest[-1].with_changes(comma=cst.Comma())
            yield node.with_changes(elements=rest)


def mutants(file: str) -> list[Mutant]:
    """Every mutant of a file of ``mappa/access``."""
    path = ROOT / ACCESS / f"{file}.py"
    code = path.read_text()
    wrapper = MetadataWrapper(cst.parse_module(code))
    operators = [*mutation_operators, (cst.Tuple, _without_an_entry)]
    visitor = _Everything(operators, get_ignored_lines(str(path), code, wrapper, None))
    module = wrapper.visit(visitor)
    spans = wrapper.resolve(ByteSpanPositionProvider)
    made, text = [], code.encode()
    for each in visitor.mutations:
        span = spans.get(each.original_node)
        if span is None:
            continue
        end = span.start + span.length
        was = text[span.start : end].decode()
        becomes = module.code_for_node(each.mutated_node).strip()
        whole = module.code_for_node(each.original_node).strip() == was
        if not whole and isinstance(each.mutated_node, cst.BaseExpression):
            becomes = f"({becomes})"  # its own brackets are not in the span
        source = (text[: span.start] + becomes.encode() + text[end:]).decode()
        line = text[: span.start].count(b"\n") + 1
        made.append(Mutant(file, line, was, becomes, source, _function(code, line)))
    return made


def _function(code: str, line: int) -> str:
    """The name that a line of a module is about."""
    names = re.findall(r"^(?:def |class )?(\w+)", "\n".join(code.splitlines()[:line]), re.M)
    return str(names[-1])


class _Mutated(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Gives one module another source."""

    def __init__(self, mutant: Mutant) -> None:
        path = str(ROOT / ACCESS / f"{mutant.file}.py")
        super().__init__(f"mappa.access.{mutant.file}", path)
        self.mutant = mutant

    def find_spec(self, name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> Any:
        return compile(self.mutant.source, self.path, "exec")


SAME, NOT_TOLD = "the same", "not told"
SAID = {0: "survived", 2: SAME, 3: NOT_TOLD}
"""By the exit code of the child; with any other the mutant was killed."""


def run(mutant: Mutant | None, file: str, seconds: float, worlds: Path, quick: bool) -> str:
    """One of ``SAID``, ``killed`` or ``too slow``; in a process of its own.

    ``worlds``: the folder of what is kept. ``quick``: without the tests.
    """
    child = os.fork()
    if child == 0:
        try:
            os._exit(_in_child(mutant, file, worlds, quick))
        finally:
            os._exit(1)  # a mutant that cannot be imported ends its own process only
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return SAID.get(os.waitstatus_to_exitcode(status), "killed")
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "too slow"


def _in_child(mutant: Mutant | None, file: str, worlds: Path, quick: bool) -> int:
    import pytest

    from tests.support import lean

    os.setpgid(0, 0)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.environ["MAPPA_TRIPLES"] = TRIPLES
    if mutant is not None:
        sys.meta_path.insert(0, _Mutated(mutant))
    if file in LEAN:
        kept: Said = pickle.loads((worlds / "said").read_bytes())[file]
        differs = same_sql.differs(kept, file, mutant.function if mutant else "")
        if not differs and mutant is not None:
            return 2
        if differs and mutant is None or lean.differs(worlds):
            return 1
    if quick:
        return 3
    chosen = [*TESTS[file], "-k", CHOICE, "-x", "-q", "-p", "no:randomly", "-n0", "--no-header"]
    imported = "ignore::pytest.PytestAssertRewriteWarning"  # before the fork, to save time
    return min(1, int(pytest.main([*chosen, "-p", "no:cacheprovider", "-W", imported])))


def main() -> int:
    """Run what was not run yet, write the page, and say how it stands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=FILES)
    parser.add_argument("--minutes", type=float, default=24 * 60)
    parser.add_argument("--quick", action="store_true", help="without the tests")
    parser.add_argument("--report", action="store_true", help="run nothing")
    parser.add_argument("--mixed", action="store_true", help="in an order that is as good as drawn")
    given = parser.parse_args()
    found = {each.key: each for file in FILES for each in mutants(file)}
    results = _kept(found)
    if not given.report:
        order = _drawn(found) if given.mixed else found
        wanted = {key: each for key, each in order.items() if each.file in given.files}
        _go_on(wanted, results, time.monotonic() + given.minutes * 60, quick=given.quick)
    PAGE.write_text(page(found, results))
    counts = Counter(_outcome(key, results, judged()) for key in found)
    for key in found:
        if _outcome(key, results, judged()) in ("survived", NOT_TOLD):
            print(f"{results[key]}: {key}\n  - {found[key].was}\n  + {found[key].becomes}")
    print(f"{len(found)} mutants: " + ", ".join(f"{n} {said}" for said, n in counts.items()))
    return 1 if counts["survived"] or counts[NOT_TOLD] or counts["not run"] else 0


def _drawn(found: dict[str, Mutant]) -> dict[str, Mutant]:
    """Sorted by a digest of their names, so that those run first stand for all of their file."""
    return dict(sorted(found.items(), key=lambda each: hashlib.sha256(each[0].encode()).digest()))


def _kept(found: dict[str, Mutant]) -> dict[str, str]:
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return {key: said for key, said in kept.items() if key in found}


def _go_on(wanted: dict[str, Mutant], results: dict[str, str], end: float, *, quick: bool) -> None:
    from tests.support import once

    _warm()
    worlds, reasons = _worlds(), judged()
    once.open_run_folder()
    try:
        longest: dict[str, float] = {}
        for key, mutant in wanted.items():
            if key in results and (quick or key in reasons or results[key] != NOT_TOLD):
                continue
            if quick and mutant.file not in LEAN:
                continue
            if mutant.file not in longest:
                longest[mutant.file] = _longest(mutant.file, worlds, quick)
            if time.monotonic() > end:
                return
            said = run(mutant, mutant.file, longest[mutant.file], worlds, quick)
            print(f"{said:9} {key}", flush=True)
            results[key] = said
            RESULTS.write_text(json.dumps(results, indent=0))
    finally:
        once.close_run_folder()


def _warm() -> None:
    """Import what no child then imports again: the tables, and nothing that asks the policy."""
    import flask_sqlalchemy  # noqa: F401
    import hypothesis.stateful  # noqa: F401
    import pytest  # noqa: F401
    import sqlalchemy.orm  # noqa: F401

    for path in sorted((ROOT / "mappa").rglob("models.py")):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    early = [each for each in FILES if f"{ACCESS}/{each}".replace("/", ".") in sys.modules]
    if early:
        raise SystemExit(f"imported too early to be changed: {early}")


def _worlds() -> Path:
    """The folder of the kept worlds and of what the policy says; made where a source changed."""
    from tests.support import lean

    sources = [path for each in _SOURCES for path in sorted(ROOT.glob(each))]
    text = b"".join(path.read_bytes() for path in sources)
    folder = WORLDS / hashlib.sha256(text).hexdigest()[:12]
    if not folder.exists():
        making = WORLDS / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        _apart(lambda: lean.make(making))
        _apart(
            lambda: making.joinpath("said").write_bytes(
                pickle.dumps({file: dict(same_sql.said(file)) for file in LEAN})
            )
        )
        making.rename(folder)
    return folder


_SOURCES = ("mappa/access/*.py", "tests/reference/*.py", "tests/support/lean.py",
            "tests/factories/random_rights.py", "tools/same_sql.py")  # fmt: skip


def _apart(work: Callable[[], Any]) -> None:
    """In a process of its own: the forks to come must find nothing imported that can change."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("the worlds could not be made")


def _longest(file: str, worlds: Path, quick: bool) -> float:
    """How many seconds a mutant of the file may take, by how long it takes without one."""
    kept = worlds / f"seconds-{file}"
    if not (quick and kept.exists()):
        began = time.monotonic()
        if run(None, file, 3600, worlds, quick) not in ("survived", NOT_TOLD):
            raise SystemExit(f"the tests of {file} fail without any mutant")
        kept.write_text(str(time.monotonic() - began))
    return 60 + 5 * float(kept.read_text())


def judged() -> dict[str, str]:
    """Survivors that change nothing, each with the reason."""
    return tomllib.loads(EQUIVALENT.read_text()) if EQUIVALENT.exists() else {}


def page(found: dict[str, Mutant], results: dict[str, str]) -> str:
    """The result as it stands, as Markdown."""
    reasons = judged()
    lines = [
        "# Mutants of the permission package", "",
        "Written by `make mutate` (`tools/mutate.py`), which may be stopped and goes on where it",
        "stood. Killed: a test fails, or the kept worlds are answered otherwise than by the",
        "reference. The same SQL: all that the policy says is the same on both databases, but for",
        "the names that a statement gives to tables for itself (`tools/same_sql.py`); nothing can",
        "be seen of it. Equivalent: for the reason given below. Half run: the kept worlds do not",
        "tell it apart, and the tests were not run. Of mutants that were not run nothing is known.",
        "A line stands until more of its file is run, or the file changes (`source`).\n",
        f"| file | source | mutants | {' | '.join(_TITLES)} |",
        f"|---|---|---|{'---|' * len(_TITLES)}",
    ]  # fmt: skip
    stood = PAGE.read_text() if PAGE.exists() else ""
    lines += [_line(file, found, results, stood) for file in FILES]
    for title, wanted in _LISTED.items():
        lines += ["", f"## {title}", ""]
        for key in found:
            if _outcome(key, results, reasons) == wanted:
                mutant = found[key]
                why = f": {reasons[key]}" if wanted == "equivalent" else ""
                change = f"`{_short(mutant.was)}` → `{_short(mutant.becomes)}`"
                lines.append(f"- `{mutant.file}.py` line {mutant.line}, {change}{why}")
    return "\n".join(lines) + "\n"


def _line(file: str, found: dict[str, Mutant], results: dict[str, str], stood: str) -> str:
    """The counts of a file: as found now, or as they stood if more of the same text was run."""
    keys, reasons = [key for key, each in found.items() if each.file == file], judged()
    counts = Counter(_outcome(key, results, reasons) for key in keys)
    source = hashlib.sha256((ROOT / ACCESS / f"{file}.py").read_bytes()).hexdigest()[:8]
    begin = f"| `{file}.py` | {source} | {len(keys)} | "
    kept = next((line for line in stood.splitlines() if line.startswith(begin)), None)
    if kept and int(kept.rstrip(" |").rsplit(" ", 1)[1]) < counts[_OUTCOMES[-1]]:
        return kept
    return begin + " | ".join(str(counts[each]) for each in _OUTCOMES) + " |"


_TITLES = ("killed", "the same SQL", "equivalent", "survive", "half run", "not run")
_OUTCOMES = ("killed", SAME, "equivalent", "survived", NOT_TOLD, "not run")
_LISTED = {"Equivalent": "equivalent", "Survive, not judged": "survived", "Half run": NOT_TOLD}


def _outcome(key: str, results: dict[str, str], reasons: dict[str, str]) -> str:
    """What is said of a mutant in the end, run or judged; one that took too long was killed."""
    said = results.get(key, "not run")
    if said in ("survived", NOT_TOLD, "not run") and key in reasons:
        return "equivalent"
    return "killed" if said == "too slow" else said


def _short(text: str) -> str:
    line = " ".join(text.split()).replace("`", "'")
    return line if len(line) <= 70 else line[:67] + "…"


if __name__ == "__main__":
    sys.exit(main())
