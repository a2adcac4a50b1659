"""Intelligence: an item as filed about a person, and, apart from it, where it came from.

An item about several people is one row per person, with one ``item_id``: each row carries its own
label *and* the text, so no row can be read but through its own label. A text of its own without a
person would need a policy through its links, and a wrong join would open it. The copies cannot
drift: an item is filed once and never rewritten.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, ActorColumns, Clause, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.kernel.types import EncryptedText

_IN_A_GROUP = f"handling_group_id <> '{NOBODY.hex}'"


class IntelligenceItem(Labelled, Model):
    """What is said of one person in a graded item. It always has a handling group."""

    __tablename__ = "intelligence_item"
    __section__ = Section.INTELLIGENCE
    __table_args__ = (
        sa.UniqueConstraint("item_id", "person_id"),
        sa.CheckConstraint(_IN_A_GROUP, name="has_a_handling_group"),
        sa.CheckConstraint("source IN ('1', '2', '3')", name="source_is_graded"),
        sa.CheckConstraint("assessment IN ('A', 'B', 'C', 'D', 'E')", name="assessment_is_graded"),
        sa.CheckConstraint("handling IN ('P', 'C')", name="handling_is_graded"),
        sa.CheckConstraint(
            "(handling = 'C') = (conditions IS NOT NULL)", name="code_c_has_conditions"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    item_id: Mapped[UUID] = mapped_column(default=new_id, info=KEPT)
    """The same for all people the item is about."""
    reference: Mapped[str] = mapped_column(info=FULL)
    event_on: Mapped[date] = mapped_column(info=FULL)
    reported_at: Mapped[datetime] = mapped_column(info=FULL)
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=FULL)
    source: Mapped[str] = mapped_column(info=FULL)
    assessment: Mapped[str] = mapped_column(info=FULL)
    handling: Mapped[str] = mapped_column(info=FULL)
    conditions: Mapped[str | None] = mapped_column(
        EncryptedText("intelligence_item.conditions"), info=FULL
    )
    """One to a line; None under code P."""
    text: Mapped[str] = mapped_column(EncryptedText("intelligence_item.text"), info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Intelligence has no summary: it is read whole or told of."""
        return sa.false()


class Provenance(Labelled, Model):
    """How an item came to its author: only for the author's own handling group, never shared.

    It is labelled as its item, so a mark on the item closes it too.
    """

    __tablename__ = "intelligence_provenance"
    __section__ = Section.INTELLIGENCE
    __record__ = "intelligence_id"
    __table_args__ = (sa.CheckConstraint(_IN_A_GROUP, name="has_a_handling_group"),)

    intelligence_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("intelligence_item.id"), primary_key=True, info=KEPT
    )
    said: Mapped[str] = mapped_column(EncryptedText("intelligence_provenance.said"), info=KEPT)
    """Kept out of every general query: a share of the section must not open it."""

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """It is read whole or not at all."""
        return sa.false()


class IntelligenceDraft(Model):
    """What an author typed and has still to check: for that user only, encrypted, for a day."""

    __tablename__ = "intelligence_draft"
    __table_args__ = (sa.UniqueConstraint("user_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    typed: Mapped[str] = mapped_column(EncryptedText("intelligence_draft.typed"))
    ends_at: Mapped[datetime]
