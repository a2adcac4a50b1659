"""Giving duties of sharing to somebody who may do them, and telling of those that nobody may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Flask

from mappa.access.actor import Actor
from mappa.access.labels import label_of
from mappa.access.queries import team_of
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.db import NOBODY
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.periods import label_of_person
from mappa.reminders import service as reminders
from mappa.reminders.models import Deadline
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.reminders.service import Owes
from mappa.sharing.passing import queries
from mappa.sharing.passing.kinds import Passing, registered

PASSED, NOBODY_TAKES = "sharing:passed-on", "sharing:nobody-takes"

WORDINGS |= {
    PASSED: Wording(
        "Somebody who owed this cannot do it any more. It is on your work list now.",
        "insight.work", "", "Open the work list",
    ),
    NOBODY_TAKES: Wording(
        "Somebody who answered for sharing about this person cannot do it any more, and nobody of "
        "the agency may take it over. Have an information officer posted.",
        "insight.overview", "person_id", "Open the record",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Passed:
    """What a run did: duties that passed on, and owners whose duties nobody takes."""

    passed: int
    orphaned: int


def pass_on(app: Flask) -> Passed:
    """Pass on what its owner cannot do any more; the day stays. It may run twice.

    What nobody may take stays where it is, and the agency's leads are told once for each owner
    (or whom the kind names); it passes at the first run after somebody is posted.
    """
    with app.app_context(), unit_of_work(Kind.WRITE, system="sharing duties") as unit:
        passed, orphaned = 0, 0
        for what in registered():
            left: dict[tuple[UUID, UUID], Deadline] = {}
            for duty in queries.to_look_at(what):
                heirs = what.heirs(duty)
                if not heirs:
                    left.setdefault((duty.owner_user_id, duty.owed_by_agency_id), duty)
                elif what.passes and not _is_one_of(duty, heirs):
                    _pass(what, duty, heirs[0], unit.at)
                    passed += 1
            for duty in left.values():
                _tell_others(what, duty, unit.at)
            orphaned += len(left)
        return Passed(passed, orphaned)


def _is_one_of(duty: Deadline, heirs: Sequence[Actor]) -> bool:
    owner = (duty.owner_user_id, duty.owed_by_agency_id)
    return owner in {(each.user_id, each.agency_id) for each in heirs}


def _pass(what: Passing, duty: Deadline, heir: Actor, now: datetime) -> None:
    label, records = label_of(duty), [duty.person_id, duty.id, duty.owner_user_id, heir.user_id]
    what.give(duty, heir, now)
    team = heir.team_id if heir.team_id != NOBODY else team_of(heir.user_id, heir.agency_id)
    to = Owes(user=heir.user_id, team=team or NOBODY, agency=heir.agency_id)
    reminders.pass_duties([duty.id], to, now)
    reminders.tell(
        heir.user_id, label, event=PASSED, text_key=duty.id.hex, now=now, about=duty.id,
        agency=heir.agency_id, duty=duty.id,
    )  # fmt: skip
    log.record(None, Operation.ADMINISTRATION, PASSED, records, at=now, fields=["owner_user_id"])


def _tell_others(what: Passing, duty: Deadline, now: datetime) -> None:
    """Say that nobody takes it, without saying what it is."""
    label = label_of_person(queries.person_of(duty))
    for each in (what.others or queries.above)(duty):
        reminders.tell(
            each.user_id, label, event=NOBODY_TAKES, text_key=duty.owner_user_id.hex, now=now,
            agency=each.agency_id,
        )  # fmt: skip
