"""Duties are put off and handed over, and a handover to answer is a duty of its own.

Why: the work list holds everything that is due; who put a duty off, and to whom it passed, stays
with the duty. Handovers that wait for an answer today get their duty here.
Locks: none worth the name, the tables are new; open handovers are few. Safe under the running
version: yes.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from mappa.kernel.types import UtcDateTime

revision = "0028_snoozed"
down_revision = "0027_lease_and_outbox"
branch_labels = None
depends_on = None

MOMENT = sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")
NOBODY = UUID(int=0)


def label(table: str) -> list[sa.Column | sa.ForeignKeyConstraint]:
    """The columns of a row that carries a record's label."""
    return [
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f(f"fk_{table}_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """A foreign key by our names."""
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "snooze",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("owner_user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        *label("snooze"),
        sa.CheckConstraint("until_on > from_on", name=op.f("ck_snooze_until_a_later_day")),
        refers("snooze", "duty_id", "deadline"),
        refers("snooze", "owner_user_id", "user_account"),
        refers("snooze", "agency_id", "agency"),
        refers("snooze", "by_id", "user_account"),
    )
    op.create_index(
        "ix_snooze_duty", "snooze", ["duty_id", "owner_user_id", "due_on", "until_on"], unique=False
    )
    op.create_table(
        "duty_passed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("from_user_id", sa.Uuid(), nullable=False),
        sa.Column("to_user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *label("duty_passed"),
        refers("duty_passed", "duty_id", "deadline"),
        refers("duty_passed", "from_user_id", "user_account"),
        refers("duty_passed", "to_user_id", "user_account"),
        refers("duty_passed", "agency_id", "agency"),
        refers("duty_passed", "by_id", "user_account"),
    )
    op.create_index("ix_duty_passed_duty", "duty_passed", ["duty_id", "at"], unique=False)
    for table in ("snooze", "duty_passed"):
        for column in ("person_id", "subject_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    open_handovers_are_duties()


HANDOVER = sa.table(
    "handover",
    sa.column("id", sa.Uuid()),
    sa.column("person_id", sa.Uuid()),
    sa.column("owner_agency_id", sa.Uuid()),
    sa.column("to_user_id", sa.Uuid()),
    sa.column("to_agency_id", sa.Uuid()),
    sa.column("state", sa.Text()),
    sa.column("proposed_at", UtcDateTime()),
    sa.column("last_day", sa.Date()),
    sa.column("audience", sa.SmallInteger()),
    sa.column("handling_group_id", sa.Uuid()),
)
PERSON = sa.table("person", sa.column("id", sa.Uuid()), sa.column("jurisdiction", sa.Text()))
POSTING = sa.table(
    "posting",
    sa.column("user_id", sa.Uuid()),
    sa.column("agency_id", sa.Uuid()),
    sa.column("team_id", sa.Uuid()),
    sa.column("state", sa.SmallInteger()),
    sa.column("starts_at", UtcDateTime()),
)
DEADLINE = sa.table(
    "deadline",
    *(sa.column(name, sa.Uuid()) for name in (
        "id", "about_id", "owner_user_id", "owner_team_id", "owed_by_agency_id", "subject_id",
        "person_id", "owner_agency_id", "handling_group_id", "meeting_id",
    )),
    *(sa.column(name, sa.Text()) for name in (
        "kind", "title", "rule_id", "jurisdiction", "state", "section",
    )),
    *(sa.column(name, sa.Date()) for name in ("starts_on", "due_on")),
    sa.column("rule_version", sa.Integer()),
    sa.column("audience", sa.SmallInteger()),
    sa.column("opened_at", UtcDateTime()),
)  # fmt: skip


def open_handovers_are_duties() -> None:
    """A duty for every handover that waits for its answer."""
    from mappa.kernel.crypto import new_id

    connection = op.get_bind()
    waiting = connection.execute(
        sa.select(HANDOVER, PERSON.c.jurisdiction)
        .join(PERSON, PERSON.c.id == HANDOVER.c.person_id)
        .where(HANDOVER.c.state == "proposed")
    ).all()
    for row in waiting:
        team = connection.execute(
            sa.select(POSTING.c.team_id)
            .where(
                POSTING.c.user_id == row.to_user_id,
                POSTING.c.agency_id == row.to_agency_id,
                POSTING.c.state == 1,
            )
            .order_by(POSTING.c.starts_at)
        ).scalar()
        connection.execute(
            sa.insert(DEADLINE).values(
                id=new_id(), about_id=row.id, subject_id=row.id, kind="handover",
                title="Handover answered", rule_id="handover-answer", rule_version=1,
                jurisdiction=row.jurisdiction, starts_on=london(row.proposed_at),
                due_on=row.last_day, owner_user_id=row.to_user_id, owner_team_id=team or NOBODY,
                owed_by_agency_id=row.to_agency_id, opened_at=row.proposed_at, state="open",
                person_id=row.person_id, owner_agency_id=row.owner_agency_id, section="sharing",
                audience=row.audience, handling_group_id=row.handling_group_id, meeting_id=NOBODY,
            )
        )  # fmt: skip


def london(moment: datetime) -> object:
    """The day of a moment in London."""
    return moment.astimezone(ZoneInfo("Europe/London")).date()


def downgrade() -> None:
    op.drop_table("duty_passed")
    op.drop_table("snooze")
