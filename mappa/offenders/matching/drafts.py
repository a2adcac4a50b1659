"""What somebody has typed of a person to be added: kept encrypted for the session alone.

So no name stands in an address, and nothing typed is lost between the pages.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.audit import log
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.web.models import KeptSearch

_MARK = "person to be added"


def keep(actor: Actor, values: Mapping[str, str], *, now: datetime) -> UUID:
    """Keep what was typed of the person; the id of the draft."""
    require(actor, Action.PERSON_ADD)
    kept = KeptSearch(session_id=actor.session_id, typed=_written(values), at=now)
    db.session.add(kept)
    db.session.flush()
    log.record(actor, log.Operation.CONSULTATION, "person:asked_for", [kept.id], at=now)
    return kept.id


def keep_more(actor: Actor, draft_id: UUID, values: Mapping[str, str]) -> None:
    """Keep what was typed on a later page beside it. Raises ``NotFound``."""
    row = _row(actor, draft_id)
    row.typed = _written({**_read(row), **values})
    db.session.flush()


def read(actor: Actor, draft_id: UUID) -> dict[str, str]:
    """All that was typed. Raises ``NotFound`` for the draft of another session."""
    return _read(_row(actor, draft_id))


def drop(actor: Actor, draft_id: UUID) -> None:
    """Forget it: the person is added."""
    db.session.delete(_row(actor, draft_id))
    db.session.flush()


def _row(actor: Actor, draft_id: UUID) -> KeptSearch:
    statement = sa.select(KeptSearch).where(
        KeptSearch.id == draft_id, KeptSearch.session_id == actor.session_id
    )
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def _written(values: Mapping[str, str]) -> str:
    return json.dumps([_MARK, dict(values)])


def _read(row: KeptSearch) -> dict[str, str]:
    try:
        mark, values = json.loads(row.typed)
    except (ValueError, TypeError):
        raise NotFound from None  # a search for people is no draft
    if mark != _MARK:
        raise NotFound
    return {str(name): str(value) for name, value in values.items()}
