"""Reading plans: versions, and what one version says to this reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.reading import Seen, holders, holders_statement, rows, scoped
from mappa.access.terms import Level, Section
from mappa.agencies.models import Agency, User
from mappa.kernel.db import NOBODY, Query
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as offenders
from mappa.offenders.workers import case_workers
from mappa.plans.models import Contingency, Measure, Plan
from mappa.plans.rules import Pillar, State

_PLAN = sa.bindparam("plan", type_=sa.Uuid())

VERSIONS = (
    scoped(Plan, Agency.name.label("owner_name"), person=True)
    .join(Agency, Agency.id == Plan.owner_agency_id)
    .order_by(Plan.number.desc(), Plan.id)
)
HELD = holders_statement(Plan, Section.PLAN)


def _parts(model: Any) -> Query:
    return (
        scoped(
            model,
            sa.func.coalesce(User.name, "").label("user_name"),
            sa.func.coalesce(User.phone, "").label("user_phone"),
            sa.func.coalesce(Agency.name, "").label("agency_name"),
            person=True,
        )
        .outerjoin(User, User.id == model.assigned_user_id)
        .outerjoin(Agency, Agency.id == model.assigned_agency_id)
        .where(model.subject_id == _PLAN, model.removed_at.is_(None))
        .order_by(model.position, model.id)
    )


MEASURES = _parts(Measure)
CONTINGENCIES = _parts(Contingency)


@dataclass(frozen=True)
class PlanSeen:
    """A version and as much of its text as this reader may see."""

    version: Seen
    measures: Sequence[Seen]
    contingencies: Sequence[Seen]

    def under(self, pillar: Pillar) -> list[Seen]:
        """The measures of one pillar."""
        return [each for each in self.measures if each.pillar == pillar.value]


def versions(actor: Actor, person_id: UUID) -> list[Seen]:
    """Every version that was not given up, the newest first; those of the lead agency first."""
    lead = offenders.person(actor, person_id).owner_agency_id
    found = rows(actor, VERSIONS, Plan, person=person_id)
    kept = [each for each in found if each.state != State.WITHDRAWN]
    return sorted(
        kept,
        key=lambda each: (each.owner_agency_id != lead, each.person_id != person_id, -each.number),
    )


def read(actor: Actor, person_id: UUID, version: Seen) -> PlanSeen:
    """What a version says to this reader."""
    binds = {"person": person_id, "plan": version.record}
    return PlanSeen(
        version,
        rows(actor, MEASURES, Measure, **binds),
        rows(actor, CONTINGENCIES, Contingency, **binds),
    )


def current(actor: Actor, person_id: UUID) -> PlanSeen | None:
    """The plan in force; the draft if none has been agreed; None if the reader sees no plan."""
    found = versions(actor, person_id)
    chosen = first_in(found, State.AGREED) or first_in(found, State.DRAFT)
    return read(actor, person_id, chosen) if chosen else None


def version(actor: Actor, person_id: UUID, plan_id: UUID) -> PlanSeen:
    """One version. Raises ``NotFound``."""
    for each in versions(actor, person_id):
        if each.record == plan_id:
            return read(actor, person_id, each)
    raise NotFound


def first_in(found: Sequence[Seen], state: State) -> Seen | None:
    """The first version in a state."""
    return next((each for each in found if each.state == state), None)


def agreed_number(actor: Actor, person_id: UUID) -> int | None:
    """The number of the version that is agreed; None if none is that the reader sees."""
    found = first_in(versions(actor, person_id), State.AGREED)
    return found.number if found else None


def held_by(actor: Actor, person_id: UUID) -> Sequence[UUID]:
    """The agencies that hold a plan which the reader is only told of."""
    return holders(actor, HELD, person_id)


def who_can_do_it(actor: Actor, person_id: UUID) -> dict[str, tuple[UUID, UUID]]:
    """Whom a measure can be given to: words → (user or nobody, agency), the case team first.

    Two of the same name in one agency are told apart by their part in the case.
    """
    people: dict[str, tuple[UUID, UUID]] = {}
    agencies: dict[str, tuple[UUID, UUID]] = {}
    for each in case_workers(actor, person_id):
        words = f"{each.name}, {each.agency}"
        if words in people and people[words][0] != each.user_id:
            words = f"{words} ({each.part})"
        people.setdefault(words, (each.user_id, each.agency_id))
        agencies[each.agency] = (NOBODY, each.agency_id)
    return people | agencies


def timeline_part(*, person: bool = True) -> Query:
    """Plans agreed, as lines of a timeline."""
    full = policy.where(Section.PLAN, ME, Plan.label(), policy.AT, Level.FULL)
    number = sa.cast(Plan.number, sa.Text)
    columns: tuple[sa.ColumnElement[Any], ...] = (
        sa.literal("plan").label("kind"),
        Plan.id.label("record"),
        Plan.agreed_at.label("at"),
        sa.cast(sa.null(), sa.Date).label("day"),
        (sa.literal("Risk management plan agreed, version ") + number).label("title"),
        sa.literal("").label("body"),
        sa.case((full, sa.func.coalesce(User.name, "")), else_="").label("by_name"),
        Agency.name.label("agency_name"),
    )
    inner = scoped(Plan, person=person)
    return (
        inner.with_only_columns(*columns)
        .outerjoin(User, User.id == Plan.agreed_by_id)
        .join(Agency, Agency.id == Plan.owner_agency_id)
        .where(Plan.agreed_at.is_not(None))
    )
