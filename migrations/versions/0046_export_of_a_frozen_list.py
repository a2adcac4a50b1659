"""An export can be of the frozen list of a dip sample.

Why: who may take people out of the platform takes out that list too, with a reason on record, so
that its digest can be computed again elsewhere.
Locks: the column is empty, which both databases add without writing the rows anew. Safe under the
running version: yes, it writes exports without the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046_export_of_a_frozen_list"
down_revision = "0045_samples_of_the_register"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people_export", sa.Column("sample_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("people_export", "sample_id")
