"""Uses of emergency access and their review; every look-up for one.

Why: what was opened in an emergency is judged by a second person, and repeated use is counted.
Locks: none, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032_emergency"
down_revision = "0031_share_requests"
branch_labels = None
depends_on = None

MOMENT = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")


def _uses() -> None:
    op.create_table(
        "emergency_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_agency_id", sa.Uuid(), nullable=False),
        sa.Column("user_team_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("uses_by_user", sa.Integer(), nullable=False),
        sa.Column("uses_of_person", sa.Integer(), nullable=False),
        sa.Column("empty_lookups", sa.Integer(), nullable=False),
        sa.Column("last_not_justified", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("judged_by_id", sa.Uuid(), nullable=True),
        sa.Column("judged_at", MOMENT, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=False),
        sa.Column("end_told_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (judged_at IS NULL)",
            name=op.f("ck_emergency_use_judged_at_a_time"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'justified', 'not-justified')",
            name=op.f("ck_emergency_use_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_emergency_use_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_emergency_use_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_agency_id"], ["agency.id"], name=op.f("fk_emergency_use_user_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_emergency_use_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_use")),
    )
    for name, columns in (
        ("ix_emergency_use_ended", ["end_told_at", "until_at"]),
        (op.f("ix_emergency_use_person_id"), ["person_id"]),
        ("ix_emergency_use_state", ["state", "opened_at", "id"]),
        ("ix_emergency_use_user", ["user_id", "opened_at"]),
    ):
        op.create_index(name, "emergency_use", columns, unique=False)


def upgrade() -> None:
    _uses()
    op.create_table(
        "emergency_lookup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_emergency_lookup_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_emergency_lookup_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_lookup")),
    )
    op.create_index(
        "ix_emergency_lookup_user", "emergency_lookup", ["user_id", "at", "opened"], unique=False
    )


def downgrade() -> None:
    op.drop_table("emergency_lookup")
    op.drop_table("emergency_use")
