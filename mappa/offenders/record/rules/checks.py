"""What may stand in a field, and what must go together. Pure.

A check of one field gives the standard spelling or raises ``ValueError`` with a sentence; a check
of a whole record raises ``RuleBroken``.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from mappa.kernel.errors import RuleBroken
from mappa.offenders.names import identifiers
from mappa.offenders.record.rules.fields import Value, Values

_PHONE = re.compile(r"^\+?[\d ()-]{3,30}$")
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")
_REGISTRATION = re.compile(r"^[A-Z0-9]{1,8}$")
_OLDEST = timedelta(days=130 * 366)


def pnc(text: str) -> str:
    """Published check: two digits of the year and the serial, modulo 23, give the last letter."""
    found = identifiers.pnc(text)
    if found is None:
        raise ValueError("Enter a PNC number like 1999/0123456X")
    if not found[1]:
        raise ValueError("The last letter does not go with this PNC number. Look at it again")
    return found[0]


def crn(text: str) -> str:
    """A letter and six digits."""
    found = identifiers.crn(text)
    if found is None:
        raise ValueError("Enter a CRN like X123456")
    return found


def prison_number(text: str) -> str:
    """A letter, four digits, two letters."""
    found = identifiers.prison_number(text)
    if found is None:
        raise ValueError("Enter a prison number like A1234BC")
    return found


def visor(text: str) -> str:
    """No format is published: what is typed stays, in the usual spelling where it has one."""
    return identifiers.visor_reference(text) or text.strip().upper()


def registration(text: str) -> str:
    """Letters and digits as on the plate, without spaces."""
    tight = re.sub(r"[\s-]", "", text).upper()
    if not _REGISTRATION.match(tight):
        raise ValueError("Enter a registration number like NM70 ZZZ")
    return tight


def postcode(text: str) -> str:
    """A full postcode or a district in its usual spelling; anything else stays as typed."""
    return identifiers.postcode(text) or text


def begun(values: Values, today: date, name: str = "from_on") -> None:
    """What is recorded has begun."""
    on = values.get(name)
    if isinstance(on, date) and on > today:
        raise RuleBroken("RECORD-BEGUN", "The date cannot be in the future", field=name)


def ended(values: Values, today: date, first: str = "from_on", last: str = "until_on") -> None:
    """An end is not in the future, and not before the beginning."""
    begun(values, today, last)
    began, until = values.get(first), values.get(last)
    if isinstance(began, date) and isinstance(until, date) and until < began:
        raise RuleBroken(
            "RECORD-ENDS-AFTER", "It cannot end before it began. Check both dates", field=last
        )


def after_birth(values: Values, name: str, born: date | None, about: int | None) -> None:
    """What a person's record holds did not begin before the person was born."""
    began = values.get(name)
    if isinstance(began, date) and _before_birth(began, born, about):
        raise RuleBroken(
            "RECORD-AFTER-BIRTH", "This is before the person was born. Check the year", field=name
        )


def something(values: Values, names: Iterable[str], sentence: str) -> None:
    """At least one of the fields is filled in."""
    wanted = tuple(names)
    if not any(values.get(name) for name in wanted):
        raise RuleBroken("RECORD-EMPTY", sentence, field=wanted[0])


def person_name(values: Values, _today: date) -> None:
    """A person has a name."""
    something(values, ("family_name", "given_name"), "Enter a name")


def birth(values: Values, today: date) -> None:
    """A day or a year of birth, not both; nobody is born after today, or dies before birth."""
    born, about, died = (values.get(name) for name in ("born_on", "born_about", "died_on"))
    begun(values, today, "born_on")
    begun(values, today, "died_on")
    if born and about:
        raise RuleBroken(
            "BORN-ONCE", "Leave the year empty if the day of birth is known", field="born_about"
        )
    if isinstance(about, int) and about > today.year:
        raise RuleBroken("BORN-IN-PAST", "The year cannot be in the future", field="born_about")
    if isinstance(born, date) and today - born > _OLDEST:
        raise RuleBroken("BORN-RECENTLY", "Check the year of birth", field="born_on")
    if isinstance(died, date) and _before_birth(died, born, about):
        raise RuleBroken("DIED-AFTER-BIRTH", "Check the day of death", field="died_on")


def _before_birth(died: date, born: Value, about: Value) -> bool:
    if isinstance(born, date):
        return died < born
    return isinstance(about, int) and died.year < about


def description(values: Values, today: date) -> None:
    """A description says something, about a day that has been."""
    begun(values, today)
    something(
        values, ("height_cm", "build", "hair", "eyes", "marks", "note"), "Describe at least one"
    )


def contact(values: Values, today: date) -> None:
    """A number is a number and an e-mail address is one."""
    ended(values, today)
    kind, value = values.get("kind"), str(values.get("value") or "")
    if kind in ("mobile", "phone") and not _PHONE.match(value):
        raise RuleBroken("CONTACT-PHONE", "Enter a number like 07700 900123", field="value")
    if kind == "email" and not _EMAIL.match(value):
        raise RuleBroken(
            "CONTACT-EMAIL", "Enter an e-mail address like name@example.org", field="value"
        )


def address(values: Values, today: date) -> None:
    """An address has its lines, unless there is none."""
    begun(values, today)
    ended(values, today)
    if values.get("kind") != "no_fixed_address" and not values.get("lines"):
        raise RuleBroken("ADDRESS-LINES", "Enter the address", field="lines")


def period(values: Values, today: date) -> None:
    """It has begun, and does not end before it began."""
    begun(values, today)
    ended(values, today)


def planned(values: Values, today: date) -> None:
    """It may begin later; the end that is planned is not before it."""
    ended(values, today)
    began, ends = values.get("from_on"), values.get("ends_on")
    if isinstance(began, date) and isinstance(ends, date) and ends < began:
        raise RuleBroken(
            "RECORD-ENDS-AFTER", "It cannot end before it begins. Check both dates", field="ends_on"
        )


def order(values: Values, today: date) -> None:
    """An order is made before it ends."""
    begun(values, today, "made_on")
    ended(values, today, "made_on")
    made, ends = values.get("made_on"), values.get("ends_on")
    if isinstance(made, date) and isinstance(ends, date) and ends < made:
        raise RuleBroken(
            "RECORD-ENDS-AFTER", "It cannot end before it is made. Check both dates",
            field="ends_on",
        )  # fmt: skip


def offence(values: Values, today: date) -> None:
    """Nobody is convicted in the future."""
    begun(values, today, "convicted_on")
    ended(values, today, "convicted_on")


def warning(values: Values, today: date) -> None:
    """A warning is reviewed, and later than today."""
    on = values.get("review_on")
    if isinstance(on, date) and on <= today:
        raise RuleBroken("WARNING-REVIEW", "The review must be after today", field="review_on")


def associate(values: Values, today: date) -> None:
    """An associate has a name, or a number by which a record here is found."""
    period(values, today)
    something(values, ("name", "number"), "Enter the name, or a number if they have a record here")


def child(values: Values, today: date) -> None:
    """A day or a year of birth; nobody is born after today."""
    period(values, today)
    birth({**values, "died_on": None}, today)
