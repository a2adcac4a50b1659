"""Open duties are found in the order in which they are listed.

Why: without the last column SQLite read every open duty of the platform to list one person's.
Locks: an index is built on ``deadline``; minutes on a large table. Safe under the running
version: yes.
"""

from alembic import op

revision = "0025_deadlines_in_order"
down_revision = "0023_exports"

_STARTS = {
    "ix_deadline_home": "owner_user_id",
    "ix_deadline_team": "owner_team_id",
    "ix_deadline_agency": "owed_by_agency_id",
}


def upgrade() -> None:
    op.create_index("ix_deadline_person", "deadline", ["person_id", "state", "due_on", "id"])
    for name, start in _STARTS.items():
        op.drop_index(name, "deadline")
        op.create_index(name, "deadline", [start, "state", "due_on", "id"])


def downgrade() -> None:
    for name, start in _STARTS.items():
        op.drop_index(name, "deadline")
        op.create_index(name, "deadline", [start, "state", "due_on"])
    op.drop_index("ix_deadline_person", "deadline")
