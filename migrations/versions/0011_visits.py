"""Visits, who made them, duties to visit, drafts.

Why: planned and unannounced visits; an unmade unannounced one is kept to named readers.
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_visits"
down_revision = "0010_risk_and_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("concern_child", sa.Boolean(), nullable=True),
        sa.Column(
            "window_from",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "window_to",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "planned_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "arrived_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "left_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("present_adult", sa.Boolean(), nullable=True),
        sa.Column("present_child", sa.Boolean(), nullable=True),
        sa.Column("adults", sa.Text(), nullable=False),
        sa.Column("children", sa.Text(), nullable=False),
        sa.Column("concerns", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("told_next", sa.Boolean(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "written_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ended_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'made') = (outcome IS NOT NULL) AND (state = 'made') = (made_on IS NOT NULL) AND (state = 'made') = (arrived_at IS NOT NULL)",
            name=op.f("ck_visit_made_with_outcome"),
        ),
        sa.CheckConstraint(
            "announced OR state = 'made' OR audience = 1",
            name=op.f("ck_visit_unannounced_plan_is_kept_to_named_readers"),
        ),
        sa.CheckConstraint(
            "concern_child IS NULL OR NOT concern_child OR concerns <> ''",
            name=op.f("ck_visit_concern_for_a_child_in_words"),
        ),
        sa.CheckConstraint(
            "outcome IN ('seen_and_spoken_to', 'seen_not_spoken_to', 'no_reply', 'entry_refused', 'not_living_there', 'in_custody', 'left_early_for_safety')",
            name=op.f("ck_visit_known_outcome"),
        ),
        sa.CheckConstraint(
            "state = 'made' OR (window_from IS NOT NULL AND window_to >= window_from)",
            name=op.f("ck_visit_planned_with_window"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'made', 'missed', 'withdrawn')", name=op.f("ck_visit_known_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('missed', 'withdrawn') OR (end_reason <> '' AND ended_at IS NOT NULL)",
            name=op.f("ck_visit_ended_with_reason"),
        ),
        sa.CheckConstraint(
            "left_at IS NULL OR (arrived_at IS NOT NULL AND left_at > arrived_at)",
            name=op.f("ck_visit_left_after_arrived"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_visit_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_made", "visit", ["person_id", "made_on", "id"], unique=False)
    op.create_index(op.f("ix_visit_person_id"), "visit", ["person_id"], unique=False)
    op.create_index("ix_visit_state", "visit", ["person_id", "state"], unique=False)
    op.create_table(
        "visit_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_draft_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_visit_draft_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_draft")),
        sa.UniqueConstraint(
            "user_id",
            "person_id",
            "visit_id",
            name=op.f("uq_visit_draft_user_id_person_id_visit_id"),
        ),
    )
    op.create_index(op.f("ix_visit_draft_ends_at"), "visit_draft", ["ends_at"], unique=False)
    op.create_table(
        "visit_duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("audience = 1", name=op.f("ck_visit_duty_kept_to_named_readers")),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_visit_duty_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_duty_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_duty")),
    )
    op.create_index(op.f("ix_visit_duty_person_id"), "visit_duty", ["person_id"], unique=False)
    op.create_table(
        "visit_officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("place_in_list", sa.SmallInteger(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_visit_officer_named")),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_visit_officer_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_officer_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_officer")),
    )
    op.create_index(
        op.f("ix_visit_officer_person_id"), "visit_officer", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_visit_officer_subject_id"), "visit_officer", ["subject_id"], unique=False
    )
    op.create_index(
        "ix_visit_officer_user", "visit_officer", ["user_id", "subject_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("visit_officer")
    op.drop_table("visit_duty")
    op.drop_table("visit_draft")
    op.drop_table("visit")
