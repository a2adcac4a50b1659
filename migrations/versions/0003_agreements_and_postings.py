"""Agreements with their cells, postings, and where cases are kept.

Why: the grid of who gets what is data (docs/decisions/0002).
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_agreements_and_postings"
down_revision = "0002_the_shared_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
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
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_agreement_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_area_id"), "agreement", ["area_id"], unique=False)
    op.create_table(
        "capacity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_capacity_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity")),
        sa.UniqueConstraint("area_id", "code", name=op.f("uq_capacity_area_id_code")),
    )
    op.create_table(
        "agreement_cell",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
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
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_cell_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["capacity.id"], name=op.f("fk_agreement_cell_capacity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_cell")),
    )
    op.create_index(
        "ix_agreement_cell_grid",
        "agreement_cell",
        ["section", "capacity_id", "state", "starts_at", "ends_at", "level"],
        unique=False,
    )
    op.create_table(
        "posting",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
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
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_posting_agency_id")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_posting_area_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_posting_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index(op.f("ix_posting_agency_id"), "posting", ["agency_id"], unique=False)
    op.create_index(
        "ix_posting_user", "posting", ["user_id", "state", "starts_at", "ends_at"], unique=False
    )
    op.create_table(
        "role_cell",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
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
            ["agreement_id"], ["agreement.id"], name=op.f("fk_role_cell_agreement_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_role_cell_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_cell")),
    )
    op.create_index(
        "ix_role_cell_grid",
        "role_cell",
        ["section", "area_id", "role", "state", "starts_at", "ends_at", "level"],
        unique=False,
    )
    op.create_table(
        "person_area",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
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
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_area_area_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_area_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_area")),
    )
    op.create_index(
        "ix_person_area_person",
        "person_area",
        ["person_id", "area_id", "state", "starts_at", "ends_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("person_area")
    op.drop_table("role_cell")
    op.drop_table("posting")
    op.drop_table("agreement_cell")
    op.drop_table("capacity")
    op.drop_table("agreement")
