"""Merges of two records, the rights mirrored for them, requests to merge.

Why: a merge moves no row; it is a pointer and mirrored rights (docs/decisions/0011).
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_merging"
down_revision = "0020_name_keys_by_pairs"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    kind = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    _merges()
    _images()
    _requests()


def _merges() -> None:
    op.create_table(
        "person_merge",
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        _moment("starts_at"),
        _moment("ends_at"),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        _moment("made_at"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("survivor_id <> loser_id", name=op.f("ck_person_merge_two_records")),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["person.id"], name=op.f("fk_person_merge_survivor_id")
        ),
        sa.ForeignKeyConstraint(["loser_id"], ["person.id"], name=op.f("fk_person_merge_loser_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    op.create_index(
        "uq_person_merge_loser",
        "person_merge",
        ["loser_id"],
        unique=True,
        sqlite_where=sa.text("state = 1"),
        postgresql_where=sa.text("state = 1"),
    )
    op.create_index("ix_person_merge_loser", "person_merge", ["loser_id", "state"])
    op.create_index("ix_person_merge_survivor", "person_merge", ["survivor_id", "state"])


def _images() -> None:
    op.create_table(
        "mirrored_right",
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("source_person_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("stays", sa.Boolean(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("right_id", name=op.f("pk_mirrored_right")),
    )
    op.create_index("ix_mirrored_right_source", "mirrored_right", ["source_id", "state"])
    op.create_index("ix_mirrored_right_people", "mirrored_right", ["source_person_id", "state"])


def _requests() -> None:
    op.create_table(
        "merge_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        _moment("asked_at"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        _moment("decided_at", nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_merge_request_other_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_merge_request_area_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_merge_request_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_merge_request_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_request")),
    )
    op.create_index("ix_merge_request_area", "merge_request", ["area_id", "state", "asked_at"])
    op.create_index(op.f("ix_merge_request_person_id"), "merge_request", ["person_id"])


def downgrade() -> None:
    raise NotImplementedError("a merge is undone by a person, with a reason, not by a downgrade")
