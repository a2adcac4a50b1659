"""Forms of sharing about several people to frozen commands."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.sharing.shares.schemas import OneRecord, WhatSchema
from mappa.web.typed import Choice, CommandSchema, Id


@dataclass(frozen=True, kw_only=True)
class Who:
    """Everybody of the list as it is narrowed, or those who are ticked."""

    everybody: bool
    people: list[UUID]


class WhoSchema(CommandSchema):
    """Whom to choose."""

    command = Who

    everybody = Choice(
        {"all": True, "ticked": False},
        missing="Choose everybody in the list, or only those you tick",
        data_key="who",
    )
    people = fields.List(Id(missing="Choose people from the list"), load_default=list)


@dataclass(frozen=True, kw_only=True)
class TakeOut:
    """Who is taken out again."""

    people: list[UUID]


class TakeOutSchema(CommandSchema):
    """Taking people out."""

    command = TakeOut

    people = fields.List(Id(missing="Choose people from the list"), load_default=list)


class _NoRecord(OneRecord):
    """Of several people no single record is shared."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Any:
        if value != "":
            raise ValidationError("One record is shared from the page of its person")


class WhatOfSeveralSchema(WhatSchema):
    """With whom, what, how much: as of one person, but for single records."""

    record_id = _NoRecord()
