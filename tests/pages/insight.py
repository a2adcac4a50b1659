"""What the page tests of insight share."""

import re
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from mappa.access.labels import RecordLabel
from mappa.access.terms import Section
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.reminders import service as reminders
from mappa.reminders.models import Deadline
from tests.factories.world import NOW

TODAY = date(2026, 11, 20)


@contextmanager
def statements(app):
    """Collect the statements that are sent inside."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def a_duty(
    world, person, who, *, due_in, kind="plan-review", section=Section.PLAN, title=None, owner=None
) -> UUID:
    """An open duty of somebody's on a person, due so many days from now (below 0: late)."""
    actor = world.staff[who].actor
    owner_agency = world.agencies[owner] if owner else actor.agency_id
    record = uuid4()
    with world.system():
        duty = reminders.open_deadline(
            "plan-review",
            RecordLabel(person=person, owner=owner_agency, section=section, record=record),
            kind=kind,
            starts_on=TODAY - timedelta(days=60),
            jurisdiction="england-wales",
            owner_user=actor.user_id,
            owner_agency=actor.agency_id,
            now=NOW,
            set_on=TODAY,
            title=title or f"Review the plan {due_in}",
        )
        duty_id = duty.id
        db.session.execute(
            sa.update(Deadline)
            .where(Deadline.id == duty_id)
            .values(due_on=TODAY + timedelta(days=due_in))
        )
    return duty_id


def get(world, who, url):
    """The answer of a page to somebody at ``NOW``."""
    with clock.at(NOW):
        return world.client(who).get(url)


def plain(answer) -> str:
    """A page without what is new at each request: keys, tokens and nonces."""
    page = answer.get_data(as_text=True)
    page = re.sub(r'name="(csrf_token|idempotency_key)" value="[^"]*"', "", page)
    return re.sub(r'nonce="[^"]*"', "", page)
