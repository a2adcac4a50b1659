"""Beside each share stands why it was given, and what was decided about it afterwards.

Why: a share is for a lawful purpose, until a day, and anybody entitled can ask why; a right alone
does not say. Shares given before have no such row: nobody wrote down why.
Locks: ``right_end`` for the moment of indexing it; the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030_shares"
down_revision = "0029_local_standards"
branch_labels = None
depends_on = None

MOMENT = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """A foreign key by our names."""
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def label(table: str) -> list[sa.Column | sa.Constraint]:
    """The columns of a record about one person, owned by one agency, in a section of its own."""
    return [
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        refers(table, "owner_agency_id", "agency"),
        refers(table, "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    _records()
    _decisions()
    _drafts()
    # What was ended of late is asked whenever a reading is recorded.
    op.create_index("ix_right_end_ended", "right_end", ["ended_at"])


def _records() -> None:
    op.create_table(
        "share_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("to_agency_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (
            "purpose", "statutes", "other", "regime", "condition", "why",
        )),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("lets_end", sa.Boolean(), nullable=False),
        sa.Column("authorised_by_id", sa.Uuid(), nullable=False),
        sa.Column("authorised_at", MOMENT, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("renews_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *label("share_record"),
        sa.CheckConstraint(
            "ends_on > starts_on", name=op.f("ck_share_record_ends_after_it_starts")
        ),
        sa.CheckConstraint("statutes <> '' OR other <> ''", name=op.f("ck_share_record_lawful")),
        sa.CheckConstraint(
            "regime IN ('part-3', 'uk-gdpr')", name=op.f("ck_share_record_known_regime")
        ),
        refers("share_record", "to_agency_id", "agency"),
        refers("share_record", "authorised_by_id", "user_account"),
    )  # fmt: skip
    op.create_index(op.f("ix_share_record_person_id"), "share_record", ["person_id"])
    op.create_index("ix_share_record_owner", "share_record", ["owner_agency_id", "ends_on", "id"])
    op.create_index(
        "ix_share_record_authoriser", "share_record", ["authorised_by_id", "owner_agency_id"]
    )


def _decisions() -> None:
    op.create_table(
        "share_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        *label("share_decision"),
        sa.CheckConstraint(
            "kind IN ('reviewed', 'let-end')", name=op.f("ck_share_decision_known_kind")
        ),
        refers("share_decision", "by_id", "user_account"),
    )
    for column in ("person_id", "subject_id"):
        op.create_index(op.f(f"ix_share_decision_{column}"), "share_decision", [column])


def _drafts() -> None:
    op.create_table(
        "share_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        refers("share_draft", "user_id", "user_account"),
        refers("share_draft", "agency_id", "agency"),
        refers("share_draft", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_draft")),
        sa.UniqueConstraint(
            "user_id", "agency_id", "person_id",
            name=op.f("uq_share_draft_user_id_agency_id_person_id"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_share_draft_ends_at"), "share_draft", ["ends_at"])


def downgrade() -> None:
    op.drop_index("ix_right_end_ended", table_name="right_end")
    op.drop_table("share_draft")
    op.drop_table("share_decision")
    op.drop_table("share_record")
