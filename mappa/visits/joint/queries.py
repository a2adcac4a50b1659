"""Reads of the accounts that other agencies gave of a visit."""

from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import Seen, rows, scoped
from mappa.access.terms import Level
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query
from mappa.visits.models import VisitAccount

_account = VisitAccount.__table__
_author = sa.alias(User.__table__, "account_author")
_owner = sa.alias(Agency.__table__, "account_agency")
_VISIT = sa.bindparam("visit", type_=sa.Uuid())


@cache
def _accounts() -> Query:
    names = (_author.c.name.label("by_name"), _owner.c.name.label("agency_name"))
    return (
        scoped(VisitAccount, *names, need=Level.FULL, person=True)
        .select_from(
            _account.join(_author, _author.c.id == _account.c.by_id).join(
                _owner, _owner.c.id == _account.c.owner_agency_id
            )
        )
        .where(_account.c.visit_id == _VISIT)
        .order_by(_account.c.at, _account.c.id)
    )


def accounts(actor: Actor, person_id: UUID, visit_id: UUID) -> list[Seen]:
    """What other agencies said of a visit, as far as this reader sees each of them in full.

    With ``by_name`` and ``agency_name``.
    """
    return rows(actor, _accounts(), VisitAccount, person=person_id, visit=visit_id)
