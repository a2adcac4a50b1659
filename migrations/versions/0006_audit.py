"""The audit: entries, the heads of 64 partitions, look-up rows.

Why: who did and read what (docs/decisions/0004).
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_audit"
down_revision = "0005_readers_and_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partition", sa.SmallInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column(
            "at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_agency_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint(
            "partition", "sequence", name=op.f("uq_audit_entry_partition_sequence")
        ),
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor_id", "at"], unique=False)
    op.create_index("ix_audit_entry_agency", "audit_entry", ["actor_agency_id", "at"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("partition", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("partition", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_subject",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_subject_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_subject")),
    )
    op.create_index("ix_audit_subject_entry", "audit_subject", ["entry_id"], unique=False)
    op.create_index(
        "ix_audit_subject_record", "audit_subject", ["record_id", "entry_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("audit_subject")
    op.drop_table("audit_head")
    op.drop_table("audit_entry")
