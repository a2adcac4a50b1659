"""Asking the policy about one thing: ``decide``, ``require``, and a reader's standing on a person.

Statements are built once, at first use, and kept: building one costs more than running it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.actions import GRANTS, Action
from mappa.access.actor import Actor
from mappa.access.labels import ME, Clause, Column, bound_label
from mappa.access.predicates import word
from mappa.access.terms import Level, Section
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound, NotPermitted


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
    grant = GRANTS[action]
    binds = actor.binds(uow.current().at) | (target or Target()).binds()
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
def _acts_statement(actions: tuple[Action, ...]) -> Query:
    return sa.select(*(_may(act).label(f"may_{number}") for number, act in enumerate(actions)))


def _may(action: Action) -> Clause:
    """One condition for the whole of an act: no predicate denies, every one of some line holds."""
    grant = GRANTS[action]
    of = bound_label(grant.section or Section.IDENTITY)
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


def require(actor: Actor, action: Action, target: Target | None = None) -> None:
    """Raise ``NotPermitted`` unless the policy allows it; nothing is written then."""
    decision = decide(actor, action, target)
    if not decision.allowed:
        raise NotPermitted(f"{action.value}: {', '.join(decision.reasons)}")


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
    """At what level a reader gets each section of one person, as others own it."""

    person: UUID
    levels: dict[Section, Level]
    acts: frozenset[Action] = frozenset()
    """Of the acts that were asked with it: what the reader may do as the own agency."""

    def at_least(self, section: Section, level: Level) -> bool:
        """Whether the reader gets this much of the section."""
        return self.levels[section] >= level

    def opens(self, section: Section) -> bool:
        """Whether there is a page of this section for the reader (sealed counts)."""
        return self.levels[section] >= Level.SEALED


@cache
def _standing_statement(acts: tuple[Action, ...]) -> Query:
    sections = sa.union_all(
        *(sa.select(word(section.value).label("section")) for section in Section)
    ).subquery("sections")
    of = replace(bound_label(Section.IDENTITY, owner=False), section=sections.c.section)
    steps: Iterator[tuple[Clause, Column]] = (
        (policy.where(None, ME, of, policy.AT, level), sa.literal_column(str(int(level))))
        for level in (Level.FULL, Level.SUM, Level.SEALED)
    )
    levels = sa.select(sections.c.section, sa.case(*steps, else_=sa.literal_column("0")))
    asked = (
        sa.select(word(act.value), sa.case((_may(act), word(1)), else_=word(0))) for act in acts
    )
    return sa.select(sa.union_all(levels, *asked).subquery("stands")) if acts else levels


def standing(actor: Actor, person: UUID, acts: tuple[Action, ...] = ()) -> Standing:
    """The reader's level in every section of a person, and whether these acts are allowed.

    Raises ``NotFound`` if the person is not visible at all: identity is never sealed.
    """
    target = Target(person=person, owner=actor.agency_id)
    binds = actor.binds(uow.current().at) | target.binds()
    answers = db.session.execute(_standing_statement(acts), binds)
    found: dict[str, int] = {row[0]: row[1] for row in answers}
    levels = {section: Level(found[section.value]) for section in Section}
    if levels[Section.IDENTITY] < Level.SUM:
        raise NotFound
    return Standing(person, levels, frozenset(act for act in acts if found[act.value]))
