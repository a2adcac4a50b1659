"""How dates, times and ages are said on every page. London days and times."""

from datetime import date, datetime

from markupsafe import Markup, escape

from mappa.kernel import clock


def day(value: date | datetime | None, *, weekday: bool = False, today: date | None = None) -> str:
    """Say "20 November 2026", or "Friday 20 November 2026" with the weekday; "–" for none.

    With ``today`` the year is said only where it is another, so that a list stays short.
    """
    if value is None:
        return "–"
    on = clock.day_of(value) if isinstance(value, datetime) else value
    year = "" if today is not None and on.year == today.year else f" {on.year}"
    return f"{f'{on:%A} ' if weekday else ''}{on.day} {on:%B}{year}"


def hour(value: datetime) -> str:
    """Say "2:30pm"."""
    at = clock.local(value)
    return f"{at.hour % 12 or 12}:{at.minute:02d}{'am' if at.hour < 12 else 'pm'}"


def moment(value: datetime) -> str:
    """Say "20 November 2026, 2:30pm"."""
    return f"{day(value)}, {hour(value)}"


def days(count: int) -> str:
    """Say "1 day" or "3 days"."""
    return f"{count} day" if count == 1 else f"{count} days"


def age_of(due_on: date, today: date) -> str:
    """Say "8 days overdue", "Today" or "In 3 days"."""
    late = (today - due_on).days
    if late > 0:
        return f"{days(late)} overdue"
    return "Today" if late == 0 else f"In {days(-late)}"


def years_between(born: date, on: date) -> int:
    """Age in whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def lines(text: str) -> Markup:
    """Typed text with its line breaks, escaped."""
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
