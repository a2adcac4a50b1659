"""Merging two records, undoing it, and asking the co-ordinator for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access import guard, merged, mirroring
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require, standing
from mappa.access.labels import label_of
from mappa.access.mirroring import AlreadyOne, NotTheSurvivor, Said
from mappa.access.models import PersonMerge
from mappa.access.reading import load, scope
from mappa.access.terms import Level, Role, State
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel import uow
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted
from mappa.offenders import queries as people
from mappa.offenders.changes import record_change
from mappa.offenders.matching import service as matching
from mappa.offenders.merging import queries, rules
from mappa.offenders.merging.models import MergeRequest
from mappa.offenders.models import Person
from mappa.offenders.periods import label_of_person
from mappa.reminders import service as reminders

ASKED = "person:merge-asked"
"""The event of which the co-ordinators of the area are told."""

ASK_INSTEAD = (
    "Only somebody who sees all of both records can merge them. Ask the co-ordinator to look at it."
)


def the_two(actor: Actor, survivor: UUID, loser: UUID) -> tuple[UUID, UUID]:
    """The records that stand for the two today.

    Raises ``NotFound`` if the actor does not see both, ``RuleBroken`` if they are one already.
    """
    pair = merged.survivor_of(survivor), merged.survivor_of(loser)
    for each in pair:
        standing(actor, each)
    rules.check_two(same=pair[0] == pair[1])
    return pair


def check(actor: Actor, survivor: UUID, loser: UUID) -> None:
    """Raise ``NotPermitted`` or ``RuleBroken`` unless this actor can merge the two now."""
    if not queries.may_merge(actor, survivor, loser):
        raise NotPermitted("person:merge: does not see all of both", advice=ASK_INSTEAD)
    one, other = (people.person(actor, each) for each in (survivor, loser))
    rules.check_pair(queries.facts(one), queries.facts(other))


def merge(
    actor: Actor, survivor: UUID, loser: UUID, command: rules.MergeRecords, *, now: datetime
) -> PersonMerge:
    """Make two records one person: everything is shown together under the surviving one.

    Its name, category, level, lead and manager stand. Raises ``NotFound``, ``NotPermitted`` or
    ``RuleBroken``; then nothing is written.
    """
    survivor, loser = the_two(actor, survivor, loser)
    check(actor, survivor, loser)
    both = {each: load(actor, Person, each) for each in sorted((survivor, loser))}
    said = Said(at=now, by=actor.user_id, reason=command.reason)
    try:
        made = mirroring.merge(survivor, loser, both[survivor].sort_name, said)
    except (AlreadyOne, NotTheSurvivor):
        raise rules.moved() from None
    _tell_both(actor, made, both, "person:merged", command.reason, now)
    _answer_requests(actor, {survivor, loser}, now)
    matching.note_merged(actor, survivor, loser, now=now)
    log.record(
        actor, Operation.COMBINATION, "person:merged", [survivor, loser, made.id], at=now,
        basis=command.reason,
    )  # fmt: skip
    return made


_SAID = {
    "person:merged": ("Another record was merged into this one", "Merged into another record"),
    "person:parted": ("The merge of another record was undone", "The merge was undone"),
}


def _tell_both(
    actor: Actor, made: PersonMerge, both: dict[UUID, Person], kind: str, why: str, now: datetime
) -> None:
    """The history of each record says it, without a word of the other."""
    for person, after in zip((made.survivor_id, made.loser_id), _SAID[kind], strict=True):
        with _writing_for_the_lead(actor, both[person]):
            record_change(
                actor, label_of_person(both[person]), kind=kind, what="Record",
                after=after, why=why, now=now,
            )  # fmt: skip


@contextmanager
def _writing_for_the_lead(actor: Actor, person: Person) -> Iterator[None]:
    # The history of a person's own facts belongs to the lead, whoever merged the records.
    guard.writes_as(person.owner_agency_id)
    try:
        yield
    finally:
        guard.writes_as(actor.agency_id)


def standing_merge(actor: Actor, person: UUID, merge_id: UUID) -> PersonMerge:
    """A merge of this person that stands and that the actor may undo.

    Raises ``NotFound`` for a merge of others, ``NotPermitted``, ``RuleBroken`` if it was undone.
    """
    top = merged.survivor_of(person)
    standing(actor, top)
    found = next((each for each in merged.merges_of(top) if each.id == merge_id), None)
    if found is None:
        raise NotFound
    standing(actor, found.loser_id)
    rules.check_stands(stands=found.state == State.LIVE)
    if not queries.may_merge(actor, top):
        raise NotPermitted("person:merge: does not see all of it", advice=ASK_INSTEAD)
    return found


def undo(
    actor: Actor, person: UUID, merge_id: UUID, command: rules.UndoMerge, *, now: datetime
) -> PersonMerge:
    """Part two records again, each as it was; what was written since stays where it was written.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    made = standing_merge(actor, person, merge_id)
    pair = sorted((made.survivor_id, made.loser_id))
    both = {each: load(actor, Person, each) for each in pair}
    try:
        mirroring.undo(made, Said(at=now, by=actor.user_id, reason=command.reason))
    except AlreadyOne:
        raise rules.moved() from None
    _tell_both(actor, made, both, "person:parted", command.reason, now)
    log.record(
        actor, Operation.COMBINATION, "person:parted",
        [made.survivor_id, made.loser_id, made.id], at=now, basis=command.reason,
    )  # fmt: skip
    return made


# Asking the co-ordinator


def ask(
    actor: Actor, survivor: UUID, loser: UUID, command: rules.AskToMerge, *, now: datetime
) -> MergeRequest:
    """Ask the co-ordinator of the person's area to merge two records.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    survivor, loser = the_two(actor, survivor, loser)
    for each in (survivor, loser):
        require(actor, Action.PERSON_MERGE_ASK, Target(person=each))
    one, other = (queries.facts(people.person(actor, each)) for each in (survivor, loser))
    rules.check_pair(one, other)
    shared = one.areas & other.areas
    made = MergeRequest(
        person_id=survivor,
        owner_agency_id=actor.agency_id,
        other_id=loser,
        area_id=actor.area_id if actor.area_id in shared else min(shared),
        reason=command.reason,
        asked_by_id=actor.user_id,
        asked_at=now,
        state="open",
        decision="",
    )
    db.session.add(made)
    db.session.flush()
    _tell_coordinators(made, now)
    log.record(
        actor, Operation.COLLECTION, ASKED, [survivor, loser, made.id], at=now,
        basis=command.reason,
    )  # fmt: skip
    return made


def _tell_coordinators(made: MergeRequest, now: datetime) -> None:
    staff = agencies.staff_of([each.id for each in agencies.agencies_in(made.area_id)])
    for each in staff:
        if each.role is Role.COORDINATOR:
            reminders.tell(
                each.user_id, label_of(made), event=ASKED, text_key="", now=now,
                agency=each.agency_id,
            )  # fmt: skip


def decline(
    actor: Actor, request_id: UUID, command: rules.DeclineRequest, *, now: datetime
) -> MergeRequest:
    """Answer a request with no. Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``."""
    require(actor, Action.MERGE_REQUESTS)
    seen = queries.request(actor, request_id)
    rules.check_open(seen.state)
    found = load(actor, MergeRequest, request_id)
    _answer(found, actor, "declined", command.decision, now)
    log.record(
        actor, Operation.ALTERATION, "person:merge-declined",
        [found.person_id, found.other_id, found.id], at=now, fields=["state", "decision"],
    )  # fmt: skip
    return found


def _answer(found: MergeRequest, actor: Actor, state: str, decision: str, now: datetime) -> None:
    found.state, found.decision = state, decision
    found.decided_by_id, found.decided_at = actor.user_id, now
    db.session.flush()


def _answer_requests(actor: Actor, pair: set[UUID], now: datetime) -> None:
    """Requests for what has just been done are answered by it."""
    table = MergeRequest.__table__
    statement = sa.select(MergeRequest).where(
        table.c.person_id.in_(pair),
        table.c.other_id.in_(pair),
        table.c.state == "open",
        scope(MergeRequest, need=Level.FULL),
    )
    for found in db.session.scalars(statement, actor.binds(uow.current().at)).all():
        _answer(found, actor, "merged", "The records were merged.", now)
