"""The repository speaks of the project only, and installs the same everywhere."""

import re

import pytest

from tests.laws import sources

# Put together, so that this file does not break its own law.
MACHINE = re.compile(
    "|".join(
        [
            "/" + r"root/",
            "/" + r"home/\w",
            "/" + r"Users/\w",
            "/" + r"work/(main|shared)\b",
            "/" + r"tmp/",
            "/" + r"opt/(pypi|wheels)",
            "file:" + "//",
        ]
    )
)
ADDRESS = re.compile(r"https?:|file:|--(extra-)?index|--find-links|--trusted-host| @ ")
PINNED = re.compile(r"^[a-z0-9-]+==[\w.]+( ;.*)? \\$")


def machine_paths(text: str) -> list[str]:
    return [line.strip()[:120] for line in text.splitlines() if MACHINE.search(line)]


def addresses(text: str) -> list[str]:
    return [line for line in text.splitlines() if ADDRESS.search(line)]


def without_digest(lock: str) -> list[str]:
    lines = [line for line in lock.splitlines() if not line.startswith("#")]
    following = [*lines[1:], ""]
    return [
        line
        for line, after in zip(lines, following, strict=True)
        if not line.startswith("    ")
        and not (PINNED.match(line) and after.startswith("    --hash=sha256:"))
    ]


def test_no_file_names_a_path_of_one_machine():
    broken = {}
    for path in sources.tracked():
        if "vendor" not in path.parts:
            try:
                found = machine_paths(path.read_text())
            except UnicodeDecodeError:
                continue  # a picture
            if found:
                broken[sources.name(path)] = found
    assert broken == {}


def test_the_lock_names_no_host_and_digests_everything():
    lock = (sources.ROOT / "requirements-lock.txt").read_text()
    assert addresses(lock) == []
    assert without_digest(lock) == []


@pytest.mark.parametrize(
    "fault", ["/" + "home/anna/x", "see /" + "work/main", "/" + "tmp/w/a", "file:" + "///x"]
)
def test_a_planted_path_is_found(fault):
    assert machine_paths(f"fine\n{fault}\n") != []


def test_a_planted_address_or_a_missing_digest_is_found():
    good = "flask==3.1.3 \\\n    --hash=sha256:00\n"
    assert addresses("--extra-index-url https://example.org/simple") != []
    assert addresses("mappa @ git+ssh") != []
    assert without_digest(good) == []
    assert without_digest(good + "jinja2==3.1.6\n") == ["jinja2==3.1.6"]
    assert without_digest(good + "jinja2>=3 \\\n    --hash=sha256:00\n") == ["jinja2>=3 \\"]
