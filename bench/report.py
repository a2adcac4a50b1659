"""The figures as a table: what was reached beside what was aimed at, misses marked."""

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.pages import Page

_HEAD = (
    "page", "people", "ours p50 ms", "p95 ms", "floor p50 ms", "ratio", "goal (limit)",
    "statements", "goal (limit)", "growth", "goal", "bytes",
)  # fmt: skip
_MISS = "✗"


def table(kind: str, pages: Sequence[Page], found: Mapping[Any, Any], sizes: Sequence[int]) -> str:
    """The table of one kind of database."""
    rows = [_row(page, found, size, sizes) for page in pages for size in sizes]
    widths = [max(len(row[n]) for row in (_HEAD, *rows)) for n in range(len(_HEAD))]
    lines = [_line(_HEAD, widths), _line(["-" * width for width in widths], widths)]
    return "\n".join([f"### {_NAMES[kind]}", "", *lines, *(_line(row, widths) for row in rows)])


_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"


def _row(page: Page, found: Mapping[Any, Any], size: int, sizes: Sequence[int]) -> list[str]:
    ours, floor = found[page.key, "ours", size], found[page.key, "floor", size]
    ratio = median(a / b for a, b in zip(ours.seconds, floor.seconds, strict=True))
    smallest = median(found[page.key, "ours", sizes[0]].seconds)
    growth = median(ours.seconds) / smallest
    statements = max(ours.statements)
    measures_growth = size == sizes[-1] and len(sizes) > 1
    return [
        page.name,
        f"{size:,}",
        _ms(median(ours.seconds)),
        _ms(quantiles(ours.seconds, n=20)[-1]),
        _ms(median(floor.seconds)),
        _judged(ratio, page.ratio, page.ratio_limit),
        f"{page.ratio:g} ({page.ratio_limit:g})",
        _judged(statements, page.statements, page.statements_limit, digits=0),
        f"{page.statements} ({page.statements_limit})",
        _judged(growth, page.growth, page.growth) if measures_growth else "",
        f"{page.growth:g}" if measures_growth else "",
        f"{median(ours.bytes):,.0f} / {median(floor.bytes):,.0f}",
    ]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _judged(value: float, goal: float, limit: float, *, digits: int = 2) -> str:
    """The value; marked where it is over the goal, and twice where it is over the limit."""
    marks = (value > goal) + (value > limit and limit > goal)
    return f"{value:.{digits}f} {_MISS * marks}".strip()


_TEXT = """\
# Measured against the floor

`make bench` wrote this page. Ours is the application as it is deployed, the floor (`bench/floor/`)
the same routes, presenters and templates over raw SQL that knows only "agency sees person until":
no policy, no ORM, no record of the reading. Both are asked in turn, request by request, by another
process over loopback; ratios are medians of pairs and hold within one run only. {mark} is over the
goal, {mark}{mark} over the limit. Statements include session, user and record of the reading, not
BEGIN and COMMIT. Growth is the median of the largest size over that of the smallest.

{machine}, {cores} cores, Python {python}.

"""


def keep(path: str, tables: Sequence[str]) -> None:
    """Write the tables down."""
    told = _TEXT.format(
        mark=_MISS,
        machine=platform.system(),
        cores=os.cpu_count(),
        python=platform.python_version(),
    )
    Path(path).write_text(told + "\n\n".join(tables) + "\n")
