"""Visits keep earlier versions and signatures, can be withdrawn, and have cards and accounts.

Why: a logged visit is corrected by its author, and each version stays on record; a supervisor
countersigns it; a visit that does not count is withdrawn with a reason and keeps its outcome. What
was checked is a card of the visit; what another agency says of it is an account of that agency's.
Locks: the new tables are empty. On PostgreSQL three checks of ``visit`` are made anew, which reads
the table once under a lock; on SQLite the table is copied. Safe under the running version: yes, the
checks allow all that the old ones did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040_visit_versions"
down_revision = "0039_samples_and_entries"
branch_labels = None
depends_on = None

CHANGED = {
    "made_with_outcome": (
        "(state = 'made') = (outcome IS NOT NULL) AND (state = 'made') = (made_on IS NOT NULL)"
        " AND (state = 'made') = (arrived_at IS NOT NULL)",
        "(state <> 'made' OR outcome IS NOT NULL)"
        " AND (outcome IS NULL OR state IN ('made', 'withdrawn'))"
        " AND (outcome IS NULL) = (made_on IS NULL)"
        " AND (outcome IS NULL) = (arrived_at IS NULL)",
    ),
    "planned_with_window": (
        "state = 'made' OR (window_from IS NOT NULL AND window_to >= window_from)",
        "outcome IS NOT NULL OR (window_from IS NOT NULL AND window_to >= window_from)",
    ),
    "unannounced_plan_is_kept_to_named_readers": (
        "announced OR state = 'made' OR audience = 1",
        "announced OR outcome IS NOT NULL OR audience = 1",
    ),
}
"""Checks of ``visit``: as they were, and as they are."""


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    kind = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def _label(table: str) -> list[sa.schema.SchemaItem]:
    """The columns that a row made from a visit carries, and what they lead to."""
    return [
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        *_own_label(table),
    ]


def _own_label(table: str) -> list[sa.schema.SchemaItem]:
    """The columns of a record's own label."""
    return [
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f(f"fk_{table}_owner_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _index(table: str) -> None:
    for column in ("person_id", "subject_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    _versions()
    op.create_table(
        "visit_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("of_version", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _moment("at"),
        sa.UniqueConstraint("subject_id", "of_version", name=op.f("uq_visit_signature_version")),
        *_label("visit_signature"),
    )
    _index("visit_signature")
    _cards()
    op.create_table(
        "visit_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("concerns", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _moment("at"),
        sa.CheckConstraint("account <> ''", name=op.f("ck_visit_account_says_something")),
        *_own_label("visit_account"),
    )
    op.create_index(op.f("ix_visit_account_person_id"), "visit_account", ["person_id"])
    op.create_index("ix_visit_account_visit", "visit_account", ["visit_id", "person_id"])
    _check(1)


def _cards() -> None:
    op.create_table(
        "visit_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("power", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        _moment("added_at"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("taken_back_by_id", sa.Uuid(), nullable=False),
        _moment("taken_back_at", nullable=True),
        sa.CheckConstraint(
            "taken_back_at IS NULL OR why <> ''", name=op.f("ck_visit_card_taken_back_with_reason")
        ),
        *_label("visit_card"),
    )
    _index("visit_card")


def _versions() -> None:
    op.create_table(
        "visit_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        _moment("arrived_at"),
        _moment("left_at", nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("officers", sa.Text(), nullable=False),
        sa.Column("present_adult", sa.Boolean(), nullable=True),
        sa.Column("present_child", sa.Boolean(), nullable=True),
        sa.Column("adults", sa.Text(), nullable=False),
        sa.Column("children", sa.Text(), nullable=False),
        sa.Column("concerns", sa.Text(), nullable=False),
        sa.Column("concern_child", sa.Boolean(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("told_next", sa.Boolean(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _moment("at"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT late OR why <> ''", name=op.f("ck_visit_version_late_with_reason")),
        sa.UniqueConstraint("subject_id", "number", name=op.f("uq_visit_version_number")),
        *_label("visit_version"),
    )
    _index("visit_version")


def downgrade() -> None:
    op.execute("UPDATE visit SET state = 'made' WHERE outcome IS NOT NULL")
    _check(0)
    op.drop_table("visit_account")
    op.drop_table("visit_card")
    op.drop_table("visit_signature")
    op.drop_table("visit_version")


def _check(which: int) -> None:
    """Let the checks of ``visit`` say what they said before (0) or what they say now (1)."""
    if op.get_bind().dialect.name == "postgresql":
        for name, said in CHANGED.items():
            op.drop_constraint(op.f(f"ck_visit_{name}"), "visit", type_="check")
            op.create_check_constraint(op.f(f"ck_visit_{name}"), "visit", said[which])
        return
    _as_it_stands(which)


def _as_it_stands(which: int) -> None:
    """Copy the table with its own words but for these checks: SQLite changes no check in place."""
    connection = op.get_bind()
    asked = sa.text("SELECT sql FROM sqlite_master WHERE type = :type AND tbl_name = 'visit'")
    (made,) = connection.execute(asked, {"type": "table"}).scalars()
    indexes = [each for each in connection.execute(asked, {"type": "index"}).scalars() if each]
    for said in CHANGED.values():
        if made.count(said[1 - which]) != 1:
            raise RuntimeError("the table visit is not as this migration knows it")
        made = made.replace(said[1 - which], said[which])
    head, body = made.split("(", 1)
    if head.split()[-1].strip('"') != "visit":
        raise RuntimeError("the table visit is not as this migration knows it")
    connection.exec_driver_sql(f"CREATE TABLE visit_anew ({body}")
    connection.exec_driver_sql("INSERT INTO visit_anew SELECT * FROM visit")
    connection.exec_driver_sql("DROP TABLE visit")
    connection.exec_driver_sql("ALTER TABLE visit_anew RENAME TO visit")
    for each in indexes:
        connection.exec_driver_sql(each)
