"""What receivers are told of shares: which one is meant, and that one has ended.

A notice stands in the section that is shared, and is gone for whoever gets that section no more.
That a share ended is therefore told of the person's identity: for those who see the person still,
each time they ask, and without what was shared.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.labels import RecordLabel
from mappa.access.reading import Seen
from mappa.access.terms import Section
from mappa.agencies import queries as agencies
from mappa.reminders import service as reminders
from mappa.sharing import words
from mappa.sharing.shares import queries
from mappa.sharing.shares.models import ShareRecord
from mappa.web.words import day

OVER = "share:over"
_SAME_ACT = ("person_id", "owner_agency_id", "authorised_at")


def of_end(kept: ShareRecord, lead: UUID, users: Iterable[UUID], *, now: datetime) -> int:
    """Tell these users of the receiver that a share has ended, once; how many were told now.

    ``lead`` is the agency that owns the person's identity; who calls writes for it.
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
    ]  # fmt: skip
    return sum(told)


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
