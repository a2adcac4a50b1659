"""The story of an exclusion: who looked at it again, what was found, and when it is next looked at.

Why: the day on which an exclusion is looked at again is a duty now, met by looking; each look is
kept. None is there yet.
Locks: none worth the name, the table is new. Safe under the running version: yes, it reads none of
it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035_exclusion_review"
down_revision = "0034_several_shares"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exclusion_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exclusion_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_exclusion_review_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["exclusion_id"],
            ["exclusion_record.id"],
            name=op.f("fk_exclusion_review_exclusion_id_exclusion_record"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion_review")),
    )
    op.create_index("ix_exclusion_review_of", "exclusion_review", ["exclusion_id", "at", "id"])


def downgrade() -> None:
    op.drop_table("exclusion_review")
