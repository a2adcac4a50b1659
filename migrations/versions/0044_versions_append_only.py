"""Versions of a visit can be added, never changed or removed.

Why: what a visit said before it was corrected must stay as it was written; the code never changes
it, and these triggers hinder everything else. A version has no label that passes on: visits stay
with whoever wrote them.
Locks: none worth the name, no row is written. Safe under the running version: yes.
"""

from alembic import op

revision = "0044_versions_append_only"
down_revision = "0043_reactive_management"
branch_labels = None
depends_on = None

POSTGRES_UP = """
CREATE FUNCTION visit_version_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'visit_version is append-only'; END $$;
CREATE TRIGGER visit_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON visit_version
FOR EACH STATEMENT EXECUTE FUNCTION visit_version_is_append_only();
"""
SQLITE_UP = """
CREATE TRIGGER visit_version_no_{verb} BEFORE {verb} ON visit_version
BEGIN SELECT RAISE(ABORT, 'visit_version is append-only'); END
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRES_UP)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE_UP.format(verb=verb))


def downgrade() -> None:
    raise NotImplementedError("versions of a visit do not lose their lock by a downgrade")
