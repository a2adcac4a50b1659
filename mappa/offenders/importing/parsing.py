"""Reading an uploaded file: bounded, as a stream, and refused in words if it is no such file.

Never more than a block and one record are in memory, whatever the file claims to be.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from mappa.kernel.errors import FieldErrors
from mappa.offenders.importing.rules import MOST_BYTES, MOST_ROWS, NAMES, check_headings

LONGEST_LINE = 20_000
LONGEST_RECORD = 60_000
MOST_LINES = 5 * MOST_ROWS
_BLOCK = 64 * 1024
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_AS_CSV = "In your spreadsheet choose Save as, then CSV UTF-8 (comma delimited)"
_KINDS = (
    (b"PK\x03\x04", "This is a spreadsheet or a zip file, not a CSV file"),
    (b"PK\x05\x06", "This is an empty zip file, not a CSV file"),
    (b"\xd0\xcf\x11\xe0", "This is an old spreadsheet, not a CSV file"),
    (b"\x1f\x8b", "This is a compressed file, not a CSV file"),
    (b"%PDF", "This is a PDF, not a CSV file"),
)
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "upright lines"}


@dataclass(frozen=True)
class FileRow:
    """A record of the file: the line on which it begins, its cells, and what does not fit."""

    line: int
    cells: dict[str, str]
    fault: str = ""


class NotTaken(FieldErrors):
    """The file is not taken; the sentences say why and what to do. Nothing was kept."""

    def __init__(self, *sentences: str) -> None:
        super().__init__({"file": list(sentences)})


class _Bounded(io.RawIOBase):
    """The bytes of a file, up to the limit; NUL bytes are refused."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._read = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fill ``into``. Raises ``NotTaken`` past the limit and at a NUL byte."""
        block = self._file.read(min(len(into), _BLOCK))
        self._read += len(block)
        if self._read > MOST_BYTES:
            raise NotTaken(
                f"The file is larger than {MOST_BYTES // (1024 * 1024)} MB. Split it into parts"
            )
        if b"\0" in block:
            raise NotTaken(f"The file has bytes in it that no text has. {_AS_CSV}")
        into[: len(block)] = block
        return len(block)


class _Lines:
    """The lines of a text, counted, none and no record longer than may be."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.number = 0
        self.record = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._next_line()
        if not line:
            raise StopIteration
        self.number += 1
        self.record += len(line)
        if self.number > MOST_LINES:
            raise NotTaken(f"The file has more than {MOST_LINES:,} lines. Remove the empty ones")
        if len(line) > LONGEST_LINE:
            raise NotTaken(
                f"Line {self.number:,} is longer than {LONGEST_LINE:,} characters. A person stands"
                " on one line: check that the lines of the file end where they should"
            )
        if self.record > LONGEST_RECORD:
            raise NotTaken(_QUOTES.format(self.number))
        return line

    def _next_line(self) -> str:
        try:
            return self._text.readline(LONGEST_LINE + 1)
        except UnicodeDecodeError:
            raise NotTaken(
                f"Near line {self.number + 1:,} there is a letter that is not UTF-8. The file was"
                " probably saved for Windows (ANSI or Windows-1252), so names like José or Łukasz"
                f" would come out wrong. {_AS_CSV}"
            ) from None


_QUOTES = (
    "Near line {:,} a quotation mark is not closed, or stands inside a cell. Write it twice"
    " inside a cell that holds one, and put such a cell in quotation marks"
)


def read(file: IO[bytes]) -> Iterator[FileRow]:
    """The rows of a file in its order, empty ones left out.

    Raises ``NotTaken`` (before the first row where the fault is of the whole file).
    """
    lines = _Lines(_text_of(file))
    records = csv.reader(lines, strict=True)
    headings = _headings(lines, records)
    count = 0
    for line, cells in _records(lines, records):
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise NotTaken(
                f"The file has more than {MOST_ROWS:,} rows. Split it into parts and import one"
                " after the other"
            )
        yield _row(line, headings, cells)
    if not count:
        raise NotTaken("The file has no row below its headings. Fill in the template")


def _text_of(file: IO[bytes]) -> io.TextIOWrapper:
    start = file.read(512)
    if not start.strip():
        raise NotTaken("The file is empty. Fill in the template and upload it")
    if start.startswith(_UTF16):
        raise NotTaken(f"The file is saved as Unicode text (UTF-16). {_AS_CSV}")
    for begins, says in _KINDS:
        if start.startswith(begins):
            raise NotTaken(f"{says}. {_AS_CSV}")
    if b"\0" in start:
        raise NotTaken(f"The file has bytes in it that no text has. {_AS_CSV}")
    whole = _Rejoined(start.removeprefix(_UTF8_BOM), file)
    bounded = io.BufferedReader(_Bounded(whole), _BLOCK)  # type: ignore[arg-type]
    return io.TextIOWrapper(bounded, encoding="utf-8", errors="strict", newline="")


class _Rejoined:
    """A file of which the start was read already."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        if self._start:
            block, self._start = self._start[:size], self._start[size:]
            return block
        return self._rest.read(size)


def _records(lines: _Lines, records: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    while True:
        line, lines.record = lines.number + 1, 0
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error:
            raise NotTaken(_QUOTES.format(lines.number)) from None
        yield line, cells


def _headings(lines: _Lines, records: Iterator[list[str]]) -> list[str]:
    _, first = next(_records(lines, records), (1, [""]))
    if len(first) == 1:
        for sign, words in _SEPARATORS.items():
            if sign in first[0]:
                raise NotTaken(f"The columns are separated by {words}, not commas. {_AS_CSV}")
    headings = ["_".join(cell.strip().lower().replace("-", " ").split()) for cell in first]
    while headings and not headings[-1]:
        headings.pop()  # spreadsheets leave commas behind the last column
    if len(headings) > 3 * len(NAMES):
        raise NotTaken(f"The file has {len(headings):,} columns; the template has {len(NAMES)}")
    said = check_headings(headings)
    if said:
        raise NotTaken(*said)
    return headings


def _row(line: int, headings: list[str], cells: list[str]) -> FileRow:
    fault = ""
    over = [cell for cell in cells[len(headings) :] if cell.strip()]
    if over:
        fault = (
            f"The row has {len(cells)} cells, the headings are {len(headings)}: put a cell that"
            " holds a comma in quotation marks"
        )
    found = {name: cell.strip(" \n") for name, cell in zip(headings, cells, strict=False)}
    return FileRow(line, {name: text for name, text in found.items() if text}, fault)
