"""What dates are made of that was not kept: the order above a plan, and days that do not count.

Why: a plan under an order for lifelong restriction is reviewed every year; a date that leaves days
out keeps which, so that it can be explained and counted anew. Plans and dates of before have none.
Locks: columns with a constant default, or none, are added without rewriting the tables. Safe under
the running version: yes, it reads none of them, and the defaults serve what it writes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036_duties_and_absences"
down_revision = "0035_exclusion_review"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "plan", sa.Column("lifelong", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("deadline", sa.Column("away", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("deadline", "away")
    op.drop_column("plan", "lifelong")
