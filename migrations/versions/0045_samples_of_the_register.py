"""A dip sample says what it was drawn from: whom the drawer saw, or the register of an auditor.

Why: an auditor sees no people and draws from the references of those whom the agency leads.
Locks: a column with a constant default, which neither database writes into the rows: short. Safe
under the running version: yes, which leaves the column at its default.
"""

from alembic import op

revision = "0045_samples_of_the_register"
down_revision = "0044_visit_files_and_versions"
branch_labels = None
depends_on = None

# In words of its own: an added column brings its check with it on both databases.
ADD = """
ALTER TABLE dip_sample ADD COLUMN frame TEXT DEFAULT 'seen' NOT NULL
CONSTRAINT ck_dip_sample_known_frame CHECK (frame IN ('seen', 'register'))
"""


def upgrade() -> None:
    op.execute(ADD)


def downgrade() -> None:
    op.drop_column("dip_sample", "frame")
