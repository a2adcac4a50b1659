"""Whether a mutant of the policy still asks the same: the judge of ``tools/mutate.py``.

``predicates`` and ``policy`` do little but write SQL. ``said`` asks every public thing of them for
all that a caller could be given, on both databases, and for what is written of them as a whole (the
acts, a reader's standing, the lists, PostgreSQL's second wall). Two versions of which all this is
the same, but for the names that a statement gives to tables for itself, cannot be told apart by any
reader, page or test that looks at answers. What is not SQL (``verdict``) is compared as code: a
mutant of it is never excused here.
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from types import CodeType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import visitors

Said = dict[str, str]

_DIALECTS = (sqlite.dialect(), postgresql.dialect())
_TESTS = ["me", "of", "at", "need"]
_TOKEN = re.compile(r"'(?:[^']|'')*'|(?:\bAS )?(?:\"[^\"]+\"|\w+)\.?|[^\w\s]")
_ANONYMOUS = re.compile(r"\(\d+ ")
_ALIAS = re.compile(r"(?:FROM|JOIN|,)\s+\w+ AS (\"[^\"]+\"|\w+)")


def differs(kept: Said, changed: str, first: str = "") -> str:
    """The first thing of which the modules, as they are imported here, say something else.

    ``changed`` is which of the two has another text, and ``first`` the function that has it. Raises
    what they raise: a law test fails then (tests/laws/test_policy_lean.py).
    """
    seen = 0
    for name, text in said(changed, first):
        if not alike(kept.get(name, ""), text):
            return name
        seen += 1
    return "" if seen == len(kept) else "less"


def alike(one: str, other: str) -> bool:
    """The same SQL, but for the names of aliases: each stands for the same table throughout."""
    if one == other:
        return True
    mine, theirs = one.split("\n"), other.split("\n")
    if len(mine) != len(theirs):
        return False
    pairs: set[tuple[str, str]] = set()
    for line, its in zip(mine, theirs, strict=True):
        pairs |= _pairs(line, its)
    renamed = {(before, after) for before, after in pairs if before != after}
    one_to_one = len({each for each, _ in pairs}) == len(pairs) == len({each for _, each in pairs})
    return one_to_one and renamed <= {(x, y) for x in _aliases(one) for y in _aliases(other)}


@cache
def _pairs(line: str, other: str) -> frozenset[tuple[str, str]]:
    """Which word stands where which stood; an impossible pair where there are more or fewer."""
    mine, theirs = _TOKEN.findall(line), _TOKEN.findall(other)
    if len(mine) != len(theirs):
        return frozenset({(line, other)})
    return frozenset(zip(map(_word, mine), map(_word, theirs), strict=True))


def _aliases(text: str) -> set[str]:
    return {f"{_word(each)}." for each in _ALIAS.findall(text)}


def _word(token: str) -> str:
    """A token as a database reads it, the name of a table or alias with a full stop behind it.

    Of SQLite's names case says nothing, quoted or not.
    """
    if token.startswith("'"):
        return token
    if token.startswith("AS "):
        token = f"{token[3:]}."
    return token.replace('"', "").lower()


def said(changed: str, first: str = "") -> Iterator[tuple[str, str]]:
    """Everything by name, what most mutants differ in first.

    Where the predicates say the same, the policy, which only puts them together, does so too.
    """
    yield from _constants()
    if changed == "policy":
        yield from _policy()
        yield from _whole()
    yield from _tests(first)
    yield from _helpers()


def _constants() -> Iterator[tuple[str, str]]:
    from mappa.access import policy

    def names(lines: Any) -> str:
        return "\n".join(" ".join(test.__name__ for test in line) for line in lines)

    yield "DENY, NAMED", names([policy.DENY, policy.NAMED])
    yield "GENERAL", names(policy.GENERAL)
    for section, lines in policy.READ.items():
        yield f"READ {section}", names(lines)
    for line, sections in policy.SECTIONS_OF_LINES.items():
        yield f"sections {names([line])}", " ".join(sections)
    yield "AT", f"{policy.AT.key} {policy.AT.type!r}"
    yield "verdict", _code(policy.verdict.__code__)


def _code(code: CodeType) -> str:
    consts = [_code(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts]
    return f"{code.co_code!r} {code.co_names} {code.co_varnames} {consts}"


def _tests(first: str) -> Iterator[tuple[str, str]]:
    """Each predicate of one bound label, and of every row for every posting, at each level."""
    from mappa.access import policy, predicates

    made = {
        "one role": predicates.role_in(*_roles()[:1]),
        "roles": predicates.role_in(*_roles()),
        "roles by name": predicates.role_in(*_roles(), name="asked"),
        "kind": predicates.agency_is("police"),
        "kinds": predicates.agency_is("police", "justice-social-work"),
        "officer": policy.is_information_officer,
        "chair or co-ordinator": policy.is_chair_or_coordinator,
    }
    found = {
        name: test
        for name, test in vars(predicates).items()
        if callable(test) and not name.startswith("_") and _parameters(test) == _TESTS
    }
    for name, test in sorted((found | made).items(), key=lambda each: each[0] != first):
        yield f"name of {name}", test.__name__
        for kind, me, of, at in _askers():
            for need in _levels():
                yield f"{name} {kind} {need}", _written(test(me, of, at, need))


def _helpers() -> Iterator[tuple[str, str]]:
    """What other packages build statements of their own with."""
    from mappa.access import models, predicates

    share = predicates.Rows(models.Share, "asked_share")
    agency = predicates.Rows.of("agency", "asked_agency")
    for kind, _, of, at in _askers():
        yield f"live {kind}", _written(predicates.live(share, at))
        yield f"began {kind}", _written(predicates.began(share, at))
        yield f"some {kind}", _written(predicates.some(share, share.person_id == of.person))
        yield f"some of {kind}", _written(predicates.some(agency, agency.id == of.owner))
        for need in _levels():
            listed = of.meeting.in_(predicates.grid(of, at, need))
            yield f"grid {kind} {need}", _written(listed)


def _policy() -> Iterator[tuple[str, str]]:
    from mappa.access import policy
    from mappa.access.terms import Section

    for section in Section:
        yield f"named {section}", " ".join(policy.named(section))
    # Sections with the same lines, which were compared by name, differ by a constant alone.
    for section in (*{lines: each for each, lines in policy.READ.items()}.values(), None):
        for kind, me, of, at in _askers(section):
            for need in _levels():
                asked = policy.where(section, me, of, at, need)
                yield f"where {section} {kind} {need}", _rows(asked)
                if section is not None and kind != "named":
                    reasons = policy.reasons(section, me, of, at, need)
                    yield f"reasons {section} {kind} {need}", _rows(*reasons)
            yield f"level {section} {kind}", _rows(policy.level(section, me, of, at))
            if section is not None:
                yield f"told {section} {kind}", _rows(policy.told_of(section, me, of, at))


def _whole() -> Iterator[tuple[str, str]]:
    from mappa.access import asking, reading, wall, wall_functions
    from mappa.access.actions import Action
    from mappa.access.labels import protected_tables

    for act in Action:
        yield f"act {act}", _compiled(asking._act_statement(act))
    yield "standing", _compiled(asking._standing_statement())
    for function in wall_functions.all_functions():
        yield f"function {function.name.rsplit('_', 1)[0]}", function.body
    shapes = set()
    for name, model in sorted(protected_tables().items()):
        of = model.label()
        yield f"wall {name}", re.sub(r"(mappa_sees_\w+)_\w{12}\(", r"\1(", wall.visible(model))
        shape = (model.__section__, of.at_summary is None, of.other is None)
        if shape not in shapes:
            shapes.add(shape)
            yield f"list {name}", _compiled(reading.scoped(model, person=True))


def _roles() -> tuple[Any, ...]:
    from mappa.access.terms import Role

    return (Role.CHAIR, Role.OFFENDER_MANAGER)


def _levels() -> tuple[Any, ...]:
    """``NONE`` is an answer: nobody asks for it."""
    from mappa.access.terms import Level

    return (Level.SEALED, Level.SUM, Level.FULL)


def _parameters(test: Any) -> list[str]:
    try:
        return list(inspect.signature(test).parameters)
    except (TypeError, ValueError):
        return []


def _askers(section: Any = "") -> Iterator[tuple[str, Any, Any, Any]]:
    """One reader of a bound label; all postings, of the rows of a table, inside a subquery."""
    from mappa.access.labels import ME, ActorColumns, bound_label, word
    from mappa.access.terms import Audience, Section

    at = sa.bindparam("asked_at", type_=sa.DateTime(timezone=True))
    of = bound_label(section or Section.PLAN)
    yield "bound", ME, of, at
    yield "named", ME, replace(of, audience=word(Audience.NAMED.value)), at
    posting, row = _about()
    row = row.c
    they = ActorColumns(
        user=posting.c.user_id, agency=posting.c.agency_id, area=posting.c.area_id,
        team=posting.c.team_id, role=posting.c.role,
    )  # fmt: skip
    whole = replace(
        of, section=row.section if section is None or section == "" else of.section,
        person=row.person_id, owner=row.owner_agency_id, record=row.subject_id,
        audience=row.audience, handling=row.handling_group_id, meeting=row.meeting_id,
        other=row.by_id, at_summary=lambda me: row.kind == me.role,
    )  # fmt: skip
    yield "rows", they, whole, posting.c.starts_at


def _written(condition: Any) -> str:
    """As a condition on the rows it is about, and as a column two subqueries deep."""
    posting, row = _about()
    deep = sa.select(condition).correlate(posting, row).subquery("deep")
    within = sa.select(deep.c[0]).select_from(deep).correlate(posting, row).exists()
    statement = sa.select(within).select_from(posting, row).where(condition)
    return _compiled(statement) + "\n" + _traits(condition)


def _rows(*columns: Any) -> str:
    """Of what is put together from predicates, which were compared by themselves."""
    return _compiled(sa.select(*columns).select_from(*_about()), _DIALECTS[:1])


def _about() -> tuple[Any, Any]:
    from mappa.kernel.db import Model

    tables = Model.metadata.tables
    return tables["posting"].alias("asked_posting"), tables["person_change"]


def _compiled(statement: Any, dialects: Any = _DIALECTS) -> str:
    parts = []
    for dialect in dialects:
        compiled = statement.compile(dialect=dialect)
        binds = [
            f"{_ANONYMOUS.sub('(', name)} {each.type!r} {each.value!r}"
            f" {each.required} {each.expanding}"
            for name, each in compiled.binds.items()
        ]
        parts += [str(compiled), *binds]
    return "\n".join(parts)


def _traits(condition: Any) -> str:
    """What the text does not show: types, the marks that narrowing and the guard look for."""
    found = []
    for each in visitors.iterate(condition):
        marks = sorted(
            (name, sorted(map(str, value)) if isinstance(value, frozenset) else value)
            for name, value in each._annotations.items()
            if name.startswith("mappa_")
        ) if hasattr(each, "_annotations") else []  # fmt: skip
        bound = [
            (part in each.get_final_froms(), part.element.name)
            for part in each._correlate_except or ()
        ] if isinstance(each, sa.Select) else []  # fmt: skip
        found.append(f"{type(each).__name__}/{type(getattr(each, 'type', None)).__name__}"
                     f"/{marks or ''}/{bound or ''}")  # fmt: skip
    return "\n".join(found)
