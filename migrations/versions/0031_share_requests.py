"""Agencies ask one another for information, and keep what was answered.

Why: an unanswered or refused request left no trace. What the asker keeps and what the owner has to
answer are two tables, so that the first cannot tell whether there is a second.
Locks: none, the tables are new. Safe under the running version: yes, it reads none of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031_share_requests"
down_revision = "0030_shares"
branch_labels = None
depends_on = None

_STATES = (
    "state IN ('open', 'discussed', 'no-trace', 'not-relevant', 'shared', 'declined', 'withdrawn')"
)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    kind = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def _id(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _closed(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def upgrade() -> None:
    _asked()
    _requests()
    _steps()


def _asked() -> None:
    table = "asked_request"
    op.create_table(
        table,
        _id("id"),
        _id("asked_by_id"),
        _id("agency_id"),
        _text("area_id"),
        _id("person_id"),
        _id("owner_agency_id"),
        _closed("typed"),
        sa.Column("sections", sa.JSON(), nullable=False),
        _closed("what"),
        _closed("why"),
        _text("urgency"),
        sa.Column("basis", sa.JSON(), nullable=False),
        _moment("asked_at"),
        sa.Column("answer_by", sa.Date(), nullable=False),
        _moment("looked_at", nullable=True),
        _text("state"),
        _moment("told_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(_STATES, name=op.f("ck_asked_request_known_state")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_asked_request_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_asked_request_agency_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_asked_request_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_request")),
    )
    asker = ["asked_by_id", "agency_id", "asked_at", "id"]
    op.create_index("ix_asked_request_agency", table, ["agency_id", "asked_at", "id"])
    op.create_index("ix_asked_request_asker", table, asker)
    op.create_index("ix_asked_request_person", table, ["person_id", "agency_id"])
    op.create_index("ix_asked_request_waiting", table, ["looked_at", "asked_at", "id"])


def _requests() -> None:
    table = "share_request"
    op.create_table(
        table,
        _id("id"),
        _id("asked_id"),
        _id("asked_by_id"),
        _id("asker_agency_id"),
        sa.Column("unseen", sa.Boolean(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        _text("what"),
        _text("why"),
        _text("urgency"),
        sa.Column("basis", sa.JSON(), nullable=False),
        _moment("asked_at"),
        _text("state"),
        _text("answer"),
        _id("answered_by_id"),
        _moment("answered_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _id("person_id"),
        _id("owner_agency_id"),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        _id("handling_group_id"),
        sa.CheckConstraint(_STATES, name=op.f("ck_share_request_known_state")),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["asked_request.id"], name=op.f("fk_share_request_asked_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_share_request_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["asker_agency_id"], ["agency.id"], name=op.f("fk_share_request_asker_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_share_request_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_share_request_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_request")),
        sa.UniqueConstraint(
            "asked_id", "person_id", name=op.f("uq_share_request_asked_id_person_id")
        ),
    )
    op.create_index("ix_share_request_owner", table, ["owner_agency_id", "asked_at", "id"])
    op.create_index("ix_share_request_person_id", table, ["person_id"])


def _steps() -> None:
    op.create_table(
        "request_step",
        _id("id"),
        _id("asked_id"),
        _moment("at"),
        _id("by_id"),
        _id("agency_id"),
        _text("state"),
        _closed("said"),
        sa.CheckConstraint(_STATES, name=op.f("ck_request_step_known_state")),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["asked_request.id"], name=op.f("fk_request_step_asked_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_request_step_by_id")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_request_step_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_step")),
    )
    op.create_index("ix_request_step_asked", "request_step", ["asked_id", "at", "id"])


def downgrade() -> None:
    op.drop_table("request_step")
    op.drop_table("share_request")
    op.drop_table("asked_request")
