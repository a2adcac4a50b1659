"""What somebody is about to share about several people: whom they chose, and what was typed."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from werkzeug.datastructures import MultiDict

from mappa.access.actor import Actor
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.sharing.several import queries, schemas
from mappa.sharing.several.models import SeveralShare
from mappa.sharing.several.queries import Weighed
from mappa.sharing.shares import rules
from mappa.sharing.shares import schemas as share_schemas
from mappa.sharing.shares.rules import Facts, MakeShare
from mappa.web.flow import current_actor
from mappa.web.typed import CommandSchema, understand

WHAT, WHY = schemas.WhatOfSeveralSchema(), share_schemas.WhySchema()


@dataclass(frozen=True)
class Making:
    """A share about several people in the making."""

    actor: Actor
    draft: SeveralShare

    @cached_property
    def chosen(self) -> list[UUID]:
        """Whom its author chose."""
        return queries.chosen_of(self.draft)

    @cached_property
    def known(self) -> MultiDict[str, str]:
        """What was typed so far."""
        return MultiDict(
            (name, text) for name, texts in queries.typed_of(self.draft).items() for text in texts
        )

    def facts(self, receiver: UUID) -> Facts:
        """What the rules look at, whoever the person is."""
        return queries.in_general(self.actor, receiver, day_of(current().at))

    def receiver(self) -> str:
        """The name of the agency with which it is shared; nothing while it is not chosen."""
        return dict(agencies_of(self.actor)).get(self.known.get("agency_id", ""), "")

    def command(self) -> MakeShare:
        """The whole share. Raises ``FieldErrors`` or ``RuleBroken`` if something is missing."""
        what = understand(WHAT, self.only(WHAT))
        command = share_schemas.command(what, understand(WHY, self.only(WHY)))
        rules.check(command, self.facts(command.agency_id))
        return command

    def weighed(self, command: MakeShare) -> Weighed:
        """About whom of them it can be shared now, and why not about the others."""
        return queries.weigh(self.actor, self.chosen, command, day_of(current().at))

    def only(self, schema: CommandSchema) -> MultiDict[str, str]:
        """What was typed of one page."""
        pairs = self.known.items(multi=True)
        return MultiDict((name, text) for name, text in pairs if name in schema.fields)


def agencies_of(actor: Actor) -> list[tuple[str, str]]:
    found = agencies.agencies_in(actor.area_id)
    return [(str(each.id), each.name) for each in found if each.id != actor.agency_id]


def making() -> Making:
    """What the reader is about to share. Raises ``NotFound`` while nobody was ever chosen."""
    if (found := queries.draft(current_actor())) is None:
        raise NotFound
    return Making(current_actor(), found)
