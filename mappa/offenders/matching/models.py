"""The match queue: who is still to be compared with everybody, and which two may be one person.

Neither table says anything of a person but an id, and neither is read for a page without the
policy on *both* people: a clash with somebody who is hidden from the reader is not there.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class MatchCheck(Model):
    """A person who was added, to be compared with all people by the system.

    ``dismissed`` are the people whom the adder was shown and said it is not.
    """

    __tablename__ = "match_check"
    __table_args__ = (sa.Index("ix_match_check_open", "done_at", "asked_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    dismissed: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    done_at: Mapped[datetime | None]


class MatchTask(Model):
    """Two people who may be one, for the co-ordinator of the area of the one added later."""

    __tablename__ = "match_task"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "other_id"),
        sa.Index("ix_match_task_area", "area_id", "state", "found_at", "id"),
        sa.CheckConstraint("state IN ('open', 'different', 'merged')", name="has_a_known_state"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_once"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    other_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"))
    strength: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID] = mapped_column(default=NOBODY)
    reason: Mapped[str] = mapped_column(default="")
