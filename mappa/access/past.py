"""What stood at a moment that has passed: rights that have been ended since stand again.

Only in a rehearsal, which is always rolled back (docs/decisions/0018). A right that was ended keeps
the moment of its end, so it counts at that moment and still not now.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.models import (
    AgreementCell,
    CaseTeam,
    CaseWorker,
    Exclusion,
    MeetingSeat,
    PersonArea,
    Share,
)
from mappa.access.terms import State
from mappa.kernel import uow
from mappa.kernel.db import db
from mappa.kernel.uow import Kind

_OF_A_PERSON: tuple[type[Any], ...] = (
    PersonArea, CaseTeam, CaseWorker, Share, Exclusion, MeetingSeat,
)  # fmt: skip


def restore(person: UUID, moment: datetime) -> None:
    """Let what stood of a person at a moment count at that moment, for the rest of the rehearsal.

    Raises ``RuntimeError`` outside a rehearsal: then it would give rights back.
    """
    if uow.current().kind is not Kind.REHEARSAL:
        raise RuntimeError("the past is rehearsed, never brought back")
    for model in _OF_A_PERSON:
        _restore(model, moment, model.person_id == person)
    _restore(AgreementCell, moment)


def _restore(model: type[Any], moment: datetime, *which: sa.ColumnElement[bool]) -> None:
    stood = (
        model.state == State.REVOKED.value,
        model.starts_at <= moment,
        model.ends_at > moment,
    )
    db.session.execute(
        sa.update(model).where(*stood, *which).values(state=State.LIVE.value),
        execution_options={"synchronize_session": False},
    )
