"""Forms of shares to frozen commands. The pages of one share are understood one by one."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validates_schema

from mappa.access.terms import Level, Section
from mappa.sharing.shares.rules import NOT_SHARED, WHOLE, Basis, MakeShare, Regime, Renew, Review
from mappa.web.typed import Choice, CommandSchema, Day, Id, Line, Text

_LEVELS = {"summary": Level.SUM, "full": Level.FULL}
_SECTIONS = {each.value: each for each in Section if each not in NOT_SHARED}


class OneRecord(fields.Field[tuple[Section, UUID] | None]):
    """A section and the id of one record of it, with a point between; nothing is all of them."""

    def __init__(self) -> None:
        super().__init__(load_default=None)

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Any:
        if value == "":
            return None
        section, _point, record = str(value).partition(".")
        try:
            return _SECTIONS[section], UUID(record)
        except (KeyError, ValueError):
            raise ValidationError("Choose one from the list") from None


@dataclass(frozen=True, kw_only=True)
class What:
    """The first page: with whom, what, how much."""

    agency_id: UUID
    sections: list[Section]
    record_id: tuple[Section, UUID] | None
    level: Level


class WhatSchema(CommandSchema):
    """The first page."""

    command = What

    agency_id = Id(missing="Choose an agency")
    sections = fields.List(Choice(_SECTIONS, missing="Choose what to share"), load_default=list)
    record_id = OneRecord()
    level = Choice(_LEVELS, missing="Choose summary or full")

    @validates_schema(skip_on_field_errors=False)
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        """Said together with what is wrong elsewhere, as the rules would say it afterwards."""
        if data.get("sections") == [] and data.get("record_id", WHOLE) is None:
            raise ValidationError({"sections": ["Choose what to share"]})


@dataclass(frozen=True, kw_only=True)
class Why:
    """The second page: for what, by what law, why, when, and whom to ask as well."""

    purpose: str
    statutes: list[str]
    other: str
    regime: Regime
    part_3: str
    uk_gdpr: str
    why: str
    starts_on: date
    ends_on: date
    review_on: date
    ask: list[UUID]


class WhySchema(CommandSchema):
    """The second page."""

    command = Why

    purpose = Line(missing="Choose a purpose of the agreement", longest=500)
    statutes = fields.List(Line(longest=60), load_default=list)
    other = Line(longest=300)
    regime = Choice(
        {"part-3": "part-3", "uk-gdpr": "uk-gdpr"}, missing="Choose which law governs the data"
    )
    part_3 = Line(longest=60)
    uk_gdpr = Line(longest=60)
    why = Text(missing="Say why this is necessary", longest=2000)
    starts_on = Day("the day the share starts")
    ends_on = Day("the day the share ends")
    review_on = Day("the day of the review")
    ask = fields.List(Id(missing="Choose agencies from the list"), load_default=list)

    @validates_schema(skip_on_field_errors=False)
    def _lawful(self, data: dict[str, Any], **_: Any) -> None:
        """Said together with what is wrong elsewhere, as the rules would say it afterwards."""
        wrong: dict[str, list[str]] = {}
        if data.get("statutes") == [] and data.get("other") == "":
            wrong["statutes"] = ["Choose the law, or name another"]
        for regime, name in (("part-3", "part_3"), ("uk-gdpr", "uk_gdpr")):
            if data.get("regime") == regime and not data.get(name):
                wrong[name] = ["Choose the condition of this regime"]
        if wrong:
            raise ValidationError(wrong)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Nothing more is said on the last page."""


class CheckedSchema(CommandSchema):
    """The last page."""

    command = Checked


def command(what: What, why: Why) -> MakeShare:
    """The share that both pages say."""
    condition = why.part_3 if why.regime == "part-3" else why.uk_gdpr
    chosen = tuple(dict.fromkeys(what.sections))
    record = what.record_id
    return MakeShare(
        agency_id=what.agency_id,
        sections=chosen if record is None else (record[0],),
        record_id=WHOLE if record is None else record[1],
        level=what.level,
        purpose=why.purpose,
        basis=Basis(
            statutes=tuple(why.statutes),
            other=why.other,
            regime=why.regime,
            condition=condition,
        ),
        why=why.why,
        starts_on=why.starts_on,
        ends_on=why.ends_on,
        review_on=why.review_on,
    )


@dataclass(frozen=True, kw_only=True)
class End:
    """Why a share ends."""

    reason: str


class EndSchema(CommandSchema):
    """Ending a share."""

    command = End

    reason = Line(missing="Say why it ends", longest=300)


class RenewSchema(CommandSchema):
    """Giving a share again."""

    command = Renew

    ends_on = Day("the day the share ends")
    review_on = Day("the day of the review")
    why = Text(missing="Say why this is still necessary", longest=2000)


class ReviewSchema(CommandSchema):
    """Reviewing a share."""

    command = Review

    found = Text(missing="Say what you found", longest=2000)
    next_on = Day("the day of the next review", needed=False)
