"""Sharing what the own agency owns, and ending it.

Each raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written. The right
alone opens anything; beside it stands why it was given. It works, and ends, with the commit:
whoever asks afterwards is answered by it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from mappa.access import giving, rights
from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require, standing
from mappa.access.labels import RecordLabel, label_of
from mappa.access.models import Share
from mappa.access.reading import Seen, load
from mappa.access.rights import Given
from mappa.access.terms import SUPERVISORS, Level, Section
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.offenders import queries as people
from mappa.offenders.handover.service import end_of, writing_for
from mappa.reminders import service as reminders
from mappa.sharing.shares import facts, queries, rules, telling
from mappa.sharing.shares.models import ShareDecision, ShareRecord
from mappa.sharing.shares.rules import Basis, MakeShare, Renew, Review

ENDING, REVIEW = "share-ending", "share-review"
"""The kinds of the two duties of every share, to the one who authorised it."""
MADE = "share:made"


def make(
    actor: Actor, person_id: UUID, command: MakeShare, *, now: datetime, request: UUID = NOBODY
) -> list[Share]:
    """Share sections, or one record, of a person with another agency. The receiver is told."""
    person = to_share(actor, person_id)
    rules.check(command, facts.facts(actor, person, command.agency_id, today=day_of(now)))
    return _give(actor, person, command, now, request=request)


def to_share(actor: Actor, person_id: UUID) -> Seen:
    """The person, for somebody who may share about them. Raises ``NotFound``, ``NotPermitted``."""
    standing(actor, person_id)
    require(actor, Action.SHARE_MAKE, Target(person=person_id, owner=actor.agency_id))
    return people.person(actor, person_id)


def _give(
    actor: Actor,
    person: Seen,
    command: MakeShare,
    now: datetime,
    *,
    request: UUID = NOBODY,
    renews: UUID = NOBODY,
) -> list[Share]:
    of = _label(actor, person.record, command)
    given = given_by(actor, command, now)
    made = []
    for section in dict.fromkeys(command.sections):
        share = rights.share(
            person.record, actor.agency_id, command.agency_id, section, command.level,
            person.sort_name, given, record=command.record_id,
        )  # fmt: skip
        kept = _keep(actor, person, share, command, of, now, request=request, renews=renews)
        made.append((share, kept))
    _tell(made[0][1], of, now)
    return [share for share, _ in made]


def given_by(actor: Actor, command: MakeShare, now: datetime) -> Given:
    """The right that the command gives: from now or its first day on, to the end of its last."""
    return Given(
        at=now,
        by=actor.user_id,
        reason=command.purpose,
        starts_at=max(now, end_of(command.starts_on - timedelta(days=1))),
        ends_at=end_of(command.ends_on),
    )


def _label(actor: Actor, person_id: UUID, command: MakeShare) -> RecordLabel | None:
    """The label of the one record that is shared. Raises ``NotFound`` unless it is the own."""
    if command.record_id == NOBODY:
        return None
    return queries.record_label(actor, person_id, command.sections[0], command.record_id)


def _keep(
    actor: Actor,
    person: Seen,
    share: Share,
    command: MakeShare,
    of: RecordLabel | None,
    now: datetime,
    *,
    request: UUID,
    renews: UUID,
) -> ShareRecord:
    kept = ShareRecord(
        id=share.id,
        person_id=person.record,
        owner_agency_id=actor.agency_id,
        section=share.section,
        handling_group_id=of.handling if of else NOBODY,
        authorised_by_id=actor.user_id,
        authorised_at=now,
        request_id=request,
        renews_id=renews,
        **columns_of(command),
    )
    db.session.add(kept)
    db.session.flush()
    _owe(actor, kept, person.jurisdiction, ENDING, command.ends_on, now)
    _owe(actor, kept, person.jurisdiction, REVIEW, command.review_on, now)
    log.record(
        actor, Operation.DISCLOSURE, MADE, _records(kept), at=now,
        fields=["section", "level", "starts_at", "ends_at"], basis=basis_of(command.basis),
        recipients=[command.agency_id],
    )  # fmt: skip
    return kept


def columns_of(command: MakeShare) -> dict[str, Any]:
    """What the command says, as columns."""
    basis = command.basis
    return {
        "to_agency_id": command.agency_id,
        "record_id": command.record_id,
        "level": command.level.value,
        "purpose": command.purpose,
        "statutes": "\n".join(basis.statutes),
        "other": basis.other,
        "regime": basis.regime,
        "condition": basis.condition,
        "why": command.why,
        "starts_on": command.starts_on,
        "ends_on": command.ends_on,
        "review_on": command.review_on,
    }


def basis_of(basis: Basis) -> str:
    """A lawful basis as the audit holds it: by ids."""
    parts = [*basis.statutes, basis.other, basis.regime, basis.condition]
    return "; ".join(each for each in parts if each)


def _records(kept: ShareRecord) -> list[UUID]:
    record = [] if kept.record_id == NOBODY else [kept.record_id]
    return [kept.person_id, kept.id, *record]


def _owe(
    actor: Actor, kept: ShareRecord, jurisdiction: str, kind: str, on: date, now: datetime
) -> None:
    reminders.open_deadline(
        kind, label_of(kept), kind=kind, starts_on=day_of(now), set_on=on,
        jurisdiction=jurisdiction, owner_user=actor.user_id, owner_agency=actor.agency_id, now=now,
    )  # fmt: skip


def _tell(kept: ShareRecord, of: RecordLabel | None, now: datetime) -> None:
    """Tell whoever works on the case for the receiver; its supervisors where nobody does."""
    for user in receivers(kept.person_id, kept.to_agency_id):
        reminders.tell(
            user, of or label_of(kept), event=MADE, text_key=kept.id.hex, now=now,
            about=kept.person_id, agency=kept.to_agency_id,
        )  # fmt: skip


def receivers(person_id: UUID, agency: UUID) -> Iterable[UUID]:
    """Who works on the case for an agency; its supervisors, or else all its staff."""
    named = [each.user_id for each in teams.workers_of(person_id) if each.agency_id == agency]
    if named:
        return dict.fromkeys(named)
    staff = agencies.staff_of([agency])
    above = [each.user_id for each in staff if each.role in SUPERVISORS]
    return dict.fromkeys(above or [each.user_id for each in staff])


# Afterwards


def _own(actor: Actor, share_id: UUID) -> ShareRecord:
    """The share, to be decided about by its owner. Raises ``NotFound`` for any other."""
    queries.own_share(actor, share_id)
    kept = load(actor, ShareRecord, share_id)
    target = Target(person=kept.person_id, owner=kept.owner_agency_id)
    require(actor, Action.SHARE_MAKE, target)
    return kept


def end(actor: Actor, share_id: UUID, reason: str, *, now: datetime) -> None:
    """End a share at once: the next request of the receiver is answered without it."""
    kept = _own(actor, share_id)
    rules.check_end(reason)
    standing_now = giving.standing_shares([share_id])
    rules.check_stands(bool(standing_now))
    rights.end(standing_now, at=now, by=actor.user_id, reason=reason)
    reminders.close_deadlines(kept.id, now)
    log.record(
        actor, Operation.ALTERATION, "share:ended", _records(kept), at=now,
        fields=["state", "ends_at"], recipients=[kept.to_agency_id],
    )  # fmt: skip
    lead = people.person(actor, kept.person_id).owner_agency_id
    with writing_for(actor, lead):
        telling.of_end(kept, lead, receivers(kept.person_id, kept.to_agency_id), now=now)


def let_end(actor: Actor, share_id: UUID, *, now: datetime) -> None:
    """Leave a share to end on its day; nobody is reminded of it any more."""
    kept = _own(actor, share_id)
    rules.check_stands(bool(giving.standing_shares([share_id])))
    kept.lets_end, kept.review_on = True, None
    _decide(actor, kept, "let-end", "", None, now)
    reminders.close_deadlines(kept.id, now)


def renew(actor: Actor, share_id: UUID, command: Renew, *, now: datetime) -> list[Share]:
    """Give a share again, from the day after it ends, or from today where it has ended."""
    kept, today = _own(actor, share_id), day_of(now)
    stands = bool(giving.standing_shares([share_id]))
    again = MakeShare(
        agency_id=kept.to_agency_id,
        sections=(Section(kept.section),),
        record_id=kept.record_id,
        level=Level(kept.level),
        purpose=kept.purpose,
        basis=facts.basis_of(kept),
        why=command.why,
        starts_on=max(today, kept.ends_on + timedelta(days=1)) if stands else today,
        ends_on=command.ends_on,
        review_on=command.review_on,
    )
    person = to_share(actor, kept.person_id)
    rules.check(again, facts.facts(actor, person, kept.to_agency_id, today=today))
    kept.lets_end, kept.review_on = True, None
    _decide(actor, kept, "let-end", command.why, None, now)
    reminders.close_deadlines(kept.id, now)
    return _give(actor, person, again, now, renews=kept.id)


def review(actor: Actor, share_id: UUID, command: Review, *, now: datetime) -> None:
    """Record that somebody looked whether a share is still needed, and when to look again."""
    kept = _own(actor, share_id)
    rules.check_stands(bool(giving.standing_shares([share_id])))
    rules.check_review(command, today=day_of(now), ends_on=kept.ends_on)
    kept.review_on = command.next_on
    _decide(actor, kept, "reviewed", command.found, command.next_on, now)
    reminders.close_deadlines(kept.id, now, kind=REVIEW)
    if command.next_on is not None:
        person = people.person(actor, kept.person_id)
        _owe(actor, kept, person.jurisdiction, REVIEW, command.next_on, now)


def _decide(
    actor: Actor, kept: ShareRecord, kind: str, found: str, next_on: date | None, now: datetime
) -> None:
    label = label_of(kept)
    db.session.add(
        ShareDecision(
            **label.columns(), kind=kind, found=found, next_on=next_on, by_id=actor.user_id, at=now
        )
    )
    db.session.flush()
    log.record(
        actor, Operation.ALTERATION, f"share:{kind}", _records(kept), at=now,
        fields=["review_on", "lets_end"],
    )  # fmt: skip
