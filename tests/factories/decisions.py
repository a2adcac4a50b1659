"""Scenes for the decision table: one reader, one person, one record, and the facts of a line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from flask import Flask

from mappa.access import rights
from mappa.access.actor import Actor
from mappa.access.asking import Target
from mappa.access.models import HandlingGroup, Right
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Part, Reader, Role, Section, State
from mappa.agencies import seed
from mappa.agencies.models import Agency, Team, User
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Person
from tests.factories.world import LONG_AGO, NOW

CAPACITIES = tuple(each.value for each in Capacity)
HOME, AWAY = "northmoor", "southmoor"
LIVE = Given(at=NOW, starts_at=LONG_AGO)
TIMES = {
    "future": Given(at=NOW, starts_at=NOW + timedelta(microseconds=1)),
    "ended": Given(at=NOW, starts_at=LONG_AGO, ends_at=NOW),
    "revoked": LIVE,
}
"""A right that begins a moment too late; one that ends this very moment; one taken back."""


@dataclass
class Home:
    """An agency, its two teams, somebody to ask and a colleague in the first team."""

    agency: UUID
    teams: tuple[UUID, UUID]
    reader: UUID
    colleague: UUID


@dataclass
class Scene:
    """Who asks, about what, and what else the facts need."""

    reader: Actor
    home: Home
    other: Home
    target: Target
    capacity: str


Fact = Callable[[Scene, Given], Right | None]


@dataclass
class Stage:
    """An area with one agency in each capacity, one that is off the team, and an owner."""

    homes: dict[str, Home] = field(default_factory=dict)

    def rename_type(self, capacity: str, agency_type: str) -> None:
        """Make an agency one of another kind."""
        db.session.get_one(Agency, self.homes[capacity].agency).type = agency_type
        db.session.flush()

    def scene(self, role: str, agency: str, *, record: str = "others", facts: str = "") -> Scene:
        """A person of their own, with the agency on the case team unless it is off."""
        wanted = [fact for fact in facts.split(",") if fact not in ("", "nothing")]
        home, owner = self.homes[agency], self.homes["owner"]
        person = self._person(owner, AWAY if "outside-area" in wanted else HOME)
        scene = Scene(
            reader=_reader(home, Role(role), 1 if "other-team" in wanted else 0),
            home=home,
            other=owner,
            target=Target(
                person=person,
                owner=home.agency if record == "own" else owner.agency,
                record=new_id(),
                handling=_group(home),
                meeting=new_id(),
            ),
            capacity=agency,
        )
        if agency != "off":
            _add_team(scene, LIVE, Capacity(agency))
            _add_worker(scene, LIVE, home.colleague, home.teams[0])
        for fact in wanted:
            _take(scene, fact)
        return scene

    def _person(self, lead: Home, area: str) -> UUID:
        made = Person(
            owner_agency_id=lead.agency, given_name="Daniel", family_name="Wexcombe",
            sort_name="wexcombe,daniel", jurisdiction="england-wales",
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        rights.place(made.id, area, LIVE)
        return made.id


def _reader(home: Home, role: Role, team: int) -> Actor:
    return Actor(
        user_id=home.reader, name="Reader", posting_id=new_id(), agency_id=home.agency,
        agency_name="Agency", area_id=HOME, team_id=home.teams[team], role=role,
        session_id=new_id(),
    )  # fmt: skip


def _group(home: Home) -> UUID:
    group = HandlingGroup(agency_id=home.agency, name="Handling group")
    db.session.add(group)
    db.session.flush()
    return group.id


# Facts


def _take(scene: Scene, fact: str) -> None:
    """Make a fact of the table true; its last word may say when it holds."""
    if fact in ("outside-area", "other-team"):
        return  # taken when the scene was set
    if fact == "another-meeting":
        scene.target = replace(scene.target, meeting=new_id())
        return
    if fact.startswith("share-"):
        _share(scene, fact.removeprefix("share-"))
        return
    name, _, when = fact.rpartition("-")
    given = TIMES.get(when)
    right = FACTS[name](scene, given) if given else FACTS[fact](scene, LIVE)
    if when == "revoked" and right is not None:
        right.state = State.REVOKED.value
        db.session.flush()


def _add_team(scene: Scene, given: Given, capacity: Capacity = Capacity.LEAD) -> Right:
    return rights.add_agency_to_team(
        scene.target.person, scene.home.agency, HOME, capacity, "wexcombe,daniel", given
    )


def _add_worker(scene: Scene, given: Given, user: UUID, team: UUID = NOBODY) -> Right:
    return rights.add_worker(
        scene.target.person, scene.home.agency, user, Part.WORKER, given, team=team
    )


def _share(scene: Scene, said: str) -> None:
    """``sum-risk``, ``other-record-risk``, ``revoked-risk`` and so on."""
    what, _, section = said.rpartition("-")
    record = {"record": scene.target.record, "other-record": new_id()}.get(what, NOBODY)
    owner = scene.other.agency if what == "other-owner" else scene.target.owner
    if what == "other-owner":
        scene.target = replace(scene.target, owner=new_id())
    right = rights.share(
        scene.target.person, owner, scene.home.agency, Section(section),
        Level.SUM if what == "sum" else Level.FULL, "wexcombe,daniel",
        TIMES.get(what, LIVE), record=record,
    )  # fmt: skip
    if what == "revoked":
        right.state = State.REVOKED.value
        db.session.flush()


def _seat(part: Part, *, user: bool = True, another: bool = False) -> Fact:
    def fact(scene: Scene, given: Given) -> Right:
        sitting = scene.home.colleague if another else scene.reader.user_id
        return rights.seat(
            scene.target.meeting, scene.target.person, scene.home.agency, HOME, part,
            "wexcombe,daniel", given, user=sitting if user else NOBODY,
        )  # fmt: skip

    return fact


def _name(kind: Reader, user: str = "reader", team: int = 0, *, elsewhere: bool = False) -> Fact:
    def fact(scene: Scene, given: Given) -> Right:
        return rights.name_reader(
            scene.target.record,
            kind,
            scene.other.agency if elsewhere else scene.home.agency,
            given,
            user=getattr(scene.home, user) if kind is Reader.USER else NOBODY,
            team=scene.home.teams[team] if kind is Reader.TEAM_SUPERVISORS else NOBODY,
        )

    return fact


def _mark(kind: MarkKind, what: str = "record") -> Fact:
    return lambda scene, given: rights.mark(getattr(scene.target, what), kind, NOW, given)


def _emergency(user: str = "reader") -> Fact:
    return lambda scene, given: rights.open_emergency(
        getattr(scene.home, user), scene.home.agency, scene.target.person, HOME,
        "wexcombe,daniel", given,
    )  # fmt: skip


def _join(*, another: bool = False) -> Fact:
    return lambda scene, given: rights.join_handling(
        _group(scene.home) if another else scene.target.handling, scene.reader.user_id, given
    )


def _exclude(**whom: str) -> Fact:
    return lambda scene, given: rights.exclude(
        scene.target.person,
        given,
        **{kind: getattr(scene.home, attribute) for kind, attribute in whom.items()},
    )


def _left_area(scene: Scene, given: Given) -> None:
    for place in db.session.query(rights.PersonArea).filter_by(person_id=scene.target.person):
        place.ends_at = NOW
    db.session.flush()


FACTS: dict[str, Fact] = {
    "team": _add_team,
    "also-responsible": lambda scene, given: _add_team(scene, given, Capacity.RESPONSIBLE),
    "place": lambda scene, given: _add_worker(scene, given, scene.reader.user_id),
    "left-area": _left_area,
    "excluded": _exclude(user="reader"),
    "excluded-user": _exclude(user="reader"),
    "excluded-agency": _exclude(agency="agency"),
    "excluded-another": _exclude(user="colleague"),
    "sealed": _mark(MarkKind.SEALED),
    "hidden": _mark(MarkKind.HIDDEN),
    "sealed-person": _mark(MarkKind.SEALED, "person"),
    "hidden-person": _mark(MarkKind.HIDDEN, "person"),
    "named": _name(Reader.USER),
    "named-user": _name(Reader.USER),
    "named-another": _name(Reader.USER, "colleague"),
    "named-user-of-another-agency": _name(Reader.USER, elsewhere=True),
    "named-agency": _name(Reader.AGENCY),
    "named-team": _name(Reader.TEAM_SUPERVISORS),
    "named-other-team": _name(Reader.TEAM_SUPERVISORS, team=1),
    "emergency": _emergency(),
    "emergency-of-another": _emergency("colleague"),
    "chair": _seat(Part.CHAIR),
    "chair-of-another": _seat(Part.CHAIR, another=True),
    "coordinator": _seat(Part.COORDINATOR),
    "invited": _seat(Part.ATTENDEE, user=False),
    "member": _join(),
    "member-of-another": _join(another=True),
}


@contextmanager
def stage(app: Flask) -> Iterator[Stage]:
    """Set the stage in a unit of work of the system that stays open for asking."""
    with clock.at(NOW), app.app_context(), unit_of_work(Kind.WRITE, system="test"):
        for area in (HOME, AWAY):
            seed.add_area(area, area.title(), "england-wales")
            seed.sign_default_agreement(area, at=NOW, starts_at=LONG_AGO)
        yield Stage({key: _home(key) for key in (*CAPACITIES, "off", "owner")})


def _home(key: str) -> Home:
    agency = Agency(id=new_id(), area_id=HOME, type="police", name=key, short_name=key)
    db.session.add(agency)
    db.session.flush()
    teams = tuple(Team(id=new_id(), agency_id=agency.id, name=name) for name in ("one", "two"))
    people = tuple(
        User(id=new_id(), name=name, email=f"{name}.{key}@example.org", phone="01632 960112")
        for name in ("reader", "colleague")
    )
    db.session.add_all([*teams, *people])
    db.session.flush()
    return Home(agency.id, (teams[0].id, teams[1].id), people[0].id, people[1].id)
