"""Reactive management, and the changes that ask to look at it again.

Why: somebody low in risk for three years can be without routine visits (NPCC, June 2017), by a
decision of two people that stays on record; and whoever may see a change must be asked about it.
Locks: two tables are new; the column on the commitments is empty, which both databases add without
writing the rows anew. Safe under the running version: yes, it writes commitments without the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043_reactive_management"
down_revision = "0042_preparing_a_visit"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('proposed', 'standing')")


def _moment() -> sa.types.TypeEngine[object]:
    return sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def _labelled(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        _to(table, "person_id", "person"),
        _to(table, "owner_agency_id", "agency"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.add_column("visit_commitment", sa.Column("reactive_id", sa.Uuid(), nullable=True))
    _management()
    _review()
    for table in ("reactive_management", "reactive_review"):
        op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
    op.create_index(op.f("ix_reactive_review_reactive_id"), "reactive_review", ["reactive_id"])
    op.create_index("ix_reactive_management_state", "reactive_management", ["state", "person_id"])
    op.create_index(
        "uq_reactive_management_open",
        "reactive_management",
        ["person_id", "owner_agency_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _management() -> None:
    op.create_table(
        "reactive_management",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("low_since", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", _moment(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", _moment(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", _moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'standing', 'declined', 'ended')",
            name=op.f("ck_reactive_management_known_state"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)"
            " AND (state = 'proposed' OR decision <> '')",
            name=op.f("ck_reactive_management_decided_with_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL) AND (state <> 'ended' OR ending <> '')",
            name=op.f("ck_reactive_management_ended_with_reason"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> proposed_by_id",
            name=op.f("ck_reactive_management_decided_by_another"),
        ),
        *_labelled("reactive_management"),
    )


def _review() -> None:
    op.create_table(
        "reactive_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reactive_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", _moment(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", _moment(), nullable=True),
        sa.CheckConstraint("audience = 1", name=op.f("ck_reactive_review_kept_to_named_readers")),
        sa.CheckConstraint(
            "answer IN ('', 'kept', 'ended', 'told', 'not_told')",
            name=op.f("ck_reactive_review_known_answer"),
        ),
        sa.CheckConstraint(
            "(answer = '') = (answered_at IS NULL) AND (answer = '' OR reason <> '')",
            name=op.f("ck_reactive_review_answered_with_reason"),
        ),
        *_labelled("reactive_review"),
        _to("reactive_review", "reactive_id", "reactive_management"),
        _to("reactive_review", "change_id", "person_change"),
        sa.UniqueConstraint(
            "change_id", "reactive_id", name=op.f("uq_reactive_review_change_id_reactive_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("reactive_review")
    op.drop_table("reactive_management")
    op.drop_column("visit_commitment", "reactive_id")
