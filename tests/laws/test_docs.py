"""The documents say what is there: drawn states, commands, paths, pictures, decisions."""

import os
import re
import subprocess
import sys

import pytest

from mappa.access import policy
from mappa.access.terms import Section
from tests.laws import sources
from tools import draw_states, tell_who_sees

README = sources.ROOT / "README.md"
DECISIONS = sources.ROOT / "docs" / "decisions"
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
MADE = re.compile(r"\bmake ([a-z][a-z-]*)")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.-]*[\w]/[\w./-]*|[\w-]+\.(?:md|py|toml|txt)|\.ci/run")
COMMAND = re.compile(r"\bmappa ([a-z]+(?:-[a-z]+)?)(?: ([a-z]+(?:-[a-z]+)*))?")
TOP = ("mappa/", "config/", "tests/", "tools/", "docs/")
OURS = "instance/"
"""Made by the first run, so it is not in the repository."""


def unknown_targets(text: str, makefile: str) -> set[str]:
    return set(MADE.findall(text)) - set(TARGET.findall(makefile))


def paths_in(text: str) -> list[str]:
    spans = [*CODE.findall(text), *IMAGE.findall(text)]
    return [each for each in spans if PATH.fullmatch(each) and each != OURS]


def absent(paths: list[str]) -> list[str]:
    return [each for each in paths if not (sources.ROOT / each).exists()]


def commands_in(text: str) -> list[str]:
    return [found for each in CODE.findall(text) for found in COMMAND.findall(each)]


def test_the_drawn_states_are_those_of_the_rules():
    assert draw_states.PAGE.read_text() == draw_states.page(), "run tools/draw_states.py"


def test_what_is_said_of_who_sees_what_is_what_decides():
    assert tell_who_sees.PAGE.read_text() == tell_who_sees.page(), "run tools/tell_who_sees.py"


def test_a_line_of_the_policy_that_changes_is_seen(monkeypatch):
    before = tell_who_sees.page()
    lines = policy.READ[Section.VICTIMS]
    monkeypatch.setitem(policy.READ, Section.VICTIMS, lines[1:])
    assert tell_who_sees.page() != before


def test_every_table_of_states_is_drawn():
    drawn = {each.source for each in draw_states.TABLES}
    having = {
        sources.name(path)
        for path in sources.python("mappa")
        if re.search(r"^NEXT\b", path.read_text(), re.MULTILINE)
    }
    assert having == drawn


def test_a_missing_transition_is_seen():
    whole = draw_states.TABLES[0].next_of
    first = next(iter(whole))
    less = {**whole, first: frozenset(list(whole[first])[1:])}
    assert draw_states.diagram(less) != draw_states.diagram(whole)
    assert draw_states.table(less) != draw_states.table(whole)


def test_every_make_target_of_the_readme_is_there():
    makefile = (sources.ROOT / "Makefile").read_text()
    assert {"run", "test"} <= set(MADE.findall(README.read_text()))
    assert unknown_targets(README.read_text(), makefile) == set()
    assert unknown_targets("`make nothing`", makefile) == {"nothing"}


def test_every_command_of_the_readme_is_understood(capsys):
    from mappa.cli import main

    asked = commands_in(README.read_text())
    assert len(asked) > 3
    for group, verb in asked:
        with pytest.raises(SystemExit) as left:
            main([group, *filter(None, [verb]), "--help"])
        assert left.value.code == 0, f"mappa {group} {verb}"
    capsys.readouterr()


def test_every_path_of_the_readme_is_there():
    found = paths_in(README.read_text())
    assert len(found) > 10
    assert absent(found) == []


def test_a_path_that_is_not_there_is_found():
    assert absent(paths_in("see `docs/nowhere.md` and `mappa/nothing`")) == [
        "docs/nowhere.md",
        "mappa/nothing",
    ]


def test_the_pictures_are_pictures_of_a_first_screen():
    shown = IMAGE.findall(README.read_text())
    assert len(shown) == 3
    for each in shown:
        assert (sources.ROOT / each).read_bytes().startswith(b"\x89PNG")


def test_the_readme_is_one_screen():
    assert len(README.read_text().splitlines()) <= 60


def test_the_readme_names_every_setting_of_production():
    from config.settings import SettingsError, from_environment

    with pytest.raises(SettingsError) as refused:
        from_environment({})
    wanted = set(re.findall(r"MAPPA_\w+", str(refused.value)))
    assert wanted
    assert wanted <= set(re.findall(r"MAPPA_\w+", README.read_text()))


def test_what_a_server_opens_in_production_names_all_that_is_missing_and_leaves():
    assert "`gunicorn wsgi:app`" in README.read_text()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAPPA_")}
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=sources.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("is not set") == 4
    assert "Traceback" not in done.stderr


def test_decisions_are_numbered_without_a_gap_and_headed_alike():
    found = sorted(DECISIONS.glob("*.md"))
    assert [int(path.name[:4]) for path in found] == list(range(1, len(found) + 1))
    for path in found:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]} "), path.name
        for heading in ("**Context.**", "**Decision.**", "**Consequences.**", "**Ruled out.**"):
            assert heading in text, f"{path.name}: {heading}"


def test_every_decision_that_the_code_names_is_there():
    there = {path.name[:4] for path in DECISIONS.glob("*.md")}
    for path in sources.tracked():
        if path.suffix in (".py", ".md", ".toml") and path.name != "test_docs.py":
            named = set(re.findall(r"docs/decisions/(\d{4})", path.read_text()))
            assert named <= there, sources.name(path)


def test_the_decisions_name_only_files_that_are_there():
    for path in DECISIONS.glob("*.md"):
        named = [each for each in paths_in(path.read_text()) if each.startswith(TOP)]
        assert absent(named) == [], path.name
