"""About whom something can be shared, asked for all of them together; and the choices kept."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from config.lawful_bases import lawful_bases
from mappa.access import giving, merged, restricting, team_grid
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import may_to_each
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.agencies import queries as agencies
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, RuleBroken
from mappa.offenders import queries as people
from mappa.sharing.approvals import queries as approvals
from mappa.sharing.approvals.models import Approval
from mappa.sharing.owners import owning
from mappa.sharing.several import rules as several_rules
from mappa.sharing.several.models import SeveralShare
from mappa.sharing.several.rules import OF_RULE, WITHIN, Left, SeveralState
from mappa.sharing.shares import facts, rules
from mappa.sharing.shares.rules import Facts, MakeShare
from mappa.sharing.shares.service import given_by

_Levels = Mapping[UUID, tuple[Level, Level]]
_NOTHING = (Level.NONE, Level.NONE)


# What is kept


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """About whom it was shared, and why about the others it was not."""

    shared: Sequence[UUID]
    left: Mapping[Left, Sequence[UUID]]


def draft(actor: Actor) -> SeveralShare | None:
    """The choice that the reader is making for this agency, if one has not run out."""
    mine = sa.select(SeveralShare).where(
        SeveralShare.user_id == actor.user_id,
        SeveralShare.agency_id == actor.agency_id,
        SeveralShare.state == SeveralState.DRAFT.value,
        SeveralShare.ends_at > uow.current().at,
    )
    return db.session.scalars(mine.order_by(SeveralShare.at.desc(), SeveralShare.id)).first()


def several(actor: Actor, several_id: UUID) -> SeveralShare:
    """What was asked or done by the reader, or what the reader may answer. Raises ``NotFound``."""
    found = db.session.get(SeveralShare, several_id)
    if found is None or found.agency_id != actor.agency_id:
        raise NotFound
    if found.state == SeveralState.DRAFT.value:
        raise NotFound
    if found.user_id != actor.user_id and question_of(actor, found) is None:
        raise NotFound
    return found


def question_of(actor: Actor, found: SeveralShare) -> Approval | None:
    """The question to a second person, for whoever asked it or may answer it."""
    if found.approval_id == NOBODY:
        return None
    asked = db.session.get(Approval, found.approval_id)
    return asked if asked is not None and approvals.may_see(actor, asked) else None


def chosen_of(found: SeveralShare) -> list[UUID]:
    """Whom the author chose."""
    return [UUID(each) for each in json.loads(found.chosen)]


def typed_of(found: SeveralShare) -> dict[str, list[str]]:
    """What the author typed so far, by field."""
    said: dict[str, list[str]] = json.loads(found.typed)
    return said


def outcome_of(found: SeveralShare) -> Outcome:
    """What came of it; nothing as long as it is not done."""
    said = json.loads(found.outcome)
    return Outcome(
        shared=[UUID(each) for each in said.get("shared", ())],
        left={Left(why): [UUID(each) for each in ids] for why, ids in said.get("left", {}).items()},
    )


def takes_two(actor: Actor, people_now: Collection[UUID], now: datetime) -> bool:
    """Whether a second person must approve it, with whom the reader shared about alone lately."""
    lately = sa.select(SeveralShare).where(
        SeveralShare.user_id == actor.user_id,
        SeveralShare.state == SeveralState.DONE.value,
        SeveralShare.approval_id == NOBODY,
        SeveralShare.at > now - WITHIN,
    )
    alone = {each for batch in db.session.scalars(lately) for each in outcome_of(batch).shared}
    return several_rules.takes_two(len(alone.union(people_now)))


# About whom it can be shared


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Of the chosen people those about whom it can be shared, by name, and why not of the rest."""

    ready: Sequence[Seen]
    left: Mapping[Left, Sequence[UUID]]

    @property
    def ids(self) -> list[UUID]:
        """About whom it can be shared."""
        return [each.record for each in self.ready]


def in_general(actor: Actor, receiver: UUID, today: date) -> Facts:
    """What the rules look at before they look at a person, by the law of the sharer's area."""
    jurisdiction = agencies.jurisdiction_of(actor.area_id)
    return facts.in_general(actor, receiver, jurisdiction, today=today)


def weigh(actor: Actor, chosen: Sequence[UUID], command: MakeShare, today: date) -> Weighed:
    """Ask the policy and the rules of every one of these people, as both are now.

    Raises ``RuleBroken`` for what does not hold whoever the person is.
    """
    known = in_general(actor, command.agency_id, today)
    rules.check(command, known)
    edges = merged.edges_around(chosen)
    gone = {loser for loser, _ in edges}
    may = may_to_each(actor, Action.SHARE_MAKE, chosen)
    seen = [
        each
        for each in people.several(actor, chosen)
        if each.record in may and each.record not in gone
    ]
    asked = _Asked(actor, command, known, seen, frozenset(each for edge in edges for each in edge))
    covered = asked.covered()
    left: dict[Left, list[UUID]] = {}
    ready = []
    for person in sorted(seen, key=lambda each: (each.sort_name, each.record)):
        why = Left.SHARED_ALREADY if person.record in covered else asked.against(person)
        if why is None:
            ready.append(person)
        else:
            left.setdefault(why, []).append(person.record)
    closed = sorted(set(chosen) - {each.record for each in seen})
    return Weighed(ready=ready, left=left | ({Left.CLOSED: closed} if closed else {}))


class _Asked:
    """What is known of all of them: one statement for each section, whoever they are."""

    def __init__(
        self,
        actor: Actor,
        command: MakeShare,
        known: Facts,
        seen: Collection[Seen],
        merged_ones: Collection[UUID],
    ) -> None:
        self.actor, self.command, self.known, self.merged = actor, command, known, merged_ones
        self.ids = [each.record for each in seen]
        self.owned = {each: owning(actor, self.ids, each) for each in command.sections}
        self.received = {
            each: self._received(each, self.ids, actor.agency_id) for each in command.sections
        }
        self.kept_out = restricting.kept_from(command.agency_id, self.ids)
        self.identity: dict[UUID, tuple[Level, Level]] = {}
        for lead in {each.owner_agency_id for each in seen}:
            led = [each.record for each in seen if each.owner_agency_id == lead]
            self.identity |= self._received(Section.IDENTITY, led, lead)

    def _received(self, section: Section, ids: Sequence[UUID], owner: UUID) -> _Levels:
        return team_grid.received_of_each(
            self.command.agency_id, self.actor.area_id, ids, section,
            owner=owner, own=self.actor.agency_id,
        )  # fmt: skip

    def covered(self) -> set[UUID]:
        """Those of whom all of this is shared already, at least as much and as long."""
        given = given_by(self.actor, self.command, uow.current().at)
        starts = given.starts_at or given.at
        return set(self.ids).intersection(
            *(
                giving.covered(
                    self.actor.agency_id, self.command.agency_id, self.ids, section,
                    self.command.level, (starts, given.ends_at),
                )
                for section in self.command.sections
            )
        )  # fmt: skip

    def against(self, person: Seen) -> Left | None:
        """Why it cannot be shared about somebody; None if it can."""
        try:
            rules.check(self.command, self._facts(person))
        except RuleBroken as broken:
            if broken.rule not in OF_RULE:
                raise
            return OF_RULE[broken.rule]
        return None

    def _facts(self, person: Seen) -> Facts:
        if person.record in self.merged:
            receiver, today = self.command.agency_id, self.known.today
            return facts.facts(self.actor, person, receiver, today=today)
        mine = (self.known.own_name,)
        levels = {
            section: found.get(person.record, _NOTHING) for section, found in self.received.items()
        }
        identity, _ = self.identity.get(person.record, _NOTHING)
        statutes = lawful_bases().statutes_in(person.jurisdiction)
        return replace(
            self.known,
            statutes=[each.id for each in statutes],
            owned={
                section: mine if person.record in who else () for section, who in self.owned.items()
            },
            leads=person.owner_agency_id == self.actor.agency_id,
            sees_person=identity >= Level.SUM,
            excluded=person.record in self.kept_out,
            by_agreement={section: bare for section, (_, bare) in levels.items()},
            received={section: now for section, (now, _) in levels.items()},
        )
