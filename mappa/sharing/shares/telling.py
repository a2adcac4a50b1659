"""What receivers are told of shares: which one is meant, and that one has ended.

A notice stands in the section that is shared, and is gone for whoever gets that section no more.
That a share ended is therefore told of the person's identity: for those who see the person still,
each time they ask, and without what was shared. Whom the end left without the person is told that
as well, of nobody by name (docs/decisions/0020).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from mappa.access import rights
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide_reading
from mappa.access.labels import RecordLabel
from mappa.access.reading import Seen
from mappa.access.rights import Given
from mappa.access.terms import Audience, Level, Reader, Role, Section
from mappa.agencies import queries as agencies
from mappa.reminders import service as reminders
from mappa.reminders.models import SIGHT_LOST, Notice
from mappa.sharing import words
from mappa.sharing.shares import queries
from mappa.sharing.shares.models import ShareRecord
from mappa.web.words import day

OVER = "share:over"
_SAME_ACT = ("person_id", "owner_agency_id", "authorised_at")


def of_end(kept: ShareRecord, lead: UUID, users: Iterable[UUID], *, now: datetime) -> int:
    """Tell these users of the receiver that a share has ended, once; how many were told now.

    ``lead`` is the agency that owns the person's identity; who calls writes for it. Whom nothing
    leads to the person any more is left to ``of_sight_lost``.
    """
    label = RecordLabel(
        person=kept.person_id, owner=lead, section=Section.IDENTITY, record=kept.person_id
    )
    told = [
        reminders.tell(
            user, label, event=OVER, text_key=kept.id.hex, now=now, about=kept.person_id,
            agency=kept.to_agency_id,
        )
        for user in users
        if not _lost_sight(kept, lead, user)
    ]  # fmt: skip
    return sum(told)


def of_sight_lost(kept: ShareRecord, lead: UUID, begun: Iterable[Notice], *, now: datetime) -> int:
    """Tell once whoever was told of a share and does not see the person any more; how many now.

    ``begun`` are the notices that told them. Nobody is told who is kept out, or from whom the
    person is hidden: they lost sight by that, of which nobody is told.
    """
    told = 0
    for notice in begun:
        if not _lost_sight(kept, lead, notice.user_id):
            continue
        label = RecordLabel(
            person=kept.person_id, owner=kept.owner_agency_id, section=Section.SHARING,
            record=notice.id, audience=Audience.NAMED.value,
        )  # fmt: skip
        new = reminders.tell(
            notice.user_id, label, event=SIGHT_LOST, text_key="", now=now, agency=kept.to_agency_id
        )
        if new:
            given = Given(at=now, reason="a share has ended")
            rights.name_reader(
                notice.id, Reader.USER, kept.to_agency_id, given, user=notice.user_id
            )
        told += new
    return told


def _lost_sight(kept: ShareRecord, lead: UUID, user: UUID) -> bool:
    """Whether nothing opens the person to a user of the receiver, and nothing takes it away."""
    reader = agencies.acting_as(user, kept.to_agency_id, tuple(Role))
    if reader is None:
        return False
    target = Target(person=kept.person_id, owner=lead, record=kept.person_id)
    return decide_reading(reader, Section.IDENTITY, Level.SUM, target).reasons == ("no_line",)


def from_whom(_actor: Actor, told: Sequence[Seen]) -> Mapping[UUID, str]:
    """Whose share ended, and the day on which that was told."""
    return {
        each.id: f"{agencies.agency(each.owner_agency_id).name}, {day(each.at)}." for each in told
    }


def which(actor: Actor, told: Sequence[Seen]) -> Mapping[UUID, str]:
    """Which share each of these notices tells of: from whom, of which sections, and the day.

    From what the reader sees of the shares now; of one that is not seen, what the notice says.
    """
    shares = {each.id: each for each in queries.received(actor, {each.person_id for each in told})}
    return {each.id: _which(each, shares) for each in told}


def _which(notice: Seen, shares: Mapping[UUID, Seen]) -> str:
    first = shares.get(notice.subject_id)
    if first is None:
        owner, named = agencies.agency(notice.owner_agency_id).name, [notice.section]
    else:
        owner = first.owner_name
        named = [each.section for each in shares.values() if _of_one_act(each, first)]
    said = ", ".join(words.IN_SENTENCE[section] for section in Section if section.value in named)
    return f"{owner}, {day(notice.at)}: {said}."


def _of_one_act(one: Seen, other: Seen) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SAME_ACT)
