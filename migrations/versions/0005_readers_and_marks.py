"""Handling groups, meeting seats, named readers, marks.

Why: who may read a single record (docs/decisions/0002).
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_readers_and_marks"
down_revision = "0004_case_teams_and_shares"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "review_on",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column(
            "starts_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ends_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
    )
    op.create_index(
        "ix_mark_live", "mark", ["record_id", "state", "starts_at", "ends_at", "kind"], unique=False
    )
    op.create_table(
        "named_reader",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column(
            "starts_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ends_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_reader")),
    )
    op.create_index(
        "ix_named_reader_live",
        "named_reader",
        ["record_id", "state", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_index(
        "ix_named_reader_user",
        "named_reader",
        ["user_id", "state", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_table(
        "handling_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_handling_group_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_group")),
    )
    op.create_table(
        "handling_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column(
            "starts_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ends_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["handling_group.id"], name=op.f("fk_handling_member_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_handling_member_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_member")),
    )
    op.create_index(
        "ix_handling_member_live",
        "handling_member",
        ["group_id", "user_id", "state", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_handling_member_user_id"), "handling_member", ["user_id"], unique=False
    )
    op.create_table(
        "meeting_seat",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column(
            "starts_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ends_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_meeting_seat_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meeting_seat_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_seat")),
    )
    op.create_index(
        "ix_meeting_seat_agency", "meeting_seat", ["meeting_id", "agency_id", "state"], unique=False
    )
    op.create_index(
        "ix_meeting_seat_meeting", "meeting_seat", ["meeting_id", "user_id", "state"], unique=False
    )
    op.create_index(
        "ix_meeting_seat_person",
        "meeting_seat",
        ["person_id", "user_id", "state", "starts_at", "ends_at", "capacity_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("meeting_seat")
    op.drop_table("handling_member")
    op.drop_table("handling_group")
    op.drop_table("named_reader")
    op.drop_table("mark")
