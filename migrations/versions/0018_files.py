"""Photographs and documents of a person: rows with their label, the bytes elsewhere.

Why: a person is recognised by a photograph, and a court's paper belongs to the record.
Locks: none worth the name, the table is new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_files"
down_revision = "0017_administration"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Text(), nullable=False),
        sa.Column("view_as", sa.Text(), nullable=False),
        sa.Column("scan", sa.Text(), nullable=False),
        sa.Column(
            "scanned_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "added_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ended_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("ended_by_id", sa.Uuid(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "scan IN ('not_scanned', 'clean', 'refused')",
            name=op.f("ck_person_file_has_a_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_person_file_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_file_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_file")),
    )
    op.create_index(op.f("ix_person_file_person_id"), "person_file", ["person_id"], unique=False)
    op.create_index("ix_person_file_scan", "person_file", ["scan", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("person_file")
