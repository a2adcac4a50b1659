"""One TOML file read with its line numbers, so that all that is wrong with it is said at once."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)
Fallback = TypeVar("Fallback")

_HEADER = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")
_MISSING = object()


class ConfigurationError(Exception):
    """The operator's files cannot be used; ``problems`` says where and why, all at once."""

    def __init__(self, problems: Collection[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Document:
    """A TOML file, its text, and the problems found in it so far."""

    path: Path
    lines: tuple[str, ...]
    root: Mapping[str, object]
    problems: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path) -> "Document":
        """The file, parsed; ``ConfigurationError`` if it is not there or is not TOML."""
        try:
            text = path.read_text(encoding="utf-8")
            root = tomllib.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{path}: cannot be read: {error}"]) from error
        except tomllib.TOMLDecodeError as error:
            # The message of the parser ends "(at line 3, column 7)".
            raise ConfigurationError([f"{path}: is not valid TOML: {error}"]) from error
        return cls(path, tuple(text.splitlines()), root)

    def problem(self, reason: str, line: int | None = None) -> None:
        """Note what is wrong, and where if that is known."""
        where = f"{self.path}, line {line}" if line else f"{self.path}"
        self.problems.append(f"{where}: {reason}")

    def finish(self) -> None:
        """Raise all that was noted; nothing if all is well."""
        if self.problems:
            raise ConfigurationError(self.problems)

    def entries(self, name: str) -> list["Entry"]:
        """The tables of an array ``[[name]]`` in order; a problem if there is none."""
        found = self.root.get(name)
        if not isinstance(found, list) or not found:
            self.problem(f"has no [[{name}]]")
            return []
        return [
            Entry(self, name, table, self._line_of(name, nth))
            for nth, table in enumerate(found)
            if isinstance(table, dict)
        ]

    def table(self, *names: str) -> "Entry":
        """The table ``[a.b]``; a problem, and an empty one, if it is not there."""
        found: object = self.root
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        dotted = ".".join(names)
        if not isinstance(found, dict):
            self.problem(f"has no [{dotted}]")
            found = {}
        return Entry(self, dotted, found, self._line_of(dotted, 0))

    def _line_of(self, header: str, nth: int) -> int | None:
        seen = -1
        for number, text in enumerate(self.lines, start=1):
            match = _HEADER.match(text)
            if match and match.group(1).replace('"', "") == header:
                seen += 1
                if seen == nth:
                    return number
        return None


@dataclass(frozen=True)
class Entry:
    """One table of a document. What is asked of it and not there, or wrong, becomes a problem."""

    document: Document
    name: str
    values: Mapping[str, object]
    line: int | None

    def problem(self, reason: str, key: str = "") -> None:
        """Note what is wrong with a key, or with the whole table."""
        self.document.problem(f"[{self.name}] {reason}", self._line_of(key) or self.line)

    def only(self, *allowed: str) -> None:
        """Note keys that nobody reads: most are misspelt."""
        for key in self.values:
            if key not in allowed:
                self.problem(f"{key} is not known here; known are {', '.join(allowed)}", key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty, or ``default`` where the key is left out."""
        value = self._value(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        return self._wrong(key, value, "a text", "")

    def number(self, key: str, least: int) -> int:
        """A whole number of at least ``least``."""
        value = self._value(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        return self._wrong(key, value, f"a whole number from {least}", least)

    def day(self, key: str) -> date:
        """A day written as ``2022-03-31``, without quotes."""
        value = self._value(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        return self._wrong(key, value, "a day such as 2022-03-31, without quotes", date.min)

    def day_or_none(self, key: str) -> date | None:
        """A day, or None where the key is left out."""
        return self.day(key) if key in self.values else None

    def flag(self, key: str) -> bool:
        """True or false; false where the key is left out."""
        value = self.values.get(key, False)
        return value if isinstance(value, bool) else self._wrong(key, value, "true or false", False)

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """A member of the enumeration, by its value."""
        words = self.one_of(key, [member.value for member in kind])
        return kind(words) if words else next(iter(kind))

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        """One of the allowed texts; empty, with a problem, if it is another."""
        value = self._value(key)
        if isinstance(value, str) and value in allowed:
            return value
        return self._wrong(key, value, "one of " + ", ".join(allowed), "")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts with at least one."""
        value = self._value(key)
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            return tuple(value)
        return self._wrong(key, value, "a list of texts", ())

    def tables(self, key: str) -> list["Entry"]:
        """Tables written in a list; empty where the key is left out."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            line = self._line_of(key)
            return [Entry(self.document, f"{self.name}.{key}", one, line) for one in value]
        return self._wrong(key, value, "a list of tables", [])

    def table(self, key: str) -> "Entry | None":
        """A table inside this one; None where it is left out."""
        value = self.values.get(key)
        if value is None:
            return None
        line = self._line_of(key)
        if isinstance(value, dict):
            return Entry(self.document, f"{self.name}.{key}", value, line)
        return self._wrong(key, value, "a table", None)

    def _value(self, key: str, default: str | None = None) -> object:
        return self.values.get(key, _MISSING if default is None else default)

    def _wrong(self, key: str, value: object, wanted: str, fallback: Fallback) -> Fallback:
        if value is _MISSING:
            self.problem(f"{key} is missing; it must be {wanted}")
        else:
            self.problem(f"{key} is {value!r}; it must be {wanted}", key)
        return fallback

    def _line_of(self, key: str) -> int | None:
        if not key or self.line is None:
            return None
        written = re.compile(rf"^\s*(\[+.*\.)?{re.escape(key)}\s*[=\]]")
        for number, text in enumerate(self.document.lines[self.line :], start=self.line + 1):
            if written.match(text):
                return number
            header = _HEADER.match(text)
            if header and not header.group(1).startswith(f"{self.name}."):
                return None
        return None
