"""How values of a record are typed, shown, and told in the history. Pure."""

from collections.abc import Iterable
from datetime import date

from mappa.offenders.record.rules.fields import Field, Shape, Value, Values


def spelled(field: Field, value: Value) -> str:
    """The value as it would be typed into the form."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value.day} {value.month} {value.year}"
    return str(value)


def told(field: Field, value: Value) -> str:
    """The value as pages and the history say it; empty for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return f"{value.day} {value:%B} {value.year}"
    if field.shape is Shape.CHOICE:
        return field.choices.get(str(value), str(value))
    return f"{value} {field.unit}".strip()


def one_line(text: str) -> str:
    """A text without its line breaks."""
    return ", ".join(part.strip() for part in text.split("\n") if part.strip())


def said(fields: Iterable[Field], values: Values) -> str:
    """A record on one line: what is filled in of these fields."""
    parts = (one_line(told(each, values.get(each.name))) for each in fields)
    return ", ".join(part for part in parts if part)


def changed(fields: Iterable[Field], before: Values, after: Values) -> tuple[str, str]:
    """From and to of a correction: a line for each field that changed, under its label."""
    pairs = [
        (each, before.get(each.name), after.get(each.name))
        for each in fields
        if (before.get(each.name) or None) != (after.get(each.name) or None)
    ]
    old = (f"{each.words}: {one_line(told(each, was)) or 'nothing'}" for each, was, _ in pairs)
    new = (f"{each.words}: {one_line(told(each, now)) or 'nothing'}" for each, _, now in pairs)
    return "\n".join(old), "\n".join(new)
