"""Letting the police visit commitment follow: visits stop while it stands, and come back after.

What was owed is closed, and what the commitment was stays as a row; both are brought back as they
were, counted from the last visit at which the person was seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mappa.access import queries as posts
from mappa.access import rights
from mappa.access.labels import RecordLabel, label_of
from mappa.access.rights import Given, Named
from mappa.access.terms import Reader, Section
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.reminders import closing
from mappa.reminders import service as reminders
from mappa.reminders.models import Deadline
from mappa.reminders.service import Duty
from mappa.visits.commitment import rules as commitment
from mappa.visits.commitment.models import VisitCommitment
from mappa.visits.commitment.queries import KINDS, NEXT_UNANNOUNCED, NEXT_VISIT
from mappa.visits.commitment.rules import Basis, Manner
from mappa.visits.reactive.models import ReactiveManagement
from mappa.visits.service import owe_unannounced

KEPT = (
    "every", "basis", "plan_number", "unannounced", "times", "manner", "agencies", "devices",
    "reason",
)  # fmt: skip
"""What a commitment says, to be said again."""
STOPPED = "Under reactive management nobody visits as a matter of routine"
AGAIN = "Stands again after reactive management."
DEFAULT = "Reactive management ended: the default holds again."


def stop(reactive: ReactiveManagement, now: datetime) -> None:
    """Let no routine visit be owed by the agency, from the moment of the decision."""
    _add(reactive, _nothing(STOPPED), reactive.decided_by_id, now, under=reactive.id)
    for each in closing.standing_of(reactive.person_id, KINDS, reactive.owner_agency_id):
        closing.close_one(each.id, now)
    reminders.close_for_person(reactive.person_id, commitment.KIND, now, reactive.owner_agency_id)


@dataclass(frozen=True, kw_only=True)
class Back:
    """What the visits go by once it has ended.

    ``before`` is what the commitment said, empty if none was set; ``last`` is when the agency last
    saw the person, by kind of visit.
    """

    before: Mapping[str, Any]
    last: Mapping[str, date | None]
    band: str | None
    jurisdiction: str

    @property
    def intervals(self) -> dict[str, str]:
        """By kind of visit; empty if none was set."""
        if not self.before.get("every"):
            return {}
        unannounced = self.before["unannounced"]
        more = {NEXT_UNANNOUNCED: unannounced} if unannounced else {}
        return {NEXT_VISIT: self.before["every"]} | more


def begin_again(reactive: ReactiveManagement, back: Back, now: datetime) -> None:
    """Let the commitment stand as it was, or the default hold; what is due is owed at once."""
    assert reactive.decided_at is not None
    if back.intervals:
        said = {name: back.before[name] for name in KEPT}
        said["reason"] = f"{AGAIN} {said['reason']}".strip()
    else:
        said = _nothing(DEFAULT)
    made = _add(reactive, said, reactive.ended_by_id, now)
    stood = {
        each.kind: each
        for each in closing.closed_together(
            reactive.person_id, KINDS, reactive.owner_agency_id, reactive.decided_at
        )
    }
    seen = {kind for kind in KINDS if back.last.get(kind)}
    kinds = back.intervals or dict.fromkeys({NEXT_VISIT, *stood, *seen}, "")
    duties = [
        _duty(reactive, kind, stood.get(kind), label_of(made), back, now)
        for kind in KINDS
        if kind == NEXT_VISIT or (kind in kinds and kind in {*stood, *seen})
    ]
    reminders.renew_deadlines(reactive.person_id, duties, now)


def _duty(
    reactive: ReactiveManagement,
    kind: str,
    stood: Deadline | None,
    label: RecordLabel,
    back: Back,
    now: datetime,
) -> Duty:
    """The next visit of a kind, owed by who owed it before, or else by who answers for it."""
    began = stood.starts_on if stood else None
    days = [each for each in (began, back.last.get(kind)) if each is not None]
    starts_on = max(days, default=day_of(now))
    owner = _owner(reactive, stood)
    if stood:
        label = _label(stood)
    elif kind == NEXT_UNANNOUNCED:
        label = _of_unannounced(label, starts_on, owner, now)
    return Duty(
        rule=commitment.band_rule(kind, back.band),
        interval=back.intervals.get(kind, ""),
        label=label,
        kind=kind,
        starts_on=starts_on,
        jurisdiction=back.jurisdiction,
        owner_user=owner,
        owner_agency=reactive.owner_agency_id,
        about=reactive.person_id,
    )


def _of_unannounced(like: RecordLabel, since_on: date, owner: UUID, now: datetime) -> RecordLabel:
    """One that was first made under reactive management: for who owes the next, and supervisors."""
    label = owe_unannounced(like, since_on)
    team = posts.team_of(owner, label.owner) or NOBODY
    readers = [
        Named(kind=Reader.USER, agency=label.owner, user=owner),
        Named(kind=Reader.TEAM_SUPERVISORS, agency=label.owner, team=team),
    ]
    given = Given(at=now, reason="unannounced visit")
    rights.name_readers_of_new(label.record, readers, given)
    return label


def _owner(reactive: ReactiveManagement, stood: Deadline | None) -> UUID:
    agency = reactive.owner_agency_id
    before = [stood.owner_user_id] if stood else []
    known: Sequence[UUID] = (*before, reactive.proposed_by_id, reactive.decided_by_id)
    return next((each for each in known if posts.is_posted(each, agency)), known[0])


def _label(stood: Deadline) -> RecordLabel:
    return RecordLabel(
        person=stood.person_id,
        owner=stood.owner_agency_id,
        section=Section(stood.section),
        record=stood.subject_id,
        audience=stood.audience,
        handling=stood.handling_group_id,
        meeting=stood.meeting_id,
    )


def _nothing(reason: str) -> dict[str, Any]:
    return {
        "every": "",
        "basis": Basis.SUPERVISOR.value,
        "manner": Manner.SINGLE.value,
        "reason": reason,
    }


def _add(
    reactive: ReactiveManagement,
    said: Mapping[str, Any],
    by: UUID,
    now: datetime,
    under: UUID | None = None,
) -> VisitCommitment:
    made = VisitCommitment(
        person_id=reactive.person_id,
        owner_agency_id=reactive.owner_agency_id,
        set_on=day_of(now),
        set_at=now,
        set_by_id=by,
        reactive_id=under,
        **said,
    )
    db.session.add(made)
    db.session.flush()
    return made
