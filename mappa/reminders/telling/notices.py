"""Writing notices of duties, set by set. One that ended meanwhile stands again, as new."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.reminders.models import Deadline, Event, Notice
from mappa.reminders.telling import sql
from mappa.reminders.telling.models import OUTBOX
from mappa.reminders.telling.recipients import IDS, padded

_DUTY = Deadline.__table__.c
_ROW = OUTBOX.c
_NOTICE = Notice.__table__.c
_AT = sa.bindparam("now", type_=_NOTICE.at.type)
_LABEL = (
    "person_id",
    "owner_agency_id",
    "section",
    "subject_id",
    "audience",
    "handling_group_id",
    "meeting_id",
)
_ONCE = ("user_id", "event", "subject_id", "key")

Clause = sa.ColumnElement[bool]


def to_owners(claimed: Clause, binds: dict[str, Any]) -> int:
    """Tell the owners of the claimed rows; how many were told now."""
    return sql.count(_to_owners(claimed, sql.on_sqlite()), binds)


@cache
def _to_owners(claimed: Clause, sqlite: bool) -> Any:
    columns = {
        **_same(),
        "user_id": _DUTY.owner_user_id,
        "event": _ROW.event,
        "key": sql.told_key(_DUTY.id, _DUTY.due_on),
        "agency_id": _DUTY.owed_by_agency_id,
    }
    of_owners = _ROW.event.in_([Event.DUE.value, Event.OVERDUE.value])
    return _put(sqlite, columns, claimed, of_owners)


def to_reader(
    user: UUID, agency: UUID, event: str, duties: Sequence[UUID], binds: dict[str, Any]
) -> int:
    """Tell somebody else that these duties are late; how many of them the reader hears of now.

    Whoever owes it is part of the key: that somebody else is late now is other news.
    """
    told = 0
    for ids in padded(duties):
        of = {"now": binds["now"], "user": user, "agency": agency, "event": event, "ids": ids}
        told += sql.count(_to_reader(sql.on_sqlite()), of)
    return told


@cache
def _to_reader(sqlite: bool) -> Any:
    owner = sa.literal(":") + sql.plain_id(_DUTY.owner_user_id)
    columns = {
        **_same(),
        "user_id": sa.bindparam("user", type_=sa.Uuid()),
        "event": sa.bindparam("event", type_=sa.Text()),
        "key": sql.told_key(_DUTY.id, _DUTY.due_on) + owner,
        "agency_id": sa.bindparam("agency", type_=sa.Uuid()),
    }
    return _put(sqlite, columns, _DUTY.id.in_(IDS))


def _same() -> dict[str, Any]:
    return {
        "id": sql.random_id(),
        "about_id": _DUTY.about_id,
        "duty_id": _DUTY.id,
        "at": _AT,
        **{name: _DUTY[name] for name in _LABEL},
    }


def _put(sqlite: bool, columns: dict[str, Any], *conditions: Clause) -> Any:
    made = sql.insert(Notice.__table__, sqlite).from_select(
        list(columns), sa.select(*columns.values()).where(*conditions)
    )
    return made.on_conflict_do_update(
        index_elements=_ONCE,
        set_={"ended_at": None, "read_at": None, "at": made.excluded.at},
        where=_NOTICE.ended_at.is_not(None),
    )
