"""The sweep works under a lease, and tells through an outbox.

Why: two sweeps at once, one that froze and came back, or one that was killed must neither miss a
duty nor tell twice. The key of a notice gains the duty's day, so that a moved day is told anew.
Locks: two new tables; every notice of a duty is written once. Safe under the running version: no,
end its scheduler first; it would tell of what the new one has told.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027_lease_and_outbox"
down_revision = "0026_lists_in_order"

MOMENT = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
DEAD = sa.text("state = 'dead'")
WAITING = sa.text("state = 'waiting'")
ADDED = ("opened", "unheard", "waiting", "dead")


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_user_id", sa.Uuid(), nullable=False),
        sa.Column("owner_team_id", sa.Uuid(), nullable=False),
        sa.Column("owed_by_agency_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'dead')", name=op.f("ck_outbox_known_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "duty_id", "event", "due_on", "owner_user_id", "owner_team_id", "owed_by_agency_id",
            name="uq_outbox_once",
        ),
    )  # fmt: skip
    for name, columns in (
        ("ix_outbox_waiting", ["next_at", "owed_by_agency_id", "owner_team_id", "event", "id"]),
        ("ix_outbox_claimed", ["term", "event", "duty_id"]),
    ):
        op.create_index(
            name, "outbox", columns, sqlite_where=WAITING, postgresql_where=WAITING
        )  # fmt: skip
    op.create_index(
        "ix_outbox_dead", "outbox", ["opened_at", "id"], sqlite_where=DEAD, postgresql_where=DEAD
    )
    for name in ADDED:
        op.add_column(
            "sweep_run", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )
    _change_keys(f"notice.key || ':' || ({_day()})")


def downgrade() -> None:
    _change_keys("substr(notice.key, 1, 32)")
    op.execute("DELETE FROM notice WHERE event LIKE 'deadline:late-%'")
    with op.batch_alter_table("sweep_run") as batch:
        for name in ADDED:
            batch.drop_column(name)
    op.drop_table("outbox")
    op.drop_table("lease")


def _day() -> str:
    day = "due_on"
    if op.get_bind().dialect.name == "postgresql":
        day = "to_char(due_on, 'YYYY-MM-DD')"
    return f"SELECT {day} FROM deadline WHERE deadline.id = notice.duty_id"


def _change_keys(key: str) -> None:
    op.execute(
        f"UPDATE notice SET key = {key} "
        "WHERE event IN ('deadline:due', 'deadline:overdue') "
        "AND EXISTS (SELECT 1 FROM deadline WHERE deadline.id = notice.duty_id)"
    )
