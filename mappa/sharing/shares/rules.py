"""When an agency may share what it owns. Pure; *who* may is for ``access``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from mappa.access.terms import Level, Section
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import RuleBroken

Regime = Literal["part-3", "uk-gdpr"]

ENDING_WITHIN = timedelta(days=14)
"""From then on a share that ends stands under "Ending soon". A local standard."""
LONGEST_SHARE = timedelta(days=366)
"""A share is given for a time and reviewed; for longer it is given again. A local standard."""
MOST_AT_ONCE = 50
"""More people at once need a second person."""
NOT_SHARED = frozenset({Section.SHARING})
"""Sections that are no part of what an agency shares."""
ONE_BY_ONE = frozenset({Section.INTELLIGENCE})
"""Sections of which one record is shared at a time: each has its own handling conditions."""


@dataclass(frozen=True, kw_only=True)
class Basis:
    """By what law information is shared; consent is none.

    ``statutes`` and ``condition`` are ids of ``config/lawful_bases.toml``; ``other`` says a law
    that is not in it. ``condition`` is one of Schedule 8 to the Data Protection Act 2018, or an
    article of the UK GDPR, as the regime has it.
    """

    statutes: tuple[str, ...] = ()
    other: str = ""
    regime: Regime = "part-3"
    condition: str = ""


@dataclass(frozen=True, kw_only=True)
class MakeShare:
    """What is shared with whom, for what, by what law, why, and from when until when.

    Both days are included; with ``record_id`` it is that record only, of the one section.
    """

    agency_id: UUID
    sections: tuple[Section, ...]
    record_id: UUID = NOBODY
    level: Level = Level.SUM
    purpose: str
    basis: Basis
    why: str
    starts_on: date
    ends_on: date
    review_on: date
