"""When a record may be opened in an emergency, and who judges it. Pure; *who may* is ``access``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import FieldErrors, RuleBroken

OPENED, JUDGED = "emergency:opened", "emergency:judged"
"""The acts on record: that a record was opened, and that the use was judged."""
LASTS = timedelta(hours=4)
"""How long it lasts at most. Source: the agreement."""
COUNTED = timedelta(days=90)
"""For how long a use counts as an earlier one."""
RATE = timedelta(hours=1)
MOST_IN_RATE = 10
"""Look-ups in that time, whether they opened anything or not."""


class UseState(StrEnum):
    """A use waits until a second person has judged it."""

    OPEN = "open"
    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not-justified"

    @property
    def words(self) -> str:
        """As the pages say it."""
        return _STATES[self]


_STATES = {
    UseState.OPEN: "To be reviewed",
    UseState.JUSTIFIED: "Justified",
    UseState.NOT_JUSTIFIED: "Not justified",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is looked for: by an exact identifier, or else by full name and date of birth."""

    identifier: str = ""
    name: str = ""
    born_on: date | None = None

    @property
    def by_identifier(self) -> bool:
        """Whether an identifier was typed; then nothing else is looked at."""
        return bool(self.identifier)


@dataclass(frozen=True, kw_only=True)
class Open:
    """Whom to open, and why: a code of the list and what is happening."""

    asked: Asked
    reason: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Whether a use was justified, why, and what follows from it."""

    justified: bool
    why: str
    follows: str = ""


def check_asked(asked: Asked, *, known: bool) -> None:
    """Somebody is asked for exactly. ``known`` says that the identifier can be one.

    Raises ``FieldErrors``.
    """
    if asked.by_identifier:
        if not known:
            raise FieldErrors(
                {"identifier": ["Enter a CRN like X123456, or a PNC, ViSOR or prison number"]}
            )
        return
    wrong = {}
    if not asked.name and asked.born_on is None:
        wrong["identifier"] = ["Enter an identifier, or the full name and date of birth"]
    elif len(asked.name.split()) < 2:
        wrong["name"] = ["Enter the full name: given name and family name"]
    elif asked.born_on is None:
        wrong["born_on"] = ["Enter the date of birth, like 14 3 1979"]
    if wrong:
        raise FieldErrors(wrong)


def is_too_often(lookups: int) -> bool:
    """Whether one more look-up is too much after so many in the last hour."""
    return lookups >= MOST_IN_RATE


def ends_at(now: datetime, posting_ends: datetime) -> datetime:
    """When it ends by itself: after four hours, or earlier with the posting."""
    return min(now + LASTS, posting_ends)


def left_words(until: datetime, now: datetime) -> str:
    """Say "3 hours 12 minutes left": whole minutes, those begun counted, none below one."""
    minutes = max(1, -int(-(until - now).total_seconds() // 60))
    hours, minutes = divmod(minutes, 60)
    parts = [_count(hours, "hour"), _count(minutes, "minute")]
    return " ".join(filter(None, parts)) + " left"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""


def check_open(state: UseState) -> None:
    """A use is judged once. Raises ``RuleBroken``."""
    if state is not UseState.OPEN:
        raise RuleBroken(
            "EMERGENCY-JUDGED", f"This use has been reviewed already: {state.words.lower()}"
        )


def check_judge(command: Judge) -> None:
    """A judgement has its reason, and what was wrong has its consequence."""
    if not command.why:
        raise RuleBroken("EMERGENCY-WHY", "Say why you judge so", field="why")
    if not command.justified and not command.follows:
        raise RuleBroken("EMERGENCY-FOLLOWS", "Say what follows from it", field="follows")


def reviewers(
    officers: Sequence[UUID], coordinators: Sequence[UUID], *, user: UUID, above: Collection[UUID]
) -> list[UUID]:
    """Who may judge a use of ``user``: never the user; one whom the user answers to only at last.

    The information officers of the lead agency; where there is none, the area's co-ordinators.
    """
    second = [[each for each in some if each != user] for some in (officers, coordinators)]
    apart = [[each for each in some if each not in above] for some in second]
    return next(filter(None, (*apart, *second)), [])
