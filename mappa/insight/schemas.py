"""What is typed into the filters of insight's pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from mappa.audit.log import Operation
from mappa.audit.queries import Filter
from mappa.insight import rules
from mappa.kernel.clock import LONDON
from mappa.rules.levels import RiskBand
from mappa.web.typed import Choice, CommandSchema
from mappa.web.typed import Day as DayField

_DAYS_AT_FIRST = 7
_LONGEST = 60


class WorkFilterSchema(CommandSchema):
    """How the list of work is narrowed."""

    command = rules.WorkFilter

    whose = Choice(rules.Whose)
    kind = Choice({key: key for key in rules.KINDS})
    risk = Choice(RiskBand)
    level = Choice({str(level): level for level in (1, 2, 3)})
    state = Choice(rules.Urgency)


@dataclass(frozen=True, kw_only=True)
class OtherDay:
    """A day on which somebody wants to see who saw what."""

    day: date


class OtherDaySchema(CommandSchema):
    """Another day."""

    command = OtherDay

    day = DayField("the day you want to see")


@dataclass(frozen=True)
class AuditFilter:
    """The filter as typed, what is wrong with it, and what it asks for."""

    values: Mapping[str, str]
    errors: Mapping[str, list[str]]
    wanted: Filter


def _day(text: str) -> date | None:
    """A day typed as 2026-11-20; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-20") else None
    except ValueError:
        return None


def _begins(on: date) -> datetime | None:
    """The first moment of a day in London, in UTC; None at the ends of the calendar."""
    try:
        return datetime.combine(on, time(), LONDON).astimezone(UTC)
    except OverflowError:
        return None


def place(text: str) -> tuple[datetime, UUID] | None:
    """The key of a page (moment and id), as ``place_words`` wrote it; None for anything else."""
    moment, _, record = text[:_LONGEST].partition("_")
    try:
        at = datetime.fromtimestamp(int(moment) / 1_000_000, UTC)
        return at, UUID(record)
    except (ValueError, OverflowError, OSError):
        return None


def place_words(at: datetime, record: UUID) -> str:
    """The key of a page for its address: nothing but a moment and an id that was shown."""
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return f"{since // timedelta(microseconds=1)}_{record.hex}"


def audit_filter(args: Mapping[str, str], today: date) -> AuditFilter:
    """Understand the filter of the audit. Without days it is the last seven."""
    values = {
        "from": args.get("from", (today - timedelta(days=_DAYS_AT_FIRST - 1)).isoformat()),
        "to": args.get("to", today.isoformat()),
        "operation": args.get("operation", ""),
        "staff": args.get("staff", ""),
    }
    first, last = _day(values["from"]), _day(values["to"])
    errors: dict[str, list[str]] = {}
    if first is None:
        errors["from"] = ["Enter the first day, like 2026-11-20"]
    if last is None:
        errors["to"] = ["Enter the last day, like 2026-11-20"]
    if first and last and first > last:
        errors["to"] = ["The last day must be the same as or after the first"]
    return AuditFilter(
        values,
        errors,
        Filter(
            since=_begins(first) if first else None,
            until=_after(last) if last else None,
            operation=_operation(values["operation"]),
            actor_id=_uuid(values["staff"]),
            before=place(args.get("before", "")),
        ),
    )


def _after(on: date) -> datetime | None:
    return _begins(on + timedelta(days=1)) if on < date.max else None


def _operation(text: str) -> Operation | None:
    return next((each for each in Operation if each.value == text), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) <= _LONGEST else None
    except ValueError:
        return None
