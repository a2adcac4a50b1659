"""Who reads in the bench, and what: chosen from the data, the same for both sides."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from bench.data import Data
from mappa.access.models import CaseTeam, CaseWorker, Posting, Reach
from mappa.access.terms import Part, Role
from mappa.agencies import sessions
from mappa.agencies.models import Agency, User
from mappa.app import create_app
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Person
from mappa.visits.models import Visit

AGENCY = "Ravensmoor Police"
READERS = 20


@dataclass(frozen=True)
class Reader:
    """A signed-in reader: the cookie, and people of the reader's own caseload."""

    cookie: str
    user: UUID
    people: Sequence[UUID]


@dataclass(frozen=True)
class Script:
    """What is asked in the bench."""

    readers: Sequence[Reader]
    after: Sequence[UUID]
    """People of the agency in the middle of its list: to page on from."""
    visible: Sequence[UUID]
    longest: UUID
    longest_reader: Reader
    names: Sequence[str]
    """Names of visible people with one letter gone wrong."""
    supervisors: Sequence[Reader]
    leads: Sequence[Reader]


@contextmanager
def system(data: Data) -> Iterator[Flask]:
    """The application, for the bench's own reads and sessions."""
    app = create_app(data.settings)
    with app.app_context():
        yield app
        db.engine.dispose()


def script(data: Data, *, seed: int = 1) -> Script:
    """Choose readers and people, and sign the readers in."""
    rng = Random(seed)
    with system(data) as app, unit_of_work(Kind.WRITE, system="bench") as unit:
        agency = db.session.execute(sa.select(Agency.id).where(Agency.name == AGENCY)).scalar_one()
        live = (CaseTeam.agency_id == agency, CaseTeam.state == 1, CaseTeam.ends_at > unit.at)
        visible = list(db.session.scalars(sa.select(CaseTeam.person_id).where(*live)))
        rng.shuffle(visible)
        longest = db.session.execute(
            sa.select(Visit.person_id)
            .group_by(Visit.person_id)
            .order_by(sa.func.count().desc())
            .limit(1)
        ).scalar_one()
        users = db.session.scalars(
            sa.select(Posting.user_id)
            .where(Posting.agency_id == agency, Posting.role == "protection_officer")
            .limit(READERS)
        ).all()
        worker = db.session.execute(
            sa.select(CaseWorker.user_id)
            .where(CaseWorker.person_id == longest, CaseWorker.part == Part.MANAGER.value)
            .limit(1)
        ).scalar_one()
        return Script(
            readers=[reader_of(app, user, unit.at) for user in users],
            after=_places(agency, rng),
            visible=visible[:500],
            longest=longest,
            longest_reader=reader_of(app, worker, unit.at),
            names=_misspelt(visible[:300], rng),
            supervisors=_of_role(app, agency, Role.SUPERVISOR, unit.at),
            leads=_of_role(app, agency, Role.AGENCY_LEAD, unit.at),
        )


def _of_role(app: Flask, agency: UUID, role: Role, at: datetime) -> list[Reader]:
    users = sa.select(Posting.user_id).where(
        Posting.agency_id == agency, Posting.role == role.value
    )
    found = db.session.scalars(users.order_by(Posting.id).limit(READERS)).all()
    return [reader_of(app, user, at) for user in found]


def reader_of(app: Flask, user: UUID, at: datetime) -> Reader:
    """The user, signed in; inside a unit of work of the system."""
    posting = db.session.scalars(sa.select(Posting).where(Posting.user_id == user)).one()
    account = db.session.get(User, user)
    assert account is not None
    token = sessions.begin(
        account,
        posting.id,
        at=at,
        second_factor=True,
        address="127.0.0.1",
        device="bench",  # type: ignore[arg-type]
    )
    own = db.session.scalars(
        sa.select(CaseWorker.person_id).where(
            CaseWorker.user_id == user, CaseWorker.state == 1, CaseWorker.ends_at > at
        )
    ).all()
    signer = app.session_interface.get_signing_serializer(app)
    return Reader(signer.dumps({sessions.TOKEN: token}), user, own)


def _places(agency: UUID, rng: Random) -> list[UUID]:
    found = db.session.scalars(
        sa.select(Reach.person_id)
        .where(Reach.agency_id == agency)
        .order_by(Reach.sort_name, Reach.person_id)
    ).all()
    return [found[rng.randrange(len(found) // 10, len(found) * 9 // 10)] for _ in range(50)]


def _misspelt(people: Sequence[UUID], rng: Random) -> list[str]:
    rows = db.session.execute(
        sa.select(Person.given_name, Person.family_name).where(Person.id.in_(people))
    )
    return [f"{given} {misspelt(family, rng)}" for given, family in rows if family.isascii()]


def misspelt(name: str, rng: Random) -> str:
    """The name with one letter left out, doubled, swapped or changed, behind its first."""
    letters = [m.start() for m in re.finditer("[a-z]", name)][1:]
    if not letters:
        return name
    at = rng.choice(letters)
    kinds = (
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
        name[:at] + rng.choice("aeioulnrst") + name[at + 1 :],
    )
    return rng.choice(kinds)
