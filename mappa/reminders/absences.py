"""Letting a date follow the days that its count leaves out."""

from datetime import datetime

from mappa.access.guard import add_many
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.reminders import closing
from mappa.reminders.models import Deadline, Event, Notice
from mappa.reminders.service import Duty
from mappa.rules.deadlines import StandsStill


def count_anew(duty: Duty, *, because: str, now: datetime) -> bool:
    """Let a duty stand as it is counted now, with its absences; whether its day moved.

    The day before stays, and ``because``, a clause that whoever sees the duty reads; the owner is
    told. In an absence that has not ended there is no day, and what stands is closed. Raises what
    ``reckon`` raises else; nothing is written then.
    """
    try:
        wanted = Deadline(**duty.columns(now))
    except StandsStill:
        wanted = None
    about, agency = duty.about or duty.label.record, duty.owner_agency
    standing = closing.standing_on(about, duty.kind, agency)
    if standing is not None and wanted is not None and closing.alike(standing, wanted):
        return False
    if standing is not None:
        closing.close_one(standing.id, now)
    if wanted is None:
        return standing is not None
    moved = standing is not None and standing.due_on != wanted.due_on
    wanted.id = new_id()
    if standing is not None and moved:
        wanted.moved_from, wanted.moved_because = standing.due_on, because
    db.session.add(wanted)
    db.session.flush()
    if moved:
        add_many(Notice, [_told(duty, wanted, now)])
    return moved


def _told(duty: Duty, moved: Deadline, now: datetime) -> dict[str, object]:
    return {
        **duty.label.columns(),
        "user_id": moved.owner_user_id,
        "event": Event.MOVED.value,
        "key": moved.id.hex,
        "about_id": moved.about_id,
        "duty_id": moved.id,
        "agency_id": moved.owed_by_agency_id,
        "at": now,
    }
