"""Opening a record in an emergency, ending it, and judging a use.

Each raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written. Whether the
password was typed again is for the view to have asked.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from uuid import UUID

from mappa.access import queries as running
from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide_reading, require, standing
from mappa.access.labels import label_of
from mappa.access.reading import load
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, Role, Section
from mappa.agencies.leaving import Left
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound
from mappa.offenders.handover.service import writing_for
from mappa.reminders import service as reminders
from mappa.sharing.emergency import queries, rules
from mappa.sharing.emergency.finding import Found
from mappa.sharing.emergency.models import EmergencyLookup, EmergencyUse
from mappa.sharing.emergency.rules import Judge, Open, UseState

OPENED, ENDED, RAN_OUT = rules.OPENED, "emergency:ended", "emergency:ran-out"
JUDGED, LOOKED_UP = rules.JUDGED, "emergency:looked-up"
TOLD = {state: f"{JUDGED}:{state.value}" for state in UseState}
"""How the user is told what a use was judged to be."""
REVIEW = "emergency-review"
"""The kind of the duty that every use is to the one who judges it; its rule has the same name."""

_TOLD_ONLY = (Section.INTELLIGENCE, Section.VICTIMS, Section.HEALTH)
"""Of these emergency access tells at most that something is held, whatever the grid says."""


class Outcome(Enum):
    """What came of a look-up: that no record was opened never says why."""

    OPENED = "opened"
    NOTHING = "nothing"
    TOO_OFTEN = "too often"


def open_record(actor: Actor, command: Open, found: Found, *, now: datetime) -> Outcome:
    """Open the record of the one who was found, tell who judges it, and put it on record.

    Nobody found, somebody kept from the user, and somebody open already are all ``NOTHING``.
    """
    require(actor, Action.EMERGENCY_OPEN)
    often = rules.is_too_often(queries.lookups_since(actor.user_id, now - rules.RATE))
    opens = _opens(actor, found, now) and not often
    lookup = EmergencyLookup(
        id=new_id(), user_id=actor.user_id, agency_id=actor.agency_id, at=now, opened=opens
    )
    db.session.add(lookup)
    db.session.flush()
    log.record(
        actor, Operation.CONSULTATION, LOOKED_UP, [lookup.id], at=now, basis=command.reason,
        outcome="done" if opens else "refused",
    )  # fmt: skip
    if opens:
        _open(actor, command, found, now)
        return Outcome.OPENED
    return Outcome.TOO_OFTEN if often else Outcome.NOTHING


def _opens(actor: Actor, found: Found, now: datetime) -> bool:
    """Whether nothing keeps the user out, and it gives more than the user has. Always all asked."""
    target = Target(person=found.person, record=found.person)
    said = decide_reading(actor, Section.IDENTITY, Level.SUM, target)
    try:
        has = standing(actor, found.person).levels
    except NotFound:
        has = dict.fromkeys(Section, Level.NONE)
    gives = _given(found.area, now)
    kept_out = not said.allowed and said.reasons != ("no_line",)
    more = any(has[section] < level for section, level in gives.items())
    return found.person != NOBODY and not kept_out and more


def _given(area: str, now: datetime) -> dict[Section, Level]:
    """What emergency access gives under an area's agreement; nothing if it shows nobody."""
    cells = rights.cells_of(area, now)
    gives = {
        section: min(level, Level.SEALED) if section in _TOLD_ONLY else level
        for (capacity, section), level in cells.items()
        if capacity is Capacity.RESPONSIBLE
    }
    return gives if gives.get(Section.IDENTITY, Level.NONE) >= Level.SUM else {}


def _open(actor: Actor, command: Open, found: Found, now: datetime) -> None:
    until = rules.ends_at(now, running.posting_ends_at(actor.posting_id))
    given = Given(at=now, by=actor.user_id, reason=command.reason, ends_at=until)
    right = rights.open_emergency(
        actor.user_id, actor.agency_id, found.person, found.area, found.sort_name, given
    )
    made = EmergencyUse(
        id=right.id,
        person_id=found.person,
        owner_agency_id=found.owner,
        user_id=actor.user_id,
        user_agency_id=actor.agency_id,
        user_team_id=actor.team_id,
        opened_at=now,
        until_at=until,
        reason=command.reason,
        what=command.what,
        uses_by_user=found.uses_by_user,
        uses_of_person=found.uses_of_person,
        empty_lookups=found.empty_lookups,
        last_not_justified=found.last_not_justified,
        state=UseState.OPEN.value,
    )
    with writing_for(actor, found.owner):
        db.session.add(made)
        db.session.flush()
        have_it_judged(made, queries.reviewers(made), found.jurisdiction, now)
    log.record(
        actor, Operation.DISCLOSURE, OPENED, [found.person, right.id], at=now,
        basis=command.reason, recipients=[actor.agency_id],
    )  # fmt: skip


def have_it_judged(
    made: EmergencyUse, who: Sequence[Actor], jurisdiction: str, now: datetime
) -> None:
    """All who may judge are told at once, in this transaction; the first of them owes it.

    Where nobody may, the use waits in the queue of whoever is posted next. Whoever has heard of it
    before is not told again.
    """
    label = label_of(made)
    for each in who[:1]:
        reminders.close_deadlines(made.id, now, kind=REVIEW)
        reminders.open_deadline(
            REVIEW, label, kind=REVIEW, starts_on=day_of(made.opened_at),
            jurisdiction=jurisdiction, owner_user=each.user_id, owner_agency=each.agency_id,
            now=now,
        )  # fmt: skip
    for each in who:
        reminders.tell(
            each.user_id, label, event=OPENED, text_key=made.id.hex, now=now, about=made.id,
            agency=each.agency_id,
        )  # fmt: skip


# Ending


def end_now(actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """End one's own access to a person at once. Raises ``NotFound`` without one that runs."""
    require(actor, Action.EMERGENCY_END)
    mine = running.emergencies_of(actor.user_id, person_id, to_end=True)
    if not mine:
        raise NotFound
    rights.end(mine, at=now, by=actor.user_id, reason="ended by the user")
    for each in mine:
        log.record(actor, Operation.ADMINISTRATION, ENDED, [each.person_id, each.id], at=now)


def end_with_posting(left: Left, now: datetime) -> None:
    """Whoever leaves the post of a duty officer has no emergency access any more."""
    if left.role is not Role.DUTY_OFFICER:
        return
    theirs = running.emergencies_of(left.user_id, to_end=True)
    rights.end(theirs, at=now, by=left.by_id, reason="the posting ended")
    for each in theirs:
        log.record(
            None, Operation.ADMINISTRATION, ENDED, [each.person_id, each.id], at=now,
            basis="the posting ended", actor_id=left.by_id,
        )  # fmt: skip


# Judging


def judge(actor: Actor, use_id: UUID, command: Judge, *, now: datetime) -> None:
    """Say whether a use was justified: once, by a second person."""
    found = load(actor, EmergencyUse, use_id)
    target = Target(person=found.person_id, owner=found.owner_agency_id, record=found.id)
    # Who may read the record but does not judge is told as little as the page tells: not found.
    if found.user_id == actor.user_id or not queries.judges(actor, found):
        raise NotFound
    require(actor, Action.EMERGENCY_REVIEW, target)
    rules.check_open(UseState(found.state))
    rules.check_judge(command)
    state = UseState.JUSTIFIED if command.justified else UseState.NOT_JUSTIFIED
    found.state, found.why, found.follows = state.value, command.why, command.follows
    found.judged_by_id, found.judged_at = actor.user_id, now
    db.session.flush()
    reminders.close_deadlines(found.id, now, kind=REVIEW)
    log.record(
        actor, Operation.ALTERATION, JUDGED, [found.person_id, found.id], at=now,
        fields=["state", "why", "follows"], basis=state.value,
    )  # fmt: skip
    with writing_for(actor, found.owner_agency_id):
        reminders.tell(
            found.user_id, label_of(found), event=TOLD[state], text_key=found.id.hex, now=now,
            about=found.person_id, agency=found.user_agency_id,
        )  # fmt: skip
