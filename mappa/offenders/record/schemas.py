"""Forms of the record to frozen entries: built from the table of kinds, one for each way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load

from mappa.offenders.record.rules import ADD, KINDS, Entry, Field, Kind, Shape
from mappa.web.typed import Choice, CommandSchema, Day, Line, Text

_DIGITS = 6


class Whole(fields.Field[int | None]):
    """A whole number between two others, or nothing."""

    def __init__(self, what: str, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(load_default=None, **kwargs)
        self.what, self.least, self.most = what, least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> int | None:
        typed = value.strip() if isinstance(value, str) else ""
        if not typed:
            return None
        digits = typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS
        if not digits or not self.least <= int(typed) <= self.most:
            raise ValidationError(
                f"Enter {self.what} as a number between {self.least} and {self.most}"
            )
        return int(typed)


class Spelled(Line):
    """One line in its standard spelling."""

    def __init__(self, check: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        try:
            return self.check(text) if text else text
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Optional(Choice):
    """One of several, or nothing: an empty text."""

    def __init__(self, of: Mapping[str, Any]) -> None:
        super().__init__(of)
        self.load_default = ""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        return super()._deserialize(value, attr, data, **more) or ""


class RecordSchema(CommandSchema):
    """A form of one kind to an ``Entry``."""

    command: ClassVar[type[Any]] = Entry

    seen = Line()

    @post_load
    def _to_command(self, loaded: dict[str, Any], **_: Any) -> Entry:
        why, seen = loaded.pop("why", ""), loaded.pop("seen", "")
        return Entry(values=loaded, why=why, seen=seen)


def _field(of: Field) -> fields.Field[Any]:
    missing = of.missing or None
    if of.shape is Shape.DAY:
        return Day(of.what, needed=bool(of.missing))
    if of.shape is Shape.NUMBER:
        return Whole(of.what, of.least, of.most)
    if of.shape is Shape.CHOICE:
        choices = {key: int(key) if of.numeric else key for key in of.choices}
        return Choice(choices, missing=missing) if missing else Optional(choices)
    if of.shape is Shape.TEXT:
        return Text(missing=missing, longest=of.longest)
    if of.check is not None:
        return Spelled(of.check, missing=missing, longest=of.longest)
    return Line(missing=missing, longest=of.longest)


@cache
def _schema(key: str, way: str) -> type[CommandSchema]:
    kind = KINDS[key]
    built: dict[str, Any] = {
        each.name: _field(each) for each in kind.fields if way == ADD or not each.only_when_added
    }
    built["why"] = (
        Text(longest=1000) if way == ADD else Text(missing="Say why you correct it", longest=1000)
    )
    return RecordSchema.from_dict(built, name=f"{kind.key.title()}{way.title()}Schema")  # type: ignore[return-value]


def schema_of(kind: Kind, way: str) -> CommandSchema:
    """The form of a kind, to add or to correct."""
    return _schema(kind.key, way)()


@dataclass(frozen=True)
class EndRecord:
    """The last day of a record, and why it ended; ``seen`` is what was shown."""

    until_on: date
    why: str
    seen: str


class EndRecordSchema(CommandSchema):
    """The end of a record."""

    command = EndRecord

    until_on = Day("the day on which it ended")
    why = Text(missing="Say why it ended", longest=1000)
    seen = Line()
