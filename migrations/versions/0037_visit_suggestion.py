"""A day drawn at random for an unannounced visit, kept for whoever asked for it.

Why: visits that are to be unannounced must not be guessed, and people choose days by habit. Each
draw is kept for two weeks, so that nobody draws until a day suits without it being seen.
Locks: none worth the name, the table is new. Safe under the running version: yes, it reads none of
it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037_visit_suggestion"
down_revision = "0036_duties_and_absences"
branch_labels = None
depends_on = None


def _moment() -> sa.types.TypeEngine[object]:
    return sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "visit_suggestion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("drawn", sa.LargeBinary(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("ends_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_visit_suggestion_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_suggestion_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_suggestion")),
    )
    op.create_index("ix_visit_suggestion_of", "visit_suggestion", ["user_id", "person_id", "at"])


def downgrade() -> None:
    op.drop_table("visit_suggestion")
