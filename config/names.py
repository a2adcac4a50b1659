"""The names that are one name, read from TOML and checked before anything starts."""

from functools import cache
from pathlib import Path

from config.document import Document

NAMES = Path(__file__).parent / "names.toml"


@cache
def name_groups() -> tuple[tuple[str, ...], ...]:
    """Every group of names that are one name; the first of each stands for the group."""
    return read_name_groups(NAMES)


def read_name_groups(path: Path) -> tuple[tuple[str, ...], ...]:
    """The groups in a file; raises ``ConfigurationError``."""
    document = Document.open(path)
    found: list[tuple[str, ...]] = []
    for language, groups in document.root.items():
        if not isinstance(groups, list):
            document.problem(f"{language} must be a list of groups")
            continue
        for group in groups:
            names = tuple(group.split()) if isinstance(group, str) else ()
            if len(set(names)) < 2:
                document.problem(f"{language}: {group!r} must be two names or more")
            found.append(names)
    firsts = [names[0] for names in found if names]
    for first in sorted({first for first in firsts if firsts.count(first) > 1}):
        document.problem(f"{first} stands for two groups")
    document.finish()
    return tuple(found)
