"""A duty officer, and somebody whom the duty officer does not see; emergency access in a state."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mappa.access import guard
from mappa.access.terms import Role
from mappa.agencies import passwords, sessions
from mappa.agencies.models import User
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.sharing.emergency import finding, service
from mappa.sharing.emergency.models import EmergencyUse
from mappa.sharing.emergency.rules import Asked, Judge, Open
from mappa.sharing.emergency.service import Outcome
from tests.factories.world import NOW, World
from tests.pages.forms import submit

PASSWORD = "seven brown kettles"
CRN = "X123456"
WHAT = "Not at the address; a neighbour fears for a child."
DOOR = "/emergency"


def with_kit(world: World, *, agency: str = "police") -> None:
    """Kit, duty officer of the police, with a password."""
    world.user("kit", agency, Role.DUTY_OFFICER, name="Kit Lansdown")
    set_password(world, "kit")


def set_password(world: World, who: str) -> None:
    """Give one of the staff the password of these tests."""
    with world.system():
        account = db.session.get_one(User, world.staff[who].user_id)
        account.password_hash = passwords.hash_of(PASSWORD)


def a_stranger(world: World, **columns: object) -> UUID:
    """Kit Tarnmere, whom probation alone works with."""
    fixed: dict[str, object] = {"crn": CRN, "born": date(1984, 5, 2)}
    person = world.person("Toby", "Tarnmere", manager="priya", **(fixed | columns))
    keyed(world)
    return person


def keyed(world: World) -> None:
    """Write the search keys, as the services do."""
    from mappa.offenders.keys import keys_for
    from mappa.offenders.models import NameKey, Person

    with world.system():
        for each in db.session.scalars(sa.select(Person)):
            db.session.execute(sa.delete(NameKey).where(NameKey.person_id == each.id))
            db.session.execute(sa.insert(NameKey), keys_for(each))


def typed(**said: str) -> dict[str, str]:
    """What is typed at the door."""
    fixed = {"identifier": CRN, "reason": "danger-now", "what": WHAT, "password": PASSWORD}
    return fixed | said


def knock(client: FlaskClient, **said: str) -> TestResponse:
    """Fill in the form of the door and send it."""
    return submit(client, DOOR, typed(**said))


def an_access(world: World, who: str = "kit", *, at: datetime = NOW, identifier: str = CRN) -> UUID:
    """The id of a use, opened through the service."""
    asked = Asked(identifier=identifier)
    actor = world.staff[who].actor
    with clock.at(at), world.app.app_context():
        with unit_of_work(Kind.READ, system="emergency look-up"):
            found = finding.find(asked, actor.user_id)
        with unit_of_work(Kind.WRITE):
            guard.acts_as(actor)
            command = Open(asked=asked, reason="danger-now", what=WHAT)
            assert service.open_record(actor, command, found, now=at) is Outcome.OPENED
    return uses(world)[-1].id


def uses(world: World) -> list[EmergencyUse]:
    """Every use there is, the first first."""
    with world.system():
        found = db.session.scalars(sa.select(EmergencyUse).order_by(EmergencyUse.opened_at)).all()
        db.session.expunge_all()
        return list(found)


def judged(
    world: World, use: UUID, who: str = "carl", *, justified: bool = True, at: datetime = NOW
) -> None:
    """Judged through the service."""
    actor = world.staff[who].actor
    command = Judge(justified=justified, why="As recorded", follows="Training")
    with clock.at(at), world.app.app_context(), unit_of_work(Kind.WRITE):
        guard.acts_as(actor)
        service.judge(actor, use, command, now=at)


def client_at(world: World, who: str, moment: datetime) -> FlaskClient:
    """A browser in which one of the staff signed in at a moment later than ``NOW``."""
    staff = world.staff[who]
    with clock.at(moment), world.app.app_context(), unit_of_work(Kind.WRITE, system="test"):
        account = db.session.get_one(User, staff.user_id)
        token = sessions.begin(
            account, staff.posting_id, at=moment, second_factor=False, address="", device=""
        )
    client = world.app.test_client()
    with client.session_transaction() as cookie:
        cookie[sessions.TOKEN] = token
    return client
