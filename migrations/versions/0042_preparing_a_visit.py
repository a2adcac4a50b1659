"""A warning to staff says how many officers go; a visit keeps how it was prepared.

Why: whoever plans a visit is stopped by the warnings to staff and says to have read them; a warning
may ask for two officers and say what somebody does who is there alone; how the person was told, and
how the police go (plain clothes, marked car, accredited officer) stand with the plan.
Locks: columns with a constant default, which neither database writes into the rows: short. Safe
under the running version: yes, which leaves the new columns at their defaults.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042_preparing_a_visit"
down_revision = "0041_audit_subject_key"
branch_labels = None
depends_on = None

TEXTS = ("told_how", "warnings_read", "warnings_read_before", "turnout_reason", "alone_reason")
ANSWERS = ("plain_clothes", "marked_car", "accredited")


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.add_column(
        "warning", sa.Column("officers", sa.SmallInteger(), server_default="1", nullable=False)
    )
    op.add_column("warning", _text("lone_working"))
    for name in TEXTS:
        op.add_column("visit", _text(name))
    for name in ANSWERS:
        op.add_column("visit", sa.Column(name, sa.Boolean(), nullable=True))


def downgrade() -> None:
    for name in (*TEXTS, *ANSWERS):
        op.drop_column("visit", name)
    for name in ("officers", "lone_working"):
        op.drop_column("warning", name)
