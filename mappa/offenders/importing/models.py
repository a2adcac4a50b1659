"""An import and its rows. Nothing of a file is kept but here, encrypted, until the import ends.

No row is about a person of the record until it was added: then it only holds the person's id, and
only whoever uploaded the file ever sees it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.kernel.types import EncryptedText
from mappa.offenders.importing.rules import RowState, RunState

_RUN_STATES = ", ".join(f"'{each.value}'" for each in RunState)
_ROW_STATES = ", ".join(f"'{each.value}'" for each in RowState)


class ImportRun(Model):
    """One uploaded file, by whom and under which posting, and how far it has come."""

    __tablename__ = "import_run"
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({_RUN_STATES})", name="state_is_known"),
        sa.Index("ix_import_run_state", "state", "at"),
        sa.Index("ix_import_run_user", "user_id", "agency_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    posting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posting.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    lead_agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    file_name: Mapped[str] = mapped_column(EncryptedText("import_run.file_name"))
    state: Mapped[str]
    total: Mapped[int]
    at: Mapped[datetime]
    """When it was uploaded."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    """When it is given up, if it has not ended by then."""
    sentence: Mapped[str] = mapped_column(default="")
    """Why it stopped."""


class ImportRow(Model):
    """One row of the file: its cells until it is done with, its faults, what became of it.

    State and what was added are written in one transaction, so a row is added once or not at all.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({_ROW_STATES})", name="state_is_known"),
        sa.UniqueConstraint("run_id", "line"),
        sa.Index("ix_import_row_state", "run_id", "state", "line"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(sa.ForeignKey("import_run.id"))
    line: Mapped[int]
    state: Mapped[str]
    cells: Mapped[str | None] = mapped_column(EncryptedText("import_row.cells"))
    faults: Mapped[list[Any]] = mapped_column(sa.JSON)
    reason: Mapped[str | None] = mapped_column(EncryptedText("import_row.reason"))
    """Why it was added in spite of a possible match."""
    person_id: Mapped[UUID] = mapped_column(default=NOBODY)
    """Who was added, or who it is already; ``NOBODY`` until then."""
