"""Samples, their draws and what came of them: rows that are added and never changed.

None names a person in the clear: the frozen list, whom it drew and what was found are encrypted.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model
from mappa.kernel.types import EncryptedText
from mappa.visits.dip_sample.rules import Frame, Purpose, Verdict


def _one_of(column: str, values: type[Frame] | type[Purpose] | type[Verdict]) -> str:
    return f"{column} IN ({', '.join(repr(each.value) for each in values)})"


class DipSample(Model):
    """That somebody froze the people to draw from, and committed to a seed.

    The list holds whom that user saw at ``at``, or of an auditor the register of the agency;
    others learn its digest and size alone, and the seed of nobody before the draw.
    """

    __tablename__ = "dip_sample"
    __table_args__ = (
        sa.CheckConstraint(_one_of("purpose", Purpose), name="known_purpose"),
        sa.CheckConstraint(_one_of("frame", Frame), name="known_frame"),
        sa.CheckConstraint("1 <= wanted AND wanted <= size", name="no_more_than_there_are"),
        sa.Index("ix_dip_sample_agency", "agency_id", "at"),
        sa.Index("ix_dip_sample_user", "user_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    purpose: Mapped[str]
    frame: Mapped[str] = mapped_column(default=Frame.SEEN.value, server_default=Frame.SEEN.value)
    among: Mapped[str] = mapped_column(EncryptedText("dip_sample.among"))
    """The conditions in words; empty for everybody whom the drawer saw."""
    why: Mapped[str] = mapped_column(EncryptedText("dip_sample.why"))
    algorithm: Mapped[str]
    size: Mapped[int]
    wanted: Mapped[int]
    population_digest: Mapped[str]
    seed_digest: Mapped[str]
    seed: Mapped[str] = mapped_column(EncryptedText("dip_sample.seed"), deferred=True)
    population: Mapped[str] = mapped_column(EncryptedText("dip_sample.population"), deferred=True)
    at: Mapped[datetime]


class DipDraw(Model):
    """That a sample was drawn, once: from then on its seed is shown. Places count from 0."""

    __tablename__ = "dip_draw"

    sample_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dip_sample.id"), primary_key=True)
    drawn: Mapped[str] = mapped_column(EncryptedText("dip_draw.drawn"))
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime]


class DipResult(Model):
    """What was found of whoever has a place in a sample. The latest counts; all stay."""

    __tablename__ = "dip_result"
    __table_args__ = (
        sa.CheckConstraint(_one_of("verdict", Verdict), name="known_verdict"),
        sa.UniqueConstraint("sample_id", "place", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sample_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dip_sample.id"))
    place: Mapped[int]
    number: Mapped[int]
    """Which result of this place it is, from 1."""
    verdict: Mapped[str]
    found: Mapped[str] = mapped_column(EncryptedText("dip_result.found"))
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime]
