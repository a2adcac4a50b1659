"""What areas have set, and the rules of an area. Read once in a unit of work, in one statement."""

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from uuid import UUID

import sqlalchemy as sa

from config.read import rule_book
from mappa.agencies import queries as agencies
from mappa.agencies.models import Area, User
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.errors import NotFound
from mappa.reminders.standards.models import LocalStandard
from mappa.reminders.standards.rules import AreaBook, Standard, windows
from mappa.rules.deadlines import RuleBook, Unit
from mappa.rules.levels import Jurisdiction

_KEPT = "local-standards:"


@cache
def _statement() -> Query:
    table = LocalStandard.__table__
    names = ("area_id", "rule_id", "version", "of_version", "amount", "unit", "from_on")
    return (
        sa.select(
            *(table.c[name] for name in names),
            table.c.reason,
            table.c.source,
            table.c.set_at,
            Area.name.label("area_name"),
            sa.func.coalesce(User.name, "").label("set_by"),
        )
        .join(Area, Area.id == table.c.area_id)
        .outerjoin(User, User.id == table.c.set_by_id)
        .where(table.c.jurisdiction == sa.bindparam("jurisdiction"), table.c.version.is_not(None))
        .order_by(table.c.rule_id, table.c.version)
    )


def standards(jurisdiction: Jurisdiction) -> Sequence[Standard]:
    """Everything that the areas of a jurisdiction have set, rule by rule; one query a unit."""
    kept = uow.current().kept
    key = _KEPT + jurisdiction.value
    if key not in kept:
        found = db.session.execute(_statement(), {"jurisdiction": jurisdiction.value})
        kept[key] = [_standard(row) for row in found.mappings()]
    return kept[key]


@cache
def are_set() -> sa.Label[bool]:
    """Whether any area has set anything, as ``standards_are_set``: a column of what is asked."""
    table = LocalStandard.__table__.c
    found = sa.select(table.id).where(table.version.is_not(None)).correlate(None)
    return found.exists().label("standards_are_set")


def known_unset() -> None:
    """Take it that nothing is set, as this unit of work has found already."""
    for jurisdiction in Jurisdiction:
        uow.current().kept.setdefault(_KEPT + jurisdiction.value, [])


def _standard(row: sa.RowMapping) -> Standard:
    same = ("area_name", "rule_id", "version", "of_version", "amount", "from_on", "reason")
    return Standard(
        **{name: row[name] for name in (*same, "source", "set_by", "set_at")},
        area=row["area_id"],
        unit=Unit(row["unit"]) if row["unit"] else None,
    )


def forget(jurisdiction: Jurisdiction) -> None:
    """Read the standards again at the next question: one was set or ended."""
    uow.current().kept.pop(_KEPT + jurisdiction.value, None)


def book_of(jurisdiction: Jurisdiction, area: str) -> RuleBook:
    """The rules of an area: the file's, and what the area has set."""
    return book_with(jurisdiction, tuple(standards(jurisdiction)), area)


@lru_cache(maxsize=256)
def book_with(jurisdiction: Jurisdiction, standards: tuple[Standard, ...], area: str) -> RuleBook:
    """The rules of an area if exactly these standards were set."""
    file = rule_book(jurisdiction)
    return AreaBook(file, standards, area) if standards else file


def every_version(jurisdiction: Jurisdiction) -> RuleBook:
    """All versions of the file and of every area, to be asked by their number."""
    return book_of(jurisdiction, "")


def book_for(jurisdiction: Jurisdiction, agency: UUID) -> RuleBook:
    """The rules for what an agency owes: those of its area."""
    # Most jurisdictions have set nothing: then nobody asks where the agency is.
    area = agencies.area_of(agency) if standards(jurisdiction) else ""
    return book_of(jurisdiction, area)


def in_area(jurisdiction: Jurisdiction, area: str) -> list[Standard]:
    """What an area has set, the last first."""
    found = [each for each in standards(jurisdiction) if each.area == area]
    return sorted(found, key=lambda each: (each.set_at, each.version), reverse=True)


def local_today(jurisdiction: Jurisdiction, area: str, today: date) -> frozenset[str]:
    """The rules about which an area has set something that holds today or later."""
    found = set()
    by_rule: dict[str, list[Standard]] = {}
    for each in in_area(jurisdiction, area):
        by_rule.setdefault(each.rule_id, []).append(each)
    for rule_id, several in by_rule.items():
        for by, _, last in windows(several):
            if by.amount is not None and (last is None or last >= today):
                found.add(rule_id)
    return frozenset(found)


def proposals(area: str) -> Sequence[LocalStandard]:
    """What was written down for an area and may still be confirmed, the newest first.

    Of each author the last for a rule: one who changes what was typed writes it down anew.
    """
    found = db.session.scalars(
        sa.select(LocalStandard)
        .where(LocalStandard.area_id == area)
        .order_by(LocalStandard.proposed_at.desc(), LocalStandard.id)
    ).all()
    newest: dict[tuple[str, UUID], LocalStandard] = {}
    for each in found:
        newest.setdefault((each.rule_id, each.proposed_by_id), each)
    set_at = {each.rule_id: each.set_at for each in reversed(found) if each.set_at is not None}
    return [
        each
        for each in newest.values()
        if each.version is None
        and (each.rule_id not in set_at or set_at[each.rule_id] <= each.proposed_at)
    ]


def proposal(area: str, standard_id: UUID) -> LocalStandard:
    """One row of an area, confirmed or not. Raises ``NotFound`` for one of elsewhere."""
    found = db.session.get(LocalStandard, standard_id)
    if found is None or found.area_id != area:
        raise NotFound
    return found


def as_standard(row: LocalStandard, version: int) -> Standard:
    """A row as it would be, or is, set under a number."""
    by = row.set_by_id if row.set_at else row.proposed_by_id
    return Standard(
        area=row.area_id,
        area_name=agencies.area(row.area_id).name,
        rule_id=row.rule_id,
        version=version,
        of_version=row.of_version,
        amount=row.amount,
        unit=Unit(row.unit) if row.unit else None,
        from_on=row.from_on,
        reason=row.reason,
        source=row.source,
        set_by=agencies.user_names({by}).get(by, ""),
        set_at=row.set_at or row.proposed_at,
    )
