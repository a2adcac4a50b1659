"""The blueprint, the sentences of its notices, and what somebody is about to share."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from flask import Blueprint, url_for

from mappa.access import team_grid
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.access.terms import Capacity, Role
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.kernel.uow import current
from mappa.reminders.models import SIGHT_LOST
from mappa.reminders.presenters import DETAILS, WORDINGS, Wording, days_told
from mappa.sharing.shares import choosing, drafts, facts, rules, schemas, service, telling
from mappa.sharing.shares.rules import WHOLE, Facts, MakeShare
from mappa.web.flow import current_actor
from mappa.web.typed import CommandSchema, understand

bp = Blueprint("shares", __name__, template_folder="../../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

WORDINGS |= {
    service.MADE: Wording(
        "An agency shares more of a person’s record with you. Use it only for its purpose, and do "
        "not pass it on without asking that agency.",
        "insight.overview",
        "person_id",
        "See what is shared",
    ),
    telling.OVER: Wording(
        "A share of a person’s record with your agency has ended. What the agreement or another "
        "share gives you stays open. If you need more, ask for it.",
        "insight.overview",
        "person_id",
        "See what is open to you",
    ),
    SIGHT_LOST: Wording(
        "A share with your agency has ended, and you do not see that record any more. If it is "
        "still needed, ask for information about the person by name or number.",
        "sharing.index",
        "",
        "Open sharing",
        names_person=False,
    ),
}
DETAILS |= {
    service.MADE: telling.which,
    telling.OVER: days_told,
    SIGHT_LOST: telling.from_whom,
}

_FIRST, _SECOND = schemas.WhatSchema(), schemas.WhySchema()


@dataclass(frozen=True)
class Making:
    """A share in the making: who makes it, about whom, and what was typed so far."""

    actor: Actor
    person: Seen
    draft: drafts.Draft | None

    def url(self, page: str) -> str:
        """The address of one of its pages."""
        endpoint = "insight.share_preview" if page == "preview" else f"shares.{page}"
        return url_for(endpoint, person_id=self.person.record)

    @cached_property
    def known(self) -> drafts.Typed:
        """What was typed so far."""
        return self.draft.values if self.draft else drafts.Typed()

    def what(self) -> schemas.What:
        """The first page as it was typed. Raises ``FieldErrors``."""
        return understand(_FIRST, _only(self.known, _FIRST))  # type: ignore[no-any-return]

    def why(self) -> schemas.Why:
        """The second page as it was typed. Raises ``FieldErrors``."""
        return understand(_SECOND, _only(self.known, _SECOND))  # type: ignore[no-any-return]

    def command(self) -> MakeShare:
        """The whole share. Raises ``FieldErrors`` or ``RuleBroken`` if something is missing."""
        command = schemas.command(self.what(), self.why())
        rules.check(command, self.facts(command.agency_id))
        return command

    def facts(self, receiver: UUID) -> Facts:
        """What the rules look at."""
        return facts.facts(self.actor, self.person, receiver, today=day_of(current().at))

    def receiver(self) -> str:
        """The name of the agency with which it is shared; nothing while it is not chosen."""
        chosen = self.known.get("agency_id", "")
        return dict(self.agencies()).get(chosen, "")

    def agencies(self) -> list[tuple[str, str]]:
        """The other agencies of the area."""
        return [
            (str(each.id), each.name)
            for each in agencies.agencies_in(self.actor.area_id)
            if each.id != self.actor.agency_id
        ]

    def others(self) -> list[tuple[str, str]]:
        """Who might own records in the same sections: those who lead the case or answer for it.

        All of them that can be asked stand here, whatever they hold: who holds what is theirs to
        say.
        """
        receiver = self.known.get("agency_id", "")
        team = [
            str(each.agency_id)
            for each in team_grid.team(self.person.record)
            if each.capacity in (Capacity.LEAD, Capacity.RESPONSIBLE)
        ]
        asked = {id_: name for id_, name in self.agencies() if id_ in team and id_ != receiver}
        staff = agencies.staff_of([UUID(each) for each in asked])
        answers = {str(each.agency_id) for each in staff if each.role is Role.INFORMATION_OFFICER}
        return [(id_, name) for id_, name in asked.items() if id_ in answers]

    def record(self) -> str:
        """The one record in words, if it is one."""
        chosen = self.known.get("record_id", "")
        return dict(choosing.records(self.actor, self.person.record)).get(chosen, "")


def _only(values: drafts.Typed, schema: CommandSchema) -> drafts.Typed:
    pairs = [(name, each) for name, each in values.items(multi=True) if name in schema.fields]
    return drafts.Typed(pairs)


def making(person_id: UUID) -> Making:
    """What the reader is about to share. Raises ``NotFound`` or ``NotPermitted``."""
    actor = current_actor()
    person = service.to_share(actor, person_id)
    return Making(actor, person, drafts.kept(actor, person_id, now=current().at))


def as_typed(what: schemas.What) -> MakeShare:
    """A share of which only the first page is known, for the rules of that page."""
    record = what.record_id
    return MakeShare(
        agency_id=what.agency_id,
        sections=tuple(what.sections) if record is None else (record[0],),
        record_id=WHOLE if record is None else record[1],
        level=what.level,
        purpose="",
        basis=rules.Basis(),
        why="",
        starts_on=day_of(current().at),
        ends_on=day_of(current().at),
        review_on=day_of(current().at),
    )
