"""The session look-up tells PostgreSQL who reads: just what the guard would say."""

import pytest
import sqlalchemy as sa
from flask import session as cookie

from mappa.access import announcing
from mappa.agencies import sessions
from mappa.agencies.models import Session, User
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.web.flow import look_up
from tests.factories.world import northmoor
from tests.pages.insight import statements

pytestmark = pytest.mark.postgresql


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def token(world):
    actor = world.staff["owen"].actor
    with world.app.app_context(), unit_of_work(Kind.WRITE, system="test") as unit:
        account = db.session.get(User, actor.user_id)
        return sessions.begin(
            account, actor.posting_id, at=unit.at, second_factor=True, address="", device=""
        )


def settings() -> dict[str, str]:
    """What the transaction was told."""
    names = (*announcing.SETTINGS, announcing.WRITER, announcing.OPENED)
    told = (sa.func.current_setting(f"mappa.{name}", True).label(name) for name in names)
    return dict(db.session.execute(sa.select(*told)).one()._mapping)


def test_it_says_what_would_be_said(world, token):
    with world.app.test_request_context(), unit_of_work(Kind.READ) as unit:
        cookie[sessions.TOKEN] = token
        actor = look_up().actor
        with statements(world.app) as sent:
            told = settings()
        assert len(sent) == 1  # and nothing more was said
        at = told.pop("at")
        said = actor.binds(unit.at)
        assert told == {
            name: str(said[bind]) for name, bind in announcing.SETTINGS.items() if name != "at"
        } | {"writer": str(actor.agency_id), "opened": ""}
        moment = sa.select(sa.cast(sa.literal(at), sa.DateTime(timezone=True)))
        assert db.session.execute(moment).scalar_one() == unit.at


def test_of_a_session_that_is_over_nothing_stays_said(world, token):
    with world.app.app_context(), unit_of_work(Kind.WRITE, system="test") as unit:
        db.session.execute(sa.update(Session).values(ended_at=unit.at))
    with world.app.test_request_context(), unit_of_work(Kind.READ):
        cookie[sessions.TOKEN] = token
        assert look_up().actor is None
        assert set(settings().values()) == {""}
