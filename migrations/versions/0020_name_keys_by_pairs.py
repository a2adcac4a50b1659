"""Make the stored keys of names anew: pairs of words instead of words with a letter left out.

Why: a word alone has thousands of hits at 100,000 people, two words together have dozens. Keys are
derived, so the code that asks for them also makes them here; births and identifiers stay.
Locks: writes ``name_key`` only, 500 names at a time. Safe under the running version: no; it asks
for the old keys and finds fewer people until it is restarted.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from mappa.offenders.models import full_name
from mappa.offenders.names import keys

revision = "0020_name_keys_by_pairs"
down_revision = "0019_match_queue"
branch_labels = None
depends_on = None

_CHUNK = 500
_NOBODY = uuid.UUID(int=0)
_OF_NAMES = ("exact", "sound", "near", "form", "pair")
_SUMMARY = 2

_person = sa.table(
    "person",
    sa.column("id", sa.Uuid()),
    sa.column("owner_agency_id", sa.Uuid()),
    sa.column("given_name", sa.Text()),
    sa.column("family_name", sa.Text()),
)
_alias = sa.table(
    "alias",
    sa.column("id", sa.Uuid()),
    sa.column("person_id", sa.Uuid()),
    sa.column("owner_agency_id", sa.Uuid()),
    sa.column("audience", sa.SmallInteger()),
    sa.column("handling_group_id", sa.Uuid()),
    sa.column("name", sa.Text()),
)
_key = sa.table(
    "name_key",
    sa.column("id", sa.Uuid()),
    sa.column("person_id", sa.Uuid()),
    sa.column("owner_agency_id", sa.Uuid()),
    sa.column("source_id", sa.Uuid()),
    sa.column("audience", sa.SmallInteger()),
    sa.column("handling_group_id", sa.Uuid()),
    sa.column("kind", sa.Text()),
    sa.column("value", sa.Text()),
    sa.column("level", sa.SmallInteger()),
)


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(_key.delete().where(_key.c.kind.in_(_OF_NAMES)))
    for rows in _chunks(connection, _person):
        names = ((row, row.id, 0, _NOBODY, _name(row)) for row in rows)
        _insert(connection, [made for each in names for made in _keys(*each)])
    for rows in _chunks(connection, _alias):
        aliases = (
            (row, row.person_id, row.audience, row.handling_group_id, row.name) for row in rows
        )
        _insert(connection, [made for each in aliases for made in _keys(*each)])


def _name(row: Any) -> str:
    return full_name(row.given_name, row.family_name)


def _chunks(connection: sa.Connection, table: sa.TableClause) -> Iterator[list[Any]]:
    after = _NOBODY
    while rows := connection.execute(
        sa.select(table).where(table.c.id > after).order_by(table.c.id).limit(_CHUNK)
    ).all():
        yield list(rows)
        after = rows[-1].id


def _keys(
    row: Any, person: uuid.UUID, audience: int, handling: uuid.UUID, name: str
) -> Iterator[dict[str, Any]]:
    for kind, value in sorted(keys(name)):
        yield {
            "id": uuid.uuid4(),
            "person_id": person,
            "owner_agency_id": row.owner_agency_id,
            "source_id": row.id,
            "audience": audience,
            "handling_group_id": handling,
            "kind": kind.value,
            "value": value,
            "level": _SUMMARY,
        }


def _insert(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_key.insert(), rows)


def downgrade() -> None:
    raise NotImplementedError("the older code finds people by keys that are no longer stored")
