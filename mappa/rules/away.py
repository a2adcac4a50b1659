"""Time that a count leaves out: custody, hospital, abroad, and a referral that was sent back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Absence(StrEnum):
    """Why a clock may stand still.

    Source: Sexual Offences Act 2003 s83(6) and s85(4); Counter-Terrorism Act 2008 s47(4).
    """

    CUSTODY = "custody"
    HOSPITAL = "hospital"
    ABROAD = "abroad"
    IMMIGRATION_DETENTION = "immigration_detention"
    REFERRAL_RETURNED = "referral_returned"

    @property
    def words(self) -> str:
        """What a day of it is, in running text."""
        return _WORDS[self]


_WORDS = {
    Absence.CUSTODY: "in custody",
    Absence.HOSPITAL: "in hospital",
    Absence.ABROAD: "outside the United Kingdom",
    Absence.IMMIGRATION_DETENTION: "in immigration detention",
    Absence.REFERRAL_RETURNED: "the referral was with its sender",
}


@dataclass(frozen=True)
class Away:
    """One absence: the day it began is part of it, the day it ended is not; None: not ended.

    So of the two days that are divided between in and out, one is left out of a count and one
    is in it, and "3 days" for somebody released on the 10th are the 10th, 11th and 12th.
    Raises ``ValueError`` if it ends before it begins.
    """

    kind: Absence
    began_on: date
    ended_on: date | None = None

    def __post_init__(self) -> None:
        if self.ended_on is not None and self.ended_on < self.began_on:
            raise ValueError(f"{self.kind.value} ends on {self.ended_on}, before {self.began_on}")

    def covers(self, on: date) -> bool:
        """Whether the day is left out."""
        return self.began_on <= on and (self.ended_on is None or on < self.ended_on)


def written(away: Iterable[Away]) -> str:
    """Absences as one text, to keep with a date: "custody 2026-12-01 2026-12-04"; empty if none."""
    each = sorted(set(away), key=lambda one: (one.began_on, one.kind.value, one.ended_on or _LAST))
    return "; ".join(
        f"{one.kind.value} {one.began_on}{f' {one.ended_on}' if one.ended_on else ''}"
        for one in each
    )


def read(text: str) -> tuple[Away, ...]:
    """What ``written`` made. Raises ``ValueError`` for any other text."""
    found = []
    for each in text.split("; ") if text else ():
        kind, *days = each.split(" ")
        found.append(Away(Absence(kind), *(date.fromisoformat(on) for on in days)))
    return tuple(found)


_LAST = date.max


class Stretch(NamedTuple):
    """Absences that overlap or follow each other at once, as one; ``ended_on`` None: not ended."""

    began_on: date
    ended_on: date | None
    kinds: tuple[Absence, ...]

    def covers(self, on: date) -> bool:
        """Whether the day is left out."""
        return self.began_on <= on and (self.ended_on is None or on < self.ended_on)

    @property
    def last_on(self) -> date | None:
        """The last day that is left out; None while it has not ended."""
        return None if self.ended_on is None else self.ended_on - timedelta(days=1)

    @property
    def words(self) -> str:
        """Why, in running text: "in custody and in hospital"."""
        return " and ".join(kind.words for kind in self.kinds)


def stretches(away: Iterable[Away], kinds: Collection[Absence]) -> tuple[Stretch, ...]:
    """The absences of these kinds in order, none touching the next; those of no day are dropped."""
    found: list[Stretch] = []
    wanted = (each for each in away if each.kind in kinds and each.ended_on != each.began_on)
    for each in sorted(wanted, key=lambda one: (one.began_on, one.kind.value)):
        last = found[-1] if found else None
        if last is not None and (last.ended_on is None or each.began_on <= last.ended_on):
            found[-1] = _joined(last, each)
        else:
            found.append(Stretch(each.began_on, each.ended_on, (each.kind,)))
    return tuple(found)


def _joined(last: Stretch, each: Away) -> Stretch:
    open_ended = last.ended_on is None or each.ended_on is None
    ended_on = None if open_ended else max(last.ended_on or date.min, each.ended_on or date.min)
    return Stretch(last.began_on, ended_on, tuple(dict.fromkeys((*last.kinds, each.kind))))
