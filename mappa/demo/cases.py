"""One person's case from its beginning: identity, place, case team, offence, orders, warnings."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Part
from mappa.demo.people import SyntheticPerson
from mappa.demo.roster import MANAGERS
from mappa.demo.stage import CAPACITY, Stage
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import service as offenders
from mappa.offenders.level_review.rules import KIND
from mappa.offenders.models import Offence, Order, Person
from mappa.offenders.names import sort_name
from mappa.offenders.record.models import ManagementLevel
from mappa.offenders.rules import AddAddress, AddPerson, AddWarning
from mappa.reminders import service as reminders
from mappa.web.typed import moment

_IN_TOUCH = "Ring the control room before you go in and when you are out."
WARNINGS = (
    (
        "Visit in pairs. Do not visit alone.", 2, "Has been hostile to staff at the door.", 2,
        _IN_TOUCH,
    ),
    ("Dog at the address: ring before you enter.", 1, "A large dog is kept in the hall.", 1, ""),
    (
        "Keeps knives in view. Stay near the door.", 3,
        "Seen at two visits. Leave if it escalates.", 2, _IN_TOUCH,
    ),
)  # fmt: skip
"""Headline, how serious, detail, how many officers go, what somebody does who is alone."""
DANIEL = 0
NOBODY_KNOWS = 11
CONFLICTING = 13
HELD_BACK = 14


@dataclass(frozen=True)
class Case:
    """A person of the demo and who works on the case."""

    person: SyntheticPerson
    id: UUID
    opened_on: date
    manager: str
    police: str
    others: tuple[str, ...]
    rng: Random

    @property
    def scottish(self) -> bool:
        """Whether the case is in the Scottish area."""
        return self.person.area == "strathannan"

    @property
    def prefix(self) -> str:
        """What keys of the area's agencies begin with."""
        return "sc-" if self.scottish else ""

    @property
    def lead(self) -> str:
        """The key of the agency that leads."""
        return self.prefix + _lead_service(self.person)

    def on(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        """A moment on a London day."""
        return moment(day, time(hour, minute))


def open_case(stage: Stage, person: SyntheticPerson, *, now: datetime, seed: int) -> Case:
    """Add the person and everything that is known at the beginning."""
    rng = Random(f"{seed}-{person.index}")
    today = clock.day_of(now)
    opened_on = _opened_on(person, rng, today)
    manager, police = _who(person)
    at = moment(opened_on, time(9, 10))
    with stage.act(manager, at) as actor:
        added = offenders.add_person(actor, _command(person, actor.user_id), now=at)
        person_id = added.id
    case = Case(person, person_id, opened_on, manager, police, _others(person, rng), rng)
    _surround(stage, case, at)
    _addresses(stage, case, today)
    _warn(stage, case, today)
    return case


def _lead_service(person: SyntheticPerson) -> str:
    wanted = person.lead or "probation"
    if person.area == "strathannan":
        return "police" if wanted == "police" else "justice"
    return wanted if wanted in ("police", "probation") else "probation"


def _who(person: SyntheticPerson) -> tuple[str, str]:
    leaders = MANAGERS[person.area, _lead_service(person)]
    officers = MANAGERS[person.area, "police"]
    # The people of the pictures are Priya's and Owen's.
    turn = 0 if person.index < 5 else person.index
    return leaders[turn % len(leaders)], officers[turn % len(officers)]


def _opened_on(person: SyntheticPerson, rng: Random, today: date) -> date:
    two_years_ago = today - timedelta(days=720)
    began = person.sentenced_on or two_years_ago
    if person.transferred_on:
        began = person.transferred_on
    if person.index == DANIEL:
        return two_years_ago + timedelta(days=4)
    earliest = max(began, two_years_ago)
    return min(earliest + timedelta(days=rng.randrange(40)), today - timedelta(days=10))


def _command(person: SyntheticPerson, manager: UUID) -> AddPerson:
    return AddPerson(
        given_name=person.given,
        family_name=person.family,
        category=person.category or 2,
        level=person.level or 1,
        born_on=person.born_on,
        born_about=person.born_about,
        crn=person.crn or "",
        pnc=person.pnc or "",
        visor=person.visor or "",
        prison_number=person.prison_number or "",
        aliases=tuple(alias.name for alias in person.aliases),
        manager_id=manager,
        transferred_in_from=person.transferred_from or "",
    )


def _others(person: SyntheticPerson, rng: Random) -> tuple[str, ...]:
    """Agencies beyond lead and police: some cases have many, most have few."""
    if person.index == DANIEL:
        return ("children", "housing", "health")
    if person.index == NOBODY_KNOWS:
        return ()
    chances = {"children": 0.4, "housing": 0.2, "health": 0.15, "adults": 0.1, "prison": 0.1}
    if person.area == "strathannan":
        chances = {"children": 0.35, "housing": 0.3, "health": 0.2}
    return tuple(key for key, chance in chances.items() if rng.random() < chance)


def _surround(stage: Stage, case: Case, at: datetime) -> None:
    """The case team, offence and orders; the platform's own pages for these come later."""
    person = case.person
    with clock.at(at), unit_of_work(Kind.WRITE, system="demo"):
        given = Given(at=at, by=stage.actors[case.manager].user_id, reason="case opened")
        key = sort_name(person.family, person.given)
        partner = "justice" if case.scottish else "probation"
        for service in dict.fromkeys(("police", partner, *case.others)):
            agency = stage.agencies[case.prefix + service]
            if case.prefix + service != case.lead and case.person.index != NOBODY_KNOWS:
                rights.add_agency_to_team(
                    case.id, agency.id, person.area, CAPACITY[service], key, given
                )
        for worker in _workers(case):
            actor = stage.actors[worker]
            rights.add_worker(
                case.id, actor.agency_id, actor.user_id, Part.WORKER, given, team=actor.team_id
            )
        _offence(stage, case)
        _conflicts(stage, case, given)
        if person.index == NOBODY_KNOWS:
            _forget_category(case, at)


def _workers(case: Case) -> list[str]:
    """Named workers besides the manager."""
    if case.person.index == NOBODY_KNOWS:
        return []
    north = {
        "children": ("leah.tarrant", "femi.oduya"),
        "housing": ("sam.ortega",),
        "health": ("amit.solanke",),
        "adults": ("anil.bhaskar",),
        "prison": ("hugh.pennant",),
    }
    scots = {
        "children": ("skye.buchan",),
        "housing": ("gavin.ure",),
        "health": ("mhairi.lorne",),
    }
    of = scots if case.scottish else north
    turn = 0 if case.person.index < 5 else case.person.index
    named = [case.police] if case.police != case.manager else []
    if case.lead.endswith("police"):
        named += [MANAGERS[case.person.area, "justice" if case.scottish else "probation"][0]]
    return named + [of[key][turn % len(of[key])] for key in case.others]


def _offence(stage: Stage, case: Case) -> None:
    person = case.person
    own = {"person_id": case.id, "owner_agency_id": stage.agencies[case.lead].id}
    if person.offence:
        db.session.add(
            Offence(
                **own,
                kind=person.offence,
                convicted_on=person.sentenced_on,
                sentence=person.sentence or "",
                licence_ends_on=person.licence_ends_on,
                court="Northmoor Crown Court" if not case.scottish else "Kirkannan Sheriff Court",
            )
        )
    if person.category == 1:
        db.session.add(
            Order(
                **own,
                name="Notification requirements",
                made_on=person.sentenced_on or case.opened_on,
                conditions="Tell the police of every change of name, address or travel.",
            )
        )
    if person.licence_ends_on and person.licence_ends_on > case.opened_on:
        db.session.add(
            Order(
                **own,
                name="Licence",
                made_on=case.opened_on,
                ends_on=person.licence_ends_on,
                conditions="Keep appointments. Live where approved. Be open about new contacts.",
            )
        )
    db.session.flush()


def _conflicts(stage: Stage, case: Case, given: Given) -> None:
    """Hard cases: an excluded worker of an agency on the team; an agency that has left the team."""
    if case.person.index == CONFLICTING:
        rights.exclude(case.id, given, user=stage.actors["leah.tarrant"].user_id)
    if case.person.index == HELD_BACK:
        housing = stage.agencies[case.prefix + "housing"]
        over = Given(at=given.at, reason="ended", ends_at=given.at + timedelta(days=90))
        key = sort_name(case.person.family, case.person.given)
        rights.add_agency_to_team(
            case.id, housing.id, case.person.area, Capacity.COOPERATE_HOUSING, key, over
        )


def _forget_category(case: Case, at: datetime) -> None:
    db.session.execute(sa.delete(ManagementLevel).where(ManagementLevel.person_id == case.id))
    db.session.execute(
        sa.update(Person)
        .where(Person.id == case.id)
        .values(category=None, level=None, level_since=None)
    )
    reminders.close_for_person(case.id, KIND, at)


def _addresses(stage: Stage, case: Case, today: date) -> None:
    for place in case.person.addresses:
        told_on = max(place.from_on, case.opened_on)
        who = case.police if told_on > case.opened_on and not case.scottish else case.manager
        at = case.on(min(told_on, today), 9, 40)
        with stage.act(who, at) as actor:
            offenders.add_address(
                actor,
                case.id,
                AddAddress(
                    kind="home",
                    from_on=place.from_on,
                    lines=f"{place.line}, {place.town}",
                    postcode=place.postcode,
                    district=place.district,
                ),
                now=at,
            )
    if case.person.no_fixed_address:
        since = (case.person.addresses[-1].until_on or case.opened_on) + timedelta(days=1)
        at = case.on(max(since, case.opened_on), 9, 45)
        with stage.act(case.manager, at) as actor:
            none = AddAddress(kind="no_fixed_address", from_on=since)
            offenders.add_address(actor, case.id, none, now=at)


def _warn(stage: Stage, case: Case, today: date) -> None:
    if case.person.index != DANIEL and case.rng.random() > 0.15:
        return
    if case.person.index == NOBODY_KNOWS:
        return
    headline, serious, detail, officers, alone = (
        ("Risk to staff: visit in pairs. Do not visit alone.", 2, *WARNINGS[0][2:])
        if case.person.index == DANIEL
        else case.rng.choice(WARNINGS)
    )
    on = max(today - timedelta(days=49), case.opened_on)
    at = case.on(on, 14)
    with stage.act(case.police, at) as actor:
        offenders.add_warning(
            actor,
            case.id,
            AddWarning(
                headline=headline,
                serious=serious,
                review_on=on + timedelta(days=92),
                detail=detail,
                officers=officers,
                lone_working=alone,
            ),
            now=at,
        )
