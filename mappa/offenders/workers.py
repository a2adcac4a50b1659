"""Who works on a case, as far as the reader may know."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.asking import Standing, standing
from mappa.access.terms import Level, Part, Section
from mappa.agencies.models import Agency, User
from mappa.kernel import uow
from mappa.kernel.db import Query, db


@dataclass(frozen=True)
class CaseWorker:
    """A named worker on a case team."""

    user_id: UUID
    name: str
    agency_id: UUID
    agency: str
    part: str
    phone: str


@cache
def _case_workers() -> Query:
    worker = teams.live_workers().subquery("on_team")
    return (
        sa.select(
            worker.c.user_id, User.name, worker.c.agency_id, Agency.name, worker.c.part, User.phone
        )  # fmt: skip
        .join(User, User.id == worker.c.user_id)
        .join(Agency, Agency.id == worker.c.agency_id)
        .order_by(worker.c.part, User.name)
    )


def case_workers(actor: Actor, person_id: UUID, stands: Standing | None = None) -> list[CaseWorker]:
    """The workers on the case team whom the reader may know of, the manager first.

    All of them for a reader of team and sharing in full; else those of the own agency, and the
    manager, who stands in the identity summary. Raises ``NotFound``.
    """
    stands = stands or standing(actor, person_id)
    found = db.session.execute(_case_workers(), {"person": person_id, "at": uow.current().at})
    by_part = [CaseWorker(*row) for row in found]
    # Somebody who worked on both of two merged records stands once, in the first part.
    workers = list({(each.user_id, each.agency_id): each for each in reversed(by_part)}.values())
    workers.reverse()
    if stands.at_least(Section.SHARING, Level.FULL):
        return workers
    return [
        each for each in workers if each.agency_id == actor.agency_id or each.part == Part.MANAGER
    ]
