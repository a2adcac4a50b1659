"""The blueprint of meetings, and what its pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.reading import Seen
from mappa.kernel import clock, uow
from mappa.meetings import presenters, queries, service
from mappa.meetings.rules import Item, MeetingState, agenda, check_running
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.rules.levels import Jurisdiction, MappaLevel
from mappa.web.flow import current_actor
from mappa.web.pages import render_person, standing_on

bp = Blueprint("meetings", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]


def now() -> datetime:
    """The moment of this request (UTC)."""
    return uow.current().at


def today() -> date:
    """The day in London of this request."""
    return clock.day_of(now())


@dataclass(frozen=True)
class Room:
    """A meeting as this reader is in it."""

    actor: Actor
    seen: Seen

    @cached_property
    def state(self) -> MeetingState:
        """How far it is."""
        return MeetingState(self.seen.state)

    def may(self, action: Action) -> bool:
        """Whether the policy lets the reader do this with the meeting."""
        return decide(self.actor, action, service.target_of(self.seen)).allowed

    @cached_property
    def runs(self) -> bool:
        """Whether the reader writes in it now."""
        return self.state is MeetingState.OPEN and self.may(Action.MEETING_RUN)

    @cached_property
    def chairs(self) -> bool:
        """Whether the reader chairs it now."""
        return self.state is MeetingState.OPEN and self.may(Action.MEETING_CHAIR)

    @cached_property
    def person(self) -> Seen:
        """Whom it is about."""
        return people.person(self.actor, self.seen.person_id)

    @cached_property
    def jurisdiction(self) -> Jurisdiction:
        """The law of the case."""
        return Jurisdiction(self.person.jurisdiction)

    @cached_property
    def closed(self) -> list[Seen]:
        """The closed items that the reader may hear."""
        return queries.closed_items(self.actor, self.seen)

    @cached_property
    def order(self) -> tuple[Item, ...]:
        """The agenda as the reader counts it."""
        return agenda([each.id for each in self.closed])

    @cached_property
    def attendance(self) -> list[Seen]:
        """Who takes part."""
        return queries.attendance(self.actor, self.seen)

    @cached_property
    def invited(self) -> list[Seen]:
        """The agencies asked."""
        return queries.invited(self.actor, self.seen)

    @cached_property
    def held_on(self) -> date:
        """The day of the meeting."""
        return clock.day_of(self.seen.held_at)

    @cached_property
    def next_level(self) -> int:
        """The level whose rule gives the next date."""
        return int(self.seen.level_decided or self.seen.at_level)

    @cached_property
    def latest(self) -> presenters.Latest | None:
        """The rule for the next date; None where level 1 has no meetings."""
        if self.next_level == MappaLevel.ONE:
            return None
        rule_id = service.review_rule(self.next_level)
        reckoned = reminders.reckon(rule_id, self.jurisdiction.value, self.held_on, self.held_on)
        return presenters.latest(reckoned.rule, reckoned.counted.latest_on)

    def href(self, item: str) -> str:
        """Where an item that everybody hears is."""
        return url_for("meetings.item", meeting_id=self.seen.id, item=item)

    def href_of(self, item: Item) -> str:
        """Where an item of the reader's agenda is."""
        if item.closed is None:
            return self.href(item.key)
        return url_for("meetings.closed", meeting_id=self.seen.id, closed_id=item.closed)

    def render(self, template: str, **context: Any) -> str:
        """A page of the meeting, under the short frame of its person."""
        return render_person(
            f"meetings/{template}.html",
            self.seen.person_id,
            tab="meetings",
            section="meeting",
            short=True,
            room=self,
            meeting=self.seen,
            title=presenters.title(self.seen),
            **context,
        )


def room(meeting_id: UUID) -> Room:
    """The meeting, for whoever may read it. Raises ``NotFound``."""
    actor = current_actor()
    seen = queries.meeting(actor, meeting_id)
    standing_on(seen.person_id)
    return Room(actor, seen)


def running_room(meeting_id: UUID, action: Action = Action.MEETING_RUN) -> Room:
    """The open meeting, for whoever writes in it.

    Raises ``NotFound``, ``NotPermitted``, or ``RuleBroken`` if it is not open.
    """
    found = room(meeting_id)
    service.require_on(found.actor, action, found.seen)
    check_running(found.state)
    return found
