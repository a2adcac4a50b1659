"""Forms of adding a person and of the match queue to frozen commands."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, validates_schema

from mappa.kernel import clock, uow
from mappa.offenders.matching.rules import Candidate, Different
from mappa.offenders.names import identifiers
from mappa.web.typed import Choice, CommandSchema, Day, Id, Line, Text

MOST_ALIASES = 10
FIRST_YEAR = 1900
_YEAR = re.compile(r"^\d{4}$")


class Number(Line):
    """An identifier in its public format, in the standard spelling; empty where not known."""

    def __init__(self, kind: str, what: str, like: str, **kwargs: Any) -> None:
        super().__init__(longest=20, **kwargs)
        self.kind, self.what, self.like = kind, what, like

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **more)
        if not text:
            return ""
        if self.kind == "pnc":
            return self._pnc(text)
        recognise = {
            "crn": identifiers.crn,
            "visor": identifiers.visor_reference,
            "prison_number": identifiers.prison_number,
        }[self.kind]
        found = recognise(text)
        if found is None:
            raise ValidationError(f"Enter {self.what} like {self.like}")
        return found

    def _pnc(self, text: str) -> str:
        found = identifiers.pnc(text)
        if found is None:
            raise ValidationError(f"Enter {self.what} like {self.like}")
        if not found[1]:
            raise ValidationError("Check the PNC number: its last letter does not fit its digits")
        return found[0]


class Year(Line):
    """A year; empty where not known."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_default = None

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if not text:
            return None
        this_year = clock.day_of(uow.current().at).year
        if not _YEAR.match(text) or not FIRST_YEAR <= int(text) <= this_year:
            raise ValidationError("Enter a year like 1979")
        return int(text)


class Names(Text):
    """Names, one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_default = ()

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        names = tuple(line.strip() for line in text.splitlines() if line.strip())
        if len(names) > MOST_ALIASES:
            raise ValidationError(f"Enter at most {MOST_ALIASES} names, one on each line")
        return names


class AskSchema(CommandSchema):
    """Who is meant: enough to look for the person."""

    command = Candidate

    given_name = Line(longest=100)
    family_name = Line(missing="Enter the family name, or the only name", longest=100)
    aliases = Names(longest=1000)
    born_on = Day("the date of birth", needed=False)
    born_about = Year(longest=4)
    crn = Number("crn", "the CRN", "X123456")
    pnc = Number("pnc", "the PNC number", "1999/0123456X")
    visor = Number("visor", "the ViSOR reference", "NM-123456")
    prison_number = Number("prison_number", "the prison number", "A1234BC")

    @validates_schema
    def _one_birth(self, data: dict[str, Any], **_: Any) -> None:
        born_on = data.get("born_on")
        if born_on is not None and data.get("born_about") is not None:
            raise ValidationError(
                "Enter the date of birth or the year, not both", field_name="born_about"
            )
        if born_on is not None and born_on > clock.day_of(uow.current().at):
            raise ValidationError("The date of birth cannot be in the future", field_name="born_on")


@dataclass(frozen=True, kw_only=True)
class Details:
    """What is asked once nobody known is the person."""

    category: int
    level: int
    manager_id: UUID | None
    lead_agency_id: UUID | None
    transferred_in_from: str


class DetailsSchema(CommandSchema):
    """How the person is managed."""

    command = Details

    category = Choice({str(n): n for n in (1, 2, 3, 4)}, missing="Choose the category")
    level = Choice({str(n): n for n in (1, 2, 3)}, missing="Choose the level")
    manager_id = Id()
    lead_agency_id = Id()
    transferred_in_from = Line(longest=100)


class DifferentSchema(CommandSchema):
    """Why two records are of two people."""

    command = Different

    reason = Text(missing="Say how you know that these are two people", longest=1000)
