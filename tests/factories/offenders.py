"""Records of a person in a given state, written as the agency that owns them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Flask

from mappa.kernel.db import db
from mappa.offenders.models import Address, Alias, Offence, Order, StaffWarning
from tests.factories.world import LONG_AGO, World


def with_overview(app: Flask) -> Flask:
    """The application with an address for the person's overview, where no feature has one yet."""
    if "insight.overview" not in app.view_functions:
        app.add_url_rule("/people/<uuid:person_id>", "insight.overview", lambda person_id: "")
    return app


def _keep(world: World, made: Any) -> UUID:
    with world.system():
        db.session.add(made)
        db.session.flush()
        return made.id


def an_address(
    world: World,
    person: UUID,
    agency: str = "probation",
    *,
    lines: str = "18 Tallow Row\nNorthmoor",
    postcode: str = "NM1 4ZZ",
    from_on: date = date(2025, 6, 3),
    until_on: date | None = None,
    kind: str = "home",
    **columns: Any,
) -> UUID:
    """Where the person lives or lived, with the keys by which it is found."""
    from mappa.offenders import service

    district = f"Northmoor {postcode.split()[0]}" if postcode else "Northmoor"
    with world.system():
        made = Address(
            person_id=person,
            owner_agency_id=world.agencies[agency],
            kind=kind,
            lines=lines,
            postcode=postcode,
            district=district,
            from_on=from_on,
            until_on=until_on,
            added_by_id=_anybody(world, agency),
            added_at=LONG_AGO,
            **columns,
        )
        db.session.add(made)
        db.session.flush()
        service.keep_place_keys(made)
        return made.id


def a_warning(
    world: World,
    person: UUID,
    agency: str = "police",
    *,
    headline: str = "Risk to staff: visit in pairs. Do not visit alone.",
    review_on: date = date(2027, 1, 2),
    added_at: datetime = LONG_AGO,
    serious: int = 2,
    **columns: Any,
) -> UUID:
    """A warning to staff."""
    return _keep(
        world,
        StaffWarning(
            person_id=person,
            owner_agency_id=world.agencies[agency],
            headline=headline,
            review_on=review_on,
            serious=serious,
            added_by_id=_anybody(world, agency),
            added_at=added_at,
            **columns,
        ),
    )


def an_alias(
    world: World, person: UUID, name: str, agency: str = "probation", **columns: Any
) -> UUID:
    """Another name, with its keys."""
    from mappa.offenders import service

    with world.system():
        made = Alias(person_id=person, owner_agency_id=world.agencies[agency], name=name, **columns)
        db.session.add(made)
        db.session.flush()
        service.keep_alias_keys(made)
        return made.id


def keyed(world: World, person: UUID) -> None:
    """Keep the keys of a person that the world made."""
    from mappa.offenders import service
    from mappa.offenders.models import Person

    with world.system():
        service.keep_keys(db.session.get_one(Person, person))


def an_offence(world: World, person: UUID, agency: str = "probation", **columns: Any) -> UUID:
    """An index offence."""
    given: dict[str, Any] = {
        "kind": "Sexual offence against a child",
        "convicted_on": date(2012, 5, 2),
        "sentence": "6 years in prison",
        "licence_ends_on": date(2027, 3, 1),
        "court": "Northmoor Crown Court",
    }
    return _keep(
        world,
        Offence(person_id=person, owner_agency_id=world.agencies[agency], **(given | columns)),
    )


def an_order(world: World, person: UUID, agency: str = "police", **columns: Any) -> UUID:
    """An order."""
    given: dict[str, Any] = {
        "name": "Sexual harm prevention order",
        "made_on": date(2012, 5, 2),
        "conditions": "No contact with children under 16",
    }
    return _keep(
        world, Order(person_id=person, owner_agency_id=world.agencies[agency], **(given | columns))
    )


def _anybody(world: World, agency: str) -> UUID:
    return next(
        staff.user_id
        for staff in world.staff.values()
        if staff.actor.agency_id == world.agencies[agency]
    )
