"""One label per record: owner, person, audience and handling are columns of its own row."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.sql.functions import FunctionElement

from mappa.access.terms import Audience, Level, Role, Section
from mappa.kernel.db import NOBODY, Model, Query

Column = sa.ColumnElement[Any]
Clause = sa.ColumnElement[bool]


def word(value: str | int) -> Column:
    """A constant of ours, written into the SQL.

    The planner sees it, and nothing is bound: a policy repeats its constants hundreds of times.
    """
    return sa.literal_column(f"'{value}'" if isinstance(value, str) else str(int(value)))


def same(one: Column, other: Column) -> Clause:
    """The two are equal; of two constants it is said here, and not asked of every row."""
    if _is_constant(one) and _is_constant(other):
        return sa.true() if str(one) == str(other) else sa.false()
    return one == other


def _is_constant(column: Column) -> bool:
    if not (isinstance(column, sa.ColumnClause) and column.is_literal):
        return False
    return column.name.startswith("'") or column.name.isdigit()


class _Nobody(FunctionElement[UUID]):
    """``NOBODY``, written into the SQL as each database stores an id."""

    inherit_cache = True
    name = "nobody"
    type = sa.Uuid()


@compiles(_Nobody, "postgresql")
def _nobody_on_postgresql(_element: Any, _compiler: Any, **_: Any) -> str:
    return f"'{NOBODY}'::uuid"


@compiles(_Nobody)
def _nobody_elsewhere(_element: Any, _compiler: Any, **_: Any) -> str:
    return f"'{NOBODY.hex}'"


class _Kept(Grouping[bool]):
    """A membership of which PostgreSQL keeps the list, and does not look into it for every row."""

    inherit_cache = True


@compiles(_Kept, "postgresql")
def _kept_on_postgresql(kept: Any, compiler: Any, **given: Any) -> str:
    # An IN that stands alone is joined, and its table opened anew for each row that is asked.
    return f"({compiler.process(kept.element, **given)} OR false)"


@compiles(_Kept)
def _kept_elsewhere(kept: Any, compiler: Any, **given: Any) -> str:
    said: str = compiler.process(kept.element, **given)
    return said


@dataclass(frozen=True)
class Label:
    """The columns the policy looks at; ``section`` is a constant but for derived rows."""

    section: Column
    person: Column
    owner: Column
    record: Column
    audience: Column
    handling: Column
    meeting: Column
    at_summary: Callable[["ActorColumns"], Clause] | None = None
    """What else must hold for a row to be seen by a reader of the summary only."""
    other: Column | None = None
    """Another person whom the row names: who does not see that person does not see the row."""


@dataclass(frozen=True)
class ActorColumns:
    """The reader as columns: binds for one reader, a posting's columns for "who can see this"."""

    user: Column
    agency: Column
    area: Column
    team: Column
    role: Column


ME = ActorColumns(
    user=sa.bindparam("me_user", type_=sa.Uuid()),
    agency=sa.bindparam("me_agency", type_=sa.Uuid()),
    area=sa.bindparam("me_area", type_=sa.Text()),
    team=sa.bindparam("me_team", type_=sa.Uuid()),
    role=sa.bindparam("me_role", type_=sa.Text()),
)


ROLES = "mappa_roles"
"""Marks a condition on the reader's role alone with the roles for which it holds."""


def role_is(me: ActorColumns, *roles: Role) -> Clause:
    """The reader has one of these roles."""
    return me.role.in_([word(role) for role in roles])._annotate({ROLES: frozenset(roles)})


class Protected:
    """A table whose rows are only read through the policy.

    ``__section__`` is the section of every row. ``shown(level)`` on a column says from which level
    a reader of the row gets it; a column without it is never shown.
    """

    __section__: ClassVar[Section | None]

    @classmethod
    def label(cls) -> Label:
        """The label as columns of the table."""
        raise NotImplementedError

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """What else must hold at summary level; None if nothing."""
        return None


class Labelled(Protected):
    """A record about one person, owned by one agency."""

    @declared_attr
    @classmethod
    def person_id(cls) -> Mapped[UUID]:
        """Whose record it is."""
        return mapped_column(sa.ForeignKey("person.id"), index=True, info={"shown": Level.SUM})

    @declared_attr
    @classmethod
    def owner_agency_id(cls) -> Mapped[UUID]:
        """The writer's agency."""
        return mapped_column(sa.ForeignKey("agency.id"), info={"shown": Level.SUM})

    audience: Mapped[int] = mapped_column(
        sa.SmallInteger, default=Audience.AGREEMENT.value, info={"shown": None}
    )
    handling_group_id: Mapped[UUID] = mapped_column(default=NOBODY, info={"shown": None})

    @classmethod
    def label(cls) -> Label:
        """The label as columns of the table."""
        columns = cls.__table__.c  # type: ignore[attr-defined]
        section = columns.section if cls.__section__ is None else word(cls.__section__.value)
        return Label(
            section=section,
            person=columns.person_id,
            owner=columns.owner_agency_id,
            record=columns[getattr(cls, "__record__", "id")],
            audience=columns.audience,
            handling=columns.handling_group_id,
            meeting=columns.meeting_id if "meeting_id" in columns else nobody(),
            at_summary=at_summary_of(cls),
            other=columns.other_person_id if "other_person_id" in columns else None,
        )


def nobody() -> Column:
    """``NOBODY`` as a constant."""
    return _Nobody()


def among(column: Column, listed: Query, *, of: Column) -> Clause:
    """The column is in a list, which is made once if what it is ``of`` is a constant."""
    member = column.in_(listed)
    return _Kept(member) if _is_constant(of) else member


def at_summary_of(cls: type[Protected]) -> Callable[[ActorColumns], Clause] | None:
    if cls.at_summary.__func__ is Protected.at_summary.__func__:  # type: ignore[attr-defined]
        return None
    return lambda me: cls.at_summary(me)  # type: ignore[return-value]


def shown(level: Level) -> dict[str, Any]:
    """Column ``info``: a reader of the row at ``level`` or above gets this column."""
    return {"shown": level}


SUMMARY = shown(Level.SUM)
FULL = shown(Level.FULL)
KEPT = {"shown": None}
"""Column ``info``: never shown to anybody (versions, keys, digests)."""


def bound_label(section: Section, *, owner: bool = True) -> Label:
    """The label of a record that is not yet written: binds ``of_person`` and so on."""
    uuid = sa.Uuid()
    return Label(
        section=word(section.value),
        person=sa.bindparam("of_person", type_=uuid),
        owner=sa.bindparam("of_owner", type_=uuid) if owner else nobody(),
        record=sa.bindparam("of_record", NOBODY, type_=uuid),
        audience=word(Audience.AGREEMENT.value),
        handling=sa.bindparam("of_handling", NOBODY, type_=uuid),
        meeting=sa.bindparam("of_meeting", NOBODY, type_=uuid),
    )


@dataclass(frozen=True, kw_only=True)
class RecordLabel:
    """A record's label as values: what a thing made from the record carries a copy of."""

    person: UUID
    owner: UUID
    section: Section
    record: UUID
    audience: int = Audience.AGREEMENT.value
    handling: UUID = NOBODY
    meeting: UUID = NOBODY

    def columns(self) -> dict[str, Any]:
        """The label columns of a derived row; its ``subject_id`` is the record."""
        return {
            "person_id": self.person,
            "owner_agency_id": self.owner,
            "section": self.section.value,
            "subject_id": self.record,
            "audience": self.audience,
            "handling_group_id": self.handling,
            "meeting_id": self.meeting,
        }


def label_of(record: Any) -> RecordLabel:
    """The label of a labelled record, to be copied to what is made from it."""
    return RecordLabel(
        person=record.person_id,
        owner=record.owner_agency_id,
        section=record.__section__ or Section(record.section),
        record=getattr(record, getattr(record, "__record__", "id")),
        audience=record.audience,
        handling=record.handling_group_id,
        meeting=getattr(record, "meeting_id", NOBODY),
    )


class Derived(Labelled):
    """A row made from a record: it carries the record's id and a copy of its label."""

    __section__ = None
    __record__ = "subject_id"

    subject_id: Mapped[UUID] = mapped_column(index=True, info={"shown": Level.SUM})
    section: Mapped[str] = mapped_column(info={"shown": Level.SUM})
    meeting_id: Mapped[UUID] = mapped_column(default=NOBODY, info={"shown": None})


def protected_tables() -> dict[str, type[Protected]]:
    """Every protected table by name."""
    return _protected(tuple(Model.metadata.tables))


@lru_cache(maxsize=4)
def _protected(_tables: tuple[str, ...]) -> dict[str, type[Protected]]:
    # The guard asks of every statement that it has not met: a hundred classes each time.
    return {
        mapper.local_table.name: mapper.class_  # type: ignore[attr-defined]
        for mapper in Model.registry.mappers
        if issubclass(mapper.class_, Protected)
    }
