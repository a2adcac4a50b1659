"""Loading a database's rights into the reference reader; call inside a system unit of work."""

import sqlalchemy as sa

from mappa.kernel.db import Model, db
from tests.reference.reader import RIGHTS, Reference


def reference() -> Reference:
    """All rights rows as plain mappings."""
    return Reference(
        {
            name: [dict(row) for row in db.session.execute(sa.select(table)).mappings()]
            for name in RIGHTS
            for table in (Model.metadata.tables[name],)
        }
    )
