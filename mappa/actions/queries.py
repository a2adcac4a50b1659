"""Actions as their readers see them: like the meeting they come from, and one's own agency's."""

from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from mappa.access.actor import Actor
from mappa.access.labels import ME, Label
from mappa.access.reading import PERSON, RECORD, Seen, of_person, one, rows, scope, scoped
from mappa.actions.models import ActionItem, ActionState
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query

_Setter = aliased(User, name="setter")
_Doer = aliased(User, name="doer")

_NAMES = (
    User.name.label("owner_name"),
    Agency.name.label("assigned_name"),
    _Setter.name.label("set_by_name"),
    _Doer.name.label("done_by_name"),
)
_OPEN = ActionItem.state == ActionState.OPEN.value


def _with_names(*, person: bool) -> Query:
    return (
        scoped(ActionItem, *_NAMES, person=person)
        .join(User, User.id == ActionItem.owner_user_id)
        .join(Agency, Agency.id == ActionItem.assigned_agency_id)
        .join(_Setter, _Setter.id == ActionItem.set_by_id)
        .outerjoin(_Doer, _Doer.id == ActionItem.done_by_id)
    )


_BY_DAY = (ActionItem.due_on, ActionItem.id)

_ONE = _with_names(person=False).where(ActionItem.id == RECORD)

FOR_PERSON = _with_names(person=True).order_by(*_BY_DAY)
"""All actions that concern ``:person``."""

_FROM_RECORD = (
    _with_names(person=True)
    .where(ActionItem.subject_id == RECORD)
    .order_by(ActionItem.set_at, ActionItem.id)
)

WAITING_FOR_OTHERS = (
    _with_names(person=False)
    .where(ActionItem.set_by_id == ME.user, ActionItem.owner_user_id != ME.user, _OPEN)
    .order_by(*_BY_DAY)
)
"""Open actions that the reader gave to somebody else."""

_WAITING_AT_ONCE = WAITING_FOR_OTHERS.limit(200)


def action(actor: Actor, action_id: UUID) -> Seen:
    """One action. Raises ``NotFound``."""
    return one(actor, _ONE, ActionItem, record=action_id)


def for_person(actor: Actor, person: UUID) -> list[Seen]:
    """All actions that concern a person, the longest due first."""
    return rows(actor, FOR_PERSON, ActionItem, person=person)


def from_record(actor: Actor, person: UUID, record: UUID) -> list[Seen]:
    """The actions that come from a meeting, or another record, in the order they were given."""
    return rows(actor, _FROM_RECORD, ActionItem, person=person, record=record)


def waiting_for_others(actor: Actor) -> list[Seen]:
    """Open actions that the reader gave to somebody else, the longest due first."""
    return rows(actor, _WAITING_AT_ONCE, ActionItem)


@cache
def timeline_part(*, person: bool = True) -> Query:
    """Each action once, at the latest that happened to it, with the columns of the timeline."""
    of = ActionItem.label()
    if person:
        of = Label(**{**of.__dict__, "person": PERSON})
    done = ActionItem.state == ActionState.DONE.value
    shown_as = sa.case((done, "Action done"), else_="Action given")
    with_evidence = sa.case(
        (done, ActionItem.what + "\n" + ActionItem.evidence), else_=ActionItem.what
    )
    part = (
        sa.select(
            sa.literal("action").label("kind"),
            ActionItem.id.label("record"),
            sa.func.coalesce(ActionItem.done_at, ActionItem.set_at).label("at"),
            sa.cast(sa.null(), sa.Date).label("day"),
            shown_as.label("title"),
            with_evidence.label("body"),
            User.name.label("by_name"),
            Agency.name.label("agency_name"),
        )
        .join(User, User.id == sa.func.coalesce(ActionItem.done_by_id, ActionItem.set_by_id))
        .join(Agency, Agency.id == ActionItem.assigned_agency_id)
        .where(scope(ActionItem, of=of))
    )
    return part.where(of_person(ActionItem.__table__.c.person_id)) if person else part
