"""The same pages with everything that asks the database put in its place by raw SQL.

Routes, views, presenters and templates are ours; session, reads and the one write are the floor's.
It knows only "agency sees person until": no policy, no ORM, no record of the reading.
"""

import inspect
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Flask, Response, g, make_response, session, url_for

from bench.floor import statements as say
from bench.floor import writing
from bench.floor.sql import Floor, typed
from bench.floor.visits import VisitReads
from mappa.access import merged
from mappa.access.actor import Actor
from mappa.access.asking import Standing
from mappa.access.reading import Seen
from mappa.access.terms import Level, Role, Section
from mappa.agencies.sessions import TOKEN
from mappa.insight.queries import timeline as happened
from mappa.insight.queries import work, work_list
from mappa.insight.queries.timeline import Happening
from mappa.insight.queries.work_list import WorkPage
from mappa.insight.rules import Urgency, WorkFilter, understood
from mappa.insight.views import home as home_views
from mappa.insight.views import people as person_views
from mappa.insight.views import work as work_views
from mappa.kernel import crypto, uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import Kind, UnitOfWork
from mappa.offenders import listing, queries, search
from mappa.offenders.listing import Choices, PeoplePage
from mappa.offenders.names import SCALE, parse_query, rank, wanted
from mappa.offenders.search import Answer, Found
from mappa.offenders.workers import CaseWorker
from mappa.reminders import queries as reminders
from mappa.risk import queries as risk
from mappa.risk.queries import AssessmentSeen
from mappa.web.slots import SignIn, slots

PAGES = ("people.index", "people.found", "insight.overview", "insight.timeline", "insight.home",
         "insight.work", "visits.mine", "visits.team")  # fmt: skip
_CANDIDATES = 100


def lower(app: Flask) -> Flask:
    """The application with the floor under its measured pages."""
    floor = Floor(app.config["SETTINGS"].database_url)
    places = _in_the_place_of(_Reads(floor)) + VisitReads(floor).in_the_place_of()
    for module, name, made in places:
        assert hasattr(module, name), f"nothing is lowered: {module.__name__} has no {name}"
        setattr(module, name, made)
    slots.bell = lambda actor: floor.rows(say.BELL, user=actor.user_id)[0]["n"]
    slots.standing = lambda _actor, person: g.standing[person]
    slots.buttons = lambda _actor, person, _standing: [
        ("Log a visit", url_for("visits.log", person_id=person)),
        ("Report a change", url_for("people.report_a_change", person_id=person)),
    ]
    for endpoint in PAGES:
        view = inspect.unwrap(app.view_functions[endpoint])
        app.view_functions[endpoint] = _with_floor(floor, view)
    app.view_functions["visits.check_post"] = _with_floor(floor, writing.log(floor))
    app.view_functions["visits.card_post"] = _with_floor(floor, writing.card(floor))
    return app


def _with_floor(floor: Floor, view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def wrapper(**named: Any) -> Response:
        floor.begin()
        unit = UnitOfWork(Kind.READ, "floor")
        unit.began_at(datetime.now(UTC))
        token = uow._current.set(unit)
        try:
            _sign_in(floor)
            if person := named.get("person_id"):
                levels = dict.fromkeys(Section, Level.FULL)
                g.standing = {person: Standing(person, levels)}
            answer = make_response(view(**named))
        finally:
            uow._current.reset(token)
        answer.headers["X-Statements"] = str(floor.statements)
        return answer

    return wrapper


def _sign_in(floor: Floor) -> None:
    found = floor.rows(say.SESSION, digest=crypto.digest(session.get(TOKEN, "")))
    if not found:
        raise NotFound
    row = typed(found[0]) if floor.sqlite else found[0]
    names = ("user_id", "name", "posting_id", "agency_id", "agency_name", "area_id", "team_id",
             "session_id")  # fmt: skip
    g.sign_in = SignIn(Actor(role=Role(row["role"]), **{each: row[each] for each in names}))


def _in_the_place_of(reads: "_Reads") -> list[tuple[Any, str, Any]]:
    return [
        (listing, "people", reads.people),
        (listing, "choices", lambda _actor: Choices((), (), {})),
        (queries, "person", reads.person),
        (queries, "live_warnings", reads.warnings),
        (search, "kept_search", reads.kept),
        (search, "search", reads.search),
        (reminders, "for_person", reads.owed),
        (person_views, "case_workers", reads.workers),
        (risk, "current", reads.assessed),
        (happened, "happenings", reads.happenings),
        (work_list, "at_home", reads.at_home),
        (work_list, "kept_filter", reads.kept_filter),
        (work_list, "listed", reads.listed),
        (work_list, "counts", reads.counts),
        (work_list, "snoozed", reads.snoozed),
        (work, "waiting", reads.waiting),
        (work, "changes", reads.changes),
        (work, "around", reads.around),
        (home_views.handovers, "without_manager", lambda _actor: ()),
        (work_views, "how_many_to_answer", lambda _actor: 0),
        (work_views.asking, "waiting", lambda _actor: []),
        (merged, "people_of", lambda person: [person]),
        (merged, "survivor_of", lambda person: person),
    ]


class _Reads:
    """What pages ask for, by raw SQL."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    def people(self, actor: Actor, _wanted: Any = None, *, after: UUID | None = None) -> PeoplePage:
        name, at = "", uow.current().at
        if after:
            name = self.floor.rows(say.PLACE, person=after)[0]["sort_name"]
        binds = {"agency": actor.agency_id, "at": at}
        found = self.floor.seen(say.PEOPLE, **binds, name=name, key=after or NOBODY)
        total = self.floor.rows(say.COUNT, **binds)[0]["n"]
        return PeoplePage(found[:25], found[24].id if len(found) > 25 else None, total)

    def person(self, actor: Actor, person: UUID) -> Seen:
        binds = {"agency": actor.agency_id, "at": uow.current().at}
        found: list[Seen] = g.setdefault("floor_person", [])
        found = found or self.floor.seen(say.PERSON, person=person, **binds)
        if not found:
            raise NotFound
        g.floor_person = found
        return found[0]

    def warnings(self, _actor: Actor, person: UUID) -> list[Seen]:
        return self.floor.seen(say.WARNINGS, person=person)

    def owed(self, _actor: Actor, person: UUID) -> list[Seen]:
        return self.floor.seen(say.OWED, person=person)

    def workers(self, _actor: Actor, person: UUID, _standing: Any = None) -> list[CaseWorker]:
        found = self.floor.rows(say.WORKERS, person=person, at=uow.current().at)
        return [CaseWorker(**row) for row in found]

    def assessed(self, _actor: Actor, person: UUID, lead: UUID) -> AssessmentSeen | None:
        found = risk.newest(self.floor.seen(say.ASSESSMENTS, person=person), lead)
        if found is None:
            return None
        groups = self.floor.seen(say.GROUPS, assessment=found.record)
        return AssessmentSeen(found, groups)

    def happenings(
        self, _actor: Actor, standing: Standing, *, only: Any = None, before: Any = None,
        most: int = happened.PAGE,
    ) -> tuple[list[Happening], bool]:  # fmt: skip
        found = self.floor.rows(say.TIMELINE, person=standing.person, most=most + 1)
        rows = [typed(each) for each in found] if self.floor.sqlite else found
        return [Happening(**each) for each in rows[:most]], len(rows) > most

    def at_home(self, actor: Actor, today: date) -> list[Seen]:
        return self.floor.seen(say.AT_HOME, user=actor.user_id, today=today)

    def kept_filter(self, actor: Actor) -> WorkFilter:
        found = self.floor.rows(say.KEPT_FILTER, user=actor.user_id)
        chosen = found[0]["chosen"] if found else {}
        return understood(json.loads(chosen) if isinstance(chosen, str) else chosen)

    def listed(self, actor: Actor, *_how: Any, after: UUID | None = None) -> WorkPage:
        """The first page of own work, not narrowed: what the bench asks for."""
        assert after is None
        today = day_of(uow.current().at)
        found = self.floor.seen(say.LISTED, user=actor.user_id, today=today)
        more = found[work_list.PAGE - 1].id if len(found) > work_list.PAGE else None
        return WorkPage(found[: work_list.PAGE], more)

    def counts(self, actor: Actor, *_how: Any) -> dict[Urgency, int]:
        today = day_of(uow.current().at)
        binds = {"today": today, "week": today + work_list.WEEK}
        found = self.floor.rows(say.COUNTED, user=actor.user_id, **binds)[0]
        return {each: min(found[each.value], work_list.COUNTED + 1) for each in Urgency}

    def snoozed(self, actor: Actor, *_how: Any) -> list[Seen]:
        today = day_of(uow.current().at)
        return self.floor.seen(say.SNOOZED, user=actor.user_id, today=today)

    def waiting(self, actor: Actor) -> list[Seen]:
        return self.floor.seen(say.WAITING, user=actor.user_id)

    def changes(self, actor: Actor, since: datetime) -> list[Seen]:
        at = uow.current().at
        return self.floor.seen(say.CHANGES, user=actor.user_id, since=since, at=at)

    def around(self, actor: Actor) -> work.Around:
        found = self.floor.rows(say.JURISDICTION, area=actor.area_id)[0]["jurisdiction"]
        return work.Around(str(found), has_people=True, asked=0, requests=0)

    def kept(self, actor: Actor, kept: UUID) -> str:
        row = self.floor.rows(say.KEPT, search=kept, session=actor.session_id)[0]
        return crypto.open_sealed(bytes(row["typed"]), "kept_search.typed")

    def search(self, actor: Actor, text: str) -> Answer:
        """The same keys, the same ranking; of the policy only that the agency sees the person."""
        asked = parse_query(text)
        names = wanted(asked.name)
        best: dict[Any, dict[int, int]] = {}
        statement, binds = _in(say.KEYS, "values", sorted(names))
        at = uow.current().at
        for row in self.floor.rows(statement, agency=actor.agency_id, at=at, **binds):
            place, worth = divmod(names[row["value"]], SCALE)
            met = best.setdefault(row["person_id"], {})
            met[place] = max(met.get(place, 0), worth)
        order = sorted(best, key=lambda each: (-len(best[each]), -sum(best[each].values())))
        return self._ranked(asked, order[:_CANDIDATES])

    def _ranked(self, asked: Any, ids: list[Any]) -> Answer:
        if not ids:
            return Answer(asked.text, [], cut=False)
        statement, binds = _in(say.FOUND, "ids", ids)
        people = {each.id: each for each in self.floor.seen(statement, **binds)}
        names: dict[UUID, list[str]] = {each: [] for each in people}
        statement, binds = _in(say.ALIASES, "ids", ids)
        for alias in self.floor.seen(statement, **binds):
            names[alias.person_id].append(alias.name)
        found = []
        for key, person in people.items():
            match = rank(asked.name, [queries.display_name(person), *names[key]])
            if match:
                found.append(Found(person, match))
        found.sort(key=lambda each: (-each.match.score, each.person.sort_name))
        return Answer(asked.text, found, cut=False)


def _in(statement: str, name: str, values: list[Any]) -> tuple[str, dict[str, Any]]:
    binds = {f"v{n}": value for n, value in enumerate(values)}
    return statement.format(**{name: ", ".join(f":{each}" for each in binds)}), binds
