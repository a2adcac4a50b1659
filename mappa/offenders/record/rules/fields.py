"""What a field of a record is: its words, its shape, and what may stand in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | int | date | None
Values = Mapping[str, Value]
Check = Callable[[str], str]
"""The standard spelling of what was typed. Raises ``ValueError`` with a sentence."""


class Shape(StrEnum):
    """How a field is typed and shown."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field: a column of the kind's table, its label, and what may stand in it.

    ``missing`` is the sentence for an empty one; without it, it may be empty. ``what`` names a day
    or a number in the middle of a sentence.
    """

    name: str
    label: str
    shape: Shape = Shape.LINE
    missing: str = ""
    hint: str = ""
    what: str = ""
    longest: int = 200
    choices: Mapping[str, str] = field(default_factory=dict)
    least: int = 0
    most: int = 0
    check: Check | None = None
    unit: str = ""
    numeric: bool = False
    """A choice among numbers, stored as a number."""
    only_when_added: bool = False
    short: str = ""
    """The label on a card, where the form asks a question."""

    @property
    def words(self) -> str:
        """The label on cards and in the history."""
        return self.short or self.label


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A record as it was typed; ``why`` is the reason, ``seen`` what a correction was made from."""

    values: Values
    why: str = ""
    seen: str = ""


def line(
    name: str, label: str, *, missing: str = "", hint: str = "", longest: int = 200, short: str = ""
) -> Field:
    """One line of text."""
    return Field(name=name, label=label, missing=missing, hint=hint, longest=longest, short=short)


def checked(name: str, label: str, check: Check, *, missing: str = "", hint: str = "") -> Field:
    """One line of text with a standard spelling."""
    return Field(name=name, label=label, check=check, missing=missing, hint=hint, longest=60)


def text(name: str, label: str, *, missing: str = "", hint: str = "", longest: int = 1000) -> Field:
    """Sentences."""
    return Field(
        name=name, label=label, shape=Shape.TEXT, missing=missing, hint=hint, longest=longest
    )


def day(name: str, label: str, what: str, *, needed: bool = False, hint: str = "") -> Field:
    """A day; ``what`` as in "Enter the day of birth"."""
    missing = f"Enter {what}" if needed else ""
    return Field(
        name=name, label=label, shape=Shape.DAY, what=what, missing=missing,
        hint=hint or "Like 20 11 2026, today or yesterday",
    )  # fmt: skip


def number(
    name: str, label: str, what: str, least: int, most: int, *, unit: str = "", hint: str = ""
) -> Field:
    """A whole number between two others."""
    return Field(
        name=name, label=label, shape=Shape.NUMBER, what=what, least=least, most=most, unit=unit,
        hint=hint,
    )  # fmt: skip


def choice(
    name: str, label: str, choices: Mapping[str, str], *, missing: str = "", short: str = ""
) -> Field:
    """One of several."""
    return Field(
        name=name, label=label, shape=Shape.CHOICE, choices=choices, missing=missing, short=short
    )


def numbered(name: str, label: str, choices: Mapping[str, str], *, missing: str) -> Field:
    """One of several numbers."""
    return Field(
        name=name, label=label, shape=Shape.CHOICE, choices=choices, missing=missing, numeric=True
    )
