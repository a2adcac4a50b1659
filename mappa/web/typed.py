"""From what was typed to a frozen command: marshmallow fields with the platform's own words.

A schema knows shapes, not rules. Unknown keys are errors, so nothing can be mass-assigned.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, missing, post_load
from werkzeug.datastructures import MultiDict

from mappa.kernel import clock, uow
from mappa.kernel.errors import FieldErrors
from mappa.web.posts import OUR_FIELDS

Command = TypeVar("Command")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_DATE = re.compile(r"^(\d{1,2})[\s/.\-]+(\d{1,2}|[a-z]+)[\s/.\-]+(\d{4}|\d{2})$")
_TIME = re.compile(r"^(\d{1,2})[:. ]?(\d{2})\s*(am|pm)?$")
_HOUR = re.compile(r"^(\d{1,2})\s*(am|pm)$")


class CommandSchema(Schema):
    """A form that becomes the frozen dataclass ``command``."""

    command: ClassVar[type[Any]]

    class Meta:
        """Unknown keys are errors."""

        unknown = RAISE

    @post_load
    def _to_command(self, loaded: dict[str, Any], **_: Any) -> Any:
        return self.command(**loaded)


def understand(schema: CommandSchema, form: Mapping[str, str]) -> Any:
    """The command in a form. Raises ``FieldErrors`` naming every field that is wrong."""
    try:
        return schema.load(_given(schema, form))
    except ValidationError as error:
        raise FieldErrors(_sentences(error)) from None


def understand_part(
    schema: CommandSchema, form: Mapping[str, str]
) -> tuple[Any, dict[str, list[str]]]:
    """As much of a form as can be understood, with what is wrong with the rest of its fields.

    A field that is wrong is in the command as if it had been left empty, a needed one as None: what
    else stands against the command can be found, and all of it be said at once.
    """
    try:
        return schema.load(_given(schema, form)), {}
    except ValidationError as error:
        values = {name: _empty(field) for name, field in schema.fields.items()}
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        wrong = _sentences(error)
        read = {name: value for name, value in valid.items() if name not in wrong}
        return schema.command(**values | read), wrong


def _empty(field: fields.Field[Any]) -> Any:
    default = None if field.load_default is missing else field.load_default
    return default() if callable(default) else default


def _given(schema: CommandSchema, form: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in form:
        if name in OUR_FIELDS:
            continue
        many = isinstance(schema.fields.get(name), fields.List) and isinstance(form, MultiDict)
        given[name] = form.getlist(name) if many else form[name]  # type: ignore[attr-defined]
    return given


def _sentences(error: ValidationError) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
    for name, found in messages.items():
        flat = _flat(found)
        if flat == ["Unknown field."]:
            said.setdefault("", []).append("The form had a part that does not belong to it")
        else:
            said[str(name)] = flat
    return said


def _flat(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [each for part in found.values() for each in _flat(part)]
    return [str(each) for each in found] if isinstance(found, list) else [str(found)]


def _clean(text: str, *, lines: bool) -> str | None:
    """Trimmed text with one kind of line end; None if it holds what no text may hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    for sign in text:
        kind = unicodedata.category(sign)
        if kind in ("Cc", "Cs", "Co", "Cn") and not (lines and sign in "\n\t"):
            return None
        if sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff":
            return None
    return unicodedata.normalize("NFC", text)


class Text(fields.Field[str]):
    """Typed text. ``missing`` is the sentence for an empty field; without it empty is allowed."""

    def __init__(
        self, *, missing: str | None = None, longest: int = 4000, lines: bool = True, **kwargs: Any
    ) -> None:
        messages: dict[str, Any] = {"required": missing} if missing else {}
        if missing:
            super().__init__(required=True, error_messages=messages, **kwargs)
        else:
            super().__init__(load_default="", **kwargs)
        self.missing = missing
        self.longest = longest
        self.lines = lines

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> str:
        text = _clean(value, lines=self.lines) if isinstance(value, str) else None
        if text is None:
            raise ValidationError("Use letters, numbers and punctuation only")
        if not text and self.missing:
            raise ValidationError(self.missing)
        if len(text) > self.longest:
            over = len(text) - self.longest
            raise ValidationError(f"Use at most {self.longest:,} characters; it is {over:,} over")
        return text


class Line(Text):
    """One line of text."""

    def __init__(self, *, missing: str | None = None, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(missing=missing, longest=longest, lines=False, **kwargs)


class Choice(fields.Field[Any]):
    """One of the values of an enum, or of a mapping value → anything; nothing pre-chosen."""

    def __init__(
        self, of: type[Enum] | Mapping[str, Any], *, missing: str | None = None, **kwargs: Any
    ) -> None:
        if missing:
            super().__init__(required=True, error_messages={"required": missing}, **kwargs)
        else:
            super().__init__(load_default=None, **kwargs)
        self.missing = missing
        self.of: dict[str, Any] = (
            dict(of) if isinstance(of, Mapping) else {str(each.value): each for each in of}
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Any:
        if value == "" and not self.missing:
            return None
        if not isinstance(value, str) or value not in self.of:
            raise ValidationError(self.missing or "Choose one from the list")
        return self.of[value]


class Id(fields.Field[UUID | None]):
    """The id of something chosen from a list; nothing chosen is None."""

    def __init__(self, *, missing: str | None = None, **kwargs: Any) -> None:
        if missing:
            super().__init__(required=True, error_messages={"required": missing}, **kwargs)
        else:
            super().__init__(load_default=None, **kwargs)
        self.missing = missing

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> UUID | None:
        if value == "" and not self.missing:
            return None
        try:
            return UUID(value)
        except (ValueError, AttributeError, TypeError):
            raise ValidationError(self.missing or "Choose one from the list") from None


class Day(fields.Field[date | None]):
    """A date typed as day month year in any usual spelling, or "today", "yesterday"."""

    def __init__(self, what: str, *, needed: bool = True, **kwargs: Any) -> None:
        self.what = what
        self.needed = needed
        if needed:
            messages: dict[str, Any] = {"required": f"Enter {what}"}
            super().__init__(required=True, error_messages=messages, **kwargs)
        else:
            super().__init__(load_default=None, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> date | None:
        typed = value.strip().lower() if isinstance(value, str) else ""
        if not typed and not self.needed:
            return None
        if not typed:
            raise ValidationError(f"Enter {self.what}")
        return parse_day(typed, self.what, clock.day_of(uow.current().at))


def parse_day(typed: str, what: str, today: date) -> date:
    """The day meant by what was typed. Raises ``ValidationError`` with a sentence."""
    near = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if typed in near:
        return today + timedelta(days=near[typed])
    found = _DATE.match(typed) if typed.isascii() and len(typed) < 40 else None
    month = found and (_MONTHS.get(found[2]) or (int(found[2]) if found[2].isdigit() else None))
    if not found or not month:
        raise ValidationError(f"Enter {what} like 20 11 2026, or today")
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
    try:
        day = date(year, month, int(found[1]))
    except ValueError:
        raise ValidationError(f"{_capital(what)} must be a real date") from None
    if not 1900 <= day.year <= 2200:
        raise ValidationError(f"{_capital(what)} must have a year like 2026")
    return day


class Clock(fields.Field[time | None]):
    """A London time of day typed as 1430, 14:30 or 2:30pm."""

    def __init__(self, what: str, *, needed: bool = True, **kwargs: Any) -> None:
        self.what = what
        self.needed = needed
        if needed:
            messages: dict[str, Any] = {"required": f"Enter {what}, like 1440 or 14:40"}
            super().__init__(required=True, error_messages=messages, **kwargs)
        else:
            super().__init__(load_default=None, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> time | None:
        typed = value.strip().lower() if isinstance(value, str) else ""
        if not typed and not self.needed:
            return None
        found = _TIME.match(typed) or _HOUR.match(typed) if typed.isascii() else None
        if not found:
            raise ValidationError(f"Enter {self.what}, like 1440 or 14:40")
        groups = found.groups()
        hour, half = int(groups[0]), groups[-1]
        minute = int(groups[1]) if len(groups) == 3 else 0
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99
        if hour > 23 or minute > 59:
            raise ValidationError(f"Enter {self.what}, like 1440 or 14:40")
        return time(hour, minute)


class YesNo(fields.Field[bool]):
    """A yes or a no; neither is pre-chosen."""

    def __init__(self, *, missing: str, **kwargs: Any) -> None:
        super().__init__(required=True, error_messages={"required": missing}, **kwargs)
        self.missing = missing

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> bool:
        if value not in ("yes", "no"):
            raise ValidationError(self.missing)
        return bool(value == "yes")


def moment(day: date, at: time) -> datetime:
    """The aware UTC time of a London day and time of day."""
    return datetime.combine(day, at, tzinfo=clock.LONDON).astimezone(UTC)


def _capital(text: str) -> str:
    text = text.removeprefix("the ")
    return text[:1].upper() + text[1:]
