"""What must hold after sweeps were killed, frozen and let go on.

Every duty's owner and every step's people are told once: nobody is missed, nobody told twice.
"""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.models import Notice
from mappa.reminders.telling.models import OutboxState, Outgoing

Told = tuple[UUID, UUID, str]
"""A duty, whom, and the event."""


@dataclass
class Outcome:
    """What was told in the end, beside what was to be told."""

    expected: set[Told]
    told: Counter[Told] = field(default_factory=Counter)
    waiting: int = 0

    @property
    def missed(self) -> set[Told]:
        """Who was never told."""
        return self.expected - self.told.keys()

    @property
    def twice(self) -> set[Told]:
        """Who was told twice, or of what was not to be told."""
        return {one for one, count in self.told.items() if count > 1 or one not in self.expected}

    @property
    def held(self) -> bool:
        """Whether everybody was told once, and nothing is left."""
        return bool(self.expected) and not (self.missed or self.twice or self.waiting)

    def words(self) -> str:
        """One line for whoever runs the drill."""
        return (
            f"{len(self.expected)} to be told: {len(self.missed)} missed, {len(self.twice)} told "
            f"twice, {self.waiting} left in the outbox"
        )


def outcome(app: Flask, expected: set[Told]) -> Outcome:
    """What is in the database now."""
    notice, row = Notice.__table__.c, Outgoing.__table__.c
    with app.app_context(), unit_of_work(Kind.READ, system="drill"):
        told = db.session.execute(sa.select(notice.duty_id, notice.user_id, notice.event)).all()
        left = sa.select(sa.func.count()).where(row.state != OutboxState.DONE.value)
        waiting = db.session.execute(left.select_from(Outgoing)).scalar_one()
    return Outcome(expected, Counter(tuple(each) for each in told), waiting)
