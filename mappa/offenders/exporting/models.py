"""What somebody asked to take out of the platform. The file itself is never kept."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model
from mappa.kernel.types import EncryptedText


class PeopleExport(Model):
    """An asked-for export: by whom, why, with which filter, and until when it may be fetched.

    The people are read anew, under the rights of that moment, whenever the file is fetched.
    """

    __tablename__ = "people_export"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    level: Mapped[int | None] = mapped_column(sa.SmallInteger)
    sample_id: Mapped[UUID | None]
    """The dip sample whose frozen list it is, where it is not the list of people itself."""
    reason: Mapped[str] = mapped_column(EncryptedText("people_export.reason"))
    at: Mapped[datetime]
    ends_at: Mapped[datetime]
