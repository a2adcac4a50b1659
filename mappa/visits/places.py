"""Where a person is visited, in words. Pure."""

from collections.abc import Sequence

from mappa.access.reading import Seen


def home_of(addresses: Sequence[Seen]) -> str:
    """The current address on one line; empty if there is none or the reader has no full view."""
    for each in addresses:
        if each.kind == "home" and each.full and each.until_on is None:
            lines = [line.strip(" ,") for line in each.lines.split("\n") if line.strip(" ,")]
            return ", ".join(part for part in (*lines, each.postcode) if part)
    return ""
