"""Slots that ``app`` fills, so that pages can show what packages above ``web`` know.

Features offer small providers; ``web`` calls them with the reader. Nothing here names a feature.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Standing
from mappa.access.labels import Column
from mappa.access.terms import Level, Role, Section


@dataclass(frozen=True)
class Beside:
    """What else is asked with the session look-up: of whoever asks, in the same statement."""

    columns: Callable[[Column], tuple[sa.Label[Any], ...]]
    """The columns, from the id of the account; one function always gives the same."""
    binds: Mapping[str, Any]


@dataclass(frozen=True)
class SignIn:
    """What the session look-up found: a reader, or a session that ran out, or neither."""

    actor: Actor | None
    touched_at: datetime | None = None
    """When the session was last marked as used (UTC)."""
    ran_out: UUID | None = None
    """The session row that ended by idleness or age; what is being posted is parked for it."""
    user_id: UUID | None = None
    beside: Mapping[Any, Any] = field(default_factory=dict)
    """The columns of ``Beside`` by name, for a reader who is signed in."""


@dataclass(frozen=True)
class Tab:
    """A page of a person: shown if the reader gets ``need`` of the section, or of one ``also``."""

    key: str
    label: str
    endpoint: str
    section: Section
    need: Level = Level.SEALED
    also: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Place:
    """An entry of the primary navigation, for some roles."""

    label: str
    endpoint: str
    prefix: str
    action: Action
    roles: frozenset[Role]


@dataclass(frozen=True)
class StaffWarning:
    """A line of the red band."""

    headline: str
    source: str
    review: str
    href: str
    id: UUID
    officers: int = 1
    """How many officers must go."""
    lone_working: str = ""
    danger_to_life: bool = False


@dataclass(frozen=True)
class EmergencyBand:
    """What the yellow band says: how much time is left, until when, and where it is ended."""

    left: str
    text: str
    seconds: int
    """How many seconds are left, for a script that counts down."""
    end_href: str


@dataclass(frozen=True)
class Identity:
    """What the identity bar shows of a person to this reader."""

    name: str
    facts: Sequence[Sequence[tuple[str, str, str | None]]]
    """Rows of (label, words, risk level or None)."""
    jurisdiction: str


@dataclass
class Slots:
    """Filled once by ``app``."""

    sign_in: Callable[[Beside | None], SignIn] | None = None
    touch: Callable[[UUID, datetime], None] | None = None
    standing: Callable[[Actor, UUID], Standing] | None = None
    identity: Callable[[Actor, UUID, Standing], Identity] | None = None
    warnings: Callable[[Actor, UUID], Sequence[StaffWarning]] | None = None
    bell: Callable[[Actor], int] | None = None
    alarm: Callable[[Actor], str] | None = None
    """What the reader must be told on every page; empty if nothing."""
    emergency: Callable[[UUID, datetime], EmergencyBand] | None = None
    """The band of a person whom the reader sees in an emergency until then (UTC)."""
    buttons: Callable[[Actor, UUID, Standing], Sequence[tuple[str, str]]] | None = None
    tabs: list[Tab] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    parked: Callable[[Actor], int] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


slots = Slots()
