"""Intelligence items, their provenance, drafts.

Why: open to handling groups only (docs/decisions/0006).
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_intelligence"
down_revision = "0011_visits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intelligence_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "ends_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_intelligence_draft_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_intelligence_draft_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intelligence_draft")),
        sa.UniqueConstraint(
            "user_id", "person_id", name=op.f("uq_intelligence_draft_user_id_person_id")
        ),
    )
    op.create_table(
        "intelligence_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column(
            "reported_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("conditions", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(handling = 'C') = (conditions IS NOT NULL)",
            name=op.f("ck_intelligence_item_code_c_has_conditions"),
        ),
        sa.CheckConstraint(
            "assessment IN ('A', 'B', 'C', 'D', 'E')",
            name=op.f("ck_intelligence_item_assessment_is_graded"),
        ),
        sa.CheckConstraint(
            "handling IN ('P', 'C')", name=op.f("ck_intelligence_item_handling_is_graded")
        ),
        sa.CheckConstraint(
            "handling_group_id <> '00000000000000000000000000000000'",
            name=op.f("ck_intelligence_item_has_a_handling_group"),
        ),
        sa.CheckConstraint(
            "source IN ('1', '2', '3')", name=op.f("ck_intelligence_item_source_is_graded")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_intelligence_item_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_intelligence_item_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_intelligence_item_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intelligence_item")),
        sa.UniqueConstraint(
            "item_id", "person_id", name=op.f("uq_intelligence_item_item_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_intelligence_item_person_id"), "intelligence_item", ["person_id"], unique=False
    )
    op.create_table(
        "intelligence_provenance",
        sa.Column("intelligence_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "handling_group_id <> '00000000000000000000000000000000'",
            name=op.f("ck_intelligence_provenance_has_a_handling_group"),
        ),
        sa.ForeignKeyConstraint(
            ["intelligence_id"],
            ["intelligence_item.id"],
            name=op.f("fk_intelligence_provenance_intelligence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"],
            ["agency.id"],
            name=op.f("fk_intelligence_provenance_owner_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_intelligence_provenance_person_id")
        ),
        sa.PrimaryKeyConstraint("intelligence_id", name=op.f("pk_intelligence_provenance")),
    )
    op.create_index(
        op.f("ix_intelligence_provenance_person_id"),
        "intelligence_provenance",
        ["person_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("intelligence_provenance")
    op.drop_table("intelligence_item")
    op.drop_table("intelligence_draft")
