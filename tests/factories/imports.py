"""Files for imports: synthetic rows, some with a fault that is known by its line and column."""

import csv
import io
from collections.abc import Iterable, Mapping
from random import Random

from mappa.offenders.importing.rules import NAMES
from mappa.offenders.names import pnc_check_letter

FIRST = [
    "Rowan",
    "Casey",
    "Jordan",
    "Alex",
    "Morgan",
    "Taylor",
    "Robin",
    "Jamie",
    "Devon",
    "Blair",
    "Kerry",
    "Leslie",
    "Ashley",
    "Shannon",
    "Aled",
    "Rhys",
    "Ewan",
    "Iain",
    "Tomasz",
    "Piotr",
    "Imran",
    "Yusuf",
    "Wei",
    "Arjun",
]
BEGIN = [
    "Aber",
    "Beck",
    "Carl",
    "Dun",
    "Elm",
    "Fen",
    "Gar",
    "Hol",
    "Ing",
    "Jar",
    "Kel",
    "Lan",
    "Mar",
    "Nor",
    "Ost",
    "Pen",
]
MIDDLE = ["ba", "ca", "de", "fi", "go", "hu", "la", "me", "no", "pe", "ra", "si", "to", "ve"]
END = [
    "dale",
    "worth",
    "combe",
    "field",
    "ham",
    "ley",
    "mere",
    "ridge",
    "stead",
    "thorpe",
    "wick",
    "brook",
]

Row = dict[str, str]

FAULTS: tuple[tuple[str, str], ...] = (
    ("date_of_birth", "31/02/1980"),
    ("date_of_birth", "14/03/79"),
    ("crn", "12345"),
    ("pnc", "1999/0123456A"),
    ("category", "7"),
    ("level", ""),
    ("manager_email", "nobody@example.org"),
    ("address_since", "tomorrow"),
    ("family_name", "=1+1"),
    ("postcode", "NM1"),
)
"""A column and what is wrong in it."""


def a_row(number: int, **cells: str) -> Row:
    """A good row; each number gives another person."""
    rng = Random(f"row {number}")
    serial = number + 1
    return {
        "family_name": f"{rng.choice(BEGIN)}{rng.choice(MIDDLE)}{rng.choice(END)}".title(),
        "given_name": rng.choice(FIRST),
        "date_of_birth": _day(rng),
        "crn": f"X{serial:06}",
        "pnc": f"2001/{serial:07}{pnc_check_letter(2001, serial)}",
        "category": "2",
        "level": "1",
        "manager_email": "priya@example.org",
        "address": f"{rng.randint(1, 200)} Tallow Row, Northmoor",
        "postcode": "NM1 4ZZ",
        "district": "Northmoor NM1",
        "address_since": "03/06/2024",
        "offence": "Section 18 wounding",
        "sentence": "6 years",
        "convicted_on": "2021-02-11",
    } | cells


def as_csv(rows: Iterable[Mapping[str, str]], columns: Iterable[str] = NAMES) -> bytes:
    """The rows under the headings of the template."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def with_faults(count: int, faulty: int) -> tuple[bytes, dict[int, str]]:
    """A file of so many rows, and line → column of each that has a fault."""
    every = count // faulty if faulty else count + 1
    rows, known = [], {}
    for number in range(count):
        row = a_row(number)
        if number % every == every - 1 and len(known) < faulty:
            column, wrong = FAULTS[len(known) % len(FAULTS)]
            row[column] = wrong
            known[number + 2] = column
        rows.append(row)
    return as_csv(rows), known


def _day(rng: Random) -> str:
    return f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/{rng.randint(1945, 2004)}"
