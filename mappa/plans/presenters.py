"""From what a reader may see of a plan to what the page prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from mappa.access.reading import Seen
from mappa.agencies import queries as agencies
from mappa.kernel.db import NOBODY
from mappa.plans import rules
from mappa.plans.models import Contingency, Measure, PlanPart
from mappa.plans.queries import PlanSeen
from mappa.plans.rules import ContingencyText, MeasureText, Pillar, PlanText, State
from mappa.web import words

TAG_COLOURS = {
    State.DRAFT: "blue",
    State.AGREED: "green",
    State.SUPERSEDED: "grey",
    State.WITHDRAWN: "grey",
}


@dataclass(frozen=True)
class PillarShown:
    """A heading and the measures under it."""

    code: str
    heading: str
    measures: Sequence[Seen]


def pillars(plan: PlanSeen, jurisdiction: str) -> list[PillarShown]:
    """The headings in their order; for a reader of the summary only those that have something."""
    return [
        PillarShown(pillar.value, heading, plan.under(pillar))
        for pillar, heading in rules.headings(jurisdiction).items()
        if plan.version.full or plan.under(pillar)
    ]


def tag(version: Seen) -> tuple[str, str]:
    """The words and the colour of a version's tag."""
    state = State(version.state)
    return f"Version {version.number}: {state.words}", TAG_COLOURS[state]


def text_seen(plan: PlanSeen) -> PlanText:
    """A version that is seen in full, as the rules look at it."""
    return PlanText(
        number=plan.version.number,
        review_on=plan.version.review_on,
        lifelong=plan.version.lifelong,
        measures=[
            MeasureText(
                pillar=Pillar(each.pillar),
                what=each.what,
                user=each.assigned_user_id,
                agency=each.assigned_agency_id,
                when=each.when_text,
                due_on=each.due_on,
            )
            for each in plan.measures
        ],
        contingencies=[
            ContingencyText(
                if_=each.if_text,
                then=each.then_text,
                user=each.assigned_user_id,
                agency=each.assigned_agency_id,
                within=each.within,
            )
            for each in plan.contingencies
        ],
    )


MEASURE_LABELS = {
    "pillar": "Heading",
    "what": "Measure",
    "who": "Who",
    "when": "When or how often",
    "due_on": "By what date",
}
CONTINGENCY_LABELS = {"if_text": "If", "then_text": "Then", "who": "Who", "within": "Within"}
ONE_LINE = ("pillar", "who", "when", "due_on", "within", "review_on", "lifelong")
"""Fields that hold one choice or one line."""


def who_words(part: PlanPart, options: Mapping[str, tuple[UUID, UUID]]) -> str:
    """Who does it, in the words of the options; in others for somebody who has left."""
    pair = (part.assigned_user_id, part.assigned_agency_id)
    for words_, other in options.items():
        if other == pair:
            return words_
    if part.assigned_agency_id == NOBODY:
        return ""
    agency = agencies.agency(part.assigned_agency_id).name
    name = agencies.user_names([part.assigned_user_id]).get(part.assigned_user_id)
    return f"{name}, {agency}" if name else agency


def typed_of(part: PlanPart, who: str) -> dict[str, str]:
    """A measure or contingency as its form holds it."""
    if isinstance(part, Measure):
        return {
            "pillar": part.pillar,
            "what": part.what,
            "who": who,
            "when": part.when_text,
            "due_on": typed_day(part.due_on),
        }
    assert isinstance(part, Contingency)
    return {
        "if_text": part.if_text,
        "then_text": part.then_text,
        "who": who,
        "within": part.within,
    }


def typed_day(day: date | None) -> str:
    """A date as one types it."""
    return words.day(day) if day else ""


def by_whom(changed_by: UUID, changed_at: Any) -> dict[str, str]:
    """Who saved last and when, for the page with both versions."""
    name = agencies.user_names([changed_by]).get(changed_by, "Somebody else")
    return {"by": name, "at_words": words.moment(changed_at)}
