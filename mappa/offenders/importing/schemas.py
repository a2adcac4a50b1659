"""From the cells of a row to what is added; and the form that decides on a row."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields
from marshmallow import missing as missing_

from mappa.kernel.ids import NOBODY
from mappa.offenders import rules as record_rules
from mappa.offenders.importing import rules
from mappa.offenders.importing.rules import Faults, NewCase, NewOffence
from mappa.offenders.names import identifiers
from mappa.offenders.rules import AddAddress, AddPerson
from mappa.rules.levels import Jurisdiction, check_category_and_level
from mappa.web.typed import Choice, CommandSchema, Line, Text, parse_day

_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_YEAR = re.compile(r"^(18|19|20)\d{2}$")
_SHORT_YEAR = re.compile(r"(^|\D)\d{1,2}$")
_NO_DAY = date(1900, 1, 1)


class FileDay(fields.Field[date]):
    """A day in a file: 14/03/1979 or 1979-03-14, the year always in full."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> date:
        typed = str(value).strip().lower()
        found = _ISO.match(typed)
        if found:
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                raise ValidationError("The day must be a real date") from None
        if _SHORT_YEAR.search(typed):
            raise ValidationError("Write the year with four digits, like 14/03/1979")
        if not typed[:1].isdigit():
            raise ValidationError("Write the day like 14/03/1979 or 1979-03-14")
        try:
            return parse_day(typed, "the day", _NO_DAY)
        except ValidationError as error:
            real = "real date" in str(error.messages)
            raise ValidationError(
                "The day must be a real date" if real else "Write the day like 14/03/1979"
            ) from None


class BirthYear(fields.Field[int]):
    """The year of birth."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> int:
        typed = str(value).strip()
        if not _YEAR.match(typed):
            raise ValidationError("Write the year with four digits, like 1979")
        return int(typed)


class Names(fields.Field[tuple[str, ...]]):
    """Names separated by semicolons."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> tuple[str, ...]:
        line = Line(longest=200)
        parts = [part for part in str(value).split(";") if part.strip()]
        if len(parts) > 20:
            raise ValidationError("Give at most 20 other names")
        return tuple(dict.fromkeys(line.deserialize(part) for part in parts))


class Number(fields.Field[str]):
    """An identifier in its standard spelling."""

    def __init__(self, recognise: Any, sentence: str, **kwargs: Any) -> None:
        super().__init__(load_default="", **kwargs)
        self.recognise, self.sentence = recognise, sentence

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> str:
        found: str | None = self.recognise(str(value)) if str(value).isascii() else None
        if found is None:
            raise ValidationError(self.sentence)
        return found


def _pnc(text: str) -> str | None:
    found = identifiers.pnc(text)
    return found[0] if found and found[1] else None


_CATEGORY = "Write 1, 2, 3 or 4"
_LEVEL = "Write 1, 2 or 3"


class RowSchema(Schema):
    """The cells of one row; an empty cell is one that is not there."""

    family_name = Line(longest=100)
    given_name = Line(longest=100)
    other_names = Names(load_default=())
    date_of_birth = FileDay(load_default=None)
    birth_year = BirthYear(load_default=None)
    crn = Number(identifiers.crn, "Write a letter and six digits, like X123456")
    pnc = Number(_pnc, "Write it like 1999/0123456X. If it is, its last letter does not fit")
    visor = Number(identifiers.visor_reference, "Write two letters and six digits, like NM-123456")
    prison_number = Number(identifiers.prison_number, "Write it like A1234BC")
    category = Choice({str(each): each for each in (1, 2, 3, 4)}, missing=_CATEGORY)
    level = Choice({str(each): each for each in (1, 2, 3)}, missing=_LEVEL)
    manager_email = Line(longest=200)
    transferred_from = Line(longest=200)
    address_kind = Choice({kind: kind for kind in record_rules.ADDRESS_KINDS})
    address = Text(longest=400)
    postcode = Line(longest=12)
    district = Line(longest=80)
    address_since = FileDay(load_default=None)
    offence = Line(longest=200)
    sentence = Line(longest=200)
    convicted_on = FileDay(load_default=None)
    court = Line(longest=200)
    licence_ends_on = FileDay(load_default=None)


_ROW = RowSchema()
_EMPTY: dict[str, Any] = {
    name: None if each.load_default is missing_ else each.load_default
    for name, each in _ROW.fields.items()
}
"""What a row without cells says."""


def understand_row(
    cells: Mapping[str, str],
    *,
    managers: Mapping[str, UUID],
    lead: UUID,
    jurisdiction: str,
    today: date,
) -> tuple[NewCase | None, Faults]:
    """What a row says, or everything that is wrong with it.

    ``managers`` maps the e-mail addresses of those who may manage to their accounts.
    """
    faults = rules.formula_faults(dict(cells))
    try:
        found: dict[str, Any] = _ROW.load(dict(cells))
    except ValidationError as error:
        found = _EMPTY | dict(error.valid_data or {})
        said = {name: told[0] for name, told in error.messages_dict.items()}
        faults = [*([name, told] for name, told in said.items()), *faults]
    faults += _person_faults(found, managers, today)
    faults += _surroundings_faults(found, today)
    faults += _level_faults(found, jurisdiction)
    first = dict(reversed([(name, told) for name, told in faults]))
    if first:
        return None, _in_order([[name, told] for name, told in first.items()])
    return NewCase(
        person=_person(found, managers, lead),
        address=_address(found),
        offence=_offence(found),
    ), []


def _in_order(faults: Faults) -> Faults:
    order = {name: place for place, name in enumerate(rules.NAMES)}
    return sorted(faults, key=lambda fault: order.get(fault[0], -1))


def _person_faults(found: dict[str, Any], managers: Mapping[str, UUID], today: date) -> Faults:
    faults: Faults = []
    if not (found["family_name"] or found["given_name"]):
        faults.append(["family_name", "Enter a name"])
    born = found["date_of_birth"]
    if born and born > today:
        faults.append(["date_of_birth", "The date of birth cannot be in the future"])
    if born and found["birth_year"]:
        faults.append(["birth_year", "Leave it empty where the date of birth is known"])
    if found["birth_year"] and found["birth_year"] > today.year:
        faults.append(["birth_year", "The year of birth cannot be in the future"])
    email = found["manager_email"].lower()
    if email and email not in managers:
        faults.append(
            ["manager_email", "Nobody of the agency that leads signs in with this address"]
        )
    return faults


def _level_faults(found: dict[str, Any], jurisdiction: str) -> Faults:
    if not (found["category"] and found["level"]):
        return []
    broken = check_category_and_level(Jurisdiction(jurisdiction), found["category"], found["level"])
    return [["level", broken.sentence]] if broken else []


def _surroundings_faults(found: dict[str, Any], today: date) -> Faults:
    faults: Faults = []
    if any(found[name] for name in rules.OF_ADDRESS):
        if not found["address_since"]:
            faults.append(["address_since", "Enter the day from which the person lives there"])
        elif found["address_since"] > today:
            faults.append(["address_since", "The date cannot be in the future"])
        if not found["address"] and found["address_kind"] != "no_fixed_address":
            faults.append(["address", "Enter the address, or no_fixed_address as its kind"])
    if found["postcode"] and " " not in (identifiers.postcode(found["postcode"]) or ""):
        faults.append(["postcode", "Write a full postcode, like NM1 4ZZ"])
    if any(found[name] for name in rules.OF_OFFENCE) and not found["offence"]:
        faults.append(["offence", "Enter the offence to which the sentence belongs"])
    if found["convicted_on"] and found["convicted_on"] > today:
        faults.append(["convicted_on", "The date cannot be in the future"])
    return faults


def _person(found: dict[str, Any], managers: Mapping[str, UUID], lead: UUID) -> AddPerson:
    email = found["manager_email"].lower()
    return AddPerson(
        given_name=found["given_name"],
        family_name=found["family_name"],
        category=found["category"],
        level=found["level"],
        born_on=found["date_of_birth"],
        born_about=found["birth_year"],
        crn=found["crn"],
        pnc=found["pnc"],
        visor=found["visor"],
        prison_number=found["prison_number"],
        aliases=found["other_names"],
        manager_id=managers[email] if email else None,
        lead_agency_id=lead,
        transferred_in_from=found["transferred_from"],
    )


def _address(found: dict[str, Any]) -> AddAddress | None:
    if not any(found[name] for name in rules.OF_ADDRESS):
        return None
    lines = [part.strip() for part in found["address"].replace("\n", ",").split(",")]
    return AddAddress(
        kind=found["address_kind"] or "home",
        from_on=found["address_since"],
        lines="\n".join(part for part in lines if part),
        postcode=found["postcode"],
        district=found["district"],
    )


def _offence(found: dict[str, Any]) -> NewOffence | None:
    if not found["offence"]:
        return None
    return NewOffence(
        kind=found["offence"],
        sentence=found["sentence"],
        convicted_on=found["convicted_on"],
        court=found["court"],
        licence_ends_on=found["licence_ends_on"],
    )


class _Id(fields.Field[UUID]):
    """An id of a list, or none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> UUID:
        try:
            return UUID(str(value)) if value else NOBODY
        except ValueError:
            raise ValidationError("Choose one from the list") from None


class DecideSchema(CommandSchema):
    """The decision on a row that may be somebody who is here already."""

    command = rules.Decide

    choice = Choice(rules.Choice, missing="Choose what is to happen to this row")
    same_as = _Id(load_default=NOBODY)
    reason = Text(longest=1000)


class UploadSchema(CommandSchema):
    """The upload: for a co-ordinator with the agency that will lead."""

    command = rules.Upload

    lead_agency_id = _Id(load_default=NOBODY)
