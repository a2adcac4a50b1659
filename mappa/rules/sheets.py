"""Lists as CSV that a spreadsheet shows and never runs. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet run a cell, where it stands at the start."""

BOM = "\ufeff"
"""At the start of a file it tells a spreadsheet that the letters are UTF-8."""


def guarded(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """The rows as one text, every cell guarded."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    return text.getvalue()
