"""The shared record: people, names, addresses, warnings, offences, orders, changes.

Why: the platform's subject; each row carries its label (docs/decisions/0002).
Locks: none worth the name, the tables are new. Safe under the running version: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_the_shared_record"
down_revision = "0001_areas_agencies_and_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column(
            "sort_name",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("born_about", sa.SmallInteger(), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("crn", sa.Text(), nullable=False),
        sa.Column("pnc", sa.Text(), nullable=False),
        sa.Column("visor", sa.Text(), nullable=False),
        sa.Column("prison_number", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("category", sa.SmallInteger(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("level_since", sa.Date(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("transferred_in_from", sa.Text(), nullable=False),
        sa.Column("risk_band", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_person_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_sort_name", "person", ["sort_name", "id"], unique=False)
    op.create_table(
        "address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "added_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_address_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_address_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_address_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_index(op.f("ix_address_person_id"), "address", ["person_id"], unique=False)
    op.create_table(
        "alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_alias_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_alias_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
    )
    op.create_index(op.f("ix_alias_person_id"), "alias", ["person_id"], unique=False)
    op.create_table(
        "court_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_court_order_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_court_order_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_order")),
    )
    op.create_index(op.f("ix_court_order_person_id"), "court_order", ["person_id"], unique=False)
    op.create_table(
        "name_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_name_key_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_name_key_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_key")),
    )
    op.create_index(op.f("ix_name_key_person_id"), "name_key", ["person_id"], unique=False)
    op.create_index(op.f("ix_name_key_source_id"), "name_key", ["source_id"], unique=False)
    op.create_index("ix_name_key_value", "name_key", ["value", "kind", "person_id"], unique=False)
    op.create_table(
        "offence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("convicted_on", sa.Date(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("licence_ends_on", sa.Date(), nullable=True),
        sa.Column("court", sa.Text(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_offence_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_offence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence")),
    )
    op.create_index(op.f("ix_offence_person_id"), "offence", ["person_id"], unique=False)
    op.create_table(
        "person_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_person_change_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_change_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_change")),
    )
    op.create_index(
        "ix_person_change_person", "person_change", ["person_id", "at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_person_change_person_id"), "person_change", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_person_change_subject_id"), "person_change", ["subject_id"], unique=False
    )
    op.create_table(
        "place_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_place_key_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_place_key_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_key")),
    )
    op.create_index(op.f("ix_place_key_person_id"), "place_key", ["person_id"], unique=False)
    op.create_index(op.f("ix_place_key_source_id"), "place_key", ["source_id"], unique=False)
    op.create_index("ix_place_key_value", "place_key", ["value", "kind", "person_id"], unique=False)
    op.create_table(
        "warning",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("serious", sa.SmallInteger(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "added_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ended_at",
            sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("handling_group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agency.id"], name=op.f("fk_warning_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_warning_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning")),
    )
    op.create_index(op.f("ix_warning_person_id"), "warning", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("warning")
    op.drop_table("place_key")
    op.drop_table("person_change")
    op.drop_table("offence")
    op.drop_table("name_key")
    op.drop_table("court_order")
    op.drop_table("alias")
    op.drop_table("address")
    op.drop_table("person")
