"""Sealing and hiding a record, looking at a mark again, and asking a second person to take it off.

From the commit on nobody reads the record but those who are named with the mark. Each raises
``NotFound``, ``FieldErrors`` or ``RuleBroken``; then nothing is written.
"""

from datetime import date, datetime
from uuid import UUID

from mappa.access import restricting, rights
from mappa.access.actor import Actor
from mappa.access.labels import protected_tables
from mappa.access.models import Mark
from mappa.access.reading import load
from mappa.access.rights import Given
from mappa.access.terms import Audience, MarkKind, Reader
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of, start_of
from mappa.kernel.errors import RuleBroken
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.sharing.approvals import service as approvals
from mappa.sharing.approvals.service import About
from mappa.sharing.marking import queries, rules
from mappa.sharing.marking.queries import Found
from mappa.sharing.marking.rules import Keep, SetMark

SET, KEPT, ENDED = "mark:set", "mark:kept", "mark:ended"
REVIEW = "mark-review"
"""The kind of the duty, and its rule."""
UNSEAL = "unseal"
"""The kind of the question to a second person."""


def set_mark(
    actor: Actor, person_id: UUID, record_id: UUID, command: SetMark, *, now: datetime
) -> Mark:
    """Seal or hide a record, and name who still reads it. Its other readers lose it at once."""
    found = queries.find(actor, person_id, record_id)
    row = load(actor, protected_tables()[found.kind.table], record_id)
    named_only = bool(row.audience == Audience.NAMED.value)  # type: ignore[attr-defined]
    rules.check_unmarked(marked=found.mark is not None, named_only=named_only)
    rules.check_review(command.review_on, today=day_of(now))
    others = queries.colleagues(actor, found.label)
    rules.check_readers(
        command.readers,
        offered=[each.actor.user_id for each in others],
        unsealing=[each.actor.user_id for each in others if each.unseals],
    )
    given = Given(at=now, by=actor.user_id, reason=command.reason)
    _name_readers(actor, record_id, command, given)
    made = rights.mark(record_id, command.kind, start_of(command.review_on), given)
    _owe_review(actor, person_id, found, command.review_on, now)
    _record(actor, SET, found, made.id, now, basis=command.kind.value)
    return made


def _name_readers(actor: Actor, record_id: UUID, command: SetMark, given: Given) -> None:
    """The readers are those of this step and nobody from before."""
    before = restricting.readers_to_end(record_id)
    rights.end(before, at=given.at, by=given.by, reason="marked")
    for user in dict.fromkeys((actor.user_id, *command.readers)):
        rights.name_reader(record_id, Reader.USER, actor.agency_id, given, user=user)


def _owe_review(actor: Actor, person_id: UUID, found: Found, on: date, now: datetime) -> None:
    reminders.open_deadline(
        REVIEW, found.label, kind=REVIEW, starts_on=day_of(now), set_on=on,
        jurisdiction=people.person(actor, person_id).jurisdiction, owner_user=actor.user_id,
        owner_team=actor.team_id, owner_agency=actor.agency_id, now=now,
    )  # fmt: skip


def keep(actor: Actor, person_id: UUID, record_id: UUID, command: Keep, *, now: datetime) -> None:
    """Let a mark stand that was looked at, until the day of the next look."""
    found = queries.find(actor, person_id, record_id)
    if found.mark is None:
        raise RuleBroken("MARK-GONE", "It is not marked any more")
    rules.check_review(command.review_on, today=day_of(now))
    standing = restricting.marks_to_end(record_id)
    given = Given(at=now, by=actor.user_id, reason=found.mark.reason)
    rights.end(standing, at=now, by=actor.user_id, reason=command.found)
    made = rights.mark(record_id, found.mark.kind, start_of(command.review_on), given)
    reminders.close_deadlines(record_id, now, kind=REVIEW)
    _owe_review(actor, person_id, found, command.review_on, now)
    _record(actor, KEPT, found, made.id, now)


def ask_to_unseal(
    actor: Actor, person_id: UUID, record_id: UUID, why: str, *, now: datetime
) -> UUID:
    """Ask another of the named readers to take the mark off; the id of the question."""
    found = queries.find(actor, person_id, record_id)
    if found.mark is None:
        raise RuleBroken("MARK-GONE", "It is not marked any more")
    payload = {"person": person_id.hex, "record": record_id.hex, "kind": found.mark.kind.value}
    jurisdiction = people.person(actor, person_id).jurisdiction
    about = About(label=found.label, jurisdiction=jurisdiction)
    return approvals.ask(actor, UNSEAL, payload, why, now, about=about)


def unseal(
    actor: Actor, person_id: UUID, record_id: UUID, kind: MarkKind, why: str, *, now: datetime
) -> None:
    """Take the mark off: the agreement opens the record again. Two people have agreed."""
    found = queries.find(actor, person_id, record_id)
    if found.mark is None or found.mark.kind is not kind:
        raise RuleBroken("MARK-GONE", "It is not marked so any more. Decline this")
    standing = restricting.marks_to_end(record_id)
    named = restricting.readers_to_end(record_id)
    _record(actor, ENDED, found, found.mark.id, now)
    reminders.close_deadlines(record_id, now, kind=REVIEW)
    rights.end([*standing, *named], at=now, by=actor.user_id, reason=why)


def _record(
    actor: Actor, event: str, found: Found, right: UUID, now: datetime, *, basis: str = ""
) -> None:
    log.record(
        actor, Operation.ALTERATION, event, [found.label.person, found.label.record, right],
        at=now, fields=["marking", "named_readers"], basis=basis,
    )  # fmt: skip
