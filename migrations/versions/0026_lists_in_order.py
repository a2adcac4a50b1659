"""Visits are found in the order in which the timeline lists them.

Why: the timeline read all visits of a person, and the policy of each, to show the newest 25.
Locks: an index is built on ``visit``; minutes on a large table. Safe under the running version:
yes.
"""

from alembic import op

revision = "0026_lists_in_order"
down_revision = "0025_deadlines_in_order"


def upgrade() -> None:
    op.drop_index("ix_visit_state", "visit")
    op.create_index("ix_visit_state", "visit", ["person_id", "state", "made_on", "id"])


def downgrade() -> None:
    op.drop_index("ix_visit_state", "visit")
    op.create_index("ix_visit_state", "visit", ["person_id", "state"])
