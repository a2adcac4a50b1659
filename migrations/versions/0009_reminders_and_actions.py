"""Duties, notices, runs of the sweep, actions.

Why: deadlines are rows with a rule and a source (docs/decisions/0005).
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_reminders_and_actions"
down_revision = "0008_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sweep_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "began_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_run")),
    )
    op.create_index(op.f("ix_sweep_run_began_at"), "sweep_run", ["began_at"], unique=False)
    op.create_table(
        "action_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_user_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_agency_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column(
            "done_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "set_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL) AND (state <> 'done' OR evidence <> '')",
            name=op.f("ck_action_item_done_with_evidence"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'carried')", name=op.f("ck_action_item_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_agency_id"], ["agency.id"], name=op.f("fk_action_item_assigned_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["user_account.id"], name=op.f("fk_action_item_done_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_action_item_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_user_id"], ["user_account.id"], name=op.f("fk_action_item_owner_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_action_item_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["user_account.id"], name=op.f("fk_action_item_set_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
    )
    op.create_index(
        op.f("ix_action_item_assigned_agency_id"),
        "action_item",
        ["assigned_agency_id"],
        unique=False,
    )
    op.create_index(op.f("ix_action_item_person_id"), "action_item", ["person_id"], unique=False)
    op.create_index(
        "ix_action_item_set_by", "action_item", ["set_by_id", "state", "due_on"], unique=False
    )
    op.create_index(op.f("ix_action_item_subject_id"), "action_item", ["subject_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_user_id", sa.Uuid(), nullable=False),
        sa.Column("owner_team_id", sa.Uuid(), nullable=False),
        sa.Column("owed_by_agency_id", sa.Uuid(), nullable=False),
        sa.Column(
            "opened_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "closed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)",
            name=op.f("ck_deadline_closed_at_a_time"),
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_deadline_open_or_closed")),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_deadline_due_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["owed_by_agency_id"], ["agency.id"], name=op.f("fk_deadline_owed_by_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_deadline_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_user_id"], ["user_account.id"], name=op.f("fk_deadline_owner_user_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_deadline_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    op.create_index(
        "ix_deadline_about", "deadline", ["about_id", "kind", "owed_by_agency_id"], unique=False
    )
    op.create_index(
        "ix_deadline_agency", "deadline", ["owed_by_agency_id", "state", "due_on"], unique=False
    )
    op.create_index(
        "ix_deadline_home", "deadline", ["owner_user_id", "state", "due_on"], unique=False
    )
    op.create_index(op.f("ix_deadline_person_id"), "deadline", ["person_id"], unique=False)
    op.create_index(op.f("ix_deadline_subject_id"), "deadline", ["subject_id"], unique=False)
    op.create_index("ix_deadline_sweep", "deadline", ["state", "due_on", "id"], unique=False)
    op.create_index(
        "ix_deadline_team", "deadline", ["owner_team_id", "state", "due_on"], unique=False
    )
    op.create_index(
        "uq_deadline_open_duty",
        "deadline",
        ["about_id", "kind", "owed_by_agency_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "read_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "ended_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_notice_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("user_id", "event", "subject_id", "key", name="uq_notice_told_once"),
    )
    op.create_index("ix_notice_bell", "notice", ["user_id", "ended_at", "read_at"], unique=False)
    op.create_index("ix_notice_duty", "notice", ["duty_id", "user_id", "event"], unique=False)
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person_id"], unique=False)
    op.create_index(op.f("ix_notice_subject_id"), "notice", ["subject_id"], unique=False)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("deadline")
    op.drop_table("action_item")
    op.drop_table("sweep_run")
