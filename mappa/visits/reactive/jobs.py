"""What happens by itself: it ends where the risk rose, and changes ask for another look.

Whoever assesses the risk, or changes the record, may act for an agency that writes nothing of the
police: so both are the system's, and it finds them by the rows that they left.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from mappa.access import merged, rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.labels import label_of
from mappa.access.models import PersonMerge
from mappa.access.rights import Given, Named
from mappa.access.terms import Audience, Reader, Role, State
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import queries as people
from mappa.offenders.models import Person, PersonChange
from mappa.reminders import service as reminders
from mappa.visits.commitment.models import VisitCommitment
from mappa.visits.commitment.queries import KINDS, NEXT_UNANNOUNCED
from mappa.visits.models import Visit
from mappa.visits.reactive import service, standing
from mappa.visits.reactive.models import ReactiveManagement, ReactiveReview
from mappa.visits.reactive.rules import LOW, ReactiveState
from mappa.visits.reactive.standing import Back
from mappa.visits.rules import Outcome, VisitState

AT_ONCE = 100
ROSE = "The risk of serious harm is not low any more"
_SEEN = [each.value for each in Outcome if each.asks.seen]
_REACTIVE = ReactiveManagement.__table__
_reactive, _person, _change = (
    ReactiveManagement.__table__.c,
    Person.__table__.c,
    PersonChange.__table__.c,
)


def follow(app: Flask) -> int:
    """End what the risk ended, and ask about changes; how many. It may run twice, and be killed."""
    with app.app_context():
        return _each(_risen, _end) + _each(_changed, _ask)


def _each(find: Any, act: Any) -> int:
    """One unit of work for each, so that none waits for another."""
    done: set[UUID] = set()
    while len(done) < AT_ONCE:
        with unit_of_work(Kind.WRITE, system="reactive management") as unit:
            found = db.session.execute(find(done)).first()
            if found is None:
                break
            done.add(found[0])
            act(found, unit.at)
    return len(done)


@cache
def _standing() -> sa.Subquery:
    """What stands, with the person's record and the one into which it was merged since.

    Over two merges at most. Joined by the record, so that the database looks each up by its key.
    """
    first, second = sa.alias(PersonMerge.__table__), sa.alias(PersonMerge.__table__)
    live = State.LIVE.value
    once = sa.and_(first.c.loser_id == _reactive.person_id, first.c.state == live)
    then = sa.and_(second.c.loser_id == first.c.survivor_id, second.c.state == live)
    merged_once = sa.join(_REACTIVE, first, once)
    found = (
        (_REACTIVE, _reactive.person_id),
        (merged_once, first.c.survivor_id),
        (sa.join(merged_once, second, then), second.c.survivor_id),
    )
    return sa.union_all(
        *(
            sa.select(_reactive.id, _reactive.decided_at, person.label("person_id"))
            .select_from(start)
            .where(_reactive.state == ReactiveState.STANDING.value)
            for start, person in found
        )
    ).subquery("standing")


def _risen(done: set[UUID]) -> Query:
    stands = _standing()
    return (
        sa.select(stands.c.id)
        .join(Person, _person.id == stands.c.person_id)
        .where(_person.risk_band != LOW, stands.c.id.not_in(done))
        .order_by(stands.c.id)
        .limit(1)
    )


def _end(found: Any, now: datetime) -> None:
    made = _locked(found.id)
    if made is None:
        return
    person = _about(merged.survivor_of(made.person_id))
    service.close(made, ROSE, NOBODY, now)
    back = Back(
        before=_before(made),
        last={kind: _last(made, kind) for kind in KINDS},
        band=None if person.risk_band == "not_assessed" else person.risk_band,
        jurisdiction=person.jurisdiction,
    )
    standing.begin_again(made, back, now)
    records = [made.person_id, made.id]
    log.record(None, Operation.ALTERATION, "reactive:ended", records, at=now)


def _locked(reactive_id: UUID) -> ReactiveManagement | None:
    """What stands; None if it ended since it was found."""
    still = sa.select(ReactiveManagement).where(
        _reactive.id == reactive_id, _reactive.state == ReactiveState.STANDING.value
    )
    return db.session.scalars(still.with_for_update()).one_or_none()


def _about(person_id: UUID) -> Any:
    names = (_person.jurisdiction, _person.risk_band)
    return db.session.execute(sa.select(*names).where(_person.id == person_id)).one()


def _before(made: ReactiveManagement) -> dict[str, Any]:
    of = VisitCommitment.__table__.c
    asked = (
        sa.select(*(of[name] for name in standing.KEPT))
        .where(
            of.person_id.in_(merged.people_of(made.person_id)),
            of.owner_agency_id == made.owner_agency_id,
            of.reactive_id.is_(None),
        )
        .order_by(of.set_at.desc(), of.id.desc())
        .limit(1)
    )
    found = db.session.execute(asked).first()
    return dict(found._mapping) if found is not None else {}


def _last(made: ReactiveManagement, kind: str) -> date | None:
    of = Visit.__table__.c
    asked = sa.select(sa.func.max(of.made_on)).where(
        of.person_id.in_(merged.people_of(made.person_id)),
        of.owner_agency_id == made.owner_agency_id,
        of.state == VisitState.MADE.value,
        of.outcome.in_(_SEEN),
        sa.not_(of.announced) if kind == NEXT_UNANNOUNCED else sa.true(),
    )
    found: date | None = db.session.execute(asked).scalar_one()
    return found


def _changed(done: set[UUID]) -> Query:
    """A change since it stands on which nobody was asked."""
    stands = _standing()
    asked = sa.select(sa.literal(1)).where(
        ReactiveReview.__table__.c.change_id == _change.id,
        ReactiveReview.__table__.c.reactive_id == stands.c.id,
    )
    return (
        sa.select(_change.id, stands.c.id.label("reactive"))
        .select_from(stands)
        .join(PersonChange, _change.person_id == stands.c.person_id)
        .where(_change.at > stands.c.decided_at, ~asked.exists(), _change.id.not_in(done))
        .order_by(_change.at, _change.id)
        .limit(1)
    )


def _ask(found: Any, now: datetime) -> None:
    ask(found.reactive, found.id, now)


def ask(reactive_id: UUID, change_id: UUID, now: datetime) -> None:
    """Ask those who may see a change to look at it; whoever made it, if no supervisor may."""
    made = _locked(reactive_id)
    if made is None:
        return
    change = db.session.scalars(sa.select(PersonChange).where(_change.id == change_id)).one()
    may = _who_may(made, change)
    if may:
        readers = [(each.user_id, each.agency_id) for each in may]
    elif change.by_id != NOBODY:
        readers = [(change.by_id, change.owner_agency_id)]
    else:
        return  # nobody sees it yet: it is looked for again
    _open(made, change, readers, now)


def _who_may(made: ReactiveManagement, change: PersonChange) -> Sequence[Actor]:
    """Police supervisors who may decide and may see the change, whoever approved it first."""
    target = Target(person=made.person_id, owner=made.owner_agency_id, record=made.id)
    found = {
        each.user_id: each
        for role in (Role.AGENCY_LEAD, Role.SUPERVISOR)
        for each in agencies.posted(role, agency=made.owner_agency_id)
        if decide(each, Action.REACTIVE_DECIDE, target).allowed
        and people.sees_change(each, change.id)
    }
    return sorted(
        found.values(),
        key=lambda each: (
            each.user_id != made.decided_by_id,
            each.role is not Role.SUPERVISOR,
            each.user_id,
        ),
    )


def _open(
    made: ReactiveManagement,
    change: PersonChange,
    readers: Sequence[tuple[UUID, UUID]],
    now: datetime,
) -> None:
    """Ask them; the first of them owes it."""
    user, agency = readers[0]
    review = ReactiveReview(
        person_id=made.person_id,
        owner_agency_id=agency,
        audience=Audience.NAMED.value,
        reactive_id=made.id,
        change_id=change.id,
        raised_at=now,
    )
    db.session.add(review)
    db.session.flush()
    named = [Named(kind=Reader.USER, agency=of, user=each) for each, of in readers]
    rights.name_readers_of_new(review.id, named, Given(at=now, reason="may see the change"))
    reminders.open_deadline(
        service.RECONSIDER,
        label_of(review),
        kind=service.RECONSIDER,
        starts_on=day_of(now),
        jurisdiction=_about(made.person_id).jurisdiction,
        owner_user=user,
        owner_agency=agency,
        now=now,
    )
    records = [made.person_id, review.id]
    log.record(None, Operation.COLLECTION, "reactive:asked", records, at=now)
