"""Two people for one act; when an exclusion is looked at again.

Why: some acts (more rights for a colleague, a share of many people, taking a seal off) are done by
one person only after a second one has agreed. An exclusion without an end has a day of review. No
question and no exclusion is there yet.
Locks: none worth the name, the tables are new. Safe under the running version: yes, it reads none of
it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033_restrictions"
down_revision = "0032_emergency"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    kind = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    _approvals()
    op.create_table(
        "exclusion_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion_record")),
    )


def _approvals() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_as", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        _moment("asked_at"),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        _moment("answered_at", nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'declined', 'withdrawn', 'lapsed')",
            name=op.f("ck_approval_known_state"),
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_approval_answered_once")
        ),
        sa.CheckConstraint(
            "answered_by_id <> asked_by_id OR state = 'withdrawn'", name=op.f("ck_approval_by_two")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_approval_agency_id")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_approval_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_agency", "approval", ["agency_id", "state", "asked_at", "id"])
    op.create_index("ix_approval_asker", "approval", ["asked_by_id", "asked_at", "id"])


def downgrade() -> None:
    op.drop_table("exclusion_record")
    op.drop_table("approval")
