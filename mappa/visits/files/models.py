"""Files of a visit: they carry its label, so who may not read the visit may not read them."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, ActorColumns, Clause, Derived
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model
from mappa.offenders.files.models import SCANNED, Stored


class VisitFile(Stored, Derived, Model):
    """A photograph or a document of one visit. A visit that is withdrawn keeps them."""

    __tablename__ = "visit_file"
    __section__ = Section.VISITS  # type: ignore[assignment]
    __table_args__ = (
        sa.CheckConstraint(SCANNED, name="has_a_known_state"),
        sa.Index("ix_visit_file_scan", "scan", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()
