"""A look-up row of the audit is its own key: the entry and the record, without an id.

Why: every reading writes one for each record it shows. Its id and the index of it, and that of the
entry, were two more random pages to write for each.
Locks: ``audit_subject`` while its key is made, about ten seconds for five million rows; SQLite writes
the table anew. Safe under the running version: no, which writes the id.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041_audit_subject_key"
down_revision = "0040_visit_versions"
branch_labels = None
depends_on = None

SQLITE_TRIGGER = """
CREATE TRIGGER audit_subject_no_{verb} BEFORE {verb} ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit_subject is append-only'); END
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("audit_subject", "id")  # and the key with it
        op.create_primary_key("pk_audit_subject", "audit_subject", ["entry_id", "record_id"])
        op.drop_index("ix_audit_subject_entry", table_name="audit_subject")
    else:
        _write_anew()


def _write_anew() -> None:
    op.create_table(
        "audit_subject_by_key",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_subject_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "record_id", name=op.f("pk_audit_subject")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO audit_subject_by_key (entry_id, record_id)"
        " SELECT entry_id, record_id FROM audit_subject ORDER BY entry_id, record_id"
    )
    op.drop_table("audit_subject")
    op.rename_table("audit_subject_by_key", "audit_subject")
    op.create_index("ix_audit_subject_record", "audit_subject", ["record_id", "entry_id"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(SQLITE_TRIGGER.format(verb=verb))


def downgrade() -> None:
    raise NotImplementedError("the audit log is not written anew by a downgrade")
