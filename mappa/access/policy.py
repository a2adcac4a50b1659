"""The policy: a table of named predicates, compiled for one row, for all rows, and with reasons.

A line allows if every predicate of it holds; one line is enough; no line means no; a predicate of
``DENY`` beats every line. Source: the default agreement (config/agreements/default.toml) and the
roles beyond or short of it; docs/decisions/0002.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import sqlalchemy as sa

from mappa.access import predicates as p
from mappa.access.labels import ActorColumns, Clause, Column, Label, bound_label, nobody, word
from mappa.access.predicates import Predicate, role_in
from mappa.access.terms import Level, Role, Section
from mappa.kernel.types import UtcDateTime

Line = tuple[Predicate, ...]

AT: Column = sa.bindparam("at", type_=UtcDateTime())

is_information_officer = role_in(Role.INFORMATION_OFFICER)
is_chair_or_coordinator = role_in(Role.CHAIR, Role.COORDINATOR)

DENY: tuple[Predicate, ...] = (p.excluded, p.marked)

_TEAM: Line = (p.works_cases, p.on_team, p.of_own_team)
_SHARED: Line = (p.works_cases, p.shared, p.of_own_team)
_EMERGENCY: Line = (p.works_cases, p.in_emergency)
_SEATED: Line = (role_in(Role.CHAIR), p.seated)
_PREPARING: Line = (role_in(Role.COORDINATOR), p.preparing, p.while_preparing, p.in_area)
_BY_ROLE: Line = (role_in(Role.COORDINATOR), p.by_role, p.in_area)
_SHARING_OFFICE: Line = (is_information_officer, p.by_role, p.on_team_at_all)
_OWN: Line = (p.works_cases, p.own_record, p.in_area, p.of_own_team)
_KEPT_BY_OWN: Line = (is_information_officer, p.own_record, p.in_area)

GENERAL: tuple[Line, ...] = (
    _TEAM,
    _SHARED,
    _EMERGENCY,
    _SEATED,
    _PREPARING,
    _BY_ROLE,
    _SHARING_OFFICE,
    _OWN,
    _KEPT_BY_OWN,
)

_BESIDES_ON_TEAM_AS_PERSON: tuple[Line, ...] = (
    (p.only_told_of, *_TEAM),
    (p.only_told_of, *_EMERGENCY),
    (p.only_told_of, *_SEATED),
    (*_TEAM, p.on_team_as_person),
    (*_SHARED, p.on_team_as_person),
    (*_OWN, p.on_team_as_person),
    _KEPT_BY_OWN,
)

READ: dict[Section, tuple[Line, ...]] = {
    **dict.fromkeys(Section, GENERAL),
    Section.IDENTITY: (*GENERAL, (role_in(Role.CHAIR), p.chaired_person)),
    Section.MEETINGS: (
        *GENERAL,
        (p.works_cases, p.invited, p.on_team_at_all, p.of_own_team),
        (is_chair_or_coordinator, p.chaired),
    ),
    Section.INTELLIGENCE: (
        (p.only_told_of, *_TEAM),
        (p.only_told_of, *_EMERGENCY),
        (p.only_told_of, *_SEATED),
        (p.works_cases, p.shared_whole, p.of_own_team),
        (p.reads_content, p.in_handling_group, p.own_record, p.in_area),
    ),
    Section.VICTIMS: _BESIDES_ON_TEAM_AS_PERSON,
    Section.HEALTH: _BESIDES_ON_TEAM_AS_PERSON,
}
"""Who may read a record of a section, at the level asked."""

NAMED: Line = (p.named_reader,)
"""The only line for a record that is open to named readers only."""


def _sections_of_lines() -> dict[Line, tuple[Section, ...]]:
    found: dict[Line, tuple[Section, ...]] = {}
    for section, lines in READ.items():
        for line in lines:
            found[line] = (*found.get(line, ()), section)
    return found


SECTIONS_OF_LINES = _sections_of_lines()
"""For rows that carry their section as a column: each line once, with the sections it is of."""


def allowed(
    section: Section | None, me: ActorColumns, of: Label, at: Column, need: Level
) -> Clause:
    """Any line of the section holds (before what denies)."""

    @cache
    def asked(test: Predicate) -> Clause:
        return test(me, of, at, need)  # many lines ask the same: it is built, and narrowed, once

    def holds(line: Line) -> Clause:
        return sa.and_(*(asked(test) for test in line))

    if section is not None:
        return sa.or_(sa.false(), *(holds(line) for line in READ[section]))
    return sa.or_(
        *(
            sa.and_(of.section.in_([word(each) for each in sections]), holds(line))
            if len(sections) < len(Section)
            else holds(line)
            for line, sections in SECTIONS_OF_LINES.items()
        )
    )


def _opened(
    section: Section | None, me: ActorColumns, of: Label, at: Column, need: Level
) -> Clause:
    """A line opens the row, or it names the reader; nothing here denies."""
    lines = allowed(section, me, of, at, need)
    if of.at_summary is not None and need <= Level.SUM:
        whole = allowed(section, me, of, at, Level.FULL)
        lines = sa.or_(whole, sa.and_(lines, of.at_summary(me)))
    follows = p.follows_agreement(me, of, at, need)
    return sa.or_(
        sa.and_(follows, lines),
        sa.and_(sa.not_(follows), p.named_reader(me, of, at, need)),
    )


def sees_other(me: ActorColumns, of: Label, at: Column) -> Iterator[Clause]:
    """Whom the row names besides its person is visible to the reader, if it names anybody."""
    if of.other is not None:
        whole = bound_label(Section.IDENTITY, owner=False)
        other = replace(whole, person=of.other, record=of.other, handling=nobody())
        seen = where(Section.IDENTITY, me, replace(other, meeting=nobody()), at, Level.SUM)
        yield sa.or_(of.other == nobody(), seen)


def where(section: Section | None, me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The rows that this reader may see at this level.

    ``section`` is None for derived rows (deadlines, notices) that carry their section as a column.
    """
    denied = (sa.not_(deny(me, of, at, need)) for deny in DENY)
    opened = _opened(section, me, of, at, need)
    return sa.and_(*denied, opened, *sees_other(me, of, at))


def told_of(section: Section, me: ActorColumns, of: Label, at: Column) -> Clause:
    """The reader is told that this record is held, and does not see it.

    A row that the summary leaves out (an earlier address, a draft) is not sealed: a reader of the
    summary is told nothing of it.
    """
    sealed = Level.SEALED
    told = sa.and_(
        p.follows_agreement(me, of, at, sealed),
        *(sa.not_(deny(me, of, at, sealed)) for deny in DENY),
        allowed(section, me, of, at, sealed),
        *sees_other(me, of, at),
    )
    # Of ``where`` at summary only this is left: who is excluded, to whom the agreement does not
    # apply, or who does not see the other person, is not told in the first place.
    seen = sa.and_(
        sa.not_(p.marked(me, of, at, Level.SUM)), allowed(section, me, of, at, Level.SUM)
    )
    return sa.and_(told, sa.not_(seen))


def level(section: Section | None, me: ActorColumns, of: Label, at: Column) -> sa.Case[int]:
    """The level at which the reader sees a row that ``where`` let through at summary.

    What denies a row denies it at summary and in full alike, so it is not asked again.
    """
    whole = _opened(section, me, of, at, Level.FULL)
    return sa.case((whole, word(Level.FULL)), else_=word(Level.SUM))


def reasons(
    section: Section, me: ActorColumns, of: Label, at: Column, need: Level
) -> Iterator[sa.Label[bool]]:
    """Every predicate of the section by name, for an answer that explains itself."""
    for name, test in named(section).items():
        yield test(me, of, at, need).label(name)


@cache
def named(section: Section) -> dict[str, Predicate]:
    """The predicates that decide a section, by name."""
    tests = (*DENY, p.follows_agreement, p.named_reader)
    of_lines = (test for line in READ[section] for test in line)
    return {test.__name__: test for test in (*tests, *of_lines)}


def verdict(section: Section, answers: dict[str, bool]) -> tuple[bool, tuple[str, ...]]:
    """Yes or no, and the names of the predicates that decided, from the answers of each.

    The Python twin of ``where`` over the *answers*, never over the rules' own meaning.
    """
    denied = tuple(test.__name__ for test in DENY if answers[test.__name__])
    if denied:
        return False, denied
    if not answers["follows_agreement"]:
        return answers["named_reader"], ("named_reader",)
    for line in READ[section]:
        names = tuple(test.__name__ for test in line)
        if all(answers[name] for name in names):
            return True, names
    return False, ("no_line",)
