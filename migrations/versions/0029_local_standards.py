"""Areas set local standards otherwise; open dates are counted anew when a rule or a day changes.

Why: a number that is no more than a local standard is the area's to set, and a date that was
counted before a bank holiday was proclaimed must move. No row is there yet; a date that stands was
moved by nothing.
Locks: ``deadline`` for the moment of adding two columns that may be empty. Safe under the running
version: yes, it reads none of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029_local_standards"
down_revision = "0028_snoozed"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    kind = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    _standards()
    _recounts()
    op.add_column("deadline", sa.Column("moved_from", sa.Date(), nullable=True))
    op.add_column("deadline", sa.Column("moved_because", sa.Text(), nullable=True))


def _standards() -> None:
    op.create_table(
        "local_standard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("of_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        _moment("proposed_at"),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        _moment("set_at", nullable=True),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(version IS NULL) = (set_at IS NULL)", name=op.f("ck_local_standard_numbered_when_set")
        ),
        sa.CheckConstraint(
            "(amount IS NULL) = (unit IS NULL)", name=op.f("ck_local_standard_amount_of_a_unit")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_local_standard_some_time")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_local_standard_area_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["user_account.id"],
            name=op.f("fk_local_standard_proposed_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_standard")),
    )
    op.create_index(
        "uq_local_standard_version",
        "local_standard",
        ["jurisdiction", "rule_id", "version"],
        unique=True,
    )
    op.create_index("ix_local_standard_area", "local_standard", ["area_id", "rule_id"])


def _recounts() -> None:
    op.create_table(
        "recount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        _moment("asked_at"),
        sa.Column("after_on", sa.Date(), nullable=True),
        sa.Column("after_id", sa.Uuid(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        _moment("done_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recount")),
    )
    op.create_index("uq_recount_cause", "recount", ["cause_id", "event"], unique=True)
    op.create_index("ix_recount_waiting", "recount", ["done_at", "asked_at", "id"])


def downgrade() -> None:
    op.drop_column("deadline", "moved_because")
    op.drop_column("deadline", "moved_from")
    op.drop_table("recount")
    op.drop_table("local_standard")
