"""The match queue, and how a user last narrowed a list.

Why: who clashes with a hidden person is compared by the system and decided by the co-ordinator.
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_match_queue"
down_revision = "0018_files"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool) -> sa.Column:
    kind = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "kept_filter",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "page", name=op.f("pk_kept_filter")),
    )
    op.create_table(
        "match_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _moment("asked_at", nullable=False),
        sa.Column("dismissed", sa.JSON(), nullable=False),
        _moment("done_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_match_check_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_check")),
    )
    op.create_index("ix_match_check_open", "match_check", ["done_at", "asked_at", "id"])
    op.create_index(op.f("ix_match_check_person_id"), "match_check", ["person_id"])
    op.create_table(
        "match_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        _moment("found_at", nullable=False),
        _moment("decided_at", nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'different', 'merged')",
            name=op.f("ck_match_task_has_a_known_state"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_match_task_decided_once")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_match_task_area_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_match_task_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_match_task_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_task")),
        sa.UniqueConstraint("person_id", "other_id", name=op.f("uq_match_task_person_id_other_id")),
    )
    op.create_index("ix_match_task_area", "match_task", ["area_id", "state", "found_at", "id"])


def downgrade() -> None:
    op.drop_table("match_task")
    op.drop_table("match_check")
    op.drop_table("kept_filter")
