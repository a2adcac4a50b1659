"""Files of a visit; and versions of a visit can be added, never changed or removed.

Why: a photograph from the doorstep belongs to its visit and is read by whoever reads that visit.
What a visit said before it was corrected must stay as it was written; the code never changes it,
and these triggers hinder everything else. A version has no label that passes on: visits stay with
whoever wrote them.
Locks: none worth the name, a table is new and no row is written. Safe under the running version:
yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044_visit_files_and_versions"
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


def _moment() -> sa.types.TypeEngine[object]:
    return sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    _files()
    _append_only()


def _files() -> None:
    op.create_table(
        "visit_file",
        sa.Column("id", sa.Uuid(), nullable=False),
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
        sa.Column("scanned_at", _moment(), nullable=True),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", _moment(), nullable=False),
        sa.Column("ended_at", _moment(), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "scan IN ('not_scanned', 'clean', 'refused')",
            name=op.f("ck_visit_file_has_a_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_file_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_visit_file_owner_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_file")),
    )
    op.create_index(op.f("ix_visit_file_person_id"), "visit_file", ["person_id"])
    op.create_index(op.f("ix_visit_file_subject_id"), "visit_file", ["subject_id"])
    op.create_index("ix_visit_file_scan", "visit_file", ["scan", "id"])


def _append_only() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRES_UP)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE_UP.format(verb=verb))


def downgrade() -> None:
    raise NotImplementedError("versions of a visit do not lose their lock by a downgrade")
