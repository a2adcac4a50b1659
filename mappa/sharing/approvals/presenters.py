"""Questions for a second person in the words of the pages. What is shown is already gated."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from mappa.sharing.approvals.queries import Question
from mappa.sharing.approvals.rules import ApprovalState
from mappa.web.words import day

_COLOURS = {
    ApprovalState.ASKED: "blue",
    ApprovalState.APPROVED: "green",
    ApprovalState.DECLINED: "red",
    ApprovalState.WITHDRAWN: "grey",
    ApprovalState.LAPSED: "grey",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question on a list and on its page."""

    href: str
    title: str
    line: str
    state: str
    colour: str
    until: str
    facts: Sequence[tuple[str, str]]


def row(found: Question) -> Row:
    """A question in words."""
    return Row(
        href=url_for("approvals.show", approval_id=found.id),
        title=found.title,
        line=", ".join(value for _, value in found.facts[:3]),
        state=found.state.words,
        colour=_COLOURS[found.state],
        until=f"Answer by {day(found.last_day)}" if found.state is ApprovalState.ASKED else "",
        facts=[*found.facts, *_about_it(found)],
    )


def _about_it(found: Question) -> Sequence[tuple[str, str]]:
    facts = [
        ("Why it is asked", found.why),
        ("Asked by", f"{found.asked_by}, {day(found.asked_at)}"),
    ]
    if found.state is ApprovalState.ASKED:
        facts.append(("Answer by", day(found.last_day)))
    if found.answered_at is not None and found.answered_by:
        facts.append(("Answered by", f"{found.answered_by}, {day(found.answered_at)}"))
    if found.answer:
        facts.append(("Said", found.answer))
    return facts
