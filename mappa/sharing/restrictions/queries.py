"""Who is kept out of a person's record, for those who may keep out the like of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access import restricting
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, standing
from mappa.access.restricting import KeptOut
from mappa.agencies import queries as agencies
from mappa.agencies.queries import StaffMember
from mappa.kernel import uow
from mappa.kernel.clock import FOREVER, last_day_before
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound
from mappa.sharing.restrictions import rules
from mappa.sharing.restrictions.models import ExclusionRecord, ExclusionReview


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """One who is kept out, in names, since and until when. Times are UTC."""

    id: UUID
    who: str
    reason: str
    starts_at: datetime
    until_on: date | None
    review_on: date | None
    made_by: str
    made_at: datetime
    begun: bool
    reviews: Sequence["Reviewed"]


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """That somebody (a name) looked at an exclusion; the time is UTC."""

    at: datetime
    by: str
    found: str
    next_on: date | None


def may_exclude(actor: Actor, person_id: UUID) -> bool:
    """Whether the reader keeps anybody out of this record."""
    return decide(actor, Action.EXCLUDE, Target(person=person_id)).allowed


def check_administers(actor: Actor, person_id: UUID) -> None:
    """Raise ``NotFound`` unless the reader sees the person and keeps somebody out of the record."""
    standing(actor, person_id)
    if not may_exclude(actor, person_id):
        raise NotFound


def _concerns(actor: Actor, found: KeptOut) -> bool:
    """Whether it is one of those that the reader administers: own users, or an agency."""
    if found.agency_id != NOBODY:
        return rules.keeps_out_agencies(actor.role)
    if not rules.keeps_out_users(actor.role) or found.user_id == actor.user_id:
        return False
    return found.user_id in agencies.ever_posted(actor.agency_id, [found.user_id])


def exclusions(actor: Actor, person_id: UUID) -> list[Exclusion]:
    """Those whom the reader may know to be kept out. Raises ``NotFound``."""
    check_administers(actor, person_id)
    found = [each for each in _standing(person_id) if _concerns(actor, each)]
    looked = _looks([each.id for each in found])
    users = {each.user_id for each in found} | {each.made_by_id for each in found}
    users |= {each.by_id for rows in looked.values() for each in rows}
    names = agencies.user_names(users - {NOBODY})
    first = _first_days([each.id for each in found])
    return [_exclusion(each, names, first.get(each.id), looked.get(each.id, [])) for each in found]


def _standing(person_id: UUID) -> list[KeptOut]:
    """The rights that stand; of a merged person's under the id of the right that was written."""
    found = restricting.exclusions_of(person_id)
    sources = restricting.sources_of([each.id for each in found])
    return [replace(each, id=sources.get(each.id, each.id)) for each in found]


def exclusion(actor: Actor, person_id: UUID, exclusion_id: UUID) -> Exclusion:
    """One of them. Raises ``NotFound`` for any other id."""
    for each in exclusions(actor, person_id):
        if each.id == exclusion_id:
            return each
    raise NotFound


def _first_days(ids: list[UUID]) -> dict[UUID, date | None]:
    kept = db.session.scalars(sa.select(ExclusionRecord).where(ExclusionRecord.id.in_(ids)))
    return {each.id: each.review_on for each in kept}


def _looks(ids: list[UUID]) -> dict[UUID, list[ExclusionReview]]:
    """The reviews of these, the last first."""
    of = ExclusionReview.exclusion_id.in_(ids)
    order = (ExclusionReview.at.desc(), ExclusionReview.id)
    found: dict[UUID, list[ExclusionReview]] = {}
    for each in db.session.scalars(sa.select(ExclusionReview).where(of).order_by(*order)):
        found.setdefault(each.exclusion_id, []).append(each)
    return found


def _exclusion(
    found: KeptOut, names: dict[UUID, str], first: date | None, looked: list[ExclusionReview]
) -> Exclusion:
    whole = found.agency_id != NOBODY
    who = agencies.agency(found.agency_id).name if whole else names.get(found.user_id, "")
    return Exclusion(
        id=found.id,
        who=who,
        reason=found.reason,
        starts_at=found.starts_at,
        until_on=None if found.ends_at == FOREVER else last_day_before(found.ends_at),
        review_on=looked[0].next_on if looked else first,
        made_by=names.get(found.made_by_id, ""),
        made_at=found.made_at,
        begun=found.starts_at <= uow.current().at,
        reviews=[
            Reviewed(
                at=each.at, by=names.get(each.by_id, ""), found=each.found, next_on=each.next_on
            )
            for each in looked
        ],
    )


def users_to_choose(actor: Actor) -> list[StaffMember]:
    """Whom the reader can keep out: colleagues of the own agency, each once, by name."""
    if not rules.keeps_out_users(actor.role):
        return []
    staff = agencies.staff_of([actor.agency_id])
    return list({each.user_id: each for each in staff if each.user_id != actor.user_id}.values())


def agencies_to_choose(actor: Actor, lead: UUID) -> list[tuple[UUID, str]]:
    """Which agencies the reader can keep out: those of the area but the lead and the own."""
    if not rules.keeps_out_agencies(actor.role):
        return []
    return [
        (each.id, each.name)
        for each in agencies.agencies_in(actor.area_id)
        if each.id not in (lead, actor.agency_id)
    ]
