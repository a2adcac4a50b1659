"""Writing in an open meeting: confidentiality, who is here, what is said, closed items."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.labels import RecordLabel, label_of
from mappa.access.reading import load
from mappa.access.rights import Given
from mappa.access.terms import Audience, Reader
from mappa.audit.log import Operation
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound
from mappa.meetings import queries
from mappa.meetings.models import Attendance, ClosedItem, Meeting, MeetingEntry
from mappa.meetings.rules import ITEM_KEYS, Presence
from mappa.meetings.service.standing import running, wrote


@dataclass(frozen=True, kw_only=True)
class AddLine:
    """A line under an item, by somebody on the attendance list (None: by who writes it).

    With ``finish`` the item is done afterwards; the line may then be empty.
    """

    text: str
    said_by: UUID | None = None
    finish: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AddClosedItem:
    """Whose item it is, and which other agencies may hear it."""

    agency: UUID
    heard_by: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class RecordAttendance:
    """A member of staff, or a typed name with an agency; and how they take part."""

    user: UUID | None
    name: str
    agency: UUID | None
    presence: Presence
    agreed: bool | None


@dataclass(frozen=True, kw_only=True)
class ChangeAttendance:
    """How somebody takes part after all."""

    presence: Presence
    agreed: bool | None


def read_confidentiality(actor: Actor, meeting_id: UUID, *, now: datetime) -> Meeting:
    """Record that the statement of confidentiality was read; the first time counts.

    A chair who reads it agrees to it.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``.
    """
    meeting = running(actor, meeting_id)
    if meeting.confidentiality_read_at is None:
        meeting.confidentiality_read_at = now
        _finish(meeting, "confidentiality")
        _reader_agrees(actor, meeting, now)
        wrote(
            actor, meeting, "meeting:confidentiality-read", now=now,
            fields=["confidentiality_read_at"],
        )  # fmt: skip
    return meeting


def _reader_agrees(actor: Actor, meeting: Meeting, now: datetime) -> None:
    for each in queries.attendance(actor, meeting):
        if each.user_id == actor.user_id and each.presence == Presence.PRESENT:
            _attending(actor, meeting, each.id).agreed_at = now


def add_line(
    actor: Actor, meeting_id: UUID, item: str, command: AddLine, *, now: datetime
) -> MeetingEntry | None:
    """Add a line under an item that everybody hears; None if the item was only finished.

    Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then nothing is
    written.
    """
    meeting = running(actor, meeting_id)
    if item not in ITEM_KEYS:
        raise NotFound
    entry = _said(actor, meeting, item, command, label_of(meeting), now)
    if command.finish:
        _finish(meeting, item)
    wrote(
        actor, meeting, "meeting:line-added" if entry else "meeting:item-finished", now=now,
        fields=["text"] if entry else ["finished_items"], also=[entry.id] if entry else (),
    )  # fmt: skip
    return entry


def add_closed_line(
    actor: Actor, meeting_id: UUID, closed_id: UUID, command: AddLine, *, now: datetime
) -> MeetingEntry | None:
    """Add a line that only the readers of a closed item hear. Raises as ``add_line`` does."""
    meeting = running(actor, meeting_id, Action.MEETING_CHAIR)
    closed = load(actor, ClosedItem, closed_id)
    if closed.meeting_id != meeting.id:
        raise NotFound
    entry = _said(actor, meeting, "closed", command, label_of(closed), now)
    closed.finished = closed.finished or bool(command.finish)
    wrote(
        actor, meeting, "meeting:closed-line-added", now=now, fields=["text"],
        also=[closed.id, *([entry.id] if entry else [])],
    )  # fmt: skip
    return entry


def add_closed_item(
    actor: Actor, meeting_id: UUID, command: AddClosedItem, *, now: datetime
) -> ClosedItem:
    """Open an item that only the agencies named and the chair hear and read.

    Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``.
    """
    meeting = running(actor, meeting_id, Action.MEETING_CHAIR)
    asked = {each.agency_id for each in queries.invited(actor, meeting)}
    if command.agency not in asked:
        raise FieldErrors({"agency": ["Choose whose item it is from the agencies asked"]})
    if not set(command.heard_by) <= asked:
        raise FieldErrors({"heard_by": ["Choose from the agencies asked to this meeting"]})
    named = list(dict.fromkeys([command.agency, *command.heard_by]))
    closed = ClosedItem(
        person_id=meeting.person_id,
        owner_agency_id=meeting.owner_agency_id,
        meeting_id=meeting.id,
        audience=Audience.NAMED.value,
        agency_id=command.agency,
        heard_by=" ".join(each.hex for each in named),
        added_at=now,
        added_by_id=actor.user_id,
    )
    db.session.add(closed)
    db.session.flush()
    given = Given(at=now, by=actor.user_id, reason="closed item")
    for agency in named:
        rights.name_reader(closed.id, Reader.AGENCY, agency, given)
    rights.name_reader(
        closed.id, Reader.USER, meeting.owner_agency_id, given, user=meeting.chair_id
    )
    wrote(
        actor, meeting, "meeting:closed-item-added", now=now, fields=["heard_by"],
        also=[closed.id], operation=Operation.COLLECTION,
    )  # fmt: skip
    return closed


def record_attendance(
    actor: Actor, meeting_id: UUID, command: RecordAttendance, *, now: datetime
) -> Attendance:
    """Put somebody on the attendance list.

    Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``.
    """
    meeting = running(actor, meeting_id)
    name, agency = _who(actor, meeting, command)
    added = Attendance(
        **label_of(meeting).columns(),
        user_id=command.user or NOBODY,
        name=name,
        agency_id=agency,
        presence=command.presence.value,
        agreed_at=_agreed(command, now),
        added_at=now,
    )
    db.session.add(added)
    wrote(actor, meeting, "meeting:attendance-recorded", now=now, fields=["presence"])
    return added


def change_attendance(
    actor: Actor, meeting_id: UUID, attendance_id: UUID, command: ChangeAttendance, *, now: datetime
) -> Attendance:
    """Change how somebody takes part.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``.
    """
    meeting = running(actor, meeting_id)
    found = _attending(actor, meeting, attendance_id)
    found.presence = command.presence.value
    found.agreed_at = (found.agreed_at or now) if _agreed(command, now) else None
    wrote(actor, meeting, "meeting:attendance-changed", now=now, fields=["presence", "agreed_at"])
    return found


def record_agreement(
    actor: Actor, meeting_id: UUID, attendance_id: UUID, *, now: datetime
) -> Attendance:
    """Record that somebody agrees to confidentiality.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``.
    """
    meeting = running(actor, meeting_id)
    found = _attending(actor, meeting, attendance_id)
    if found.agreed_at is None:
        found.agreed_at = now
        wrote(actor, meeting, "meeting:agreement-recorded", now=now, fields=["agreed_at"])
    return found


def _agreed(command: RecordAttendance | ChangeAttendance, now: datetime) -> datetime | None:
    return now if command.agreed and command.presence is Presence.PRESENT else None


def _attending(actor: Actor, meeting: Meeting, attendance_id: UUID) -> Attendance:
    found = load(actor, Attendance, attendance_id)
    if found.meeting_id != meeting.id:
        raise NotFound
    return found


def _who(actor: Actor, meeting: Meeting, command: RecordAttendance) -> tuple[str, UUID]:
    if command.user is not None:
        for each in queries.who_may_come(actor, meeting):
            if each.user_id == command.user:
                _check_not_there(actor, meeting, command.user, each.name)
                return each.name, each.agency_id
        raise FieldErrors({"user": ["Choose somebody from the list, or type a name"]})
    asked = {each.agency_id for each in queries.invited(actor, meeting)}
    problems: dict[str, list[str]] = {}
    if not command.name:
        problems["user"] = ["Choose who is here, or type a name"]
    if command.agency is None or command.agency not in asked | {meeting.owner_agency_id}:
        problems["agency"] = ["Choose the agency of the person whose name you typed"]
    if problems or command.agency is None:
        raise FieldErrors(problems)
    return command.name, command.agency


def _check_not_there(actor: Actor, meeting: Meeting, user: UUID, name: str) -> None:
    if any(each.user_id == user for each in queries.attendance(actor, meeting)):
        raise FieldErrors({"user": [f"{name} is on the list already"]})


def _said(
    actor: Actor, meeting: Meeting, item: str, command: AddLine, label: RecordLabel, now: datetime
) -> MeetingEntry | None:
    if not command.text:
        if command.finish:
            return None
        raise FieldErrors({"text": ["Write the line before you save it"]})
    said_by, agency = actor.name, actor.agency_id
    if command.said_by is not None:
        said_by, agency = _speaker(actor, meeting, command.said_by)
    entry = MeetingEntry(
        **label.columns(),
        item=item,
        text=command.text,
        said_by=said_by,
        agency_id=agency,
        written_by_id=actor.user_id,
        at=now,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def _speaker(actor: Actor, meeting: Meeting, attendance_id: UUID) -> tuple[str, UUID]:
    for each in queries.attendance(actor, meeting):
        if each.id == attendance_id:
            return each.name, each.agency_id
    raise FieldErrors({"said_by": ["Choose somebody on the attendance list"]})


def _finish(meeting: Meeting, item: str) -> None:
    done = meeting.finished_items.split()
    if item not in done:
        meeting.finished_items = " ".join([*done, item])
