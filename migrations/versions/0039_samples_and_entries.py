"""Dip samples with their draws and results; failed entries, and warrants with their steps.

Why: people drawn for a check must be drawn in a way that can be proved later, so each step is a row
that nobody changes; and a warrant hangs on what was said of each failed entry, when and by whom.
Locks: none worth the name, the tables are new. Safe under the running version: yes, it reads none
of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039_samples_and_entries"
down_revision = "0038_visit_commitment"
branch_labels = None
depends_on = None


def _moment() -> sa.types.TypeEngine[object]:
    return sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def upgrade() -> None:
    _samples()
    _entries()


def _label(*, derived: bool) -> list[sa.Column[object]]:
    own = [
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
    ]
    if not derived:
        return own
    return [
        *own,
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
    ]


def _labelled(table: str) -> list[sa.schema.SchemaItem]:
    return [
        _to(table, "person_id", "person"),
        _to(table, "owner_agency_id", "agency"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _entries() -> None:
    op.create_table(
        "entry_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("sought", sa.Boolean(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("said_by_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", _moment(), nullable=False),
        *_label(derived=True),
        *_labelled("entry_attempt"),
        sa.UniqueConstraint(
            "subject_id", "number", name=op.f("uq_entry_attempt_subject_id_number")
        ),
    )
    op.create_table(
        "warrant_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("occasions", sa.SmallInteger(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_at", _moment(), nullable=False),
        *_label(derived=False),
        sa.CheckConstraint("audience = 1", name=op.f("ck_warrant_case_kept_to_named_readers")),
        *_labelled("warrant_case"),
    )
    op.create_table(
        "warrant_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("senior", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("entries", sa.SmallInteger(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        *_label(derived=True),
        sa.CheckConstraint(
            "step IN ('asked', 'not_asked', 'granted', 'refused', 'executed', 'lapsed')",
            name=op.f("ck_warrant_step_known_step"),
        ),
        *_labelled("warrant_step"),
        sa.UniqueConstraint("subject_id", "number", name=op.f("uq_warrant_step_subject_id_number")),
    )
    for table in ("entry_attempt", "warrant_case", "warrant_step"):
        op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
    for table in ("entry_attempt", "warrant_step"):
        op.create_index(op.f(f"ix_{table}_subject_id"), table, ["subject_id"])


def _samples() -> None:
    op.create_table(
        "dip_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("among", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("population_digest", sa.Text(), nullable=False),
        sa.Column("seed_digest", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("population", sa.LargeBinary(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('checks', 'visits')", name=op.f("ck_dip_sample_known_purpose")
        ),
        sa.CheckConstraint(
            "1 <= wanted AND wanted <= size", name=op.f("ck_dip_sample_no_more_than_there_are")
        ),
        _to("dip_sample", "user_id", "user_account"),
        _to("dip_sample", "agency_id", "agency"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dip_sample")),
    )
    op.create_index("ix_dip_sample_agency", "dip_sample", ["agency_id", "at"])
    op.create_index("ix_dip_sample_user", "dip_sample", ["user_id", "at"])
    op.create_table(
        "dip_draw",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("drawn", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        _to("dip_draw", "sample_id", "dip_sample"),
        _to("dip_draw", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_dip_draw")),
    )
    op.create_table(
        "dip_result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('in_order', 'not_in_order', 'could_not')",
            name=op.f("ck_dip_result_known_verdict"),
        ),
        _to("dip_result", "sample_id", "dip_sample"),
        _to("dip_result", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dip_result")),
        sa.UniqueConstraint(
            "sample_id", "place", "number", name=op.f("uq_dip_result_sample_id_place_number")
        ),
    )


def downgrade() -> None:
    for table in ("warrant_step", "warrant_case", "entry_attempt"):
        op.drop_table(table)
    for table in ("dip_result", "dip_draw", "dip_sample"):
        op.drop_table(table)
