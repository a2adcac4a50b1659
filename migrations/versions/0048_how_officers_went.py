"""A version of a visit says how the officers went.

Why: plain clothes, marked car and accredited officer are corrected as all else that a visit says,
and what was said of them until then stays on record.
Locks: columns that are empty or have a constant default, which neither database writes into the
rows: short. Safe under the running version: yes, which leaves the new columns at their defaults.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048_how_officers_went"
down_revision = "0046_export_of_a_frozen_list"
branch_labels = None
depends_on = None

ANSWERS = ("plain_clothes", "marked_car", "accredited")


def upgrade() -> None:
    for name in ANSWERS:
        op.add_column("visit_version", sa.Column(name, sa.Boolean(), nullable=True))
    reason = sa.Column("turnout_reason", sa.Text(), server_default="", nullable=False)
    op.add_column("visit_version", reason)


def downgrade() -> None:
    for name in (*ANSWERS, "turnout_reason"):
        op.drop_column("visit_version", name)
