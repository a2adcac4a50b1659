"""Audit entries can be added, never changed or removed.

Why: tamper evidence (docs/decisions/0004). The chain shows tampering; these triggers hinder it.
Also lays the 64 empty partition heads.
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_audit_is_append_only"
down_revision = "0006_audit"
branch_labels = None
depends_on = None

TABLES = ("audit_entry", "audit_subject")
POSTGRES_UP = """
CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only();
"""
SQLITE_UP = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""


def upgrade() -> None:
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(POSTGRES_UP.format(table=table))
        else:
            for verb in ("UPDATE", "DELETE"):
                op.execute(SQLITE_UP.format(table=table, verb=verb))
    head = sa.table(
        "audit_head", sa.column("partition"), sa.column("sequence"), sa.column("digest")
    )
    op.bulk_insert(head, [{"partition": n, "sequence": 0, "digest": "0" * 64} for n in range(64)])


def downgrade() -> None:
    raise NotImplementedError("the audit log does not lose its lock by a downgrade")
