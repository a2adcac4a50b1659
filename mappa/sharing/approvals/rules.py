"""Two people for one act: how long a question stands, and what may become of it. Pure."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from mappa.kernel.errors import RuleBroken

LASTS = timedelta(days=14)
"""For how long a question can be answered; the duty's rule ``approval-answer`` says the same.

Source: local standard; no act or guidance gives the number."""

Payload = Mapping[str, Any]
"""What is to be done, in plain words of JSON: texts, numbers, lists and nothing else."""


class ApprovalState(StrEnum):
    """What became of a question."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def words(self) -> str:
        """The state as its tag says it."""
        return _WORDS[self]


_WORDS = {
    ApprovalState.ASKED: "Waiting for an answer",
    ApprovalState.APPROVED: "Approved and done",
    ApprovalState.DECLINED: "Declined",
    ApprovalState.WITHDRAWN: "Withdrawn",
    ApprovalState.LAPSED: "Lapsed",
}


def written(payload: Payload) -> str:
    """The payload as it is kept: the same text for the same content, whatever its order."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sealed_text(*, kind: str, agency: str, asker: str, at: str, why: str, payload: str) -> str:
    """The text whose digest stands beside a question: whatever of it changes, the digest shows."""
    return "\n".join((kind, agency, asker, at, why, payload))


def lapses_on(asked_on: date) -> date:
    """The last day on which a question that was asked on ``asked_on`` can be answered."""
    return asked_on + LASTS


def state_on(state: ApprovalState, last_day: date, today: date) -> ApprovalState:
    """The state as of a day: a question that nobody answered in time has lapsed."""
    if state is ApprovalState.ASKED and today > last_day:
        return ApprovalState.LAPSED
    return state


def check_open(state: ApprovalState) -> None:
    """Raise ``RuleBroken`` unless the question still waits: it is answered once."""
    if state is not ApprovalState.ASKED:
        raise RuleBroken(
            "APPROVAL-ONCE",
            f"Nothing is left to answer: {state.words.lower()}. Whoever still wants it asks again",
        )


def check_why(why: str, *, approved: bool) -> None:
    """Raise ``RuleBroken`` for a refusal without its reason."""
    if not approved and not why.strip():
        raise RuleBroken("APPROVAL-WHY", "Say why you decline it", field="why")
