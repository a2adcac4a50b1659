"""The numbers by which agencies know a person, in their standard spelling."""

import re

# The 23 letters a PNC identifier may end with; I, O and S are not used.
# Source: the published check of the PNC identifier in HMPPS services (year and serial mod 23).
PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
FIRST_SHORT_YEAR_OF_LAST_CENTURY = 50

_PNC = re.compile(r"^(\d{4}|\d{2})\s*/\s*(\d{1,7})\s*([A-Z])$|^(\d{4}|\d{2})(\d{7})([A-Z])$")
_CRN = re.compile(r"^[A-Z]\d{6}$")
_PRISON_NUMBER = re.compile(r"^[A-Z]\d{4}[A-Z]{2}$")
_VISOR = re.compile(r"^([A-Z]{2})[-/ ]?(\d{6})$")
_POSTCODE = re.compile(r"^([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})$")
_DISTRICT = re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?$")


def pnc_check_letter(year: int, serial: int) -> str:
    """The last letter of a PNC identifier: two digits of the year and seven of the serial, mod 23.

    **Source:** the public algorithm (see ``PNC_LETTERS``).
    """
    return PNC_LETTERS[(year % 100 * 10_000_000 + serial) % len(PNC_LETTERS)]


def pnc(text: str) -> tuple[str, bool] | None:
    """The identifier as ``yyyy/nnnnnnnL`` and whether its letter is right; None if it is none."""
    match = _PNC.match(text.strip().upper())
    if match is None:
        return None
    year_text, serial_text, letter = (part for part in match.groups() if part is not None)
    year = int(year_text)
    if len(year_text) == 2:
        year += 1900 if year >= FIRST_SHORT_YEAR_OF_LAST_CENTURY else 2000
    serial = int(serial_text)
    return f"{year:04}/{serial:07}{letter}", letter == pnc_check_letter(year, serial)


def crn(text: str) -> str | None:
    """A probation case reference number, as ``X123456``; None if it is none."""
    tight = re.sub(r"\s", "", text).upper()
    return tight if _CRN.match(tight) else None


def prison_number(text: str) -> str | None:
    """A prison number, as ``A1234BC``; None if it is none."""
    tight = re.sub(r"\s", "", text).upper()
    return tight if _PRISON_NUMBER.match(tight) else None


def visor_reference(text: str) -> str | None:
    """A ViSOR reference, as ``NM-123456``; None if it is none."""
    match = _VISOR.match(text.strip().upper())
    return f"{match[1]}-{match[2]}" if match else None


def postcode(text: str) -> str | None:
    """A full postcode with one space, or a district alone as ``NM1``; None if it is neither."""
    upper = text.strip().upper()
    if match := _POSTCODE.match(upper):
        return f"{match[1]} {match[2]}"
    return upper if _DISTRICT.match(upper) else None


def standard(kind: str, text: str) -> str:
    """The identifier of a kind (``crn``, ``pnc`` …) in the spelling in which it is asked for."""
    if kind == "pnc":
        found = pnc(text)
        return found[0] if found else text.strip().upper()
    recognise = {"crn": crn, "visor": visor_reference, "prison_number": prison_number}[kind]
    return recognise(text) or text.strip().upper()
