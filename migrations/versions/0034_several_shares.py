"""A choice of people about whom the same is shared, and what came of it.

Why: an information officer shares the same about several people at once; about more than 50 a
second person approves it first, and both see what came of it. Nothing of it is there yet.
Locks: none worth the name, the table is new. Safe under the running version: yes, it reads none of
it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034_several_shares"
down_revision = "0033_restrictions"
branch_labels = None
depends_on = None

MOMENT = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "several_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("chosen", sa.LargeBinary(), nullable=False),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'asked', 'done')", name=op.f("ck_several_share_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (ends_at IS NOT NULL)", name=op.f("ck_several_share_drafts_end")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_several_share_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_several_share_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_several_share")),
    )
    op.create_index("ix_several_share_author", "several_share", ["user_id", "agency_id", "state"])


def downgrade() -> None:
    op.drop_table("several_share")
