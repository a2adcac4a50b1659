"""The list of people: narrowed, by name, page by page, in one statement.

A filter looks only at what the reader sees of each person: who does not get the section risk has
nobody under any band. The place to go on from is a person; one whom the reader does not see is the
beginning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged, policy
from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import ME, Clause, Column
from mappa.access.models import CaseWorker, Posting
from mappa.access.reading import Seen, rows, scope
from mappa.access.terms import CASE_ROLES, Role
from mappa.agencies.models import Team, User
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import FieldErrors
from mappa.offenders import queries
from mappa.offenders.identity import reads_risk, with_lead
from mappa.offenders.models import Person
from mappa.offenders.rules import PeopleFilter
from mappa.rules.levels import RiskBand
from mappa.web.models import KeptFilter

PAGE = 25
COUNTED = 100
MANAGERS = 50
"""As many are offered at once: a large force has five hundred."""
LIST = "people"

_person = Person.__table__
_AFTER = sa.bindparam("after", type_=sa.Uuid())
_LEAD = sa.bindparam("lead_agency_id", type_=sa.Uuid())


@dataclass(frozen=True)
class PeoplePage:
    """One page of the list: the people, the id to go on after, how many there are at least."""

    people: list[Seen]
    after: UUID | None
    total: int


@dataclass(frozen=True)
class Choices:
    """What the reader can narrow the list to, and what was chosen when it was last narrowed."""

    teams: Sequence[tuple[str, str]]
    managers: Sequence[tuple[str, str]]
    kept: Mapping[str, str]
    more_managers: bool = False
    """Whether the agency has others, whom their team must be chosen for."""


def _of_team(person: Column) -> Clause:
    """Somebody of a team of the reader's own agency works on the case."""
    worker = CaseWorker.__table__.alias("team_worker")
    return (
        sa.select(sa.literal_column("1"))
        .select_from(worker)
        .where(
            worker.c.person_id == person,
            worker.c.agency_id == ME.agency,
            worker.c.team_id == sa.bindparam("team_id", type_=sa.Uuid()),
            worker.c.state == sa.literal_column("1"),
            worker.c.starts_at <= policy.AT,
            worker.c.ends_at > policy.AT,
        )
        .correlate_except(worker)
        .offset(sa.literal_column("0"))
        .exists()
    )


def _narrowed(names: frozenset[str]) -> list[Clause]:
    columns = _person.c
    tests = {
        "level": columns.level == sa.bindparam("level", type_=sa.Integer()),
        "category": columns.category == sa.bindparam("category", type_=sa.Integer()),
        "manager_id": columns.manager_id == sa.bindparam("manager_id", type_=sa.Uuid()),
        "lead_agency_id": columns.owner_agency_id
        == sa.bindparam("lead_agency_id", type_=sa.Uuid()),
        "team_id": _of_team(columns.id),
        "risk": sa.and_(
            columns.risk_band == sa.bindparam("risk", type_=sa.Text()),
            reads_risk(columns.id),
        ),
    }
    return [tests[name] for name in sorted(names)]


def _from_reach(*, area: bool) -> tuple[sa.FromClause, Clause, Column, Column]:
    """Where the list starts, what bounds it, and its two columns of order.

    A co-ordinator has the people of the area whatever the agency, so reach is not the start.
    """
    if area:
        return _person, merged.stands_alone(_person.c.id), _person.c.sort_name, _person.c.id
    reach = teams.reached()
    bound = sa.and_(reach.c.agency_id == ME.agency, reach.c.ends_at > policy.AT)
    joined = reach.join(_person, _person.c.id == reach.c.person_id)
    return joined, bound, reach.c.sort_name, reach.c.person_id


def _name_of_place() -> sa.ColumnElement[str]:
    last = _person.alias("last")
    columns = {"person": last.c.id, "owner": last.c.owner_agency_id, "record": last.c.id}
    label = Person.label()
    of = type(label)(**{**label.__dict__, **columns})
    found = sa.select(last.c.sort_name).where(last.c.id == _AFTER, scope(Person, of=of))
    return sa.func.coalesce(found.scalar_subquery(), sa.literal_column("''"))


@cache
def _people(area: bool, narrowed: frozenset[str]) -> Query:
    start, bound, name, key = _from_reach(area=area)
    conditions = [bound, *_narrowed(narrowed)]
    among = sa.select(_person.c.id).select_from(start).where(*conditions, scope(Person))
    counted = among.limit(COUNTED + 1).subquery("counted")
    total = sa.select(sa.func.count()).select_from(counted).scalar_subquery().label("total")
    return (
        queries.as_listed(total)
        .select_from(with_lead(start))
        .where(*conditions, sa.tuple_(name, key) > sa.tuple_(_name_of_place(), _AFTER))
        .order_by(name, key)
        .limit(PAGE + 1)
    )


def people(
    actor: Actor, wanted: PeopleFilter | None = None, *, after: UUID | None = None
) -> PeoplePage:
    """The people this reader may see, by name, 25 to a page, counted to 101 at most."""
    binds = {name: value for name, value in vars(wanted or PeopleFilter()).items() if value}
    statement = _people(actor.role is Role.COORDINATOR, frozenset(binds))
    if "risk" in binds:
        binds["risk"] = RiskBand(binds["risk"]).value
    found = rows(actor, statement, Person, after=after or NOBODY, **binds)
    shown = [queries.gated(each) for each in found[:PAGE]]
    onward = shown[-1].id if len(found) > PAGE else None
    return PeoplePage(shown, onward, found[0].total if found else 0)


@cache
def _everybody(area: bool, narrowed: frozenset[str]) -> Query:
    start, bound, name, key = _from_reach(area=area)
    asked = sa.select(key).select_from(start).where(bound, *_narrowed(narrowed), scope(Person))
    return asked.order_by(name, key).limit(sa.bindparam("most", type_=sa.Integer()))


def everybody(actor: Actor, wanted: PeopleFilter, *, most: int) -> list[UUID]:
    """The ids of all people of the list, by name; ``most`` of them at most."""
    binds = {name: value for name, value in vars(wanted).items() if value}
    statement = _everybody(actor.role is Role.COORDINATOR, frozenset(binds))
    if "risk" in binds:
        binds["risk"] = RiskBand(binds["risk"]).value
    binds |= actor.binds(uow.current().at) | {"most": most}
    return list(db.session.execute(statement, binds).scalars())


def _chosen(name: str) -> sa.ColumnElement[UUID]:
    """The id that was chosen last: looked up and read once, not for each whom it is compared to."""
    text = sa.func.replace(KeptFilter.chosen[name].as_string(), "-", "")
    kept = sa.and_(KeptFilter.user_id == ME.user, KeptFilter.page == LIST)
    # As SQLite stores an id; PostgreSQL reads it.
    return sa.select(sa.cast(text, sa.Uuid())).where(kept).scalar_subquery()


def _manager_choices() -> Query:
    """The first case workers of the agency: the one chosen, the chosen team's, the reader's."""
    near = sa.case(
        (User.id == _chosen("manager_id"), 0),
        (Posting.team_id == _chosen("team_id"), 1),
        (Posting.team_id == ME.team, 2),
        else_=3,
    )
    found = (
        sa.select(sa.literal_column("'manager'").label("what"), User.id, User.name)
        .join(Posting, Posting.user_id == User.id)
        .where(
            Posting.agency_id == ME.agency,
            Posting.role.in_([role.value for role in CASE_ROLES]),
            teams.live(Posting),
            User.disabled_at.is_(None),
        )
        .order_by(near, User.name, User.id)
        .limit(MANAGERS + 1)
        .subquery("near")
    )
    return sa.select(found.c.what, found.c.id, found.c.name, sa.cast(sa.null(), sa.JSON()))


@cache
def _choices() -> Query:
    """Teams and case workers of the reader's agency, and the kept filter, in one statement."""
    nothing = sa.null()
    team: Query = sa.select(
        sa.literal_column("'team'").label("what"),
        sa.type_coerce(Team.id, sa.Uuid()).label("id"),
        Team.name.label("name"),
        sa.cast(nothing, sa.JSON()).label("chosen"),
    ).where(Team.agency_id == ME.agency)
    kept: Query = sa.select(
        sa.literal_column("'kept'"), sa.cast(nothing, sa.Uuid()), nothing, KeptFilter.chosen
    ).where(KeptFilter.user_id == ME.user, KeptFilter.page == LIST)
    return sa.union_all(team, _manager_choices(), kept)  # type: ignore[return-value]


def choices(actor: Actor) -> Choices:
    """What the reader can choose from, each by name, and what is kept."""
    found = db.session.execute(_choices(), actor.binds(uow.current().at)).all()
    kept: dict[str, str] = next((row.chosen for row in found if row.what == "kept"), {})
    managers = [row for row in found if row.what == "manager"]
    return Choices(
        _options([row for row in found if row.what == "team"]),
        _options(managers[:MANAGERS]),
        kept,
        more_managers=len(managers) > MANAGERS,
    )


def _options(found: Sequence[Any]) -> list[tuple[str, str]]:
    options = {(row.name, str(row.id)) for row in found}
    return [(value, name) for name, value in sorted(options)]


def chosen_of(kept: Choices) -> PeopleFilter:
    """The filter that was kept, without what can no longer be chosen."""
    said = kept.kept
    offered = {value for value, _ in (*kept.teams, *kept.managers)}

    def id_of(name: str) -> UUID | None:
        return UUID(said[name]) if said.get(name) in offered else None

    return PeopleFilter(
        level=int(said["level"]) if "level" in said else None,
        category=int(said["category"]) if "category" in said else None,
        risk=RiskBand(said["risk"]) if "risk" in said else None,
        team_id=id_of("team_id"),
        manager_id=id_of("manager_id"),
    )


def keep_filter(actor: Actor, wanted: PeopleFilter) -> None:
    """Keep how the reader narrows the list. Raises ``FieldErrors`` for another agency's team."""
    offered = choices(actor)
    wrong = {
        name: ["Choose one from the list"]
        for name, options in (("team_id", offered.teams), ("manager_id", offered.managers))
        if (value := getattr(wanted, name)) and str(value) not in dict(options)
    }
    if wrong:
        raise FieldErrors(wrong)
    kept = db.session.get(KeptFilter, (actor.user_id, LIST))
    if kept is None:
        kept = KeptFilter(user_id=actor.user_id, page=LIST)
        db.session.add(kept)
    kept.chosen = wanted.chosen()
    db.session.flush()
