"""Reading intelligence: the items a reader gets, who holds what is sealed, who files where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import predicates as p
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.labels import ME, ActorColumns, bound_label
from mappa.access.models import HandlingGroup, Posting
from mappa.access.reading import RECORD, Seen, holders, holders_statement, one, rows, scoped
from mappa.access.terms import Level, Section
from mappa.agencies.models import Agency, User
from mappa.intelligence.models import IntelligenceItem, Provenance
from mappa.kernel import uow
from mappa.kernel.db import Query, db

_item = IntelligenceItem.__table__.c

ITEMS = (
    scoped(
        IntelligenceItem,
        User.name.label("by_name"),
        Agency.name.label("agency_name"),
        need=Level.FULL,
        person=True,
    )
    .join(User, User.id == _item.by_id)
    .join(Agency, Agency.id == _item.owner_agency_id)
    .order_by(_item.reported_at.desc(), _item.id)
)
LATEST = ITEMS.limit(sa.bindparam("most", type_=sa.Integer()))
ITEM = ITEMS.where(_item.id == RECORD)
HELD = holders_statement(IntelligenceItem, Section.INTELLIGENCE)

_PROVENANCE = scoped(
    Provenance, Provenance.said.label("provenance"), need=Level.FULL, person=True
).where(
    Provenance.__table__.c.intelligence_id == RECORD,
    p.own_record(ME, Provenance.label(), policy.AT, Level.FULL),
    p.in_handling_group(ME, Provenance.label(), policy.AT, Level.FULL),
)

_group = HandlingGroup.__table__.c
_GROUPS = (
    sa.select(_group.id, _group.name)
    .where(
        p.own_record(
            ME, replace(bound_label(Section.INTELLIGENCE), owner=_group.agency_id), policy.AT,
            Level.FULL,
        ),
        p.in_handling_group(
            ME, replace(bound_label(Section.INTELLIGENCE), handling=_group.id), policy.AT,
            Level.FULL,
        ),
    )
    .order_by(_group.name, _group.id)
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A handling group, as its members choose it."""

    id: UUID
    name: str


@dataclass(frozen=True)
class HolderAgency:
    """An agency that holds what the reader is only told of, and whom to ring there."""

    name: str
    phone: str
    desk: str


def items(actor: Actor, person: UUID) -> list[Seen]:
    """The items this reader may read, latest report first."""
    return rows(actor, ITEMS, IntelligenceItem, person=person)


def latest(actor: Actor, person: UUID, *, most: int = 3) -> list[Seen]:
    """The first of ``items``, for the overview."""
    return rows(actor, LATEST, IntelligenceItem, person=person, most=most)


def last_reported(actor: Actor, person: UUID) -> tuple[str, datetime] | None:
    """Reference and report of the latest item that this reader may read."""
    found = latest(actor, person, most=1)
    return (found[0].reference, found[0].reported_at) if found else None


def item(actor: Actor, person: UUID, record: UUID) -> Seen:
    """One item. Raises ``NotFound`` if there is none that this reader may read."""
    return one(actor, ITEM, IntelligenceItem, person=person, record=record)


def provenance(actor: Actor, person: UUID, record: UUID) -> str | None:
    """Where the item came from; None unless the reader is of the author's own handling group."""
    found = rows(actor, _PROVENANCE, Provenance, person=person, record=record)
    return found[0].provenance if found else None


def holders_of(actor: Actor, person: UUID) -> list[HolderAgency]:
    """The agencies that hold an item this reader is only told of."""
    held = holders(actor, HELD, person)
    if not held:
        return []
    named = sa.select(Agency.name, Agency.phone, Agency.desk).where(Agency.id.in_(held))
    return [HolderAgency(*row) for row in db.session.execute(named.order_by(Agency.name))]


def groups_of(actor: Actor) -> list[Group]:
    """The handling groups of the reader's own agency that the reader belongs to."""
    found = db.session.execute(_GROUPS, actor.binds(uow.current().at))
    return [Group(each.id, each.name) for each in found]


def groups_to_file_in(actor: Actor, person: UUID) -> list[Group]:
    """The groups in which this reader may file an item on this person."""
    return [
        group
        for group in groups_of(actor)
        if decide(
            actor,
            Action.INTELLIGENCE_ADD,
            Target(person=person, owner=actor.agency_id, handling=group.id),
        ).allowed
    ]


def _readers_in_group() -> Query:
    posting = p.Rows(Posting, "posting")
    they = ActorColumns(
        user=posting.user_id,
        agency=posting.agency_id,
        area=posting.area_id,
        team=posting.team_id,
        role=posting.role,
    )
    of = bound_label(Section.INTELLIGENCE)
    return (
        sa.select(posting.user_id)
        .distinct()
        .where(
            p.live(posting, policy.AT),
            p.in_handling_group(they, of, policy.AT, Level.FULL),
            policy.where(Section.INTELLIGENCE, they, of, policy.AT, Level.FULL),
        )
        .order_by(posting.user_id)
    )


_READERS_IN_GROUP = _readers_in_group()


def readers_in_group(actor: Actor, record: IntelligenceItem) -> Sequence[UUID]:
    """The members of the item's handling group who may read it: ids of users."""
    target = Target(
        person=record.person_id,
        owner=record.owner_agency_id,
        record=record.id,
        handling=record.handling_group_id,
    )
    binds = actor.binds(uow.current().at) | target.binds()
    return db.session.execute(_READERS_IN_GROUP, binds).scalars().all()


def timeline_part(*, person: bool = True) -> Query:
    """Items for the timeline, without their text: only for those who may read them."""
    text = sa.Text()
    graded = sa.literal("Graded ", text) + _item.source + "-" + _item.assessment
    inner = scoped(IntelligenceItem, need=Level.FULL, person=person)
    return (
        inner.with_only_columns(
            sa.literal("intelligence", text).label("kind"),
            _item.id.label("record"),
            _item.reported_at.label("at"),
            _item.event_on.label("day"),
            (sa.literal("Intelligence item ", text) + _item.reference).label("title"),
            (graded + "-" + _item.handling).label("body"),
            User.name.label("by_name"),
            Agency.name.label("agency_name"),
            maintain_column_froms=True,
        )
        .join(User, User.id == _item.by_id)
        .join(Agency, Agency.id == _item.owner_agency_id)
    )
