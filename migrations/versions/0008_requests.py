"""What requests leave behind: keys of committed posts, parked forms, kept searches.

Why: nothing typed is lost and nothing is done twice (docs/decisions/0003).
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_requests"
down_revision = "0007_audit_is_append_only"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "committed_post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column(
            "at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committed_post")),
        sa.UniqueConstraint(
            "user_id", "route", "key", name=op.f("uq_committed_post_user_id_route_key")
        ),
    )
    op.create_index(op.f("ix_committed_post_at"), "committed_post", ["at"], unique=False)
    op.create_table(
        "kept_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_search")),
    )
    op.create_index(op.f("ix_kept_search_session_id"), "kept_search", ["session_id"], unique=False)
    op.create_table(
        "parked_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ends_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_form")),
    )
    op.create_index(op.f("ix_parked_form_user_id"), "parked_form", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("parked_form")
    op.drop_table("kept_search")
    op.drop_table("committed_post")
