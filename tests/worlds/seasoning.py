"""More that is hidden than the demo tells: marks, a share, closed items, other people's drafts."""

import json
from datetime import datetime, timedelta

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Level, MarkKind, Reader, Section
from mappa.kernel.db import Model, db

TABLES = Model.metadata.tables


def season(now: datetime) -> None:
    """Call inside a system unit of work."""
    person, visit = TABLES["person"], TABLES["visit"]
    daniel = db.session.execute(
        sa.select(person.c.id, person.c.sort_name, person.c.owner_agency_id).where(
            person.c.family_name == "Wexcombe"
        )
    ).one()
    given = Given(at=now - timedelta(days=30), reason="seasoning")
    made = (
        db.session.execute(
            sa.select(visit.c.id)
            .where(visit.c.person_id == daniel.id, visit.c.state == "made")
            .order_by(visit.c.made_on)
        )
        .scalars()
        .all()
    )
    rights.mark(made[0], MarkKind.HIDDEN, now, given)
    rights.mark(made[1], MarkKind.SEALED, now, given)
    housing = _agency("housing")
    rights.share(
        daniel.id, daniel.owner_agency_id, housing, Section.PLAN, Level.SUM, daniel.sort_name, given
    )
    _closed_item(daniel.id, given)
    _risk_draft(daniel, given)
    for visit_id in made[:2]:
        _asks_about(daniel.id, visit_id, given)
    for visit_id in made[:3]:
        _photograph(visit_id, given)
    _typed_too(made[:2], now)


def _agency(kind: str) -> object:
    agency = TABLES["agency"]
    statement = sa.select(agency.c.id).where(agency.c.type == kind, agency.c.area_id == "northmoor")
    return db.session.execute(statement).scalar_one()


def _closed_item(person: object, given: Given) -> None:
    """A closed item of the police at a meeting, with one line."""
    meeting = TABLES["meeting"]
    row = db.session.execute(
        sa.select(meeting).where(meeting.c.person_id == person).order_by(meeting.c.held_at)
    ).first()
    assert row is not None
    from mappa.kernel.crypto import new_id

    police = _agency("police")
    closed, entry = new_id(), new_id()
    label = {
        "person_id": person,
        "owner_agency_id": row.owner_agency_id,
        "meeting_id": row.id,
        "audience": 1,
    }
    db.session.execute(
        TABLES["closed_item"].insert().values(
            id=closed, agency_id=police, heard_by=police.hex, added_at=given.at,
            added_by_id=row.chair_id, **label,
        )
    )  # fmt: skip
    db.session.execute(
        TABLES["meeting_entry"].insert().values(
            id=entry, subject_id=closed, section="meetings", item=f"closed-{closed}",
            text="Only for those named.", said_by="Owen Marsh", agency_id=police,
            written_by_id=row.chair_id, at=given.at, **label,
        )
    )  # fmt: skip
    rights.name_reader(closed, Reader.AGENCY, police, given)


def _risk_draft(person: object, given: Given) -> None:
    """What an offender manager of the lead has typed and not signed."""
    from mappa.kernel.crypto import new_id

    posting = TABLES["posting"]
    author = db.session.execute(
        sa.select(posting.c.user_id).where(
            posting.c.agency_id == person.owner_agency_id,
            posting.c.role == "offender_manager",
        )
    ).scalars().first()  # fmt: skip
    db.session.execute(
        TABLES["risk_draft"].insert().values(
            id=new_id(), person_id=person.id, owner_agency_id=person.owner_agency_id,
            author_id=author, typed={"raises": "Not signed yet"}, saved_at=given.at,
        )
    )  # fmt: skip


def _asks_about(person: object, visit_id: object, given: Given) -> None:
    """A change of a visit that is hidden or sealed, which asks about reactive management."""
    from mappa.access.labels import label_of
    from mappa.offenders.models import PersonChange
    from mappa.visits.models import Visit
    from mappa.visits.reactive import jobs
    from mappa.visits.reactive.models import ReactiveManagement

    police, posting = _agency("police"), TABLES["posting"]
    who = sa.select(posting.c.user_id).where(posting.c.agency_id == police)
    officer = db.session.scalars(who.where(posting.c.role == "protection_officer")).first()
    supervisor = db.session.scalars(who.where(posting.c.role == "supervisor")).first()
    standing = db.session.scalars(
        sa.select(ReactiveManagement).where(ReactiveManagement.person_id == person)
    ).first()
    if standing is None:
        standing = ReactiveManagement(
            person_id=person, owner_agency_id=police, state="standing", low_since=given.at.date(),
            reason="Seasoned", proposed_by_id=officer, proposed_at=given.at, decision="Seasoned",
            decided_by_id=supervisor, decided_at=given.at,
        )  # fmt: skip
    visit = db.session.get_one(Visit, visit_id)
    change = PersonChange(
        **label_of(visit).columns(), kind="seasoning:changed", what="Something changed",
        after="Only for those who may see it", by_id=visit.written_by_id, at=given.at,
    )  # fmt: skip
    db.session.add_all([standing, change])
    db.session.flush()
    jobs.ask(standing.id, change.id, given.at)


def _photograph(visit_id: object, given: Given) -> None:
    """A photograph of a visit: the row, which is what pages show; its bytes are not there."""
    from mappa.access.labels import label_of
    from mappa.visits.files.models import VisitFile
    from mappa.visits.models import Visit

    visit = db.session.get_one(Visit, visit_id)
    db.session.add(
        VisitFile(
            **label_of(visit).columns(), kind="photograph", title="The hall", name="hall",
            dated_on=given.at.date(), content="image/jpeg", size=1000, digest="0" * 64,
            stored_as="a" * 32, view_as="b" * 32, added_by_id=visit.written_by_id,
            added_at=given.at,
        )
    )  # fmt: skip
    db.session.flush()


def _typed_too(kept: list[object], now: datetime) -> None:
    """What everybody has typed of a visit that is hidden or sealed, naming its author."""
    from mappa.kernel import clock
    from mappa.visits.models import Visit, VisitDraft

    visits = [db.session.get_one(Visit, each) for each in kept]
    posting = TABLES["posting"]
    users = db.session.scalars(sa.select(posting.c.user_id).distinct().order_by("user_id"))
    for number, user in enumerate(users):
        visit = visits[number % len(visits)]
        at = clock.local(visit.arrived_at)
        said = {
            "outcome": "no_reply", "kind": "unannounced", "account": "Knocked",
            "made_on": f"{at.day} {at.month} {at.year}", "arrived": f"{at:%H:%M}",
            "left": f"{clock.local(visit.left_at):%H:%M}", "where": "elsewhere",
            "place": "The canal", "concern": "no",
        }  # fmt: skip
        named = [("officers", str(each)) for each in dict.fromkeys((user, visit.written_by_id))]
        db.session.add(
            VisitDraft(
                user_id=user, person_id=visit.person_id, at=now, ends_at=now + timedelta(days=9),
                typed=json.dumps([*said.items(), *named]),
            )
        )  # fmt: skip
    db.session.flush()
