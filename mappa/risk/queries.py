"""Reading assessments: the current one, those before it, and one's own draft."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.actor import Actor
from mappa.access.labels import ME, word
from mappa.access.reading import (
    PERSON,
    Seen,
    holders,
    holders_statement,
    note_read,
    rows,
    scoped,
    shown_columns,
)
from mappa.access.terms import Level, Section
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query, asked_once
from mappa.kernel.errors import NotFound
from mappa.risk.models import Assessment, AssessmentDraft, GroupRisk

_NEWEST_FIRST = (Assessment.assessed_on.desc(), Assessment.signed_at.desc(), Assessment.id)
ASSESSMENTS = (
    scoped(Assessment, Agency.name.label("owner_name"), person=True)
    .join(Agency, Agency.id == Assessment.owner_agency_id)
    .order_by(*_NEWEST_FIRST)
)
GROUPS = (
    scoped(GroupRisk, person=True)
    .where(GroupRisk.subject_id == sa.bindparam("assessment", type_=sa.Uuid()))
    .order_by(GroupRisk.position)
)
MY_DRAFT = (
    scoped(AssessmentDraft, need=Level.FULL, person=True)
    .where(
        AssessmentDraft.author_id == sa.bindparam("author", type_=sa.Uuid()),
        AssessmentDraft.owner_agency_id == ME.agency,
    )
    .order_by(AssessmentDraft.saved_at.desc(), AssessmentDraft.id)
)
_OF_GROUP = "group_of_"


@cache
def _current() -> Query:
    """The assessment that counts, once for each group of it that the reader sees."""
    of_others = Assessment.owner_agency_id != sa.bindparam("lead", type_=sa.Uuid())
    newest_first = ASSESSMENTS.order_by(None).order_by(of_others, *_NEWEST_FIRST)
    chosen = newest_first.limit(1).subquery("chosen")
    groups = scoped(GroupRisk, GroupRisk.__table__.c.position, person=True).subquery("groups")
    statement = sa.select(chosen, *(each.label(_OF_GROUP + each.name) for each in groups.c))
    beside = chosen.outerjoin(groups, groups.c.subject_id == chosen.c.id)
    return statement.select_from(beside).order_by(groups.c.position)


HELD = holders_statement(Assessment, Section.RISK)


@dataclass(frozen=True)
class AssessmentSeen:
    """An assessment and the groups of it that this reader may see."""

    assessment: Seen
    groups: Sequence[Seen]


def history(actor: Actor, person_id: UUID) -> list[Seen]:
    """Every assessment, the newest first."""
    return rows(actor, ASSESSMENTS, Assessment, person=person_id)


def newest(found: Sequence[Seen], lead: UUID) -> Seen | None:
    """The one that counts: the lead agency's newest; if it has none, the newest of all."""
    of_lead = (each for each in found if each.owner_agency_id == lead)
    return next(of_lead, None) or next(iter(found), None)


def current(actor: Actor, person_id: UUID, lead: UUID) -> AssessmentSeen | None:
    """The assessment that counts now, as ``newest`` says; None if the reader sees none."""
    found = rows(actor, _current(), Assessment, person=person_id, lead=lead)
    if not found:
        return None
    groups = [group for group in map(_group, found) if group]
    note_read([each.record for each in groups])
    own = {name: value for name, value in found[0].fields().items() if not _is_of_group(name)}
    return AssessmentSeen(Seen(found[0].record, found[0].level, own), groups)


def _is_of_group(name: str) -> bool:
    return name.startswith(_OF_GROUP)


def _group(row: Seen) -> Seen | None:
    """The group that stands in the row beside the assessment, if the reader sees any."""
    beside = {name: value for name, value in row.fields().items() if _is_of_group(name)}
    of = {name.removeprefix(_OF_GROUP): value for name, value in beside.items()}
    if of["record_"] is None:
        return None
    shown = shown_columns(GroupRisk, Level(of["level_"]))
    return Seen(of["record_"], Level(of["level_"]), {name: of[name] for name in of.keys() & shown})


def with_groups(actor: Actor, person_id: UUID, assessment: Seen) -> AssessmentSeen:
    """An assessment with its groups."""
    found = rows(actor, GROUPS, GroupRisk, person=person_id, assessment=assessment.record)
    return AssessmentSeen(assessment, found)


def one(actor: Actor, person_id: UUID, assessment_id: UUID) -> AssessmentSeen:
    """One assessment. Raises ``NotFound``."""
    for each in history(actor, person_id):
        if each.record == assessment_id:
            return with_groups(actor, person_id, each)
    raise NotFound


def my_draft(actor: Actor, person_id: UUID) -> Seen | None:
    """What this reader has typed about the person and not yet signed."""
    found = rows(actor, MY_DRAFT, AssessmentDraft, person=person_id, author=actor.user_id)
    return found[0] if found else None


def held_by(actor: Actor, person_id: UUID) -> Sequence[UUID]:
    """The agencies that hold an assessment which the reader is only told of."""
    return holders(actor, HELD, person_id)


def timeline_part(*, person: bool = True) -> Query:
    """Assessments signed, as lines of a timeline. The summary has the day, not the hour."""
    of = replace(Assessment.label(), person=PERSON) if person else Assessment.label()
    table = Assessment.__table__
    full = policy.level(Section.RISK, ME, of, policy.AT) == word(Level.FULL)
    found = (
        scoped(Assessment, person=person)
        .with_only_columns(
            table.c.id, table.c.band, table.c.signed_at, table.c.assessed_at, table.c.assessed_on,
            full.label("whole"),
            sa.func.coalesce(User.name, "").label("by_name"),
            Agency.name.label("agency_name"),
        )
        .outerjoin(User, User.id == table.c.author_id)
        .join(Agency, Agency.id == table.c.owner_agency_id)
    )  # fmt: skip
    seen = asked_once(found, "assessments_seen", person=person)
    whole, words = seen.c.whole, sa.func.replace(seen.c.band, "_", " ")
    return sa.select(
        sa.literal("risk").label("kind"),
        seen.c.id.label("record"),
        sa.case((whole, seen.c.signed_at), else_=seen.c.assessed_at).label("at"),
        sa.case((whole, sa.cast(sa.null(), sa.Date)), else_=seen.c.assessed_on).label("day"),
        sa.literal("Risk assessment signed off").label("title"),
        (sa.literal("Overall risk of serious harm: ") + words + ".").label("body"),
        sa.case((whole, seen.c.by_name), else_="").label("by_name"),
        seen.c.agency_name.label("agency_name"),
    )
