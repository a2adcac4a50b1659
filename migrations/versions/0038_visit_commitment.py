"""How often each person is to be visited: rows that are never changed, and the dates they give.

Why: since 2017 the plan of a person decides how often the police visit, and other agencies never
had a table; a date needs to know the interval that was agreed for its own case. Another risk band
moves the visits of every agency: that is a job's, and what waits for it is a row.
Locks: two tables are new; the column on the deadlines has a constant default, which both databases
add without writing the rows anew.
Safe under the running version: yes, it writes deadlines without the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038_visit_commitment"
down_revision = "0037_visit_suggestion"
branch_labels = None
depends_on = None


def _moment() -> sa.types.TypeEngine[object]:
    return sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("deadline", sa.Column("interval", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "visit_commitment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("plan_number", sa.SmallInteger(), nullable=True),
        sa.Column("unannounced", sa.Text(), nullable=False),
        sa.Column("times", sa.Text(), nullable=False),
        sa.Column("manner", sa.Text(), nullable=False),
        sa.Column("agencies", sa.Text(), nullable=False),
        sa.Column("devices", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", _moment(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('plan', 'supervisor')", name=op.f("ck_visit_commitment_known_basis")
        ),
        sa.CheckConstraint(
            "manner IN ('single', 'two', 'joint')", name=op.f("ck_visit_commitment_known_manner")
        ),
        sa.CheckConstraint(
            "basis <> 'plan' OR plan_number IS NOT NULL",
            name=op.f("ck_visit_commitment_plan_has_number"),
        ),
        sa.CheckConstraint(
            "every <> '' OR reason <> ''", name=op.f("ck_visit_commitment_ended_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"],
            ["agency.id"],
            name=op.f("fk_visit_commitment_owner_agency_id_agency"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_commitment_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_commitment")),
    )
    op.create_index(
        "ix_visit_commitment_of",
        "visit_commitment",
        ["person_id", "owner_agency_id", "set_at", "id"],
    )
    op.create_index("ix_visit_commitment_person_id", "visit_commitment", ["person_id"])

    op.create_table(
        "band_recount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_band_recount_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_band_recount")),
    )
    op.create_index("ix_visit_agency", "visit", ["owner_agency_id", "state", "made_on", "id"])
    op.create_index(
        "ix_deadline_ended",
        "deadline",
        ["owed_by_agency_id", "closed_at"],
        sqlite_where=sa.text("state = 'closed'"),
        postgresql_where=sa.text("state = 'closed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_deadline_ended", "deadline")
    op.drop_index("ix_visit_agency", "visit")
    op.drop_table("band_recount")
    op.drop_table("visit_commitment")
    op.drop_column("deadline", "interval")
