"""Exports of people that somebody asked for.

Why: a file is fetched after the password was typed again, and its reason stays on record.
Locks: none worth the name, the table is new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023_exports"
down_revision = "0022_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "people_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_people_export_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_people_export_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_export")),
    )
    op.create_index(op.f("ix_people_export_user_id"), "people_export", ["user_id"])


def downgrade() -> None:
    op.drop_table("people_export")
