"""When a visit began and ended, from a day and two times on a London clock. Pure.

A visit that ends before it begins, as it is typed, went on past midnight. On the night on which the
clocks go back an hour comes twice, on the one on which they go forward an hour does not come.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mappa.kernel import clock

LONGEST_OVERNIGHT = timedelta(hours=12)
"""A visit past midnight that would be longer is taken for a slip of the pen: a local standard."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """From when to when (UTC), and the London day of the arrival.

    ``overnight`` says that it ended on the day after, which whoever typed it has to confirm.
    """

    made_on: date
    arrived_at: datetime
    left_at: datetime
    overnight: bool


def hours(on: date, arrived: time, left: time, *, today: date) -> Hours:
    """The hours of a visit that was typed for a day, at the latest ``today``.

    Of an hour that comes twice the first is meant, unless only the second is after the arrival.
    Typed for today, a visit past midnight began yesterday: its end cannot be tomorrow. What is no
    visit past midnight either is given as typed, with its end before its beginning.
    """
    arrived_at = _moment(on, arrived)
    first, second = _moment(on, left), _moment(on, left, again=True)
    if first > arrived_at or second > arrived_at:
        return Hours(on, arrived_at, first if first > arrived_at else second, overnight=False)
    began = on - _DAY if on >= today else on
    night = Hours(began, _moment(began, arrived), _moment(began + _DAY, left), overnight=True)
    if night.left_at - night.arrived_at <= LONGEST_OVERNIGHT:
        return night
    return Hours(on, arrived_at, first, overnight=False)


def came(on: date, at: time) -> bool:
    """Whether there was this time on this day: not in the hour that the clocks leave out."""
    return clock.local(_moment(on, at)).time() == at


def which(at: datetime) -> str:
    """Which of the two is meant, of a time in an hour that comes twice; empty for all others."""
    local = clock.local(at)
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset() or not came(
        local.date(), local.time().replace(fold=0)
    ):
        return ""
    return "after the clocks went back" if local.fold else "before the clocks went back"


def unchanged(fresh: datetime, before: datetime) -> datetime:
    """What was there before, if both read the same on a London clock: nobody typed it anew."""
    same = clock.local(fresh).replace(tzinfo=None) == clock.local(before).replace(tzinfo=None)
    return before if same else fresh


def _moment(on: date, at: time, *, again: bool = False) -> datetime:
    local = datetime.combine(on, at, tzinfo=clock.LONDON).replace(fold=int(again))
    return local.astimezone(UTC)
