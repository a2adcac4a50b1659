"""Asking the policy about one thing: ``decide``, ``require``, and a reader's standing on a person.

Statements are built once, at first use, and kept: building one costs more than running it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from mappa.access import policy
from mappa.access.actions import GRANTS, OWN_RECORD, Action
from mappa.access.actor import Actor
from mappa.access.labels import ME, Clause, Column, Label, Labelled, bound_label, nobody, word
from mappa.access.leading import is_shared, lead_of
from mappa.access.models import Emergency, Reach, Share
from mappa.access.predicates import Rows, live, some
from mappa.access.reading import RECORD, note_read, scope, sees_person
from mappa.access.terms import Level, Role, Section
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound, NotPermitted

Row = TypeVar("Row", bound=Labelled)


@dataclass(frozen=True, kw_only=True)
class Target:
    """One record, existing or still to be written, as its label says."""

    person: UUID = NOBODY
    owner: UUID = NOBODY
    record: UUID = NOBODY
    handling: UUID = NOBODY
    meeting: UUID = NOBODY

    def binds(self) -> dict[str, UUID]:
        """The values of the label's bind parameters."""
        return {
            "of_person": self.person,
            "of_owner": self.owner,
            "of_record": self.record,
            "of_handling": self.handling,
            "of_meeting": self.meeting,
        }


@dataclass(frozen=True)
class Decision:
    """An answer and the names of the predicates that gave it."""

    allowed: bool
    reasons: tuple[str, ...]


@cache
def _act_statement(action: Action) -> Query:
    grant = GRANTS[action]
    of = bound_label(grant.section or Section.IDENTITY)
    tests = {test.__name__: test for line in grant.lines for test in line}
    if grant.section is not None:
        tests |= {test.__name__: test for test in policy.DENY}
    return sa.select(
        *(test(ME, of, policy.AT, grant.need).label(name) for name, test in tests.items())
    )


def decide(actor: Actor, action: Action, target: Target | None = None) -> Decision:
    """Whether ``actor`` may do ``action`` to ``target`` now, and by which predicates."""
    if target is None and _looks_at_the_role_alone(action):
        return _by_role(action, actor)
    return _decide(actor, action, target or Target())


def _decide(actor: Actor, action: Action, target: Target) -> Decision:
    grant = GRANTS[action]
    binds = actor.binds(uow.current().at) | target.binds()
    answers = db.session.execute(_act_statement(action), binds).one()._mapping
    denied = [test.__name__ for test in policy.DENY if answers.get(test.__name__)]
    if denied:
        return Decision(False, tuple(denied))
    for line in grant.lines:
        names = tuple(test.__name__ for test in line)
        if all(answers[name] for name in names):
            return Decision(True, names)
    return Decision(False, ("no_line",))


@cache
def _looks_at_the_role_alone(action: Action) -> bool:
    binds = {
        each.key
        for each in visitors.iterate(_act_statement(action))
        if isinstance(each, sa.BindParameter)
    }
    return binds <= {"me_role"}


_of_roles: dict[tuple[Action, Role], Decision] = {}
"""Answers that hang on the role alone: constants of the program, each asked of the policy once."""


def _by_role(action: Action, actor: Actor) -> Decision:
    key = (action, actor.role)
    if key not in _of_roles:
        _of_roles[key] = _decide(actor, action, Target())
    return _of_roles[key]


def _acts_statement(actions: tuple[Action, ...]) -> Query:
    return sa.select(*(_may(act).label(f"may_{number}") for number, act in enumerate(actions)))


def _may(action: Action, of: Label | None = None) -> Clause:
    """One condition for the whole of an act: no predicate denies, every one of some line holds."""
    grant = GRANTS[action]
    of = of or bound_label(grant.section or Section.IDENTITY)
    lines = (
        sa.and_(*(test(ME, of, policy.AT, grant.need) for test in line)) for line in grant.lines
    )
    denied = policy.DENY if grant.section is not None else ()
    return sa.and_(
        *(sa.not_(test(ME, of, policy.AT, grant.need)) for test in denied),
        sa.or_(sa.false(), *lines),
    )


def may_each(actor: Actor, actions: tuple[Action, ...], target: Target) -> frozenset[Action]:
    """Which of these acts ``actor`` may do to ``target`` now: one statement for all of them."""
    if not actions:
        return frozenset()
    binds = actor.binds(uow.current().at) | target.binds()
    answers = db.session.execute(_acts_statement(actions), binds).one()
    return frozenset(act for act, may in zip(actions, answers, strict=True) if may)


_PEOPLE = sa.bindparam("people", type_=sa.Uuid(), expanding=True)


@cache
def _each_statement(action: Action) -> Query:
    candidate = Rows(Reach, "candidate")
    of = bound_label(GRANTS[action].section or Section.IDENTITY, owner=False)
    of = replace(of, person=candidate.person_id, owner=ME.agency)
    return sa.select(candidate.person_id).where(
        candidate.agency_id == ME.agency, candidate.person_id.in_(_PEOPLE), _may(action, of)
    )


def may_to_each(actor: Actor, action: Action, people: Sequence[UUID]) -> frozenset[UUID]:
    """The people of whose own agency's records ``actor`` may do this now: one statement for all."""
    binds = actor.binds(uow.current().at) | {"people": list(people)}
    return frozenset(db.session.execute(_each_statement(action), binds).scalars())


def require(actor: Actor, action: Action, target: Target | None = None) -> None:
    """Raise ``NotPermitted`` unless the policy allows it; nothing is written then."""
    decision = decide(actor, action, target)
    if not decision.allowed:
        raise NotPermitted(f"{action.value}: {', '.join(decision.reasons)}")


@cache
def _load_statement(action: Action, model: type[Labelled]) -> Query:
    table = model.__table__.c  # type: ignore[attr-defined]
    of = bound_label(GRANTS[action].section or Section.IDENTITY)
    of = replace(of, person=table.person_id, owner=table.owner_agency_id, record=table.id)
    return (
        sa.select(model, _may(action, of).label("may_act"))
        .where(table.id == RECORD, scope(model, need=Level.FULL), sees_person(table.person_id))
        .with_for_update(of=model)
    )


def load_to(actor: Actor, action: Action, model: type[Row], record: UUID) -> Row:
    """The row itself, to be changed by an act that is asked of the policy in the same statement.

    Raises ``NotFound`` if the row or its person is not seen, and what ``require`` raises.
    """
    binds = actor.binds(uow.current().at) | {"record": record}
    statement = _load_statement(action, model)  # type: ignore[arg-type]  # a class is hashable
    found = db.session.execute(statement, binds).one_or_none()
    if found is None:
        raise NotFound
    note_read([record])
    row: Row = found[0]
    if not found.may_act:
        target = Target(person=row.person_id, owner=row.owner_agency_id, record=record)
        require(actor, action, target)  # says why not
    return row


@cache
def _read_statement(section: Section, need: Level) -> Query:
    of = bound_label(section)
    return sa.select(*policy.reasons(section, ME, of, policy.AT, need))


def decide_reading(actor: Actor, section: Section, need: Level, target: Target) -> Decision:
    """Whether ``actor`` may read such a record at ``need``, and by which predicates."""
    binds = actor.binds(uow.current().at) | target.binds()
    answers = db.session.execute(_read_statement(section, need), binds).one()._mapping
    allowed, names = policy.verdict(section, {key: bool(said) for key, said in answers.items()})
    return Decision(allowed, names)


@dataclass(frozen=True)
class Standing:
    """At what level a reader gets each section of one person, as others own it.

    The identity is one record: it is asked of its owner, who may share it with the reader.
    """

    person: UUID
    levels: dict[Section, Level]
    writes_own: bool = False
    """Whether the reader may add records of the own agency about the person."""
    emergency_until: datetime | None = None
    """Until when the reader has emergency access to the person (UTC); None without it."""
    shared: frozenset[Section] = frozenset()
    """The sections of which an owner shares something with the reader, who sees it."""

    def may(self, action: Action) -> bool:
        """Whether the reader may do what is open to whoever writes the own agency's records.

        Raises ``KeyError`` for any other action: that one is for ``decide``.
        """
        if GRANTS[action].lines != (OWN_RECORD,):
            raise KeyError(action)
        return self.writes_own

    def at_least(self, section: Section, level: Level) -> bool:
        """Whether the reader gets this much of the section; of what is shared, up to a summary.

        A share in full is of one owner, and says nothing of what others own in the section.
        """
        return self.levels[section] >= level or (level <= Level.SUM and section in self.shared)

    def opens(self, section: Section) -> bool:
        """Whether there is a page of this section for the reader (sealed counts)."""
        return self.at_least(section, Level.SEALED)


_PERSON = sa.bindparam("of_person", type_=sa.Uuid())
_STANDING, _WRITES_OWN, _EMERGENCY = "standing_levels", "writes_own", "emergency_until"
_SHARED = "standing_shared"


def _emergency_until(person: Column) -> sa.Label[Any]:
    opened = Rows(Emergency, "opened")
    mine = (opened.user_id == ME.user, opened.person_id == person, live(opened, policy.AT))
    until = sa.select(sa.func.max(opened.ends_at)).where(*mine).correlate_except(opened.table)
    return until.scalar_subquery().label(_EMERGENCY)


def _sections() -> sa.Subquery:
    """Every section with its place, and the weight of its level in a sum."""
    return sa.union_all(
        *(
            sa.select(
                word(section.value).label("section"),
                word(4**place).label("weight"),
                word(2**place).label("flag"),
            )
            for place, section in enumerate(Section)
        )
    ).subquery("sections")


def _shared(person: Column) -> sa.Label[Any]:
    """The sections in which something is shared with the reader, who gets it by the policy."""
    sections, given = _sections(), Rows(Share, "given_share")
    of = replace(
        bound_label(Section.IDENTITY),
        person=person,
        section=sections.c.section,
        owner=given.owner_agency_id,
        record=given.record_id,
    )
    seen = some(
        given,
        given.person_id == person,
        given.agency_id == ME.agency,
        given.section == sections.c.section,
        live(given, policy.AT),
        policy.where(None, ME, of, policy.AT, Level.SUM),
    )
    flags = sa.select(sa.func.coalesce(sa.func.sum(sections.c.flag), word(0))).where(seen)
    summed = flags.correlate_except(sections).scalar_subquery()
    # Nearly nobody reads by a share: then no section is looked at.
    return sa.case((is_shared(person, policy.AT), summed), else_=word(0)).label(_SHARED)


def standing_columns(person: Column = _PERSON) -> tuple[sa.Label[Any], ...]:
    """The reader's standing on a person, as columns for ``standing_from``."""
    sections = _sections()
    owner = sa.case(
        (sections.c.section == word(Section.IDENTITY.value), lead_of(person, policy.AT)),
        else_=nobody(),
    )
    of = replace(
        bound_label(Section.IDENTITY), person=person, section=sections.c.section, owner=owner
    )
    steps: Iterator[tuple[Clause, Column]] = (
        (policy.where(None, ME, of, policy.AT, level), word(level))
        for level in (Level.FULL, Level.SUM, Level.SEALED)
    )
    level = sa.case(*steps, else_=word(Level.NONE))
    levels = sa.select(sa.func.sum(sections.c.weight * level)).correlate_except(sections)
    own = replace(bound_label(Section.IDENTITY, owner=False), person=person, owner=ME.agency)
    tests = (test(ME, own, policy.AT, Level.SUM) for test in OWN_RECORD)
    denied = (sa.not_(deny(ME, own, policy.AT, Level.SUM)) for deny in policy.DENY)
    writes = sa.and_(*tests, *denied)
    standing = levels.scalar_subquery().label(_STANDING)
    return standing, writes.label(_WRITES_OWN), _emergency_until(person), _shared(person)


def standing_from(person: UUID, row: Mapping[Any, Any]) -> Standing:
    """The standing that the columns of ``standing_columns`` say.

    Raises ``NotFound`` if the person is not visible at all: identity is never sealed.
    """
    said = int(row[_STANDING])
    levels = {each: Level(said // 4**place % 4) for place, each in enumerate(Section)}
    if levels[Section.IDENTITY] < Level.SUM:
        raise NotFound
    flags = int(row[_SHARED])
    shared = frozenset(each for place, each in enumerate(Section) if flags >> place & 1)
    return Standing(person, levels, bool(row[_WRITES_OWN]), row[_EMERGENCY], shared)


@cache
def _standing_statement() -> Query:
    return sa.select(*standing_columns())


def standing(actor: Actor, person: UUID) -> Standing:
    """The reader's level in every section of a person.

    Raises ``NotFound`` if the person is not visible at all: identity is never sealed.
    """
    binds = actor.binds(uow.current().at) | Target(person=person).binds()
    found = db.session.execute(_standing_statement(), binds).one()
    return standing_from(person, found._mapping)
