"""Why a record may be opened in an emergency: the list that an operator may set."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from config.document import Document

REASONS = Path(__file__).with_name("emergency_reasons.toml")


@cache
def emergency_reasons() -> Mapping[str, str]:
    """The reasons in force, id to words, as the form has them. Raises ``ConfigurationError``."""
    return read_emergency_reasons(REASONS)


def read_emergency_reasons(path: Path) -> Mapping[str, str]:
    """The reasons in a file; raises ``ConfigurationError``."""
    document = Document.open(path)
    found: dict[str, str] = {}
    for entry in document.entries("reason"):
        entry.only("id", "words")
        code = entry.text("id")
        if code in found:
            entry.problem(f"the id {code!r} stands twice")
        found[code] = entry.text("words")
    document.finish()
    return found
