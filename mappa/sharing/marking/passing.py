"""Who may owe the next look at a mark: a named reader who may mark the record."""

from collections.abc import Sequence

from mappa.access import restricting
from mappa.access.actor import Actor
from mappa.access.asking import decide_reading
from mappa.access.labels import RecordLabel, label_of
from mappa.access.terms import SUPERVISORS, Level, MarkKind, Role
from mappa.reminders.models import Deadline
from mappa.sharing.marking import queries
from mappa.sharing.marking.service import REVIEW
from mappa.sharing.passing import queries as passing
from mappa.sharing.passing.kinds import Passing


def _heirs(duty: Deadline) -> Sequence[Actor]:
    label = label_of(duty)
    return [each for each in queries.named(label) if queries.may_mark(each, label)]


def _others(duty: Deadline) -> Sequence[Actor]:
    """Of a sealed record those who are told that it is there; of a hidden one nobody is told."""
    mark, label = restricting.mark_of(duty.subject_id), label_of(duty)
    if mark is None or mark.kind is not MarkKind.SEALED:
        return []
    return [each for each in passing.above(duty) if _is_told(each, label)]


def _is_told(actor: Actor, label: RecordLabel) -> bool:
    target = queries.target_of(label)
    return decide_reading(actor, label.section, Level.SEALED, target).allowed


PASSING = Passing(
    kinds=(REVIEW,),
    roles=(*SUPERVISORS, Role.INFORMATION_OFFICER),
    heirs=_heirs,
    others=_others,
)
