"""Days that do not count as rows that an administrator corrects; teams that can be closed.

Why: a proclaimed or a local holiday moves dates without a new release, and a date that was set
earlier can still be explained. Every team that is there stays open.
Data: the published calendar of 2018 to 2040 is filled in; later years come from the code.
Locks: ``team`` for the moment of adding a column that may be empty. Safe under the running
version: yes, it reads neither.
"""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

from config.bank_holidays import bank_holidays
from mappa.kernel.types import UtcDateTime
from mappa.rules.levels import Jurisdiction

revision = "0017_administration"
down_revision = "0016_levels_and_ends"
branch_labels = None
depends_on = None

YEARS = range(2018, 2041)
KNOWN_SINCE = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    made = op.create_table(
        "bank_holiday",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "added_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ended_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("ended_by_id", sa.Uuid(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('listed', 'proclaimed', 'local')",
            name=op.f("ck_bank_holiday_has_a_known_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'local') = (area_id <> '')", name=op.f("ck_bank_holiday_local_has_an_area")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_holiday")),
    )
    op.create_index(
        "uq_bank_holiday_live_day",
        "bank_holiday",
        ["jurisdiction", "area_id", "falls_on"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _fill(made)
    op.add_column(
        "team",
        sa.Column(
            "closed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
    )


def _fill(table: sa.Table) -> None:
    nobody = UUID(int=0)
    rows = [
        {
            "id": uuid4(),
            "jurisdiction": jurisdiction.value,
            "area_id": "",
            "falls_on": on,
            "name": name,
            "kind": "listed",
            "source": "Published list of bank holidays",
            "reason": "",
            "added_at": KNOWN_SINCE,
            "added_by_id": nobody,
            "ended_at": None,
            "ended_by_id": nobody,
            "end_reason": "",
        }
        for jurisdiction in Jurisdiction
        for on, name in bank_holidays(jurisdiction, YEARS).items()
    ]
    times = {name: UtcDateTime() for name in ("added_at", "ended_at")}
    typed = sa.table(
        "bank_holiday", *(sa.column(c.name, times.get(c.name, c.type)) for c in table.c)
    )
    op.bulk_insert(typed, rows)


def downgrade() -> None:
    op.drop_column("team", "closed_at")
    op.drop_table("bank_holiday")
