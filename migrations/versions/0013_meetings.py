"""Meetings, items, attendance, invitations.

Why: minutes are frozen with their digest.
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_meetings"
down_revision = "0012_intelligence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("at_level", sa.SmallInteger(), nullable=False),
        sa.Column(
            "held_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("chair_id", sa.Uuid(), nullable=False),
        sa.Column("coordinator_id", sa.Uuid(), nullable=False),
        sa.Column("coordinator_agency_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "planned_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "opened_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "cancelled_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("finished_items", sa.Text(), nullable=False),
        sa.Column(
            "confidentiality_read_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.Column("disclosure_reason", sa.Text(), nullable=False),
        sa.Column("level_decided", sa.SmallInteger(), nullable=True),
        sa.Column("level_reason", sa.Text(), nullable=False),
        sa.Column("category_decided", sa.SmallInteger(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("next_reason", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("minutes_digest", sa.Text(), nullable=False),
        sa.Column(
            "signed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "circulated_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("circulated_by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (minutes_digest = '')", name=op.f("ck_meeting_minutes_frozen")
        ),
        sa.CheckConstraint(
            "(state = 'signed_off') = (signed_at IS NOT NULL)", name=op.f("ck_meeting_signed_once")
        ),
        sa.CheckConstraint(
            "disclosure IN ('', 'yes', 'no')", name=op.f("ck_meeting_disclosure_is_yes_or_no")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'signed_off', 'cancelled')",
            name=op.f("ck_meeting_has_a_known_state"),
        ),
        sa.CheckConstraint("at_level IN (2, 3)", name=op.f("ck_meeting_has_a_level_that_meets")),
        sa.CheckConstraint("meeting_id = id", name=op.f("ck_meeting_is_its_own_meeting")),
        sa.ForeignKeyConstraint(
            ["chair_id"], ["user_account.id"], name=op.f("fk_meeting_chair_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_meeting_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_chair", "meeting", ["chair_id", "state"], unique=False)
    op.create_index(op.f("ix_meeting_person_id"), "meeting", ["person_id"], unique=False)
    op.create_index("ix_meeting_when", "meeting", ["state", "held_at", "id"], unique=False)
    op.create_table(
        "meeting_attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("presence", sa.Text(), nullable=False),
        sa.Column(
            "agreed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "added_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "presence IN ('present', 'apologies', 'report')",
            name=op.f("ck_meeting_attendance_has_a_known_presence"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_meeting_attendance_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_meeting_attendance_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meeting_attendance_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendance")),
    )
    op.create_index(
        op.f("ix_meeting_attendance_person_id"), "meeting_attendance", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_meeting_attendance_subject_id"), "meeting_attendance", ["subject_id"], unique=False
    )
    op.create_table(
        "meeting_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_meeting_entry_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_meeting_entry_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meeting_entry_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_entry")),
    )
    op.create_index(
        "ix_meeting_entry_meeting", "meeting_entry", ["meeting_id", "at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_meeting_entry_person_id"), "meeting_entry", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_meeting_entry_subject_id"), "meeting_entry", ["subject_id"], unique=False
    )
    op.create_table(
        "meeting_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_meeting_invitation_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_meeting_invitation_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meeting_invitation_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_invitation")),
    )
    op.create_index(
        op.f("ix_meeting_invitation_person_id"), "meeting_invitation", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_meeting_invitation_subject_id"), "meeting_invitation", ["subject_id"], unique=False
    )
    op.create_table(
        "closed_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("heard_by", sa.Text(), nullable=False),
        sa.Column(
            "added_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("minutes_digest", sa.Text(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_closed_item_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_closed_item_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_closed_item_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_closed_item_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_item")),
    )
    op.create_index(op.f("ix_closed_item_meeting_id"), "closed_item", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_closed_item_person_id"), "closed_item", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("closed_item")
    op.drop_table("meeting_invitation")
    op.drop_table("meeting_entry")
    op.drop_table("meeting_attendance")
    op.drop_table("meeting")
