"""Description, ways to reach the person, work, vehicles, devices, accounts.

Why: what agencies know beyond names and addresses had no place but notes.
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_description_and_contact"
down_revision = "0013_meetings"
branch_labels = None
depends_on = None

MOMENT = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
ORDER = "until_on IS NULL OR from_on IS NULL OR until_on >= from_on"


def text(name: str) -> sa.Column[str]:
    """A text that may be empty, never NULL."""
    return sa.Column(name, sa.Text(), nullable=False)


def day(name: str) -> sa.Column[object]:
    """A day that may be unknown."""
    return sa.Column(name, sa.Date(), nullable=True)


def label() -> tuple[sa.Column[object], ...]:
    """Whose record it is, who owns it, and for whom."""
    return (
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
    )


def keys(table: str) -> tuple[sa.Constraint, ...]:
    """The keys of a table whose rows have a label."""
    return (
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f(f"fk_{table}_owner_agency_id")
        ),
    )


def add_record(table: str, *own: sa.Column[object]) -> None:
    """A table of records with their first and last day and who wrote them down."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        *own,
        day("from_on"),
        day("until_on"),
        text("note"),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        *label(),
        *keys(table),
        sa.CheckConstraint(ORDER, name=op.f(f"ck_{table}_ends_after_it_begins")),
    )
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"], unique=False)


TABLES = ("description", "contact_detail", "employment", "vehicle", "device", "online_account")


def upgrade() -> None:
    add_record(
        "description",
        sa.Column("height_cm", sa.SmallInteger(), nullable=True),
        text("build"),
        text("hair"),
        text("eyes"),
        text("marks"),
    )
    add_record("contact_detail", text("kind"), text("value"))
    add_record("employment", text("kind"), text("employer"), text("work"), text("place"))
    add_record("vehicle", text("registration"), text("make"), text("colour"), text("use"))
    add_record("device", text("kind"), text("make"), text("number"))
    add_record("online_account", text("service"), text("user_name"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
