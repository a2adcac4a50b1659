"""The blueprint of visits, and what its pages share."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.agencies import queries as agencies
from mappa.kernel import clock, uow
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.offenders import queries as people
from mappa.visits import drafts, queries
from mappa.visits import service as visits
from mappa.visits.entry.trying import TRY_AGAIN
from mappa.visits.nights import longest_night
from mappa.visits.places import home_of as home_of
from mappa.visits.preparing import queries as preparing
from mappa.visits.preparing.rules import reading_faults, turnout_asked
from mappa.visits.rules import Attending, Faults, VisitState
from mappa.visits.schemas import HOME, SOMEONE_ELSE, ids_in
from mappa.web.flow import current_actor
from mappa.web.pages import standing_on
from mappa.web.typed import CommandSchema, understand

ON_MY_LIST = (visits.NEXT_VISIT, visits.NEXT_UNANNOUNCED, TRY_AGAIN)
"""The kinds of duties to visit somebody."""

bp = Blueprint("visits", __name__, template_folder="../templates")


def now() -> datetime:
    """The moment of this request (UTC)."""
    return uow.current().at


def today() -> date:
    """The day in London of this request."""
    return clock.day_of(now())


def open_tab(person_id: UUID, level: Level = Level.SEALED) -> None:
    """Raise ``NotFound`` unless the reader gets this much of the person's visits."""
    if not standing_on(person_id).at_least(Section.VISITS, level):
        raise NotFound


@dataclass(frozen=True)
class Writing:
    """Somebody who may write a visit of a person; ``plan`` is the planned visit, if it is one."""

    actor: Actor
    person_id: UUID
    plan: Seen | None
    known: people.Opened
    overtaken: bool = False
    """Whether somebody else recorded the plan since the reader began to type."""

    @property
    def visit_id(self) -> UUID | None:
        """The planned visit."""
        return self.plan.id if self.plan else None

    def url(self, step: str, **more: Any) -> str:
        """Where a step of logging is."""
        place: dict[str, Any] = {"person_id": self.person_id, "visit_id": self.visit_id}
        return url_for(f"visits.{step}", **place, **more)

    def draft(self) -> drafts.Draft | None:
        """What the reader has typed so far."""
        return drafts.kept(self.actor, self.person_id, self.visit_id, now=now())

    def take_draft(self) -> drafts.Draft | None:
        """What the reader has typed so far, which is no draft any more once this is committed."""
        return drafts.take(self.actor, self.person_id, self.visit_id, now=now())

    def take_draft_to_log(self) -> drafts.Draft | None:
        """The same, which also says whether the visit may be on record already."""
        return drafts.take_to_log(self.actor, self.person_id, self.visit_id, now=now())

    def offered(self) -> list[Attending]:
        """Whom to offer as officers: the reader, the case team, and who was planned."""
        found = queries.may_attend(self.actor, self.person_id, self.known.standing)
        known = {each.user_id for each in found}
        return found + [
            each for each in self.planned() if each.user_id and each.user_id not in known
        ]

    def offered_of(self, ticked: Collection[str]) -> list[Attending]:
        """Whom to choose from, as far as it matters for who is ticked."""
        mine = self.plan is None and set(ticked) <= {str(self.actor.user_id), SOMEONE_ELSE}
        return [queries.reader(self.actor)] if mine else self.offered()

    def home_if(self, where: str | None) -> str:
        """What ``home`` gives, where the visit was said to be at home."""
        return self.home() if where == HOME else ""

    def asks_turnout(self) -> bool:
        """Whether it is asked how the officers go."""
        agency = agencies.type_of(self.actor.agency_id)
        return turnout_asked(agency, self.known.person.jurisdiction)

    def asks_turnout_of_log(self) -> bool:
        """Whether that can be said when the visit is logged: a plan said it already."""
        return self.plan is None and self.asks_turnout()

    def longest_night(self) -> timedelta:
        """How long a visit past midnight can be here."""
        jurisdiction = self.known.person.jurisdiction
        return longest_night(jurisdiction, self.actor.agency_id, today())

    def options(self) -> list[tuple[str, str]]:
        """The officers to tick: value and words."""
        me = self.actor.user_id
        return [
            (str(each.user_id), f"{each.name} (you)")
            if each.user_id == me
            else (str(each.user_id), f"{each.name}, {each.agency}")
            for each in self.offered()
        ]

    def planned(self) -> list[Attending]:
        """Who was to go."""
        if self.plan is None:
            return []
        return queries.who_was_to_go(self.actor, self.person_id, self.plan.id)

    def home(self) -> str:
        """The place of the plan, else the current address, if the reader sees it in full."""
        if self.plan is not None and self.plan.place:
            return str(self.plan.place)
        return home_of(people.addresses(self.actor, self.person_id))

    def understand(self, schema: CommandSchema) -> tuple[Any, Faults]:
        """The command in the form sent, and whether a warning to staff is still to be read.

        Raises ``FieldErrors`` with both if the form is wrong.
        """
        read = ids_in(request.form.get("warnings_read", ""))
        unread = reading_faults(preparing.standing(self.actor, self.person_id), read)
        try:
            command = understand(schema, request.form)
        except FieldErrors as wrong:
            raise FieldErrors(unread | dict(wrong.errors)) from None
        return command, unread


def may_write(person_id: UUID, visit_id: UUID | None, action: Action) -> Writing:
    """The reader as somebody who may log or plan this.

    Raises ``NotFound``, ``NotPermitted``, and ``RuleBroken`` for a visit not waiting any more, but
    for who has a draft of it: what was typed is not lost because somebody else was first.
    """
    actor = current_actor()
    known = people.opened(actor, person_id)
    if not known.standing.opens(Section.VISITS):
        raise NotFound
    if visit_id is None:
        if not known.standing.may(action):
            require(actor, action, Target(person=person_id, owner=actor.agency_id))
        return Writing(actor, person_id, None, known)
    plan = queries.visit(actor, person_id, visit_id)
    require(actor, action, Target(person=person_id, owner=plan.owner_agency_id, record=plan.id))
    if plan.state != VisitState.PLANNED.value:
        if action is Action.VISIT_LOG and drafts.kept(actor, person_id, visit_id, now=now()):
            return Writing(actor, person_id, plan, known, overtaken=True)
        said = f"This visit is not waiting any more: {VisitState(plan.state).words.lower()}"
        raise RuleBroken("visit-not-planned", said)
    return Writing(actor, person_id, plan, known)


def safeguarding_phone(actor: Actor) -> str:
    """Whom to ring for a child: "Children's services on 01632 960 150", empty if not known."""
    found = queries.safeguarding(agencies.agencies_in(actor.area_id))
    return f"{found.name} on {found.phone}" if found and found.phone else ""
