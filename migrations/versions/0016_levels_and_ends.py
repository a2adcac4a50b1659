"""Category and level as history; what has ended says when; a change may name another person.

Why: the level was one value that meetings overwrote, and an ended order did not say since when.
Every person with a level gets the period that runs now; ended orders get the day that was set for
their end.
Locks: short ones, the columns are added empty or with a constant. Safe under the running version:
yes, it leaves the new columns to their defaults.
"""

import uuid
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

from mappa.kernel.types import UtcDateTime

revision = "0016_levels_and_ends"
down_revision = "0015_associates_custody_victims"
branch_labels = None
depends_on = None

NOBODY = uuid.UUID(int=0)
MOMENT = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
AT_ONCE = 1000

person = sa.table(
    "person",
    sa.column("id", sa.Uuid()),
    sa.column("owner_agency_id", sa.Uuid()),
    sa.column("category", sa.SmallInteger()),
    sa.column("level", sa.SmallInteger()),
    sa.column("level_since", sa.Date()),
)
period = sa.table(
    "management_level",
    *(
        sa.column(name, sa.Uuid())
        for name in (
            "id", "person_id", "owner_agency_id", "subject_id", "meeting_id", "handling_group_id",
            "added_by_id",
        )
    ),
    *(sa.column(name, sa.SmallInteger()) for name in ("category", "level", "audience")),
    *(sa.column(name, sa.Text()) for name in ("section", "reason")),
    sa.column("from_on", sa.Date()),
    sa.column("added_at", UtcDateTime()),
)  # fmt: skip


def upgrade() -> None:
    _add_periods()
    for table in ("alias", "offence", "court_order"):
        op.add_column(table, sa.Column("until_on", sa.Date(), nullable=True))
    op.execute("UPDATE court_order SET until_on = coalesce(ends_on, made_on) WHERE ended")
    op.add_column(
        "person_change",
        sa.Column("other_person_id", sa.Uuid(), nullable=False, server_default=NOBODY.hex),
    )
    _begin_periods(op.get_bind())


def _add_periods() -> None:
    op.create_table(
        "management_level",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "category <> 3 OR level <> 1",
            name=op.f("ck_management_level_category_3_never_at_level_1"),
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on",
            name=op.f("ck_management_level_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_management_level_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_management_level_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_level")),
    )
    for column in ("person_id", "subject_id"):
        op.create_index(
            op.f(f"ix_management_level_{column}"), "management_level", [column], unique=False
        )


def _begin_periods(connection: sa.Connection) -> None:
    """One period for each person who has a level; pairs that the law forbids are left out."""
    at = datetime.now(UTC)
    known = sa.select(person).where(
        person.c.category.is_not(None),
        person.c.level.is_not(None),
        sa.not_(sa.and_(person.c.category == 3, person.c.level == 1)),
    )
    rows = [_period(row, at) for row in connection.execute(known)]
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(sa.insert(period), rows[start : start + AT_ONCE])


def _period(row: sa.Row[tuple[object, ...]], at: datetime) -> dict[str, object]:
    since: date = row.level_since or at.date()
    return {
        "id": uuid.uuid4(),
        "person_id": row.id,
        "subject_id": row.id,
        "owner_agency_id": row.owner_agency_id,
        "meeting_id": NOBODY,
        "handling_group_id": NOBODY,
        "added_by_id": NOBODY,
        "audience": 0,
        "section": "identity",
        "category": row.category,
        "level": row.level,
        "from_on": since,
        "reason": "Set before the reasons were kept",
        "added_at": at,
    }


def downgrade() -> None:
    op.drop_column("person_change", "other_person_id")
    for table in ("alias", "offence", "court_order"):
        op.drop_column(table, "until_on")
    op.drop_table("management_level")
