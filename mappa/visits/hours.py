"""When a visit began and ended, from a day and two times on a London clock. Pure.

A visit that ends before it begins, as it is typed, went on past midnight. On the night on which the
clocks go back an hour comes twice, on the one on which they go forward an hour does not come.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mappa.kernel import clock

PAST_MIDNIGHT = "visit-past-midnight"
"""The rule of how long a visit past midnight can be: a longer one is a slip of the pen."""
Longest = Callable[[], timedelta]
"""How long that is, in the agency's area: asked for only where a visit went past midnight."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """From when to when (UTC), and the London day of the arrival.

    ``overnight`` says that it ended on the day after, which whoever typed it has to confirm.
    ``unsure`` names the times ("arrived", "left") that came twice and can be meant either way.
    """

    made_on: date
    arrived_at: datetime
    left_at: datetime
    overnight: bool
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Chosen:
    """Of times in an hour that came twice: whether the second is meant, None if it is not said."""

    arrived: bool | None = None
    left: bool | None = None


NOT_CHOSEN = Chosen()


def hours(
    on: date,
    arrived: time,
    left: time,
    *,
    today: date,
    longest: Longest,
    chosen: Chosen = NOT_CHOSEN,
) -> Hours:
    """The hours of a visit that was typed for a day, at the latest ``today``.

    Of an hour that came twice the ``chosen`` one is meant; while none is the first, unless
    only the second is after the arrival. Typed for today, a visit past midnight began yesterday:
    its end cannot be tomorrow. What is no visit past midnight either is given as typed, with its
    end before its beginning. ``longest`` is how long it can be, and is asked of such a visit only.
    """
    if ways := _ways(on, arrived, on, left, chosen):
        return _spent(on, ways, overnight=False)
    began = on - _DAY if on >= today else on
    most = longest()
    nights = _ways(began, arrived, began + _DAY, left, chosen)
    if nights := [(a, z) for a, z in nights if z - a <= most]:
        return _spent(began, nights, overnight=True)
    typed = (_moments(on, arrived, chosen.arrived)[0], _moments(on, left, chosen.left)[0])
    return _spent(on, [typed], overnight=False)


_Way = tuple[datetime, datetime]


def _ways(began: date, arrived: time, ended: date, left: time, chosen: Chosen) -> list[_Way]:
    """What can be meant, the earliest arrival first: each ends after it began."""
    return [
        (a, z)
        for a in _moments(began, arrived, chosen.arrived)
        for z in _moments(ended, left, chosen.left)
        if z > a
    ]


def _spent(made_on: date, ways: Sequence[_Way], *, overnight: bool) -> Hours:
    sides = zip(("arrived", "left"), zip(*ways, strict=True), strict=True)
    unsure = frozenset(name for name, moments in sides if len(set(moments)) > 1)
    return Hours(made_on, *ways[0], overnight=overnight, unsure=unsure)


def came(on: date, at: time) -> bool:
    """Whether there was this time on this day: not in the hour that the clocks leave out."""
    return clock.local(_moment(on, at)).time() == at


SAID = {False: "before the clocks went back", True: "after the clocks went back"}
"""Whether the second is meant → as pages say it."""


def is_second(at: datetime) -> bool | None:
    """Of a time in an hour that came twice, whether it is the second; None of all others."""
    local = clock.local(at)
    if len(_moments(local.date(), local.time().replace(fold=0), None)) == 1:
        return None
    return bool(local.fold)


def which(at: datetime) -> str:
    """Which of the two is meant, of a time in an hour that comes twice; empty for all others."""
    second = is_second(at)
    return "" if second is None else SAID[second]


def _moments(on: date, at: time, again: bool | None) -> list[datetime]:
    """The moments at which a London clock showed this, the first first; those asked for."""
    first, second = _moment(on, at), _moment(on, at, again=True)
    if second <= first:  # once; in the hour that is left out the offsets change places
        return [first]
    return [first, second] if again is None else [second if again else first]


def _moment(on: date, at: time, *, again: bool = False) -> datetime:
    local = datetime.combine(on, at, tzinfo=clock.LONDON).replace(fold=int(again))
    return local.astimezone(UTC)
