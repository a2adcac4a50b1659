"""Risk assessments and risk management plans.

Why: assessments are signed once, agreed plans never change.
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_risk_and_plans"
down_revision = "0009_reminders_and_actions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=False),
        sa.Column("from_number", sa.SmallInteger(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column(
            "agreed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("frozen", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "changed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(agreed_at IS NULL) = (digest = '')", name=op.f("ck_plan_agreed_with_digest")
        ),
        sa.CheckConstraint(
            "(state IN ('agreed', 'superseded')) = (agreed_at IS NOT NULL)",
            name=op.f("ck_plan_agreed_with_time"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'agreed', 'superseded', 'withdrawn')",
            name=op.f("ck_plan_state_is_known"),
        ),
        sa.CheckConstraint(
            "agreed_at IS NULL OR review_on IS NOT NULL", name=op.f("ck_plan_agreed_with_review")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_plan_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_person_id"), "plan", ["person_id"], unique=False)
    op.create_table(
        "risk_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column(
            "assessed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("raises", sa.Text(), nullable=False),
        sa.Column("lowers", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.Text(), nullable=False),
        sa.Column("tool_result", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column(
            "signed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "band IN ('very_high', 'high', 'medium', 'low', 'not_assessed') AND band <> 'not_assessed'",
            name=op.f("ck_risk_assessment_band_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_risk_assessment_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_risk_assessment_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_risk_assessment_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_assessment")),
    )
    op.create_index(
        op.f("ix_risk_assessment_person_id"), "risk_assessment", ["person_id"], unique=False
    )
    op.create_table(
        "risk_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column(
            "saved_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_risk_draft_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_risk_draft_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_risk_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_draft")),
    )
    op.create_index(op.f("ix_risk_draft_person_id"), "risk_draft", ["person_id"], unique=False)
    op.create_table(
        "contingency",
        sa.Column("if_text", sa.Text(), nullable=False),
        sa.Column("then_text", sa.Text(), nullable=False),
        sa.Column("within", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assigned_user_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_agency_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "changed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "removed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_contingency_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contingency_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["plan.id"], name=op.f("fk_contingency_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contingency")),
    )
    op.create_index(op.f("ix_contingency_person_id"), "contingency", ["person_id"], unique=False)
    op.create_index(op.f("ix_contingency_subject_id"), "contingency", ["subject_id"], unique=False)
    op.create_table(
        "measure",
        sa.Column("pillar", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("when_text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assigned_user_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_agency_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "changed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "removed_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
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
            "pillar IN ('supervision', 'monitoring', 'interventions', 'victim_safety')",
            name=op.f("ck_measure_pillar_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_measure_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_measure_person_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["plan.id"], name=op.f("fk_measure_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index(op.f("ix_measure_person_id"), "measure", ["person_id"], unique=False)
    op.create_index(op.f("ix_measure_subject_id"), "measure", ["subject_id"], unique=False)
    op.create_table(
        "risk_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("custody", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "community IN ('very_high', 'high', 'medium', 'low', 'not_assessed') AND custody IN ('very_high', 'high', 'medium', 'low', 'not_assessed')",
            name=op.f("ck_risk_group_levels_are_known"),
        ),
        sa.CheckConstraint(
            "group_code IN ('children', 'known_adult', 'public', 'staff', 'adults_at_risk', 'prisoners')",
            name=op.f("ck_risk_group_group_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_risk_group_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_risk_group_person_id")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["risk_assessment.id"], name=op.f("fk_risk_group_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_group")),
        sa.UniqueConstraint(
            "subject_id", "group_code", name=op.f("uq_risk_group_subject_id_group_code")
        ),
    )
    op.create_index(op.f("ix_risk_group_person_id"), "risk_group", ["person_id"], unique=False)
    op.create_index(op.f("ix_risk_group_subject_id"), "risk_group", ["subject_id"], unique=False)


def downgrade() -> None:
    op.drop_table("risk_group")
    op.drop_table("measure")
    op.drop_table("contingency")
    op.drop_table("risk_draft")
    op.drop_table("risk_assessment")
    op.drop_table("plan")
