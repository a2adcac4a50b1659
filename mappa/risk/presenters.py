"""From what a reader may see of an assessment to what the page prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mappa.access.reading import Seen
from mappa.agencies import queries as agencies
from mappa.risk.queries import AssessmentSeen
from mappa.risk.rules import Band, Group
from mappa.risk.schemas import FIELDS

LABELS = {
    **{
        f"{group.value}_{place}": f"{group.words}, {place}"
        for group in Group
        for place in ("community", "custody")
    },
    "raises": "What raises it",
    "lowers": "What lowers it",
    "assessed_on": "Day of the assessment",
    "tool": "Tool",
    "tool_version": "Version of the tool",
    "tool_result": "Result in words",
}
ONE_LINE = tuple(name for name in FIELDS if name not in ("raises", "lowers", "tool_result"))
"""Fields that hold one choice or one line."""


@dataclass(frozen=True)
class GroupLine:
    """A group and its levels; ``custody`` is None for a reader of the summary."""

    name: str
    community: str
    custody: str | None
    is_assessed: bool


@dataclass(frozen=True)
class Page:
    """An assessment as the page shows it."""

    seen: Seen
    overall: str
    groups: Sequence[GroupLine]
    author: str


@dataclass(frozen=True)
class Before:
    """A line of the history."""

    id: UUID
    band: str
    assessed_on: Any
    agency: str
    is_open: bool


def page_of(shown: AssessmentSeen) -> Page:
    """The assessment with its groups in the order of the page."""
    author = shown.assessment.get("author_id")
    return Page(
        seen=shown.assessment,
        overall=Band(shown.assessment.band).words.lower(),
        groups=[_line(each) for each in shown.groups],
        author=agencies.user_names([author]).get(author, "") if author else "",
    )


def _line(group: Seen) -> GroupLine:
    levels = {group.community, group.get("custody", Band.NOT_ASSESSED)}
    return GroupLine(
        name=Group(group.group_code).words,
        community=group.community,
        custody=group.get("custody"),
        is_assessed=levels != {Band.NOT_ASSESSED},
    )


def history(found: Sequence[Seen], shown: UUID | None) -> list[Before]:
    """Every assessment that the reader sees, the newest first."""
    return [
        Before(each.record, each.band, each.assessed_on, each.owner_name, each.record == shown)
        for each in found
    ]


def form_groups() -> list[tuple[str, str]]:
    """The groups of the form: their codes and words."""
    return [(group.value, group.words) for group in Group]


def levels() -> list[tuple[str, str]]:
    """The levels of the form, the highest first; "Not assessed" is a choice like the others."""
    return [(band.value, band.words) for band in Band]


def only_fields(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the assessment's own fields, in the order of the page."""
    return {name: form[name] for name in FIELDS if name in form}
