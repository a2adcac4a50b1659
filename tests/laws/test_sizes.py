"""A file fits a mind and a function fits a screen."""

import ast

import pytest

from tests.laws import sources

FILE = 400
FUNCTION = 40


def long_file(text: str) -> list[str]:
    lines = len(text.splitlines())
    return [f"{lines} lines"] if lines > FILE else []


def long_functions(text: str) -> list[str]:
    """Functions over the ceiling; what is nested in one counts for it."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                found.append(f"line {node.lineno}: {node.name} has {lines} lines")
    return found


@pytest.mark.parametrize("law", [long_file, long_functions])
def test_nothing_is_over_its_ceiling(law):
    broken = {
        sources.name(path): found
        for path in sources.python()
        if not (law is long_functions and "migrations/versions" in path.as_posix())
        # A migration is a list of tables, read once and never changed again.
        if (found := law(path.read_text()))
    }
    assert broken == {}


def test_a_file_over_the_ceiling_is_found():
    assert long_file("x = 1\n" * 400) == []
    assert long_file("x = 1\n" * 401) == ["401 lines"]


def test_a_function_over_the_ceiling_is_found_with_what_is_nested_in_it():
    fits = "def f():\n" + "    x = 1\n" * 39
    nested = "def f():\n    def g():\n" + "        x = 1\n" * 39
    assert long_functions(fits) == []
    assert long_functions(fits + "    y = 2\n") == ["line 1: f has 41 lines"]
    assert long_functions(nested) == ["line 1: f has 41 lines"]
    assert long_functions("class A:\n    async " + nested.replace("\n", "\n    ").rstrip()) != []
