"""Case teams, shares, exclusions, emergency access, and the reach of lists.

Why: who may see what is data (docs/decisions/0002); in every index the IN column is last.
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_case_teams_and_shares"
down_revision = "0003_agreements_and_postings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "right_end",
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "was_to_end_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ended_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("ended_by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("right_id", name=op.f("pk_right_end")),
    )
    op.create_table(
        "case_team",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_case_team_agency_id")),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["capacity.id"], name=op.f("fk_case_team_capacity_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_team_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_team")),
    )
    op.create_index(
        "ix_case_team_live",
        "case_team",
        ["person_id", "agency_id", "state", "starts_at", "ends_at", "capacity_id"],
        unique=False,
    )
    op.create_table(
        "case_worker",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
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
            ["agency_id"], ["agency.id"], name=op.f("fk_case_worker_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_worker_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_worker_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_worker")),
    )
    op.create_index(
        "ix_case_worker_person",
        "case_worker",
        ["person_id", "user_id", "state", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_index(
        "ix_case_worker_team",
        "case_worker",
        ["person_id", "team_id", "state", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_index(
        "ix_case_worker_user",
        "case_worker",
        ["user_id", "state", "starts_at", "ends_at", "person_id"],
        unique=False,
    )
    op.create_table(
        "emergency",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("capacity_id", sa.Integer(), nullable=False),
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
            ["capacity_id"], ["capacity.id"], name=op.f("fk_emergency_capacity_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_emergency_person_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_emergency_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
    )
    op.create_index(
        "ix_emergency_live",
        "emergency",
        ["user_id", "person_id", "state", "starts_at", "ends_at", "capacity_id"],
        unique=False,
    )
    op.create_table(
        "exclusion",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_exclusion_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index(
        "ix_exclusion_live",
        "exclusion",
        ["person_id", "user_id", "agency_id", "state", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_table(
        "reach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "sort_name",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ends_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_reach_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reach_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reach")),
        sa.UniqueConstraint(
            "agency_id",
            "sort_name",
            "person_id",
            name=op.f("uq_reach_agency_id_sort_name_person_id"),
        ),
    )
    op.create_index("ix_reach_person", "reach", ["person_id", "agency_id"], unique=False)
    op.create_table(
        "share",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_share_agency_id")),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_share_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_share_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
    )
    op.create_index(
        "ix_share_live",
        "share",
        [
            "person_id",
            "agency_id",
            "section",
            "owner_agency_id",
            "state",
            "starts_at",
            "ends_at",
            "level",
        ],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("share")
    op.drop_table("reach")
    op.drop_table("exclusion")
    op.drop_table("emergency")
    op.drop_table("case_worker")
    op.drop_table("case_team")
    op.drop_table("right_end")
