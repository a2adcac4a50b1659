"""Handing a case on: the rights that end and begin when its manager or its lead agency changes.

Callers have asked the policy already. Rights are ended through ``rights`` and begun anew, so that
the past can still be told. Every function flushes; none commits. Times are UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.labels import Derived, Protected, protected_tables
from mappa.access.models import CaseTeam, CaseWorker, Deputy, Posting, Right
from mappa.access.reading import bookkeeping
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Part, Role, Section, State
from mappa.kernel.clock import FOREVER
from mappa.kernel.db import NOBODY, db


@dataclass(frozen=True, kw_only=True)
class Hands:
    """In whose hands a case is: the manager, the agency, the team in which the manager acts."""

    user: UUID
    agency: UUID
    team: UUID = NOBODY


def _standing(model: type[Any], given: Given, *which: sa.ColumnElement[bool]) -> Sequence[Any]:
    """Rights that stand or are still to begin."""
    found = sa.select(model).where(
        model.state == State.LIVE.value, model.ends_at > given.at, *which
    )
    return db.session.scalars(found.order_by(model.starts_at, model.id)).all()


def _end(found: Sequence[Right], given: Given) -> None:
    rights.end(found, at=given.at, by=given.by, reason=given.reason)


def pass_manager(person: UUID, old: Hands, new: Hands, given: Given) -> None:
    """Make ``new`` the manager on the case team. ``given.ends_at`` is until when ``old`` stays.

    If that is now, the old manager leaves at once. Whoever stood in for the old one no longer does.
    """
    of_person = CaseWorker.person_id == person
    deputies = _standing(CaseWorker, given, of_person, CaseWorker.part == Part.DEPUTY.value)
    old_rows = _standing(
        CaseWorker, given, of_person, CaseWorker.user_id == old.user,
        CaseWorker.agency_id == old.agency,
    )  # fmt: skip
    new_rows = _standing(
        CaseWorker, given, of_person, CaseWorker.user_id == new.user,
        CaseWorker.agency_id == new.agency,
    )  # fmt: skip
    _end([*old_rows, *new_rows, *deputies], given)
    for_good = replace(given, ends_at=FOREVER)
    if old.user != NOBODY and given.ends_at > given.at:
        team = old_rows[0].team_id if old_rows else old.team
        rights.add_worker(person, old.agency, old.user, Part.MANAGER, given, team=team)
    rights.add_worker(person, new.agency, new.user, Part.MANAGER, for_good, team=new.team)
    for deputy in _standing(
        Deputy, given, Deputy.manager_id == new.user, Deputy.agency_id == new.agency
    ):
        cover(deputy, person, given)


def pass_lead(
    person: UUID,
    old: UUID,
    new: UUID,
    area: str,
    sort_name: str,
    given: Given,
    *,
    stays_as: Capacity | None,
) -> None:
    """Make another agency the lead. ``stays_as`` is in what capacity the old one stays, for good.

    With None it stays as a responsible authority until ``given.ends_at`` and then is off the team,
    and its workers with it; if that is now, at once.
    """
    team = _standing(
        CaseTeam, given, CaseTeam.person_id == person, CaseTeam.agency_id.in_([old, new])
    )
    _end(team, given)
    for_good = replace(given, ends_at=FOREVER)
    rights.add_agency_to_team(person, new, area, Capacity.LEAD, sort_name, for_good)
    if stays_as is not None:
        rights.add_agency_to_team(person, old, area, stays_as, sort_name, for_good)
        return
    _end_workers(person, old, given)
    if given.ends_at > given.at:
        rights.add_agency_to_team(person, old, area, Capacity.RESPONSIBLE, sort_name, given)


def _end_workers(person: UUID, agency: UUID, given: Given) -> None:
    """End the named workers of an agency that leaves: on the day, or now."""
    leaving = _standing(
        CaseWorker, given, CaseWorker.person_id == person, CaseWorker.agency_id == agency,
        CaseWorker.ends_at > given.ends_at,
    )  # fmt: skip
    _end(leaving, given)
    if given.ends_at <= given.at:
        return
    for each in leaving:
        rights.add_worker(person, agency, each.user_id, Part(each.part), given, team=each.team_id)


def pass_identity(person: UUID, old: UUID, new: UUID) -> None:
    """Give what the old lead holds of a person's identity to the new one, with what is made of it.

    The person's own row is the caller's. Records of other sections stay with their owner.
    """
    for name, model in sorted(protected_tables().items()):
        columns = model.__table__.c  # type: ignore[attr-defined]
        if name == "person" or model.__section__ not in (Section.IDENTITY, None):
            continue
        db.session.execute(
            sa.update(model)
            .where(
                columns.person_id == person,
                columns.owner_agency_id == old,
                *_of_identity(model),
                bookkeeping(model),
            )
            .values(owner_agency_id=new),
            execution_options={"synchronize_session": False},
        )


def _of_identity(model: type[Protected]) -> Sequence[sa.ColumnElement[bool]]:
    if not issubclass(model, Derived):
        return ()
    return (model.__table__.c.section == Section.IDENTITY.value,)  # type: ignore[attr-defined]


def name_deputy(
    manager: UUID, deputy: UUID, agency: UUID, people: Sequence[UUID], given: Given
) -> Deputy:
    """Let somebody stand in for a manager with these people, for as long as it is given."""
    named = Deputy(manager_id=manager, deputy_id=deputy, agency_id=agency, **given.columns())
    db.session.add(named)
    db.session.flush()
    for person in people:
        cover(named, person, given)
    return named


def cover(deputy: Deputy, person: UUID, given: Given) -> None:
    """Let a deputy stand in with one person, until the day on which the cover ends.

    The team is named only for a deputy whose own reach ends at it: for others it would open the
    person to one more supervisor.
    """
    begins = max(given.at, deputy.starts_at)
    lasts = replace(given, starts_at=begins, ends_at=deputy.ends_at)
    bounds = db.session.scalars(
        sa.select(Posting.team_id).where(
            Posting.user_id == deputy.deputy_id,
            Posting.agency_id == deputy.agency_id,
            Posting.role == Role.SUPERVISOR.value,
            Posting.state == State.LIVE.value,
            Posting.ends_at > given.at,
        )
    ).first()
    rights.add_worker(
        person, deputy.agency_id, deputy.deputy_id, Part.DEPUTY, lasts, team=bounds or NOBODY
    )


def end_deputy(deputy: Deputy, people: Sequence[UUID], given: Given) -> None:
    """End a cover before its time, and what it opened of these people."""
    rows = _standing(
        CaseWorker, given, CaseWorker.person_id.in_(people),
        CaseWorker.user_id == deputy.deputy_id, CaseWorker.agency_id == deputy.agency_id,
        CaseWorker.part == Part.DEPUTY.value,
    )  # fmt: skip
    _end([deputy, *rows], given)
