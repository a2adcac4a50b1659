"""Commitments: one row each time one was set or ended. A row is never changed."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, SUMMARY, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model
from mappa.visits.commitment.rules import Basis, Manner


def _one_of(column: str, values: type[Basis] | type[Manner]) -> str:
    return f"{column} IN ({', '.join(repr(each.value) for each in values)})"


class VisitCommitment(Labelled, Model):
    """How an agency is to visit a person from ``set_on`` on, until its next row.

    The row's owner is the agency that visits. ``every`` and ``unannounced`` are intervals as
    ``rules.Interval.code`` writes them; an empty ``every`` ends what stood, an empty
    ``unannounced`` asks for none. ``plan_number`` is the version of the plan that it rests on,
    ``reactive_id`` the reactive management under which nobody visits as a matter of routine.
    """

    __tablename__ = "visit_commitment"
    __section__ = Section.VISITS
    __table_args__ = (
        sa.CheckConstraint(_one_of("basis", Basis), name="known_basis"),
        sa.CheckConstraint(_one_of("manner", Manner), name="known_manner"),
        sa.CheckConstraint("basis <> 'plan' OR plan_number IS NOT NULL", name="plan_has_number"),
        sa.CheckConstraint("every <> '' OR reason <> ''", name="ended_with_reason"),
        sa.Index("ix_visit_commitment_of", "person_id", "owner_agency_id", "set_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    every: Mapped[str] = mapped_column(info=SUMMARY)
    basis: Mapped[str] = mapped_column(info=SUMMARY)
    set_on: Mapped[date] = mapped_column(info=SUMMARY)
    plan_number: Mapped[int | None] = mapped_column(sa.SmallInteger, info=FULL)
    unannounced: Mapped[str] = mapped_column(default="", info=FULL)
    times: Mapped[str] = mapped_column(default="", info=FULL)
    manner: Mapped[str] = mapped_column(info=FULL)
    agencies: Mapped[str] = mapped_column(default="", info=FULL)
    devices: Mapped[str] = mapped_column(default="", info=FULL)
    reason: Mapped[str] = mapped_column(default="", info=FULL)
    set_by_id: Mapped[UUID] = mapped_column(info=FULL)
    reactive_id: Mapped[UUID | None] = mapped_column(info=SUMMARY)
    set_at: Mapped[datetime] = mapped_column(info=FULL)


class BandRecount(Model):
    """That the next visits of a person are to be counted anew: another risk band was assessed.

    One agency assesses, and every agency's visits follow: so it is a job's, and soon done.
    """

    __tablename__ = "band_recount"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime]
