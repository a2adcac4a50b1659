"""What somebody typed into the search box: a number, a postcode, a date of birth or a name."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mappa.offenders.names import identifiers
from mappa.offenders.names.spelling import fold, tokens

LONGEST_QUERY = 200
FIRST_BIRTH_YEAR = 1890
LAST_BIRTH_YEAR = 2100
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<word>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_GAP = r"[\s,./-]+"
_DATES = tuple(
    re.compile(rf"(?<![\w/]){pattern}(?![\w/])", re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        rf"(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.]{_YEAR}",
        rf"(?P<day>\d{{1,2}})\s(?P<month>\d{{1,2}})\s{_YEAR}",
        rf"{_DAY}(?:\s+of)?(?:{_GAP})?{_MONTH}(?:{_GAP})?{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}",
        r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    )
)
_LEADING_WORDS = re.compile(r"^(?:(?:d\.?o\.?b\.?|born|crn|pnc(?:\s?id)?|visor)\b[:\s]*)", re.I)
_BORN = re.compile(r"\b(?:d\.?o\.?b\.?|born)\b:?", re.IGNORECASE)


class Asked(StrEnum):
    """The kind of thing that was typed."""

    NOTHING = "nothing"
    NAME = "name"
    BIRTH = "birth"
    NAME_AND_BIRTH = "name and birth"
    CRN = "crn"
    PNC = "pnc"
    PRISON_NUMBER = "prison number"
    VISOR = "visor"
    POSTCODE = "postcode"
    POSTCODE_DISTRICT = "postcode district"


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, understood: ``value`` is an identifier or postcode in its standard spelling.

    ``births`` are the days a date may mean as typed (two for a year of two digits, none without a
    date). ``name`` is what is left to compare with names, empty for identifiers.
    ``check_letter_right`` is False only for a PNC identifier that cannot be as typed.
    """

    asked: Asked
    text: str
    value: str = ""
    name: str = ""
    births: tuple[date, ...] = ()
    check_letter_right: bool = True


def _years(text: str) -> tuple[int, ...]:
    if len(text) == 4:
        return (int(text),)
    short = int(text)
    return (1900 + short, 2000 + short)


def _days(match: re.Match[str]) -> tuple[date, ...]:
    parts = match.groupdict()
    month = (
        int(parts["month"]) if parts.get("month") else MONTHS.index(parts["word"][:3].lower()) + 1
    )
    found = []
    for year in _years(parts["year"]):
        if not FIRST_BIRTH_YEAR <= year <= LAST_BIRTH_YEAR:
            continue
        day = _date(year, month, int(parts["day"])) or _date(year, int(parts["day"]), month)
        if day is not None:
            found.append(day)
    return tuple(found)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _births(text: str) -> tuple[tuple[date, ...], str]:
    for pattern in _DATES:
        match = pattern.search(text)
        days = _days(match) if match else ()
        if match and days:
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            return days, _BORN.sub(" ", rest).strip(" ,")
    return (), text


def _number(text: str) -> Query | None:
    bare = _LEADING_WORDS.sub("", text)
    if found := identifiers.pnc(bare):
        return Query(Asked.PNC, text, found[0], check_letter_right=found[1])
    for asked, recognise in (
        (Asked.CRN, identifiers.crn),
        (Asked.PRISON_NUMBER, identifiers.prison_number),
        (Asked.VISOR, identifiers.visor_reference),
    ):
        if value := recognise(bare):
            return Query(asked, text, value)
    if value := identifiers.postcode(bare):
        return Query(Asked.POSTCODE if " " in value else Asked.POSTCODE_DISTRICT, text, value)
    return None


def parse_query(text: str) -> Query:
    """The query in the one form that search works on; never fails, whatever was typed.

    Dates are read day first. Only the first ``LONGEST_QUERY`` characters count.
    """
    clean = " ".join(text[:LONGEST_QUERY].split())
    if number := _number(clean):
        return number
    births, rest = _births(clean)
    name = rest if tokens(rest) else ""
    if births:
        asked = Asked.NAME_AND_BIRTH if name else Asked.BIRTH
        return Query(asked, clean, name=name, births=births)
    return Query(Asked.NAME if fold(name) else Asked.NOTHING, clean, name=name)
