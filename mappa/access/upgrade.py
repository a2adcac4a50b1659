"""Bringing a database up to date: the migrations, then the wall that the policy of today asks for.

Run as the owner of the tables. It may run again; what is as it should be is not touched.
"""

import sqlalchemy as sa

from mappa.access import wall
from mappa.access.wall import Roles
from mappa.kernel import migrate


def roles_of(application_url: str, system_url: str | None) -> Roles:
    """The roles by the names in their addresses."""
    application = sa.make_url(application_url).username or ""
    system = sa.make_url(system_url).username if system_url else None
    return Roles(application, system or application)


def upgrade(owner_url: str, roles: Roles) -> list[str]:
    """Migrate, and put up row-level security on PostgreSQL; the tables written anew.

    ``mappa.app`` must have been imported, for every table to be known. While migrations run, the
    application sees no protected row; if they fail it stays so, and the start refuses.
    """
    engine = sa.create_engine(owner_url)
    try:
        if engine.dialect.name != "postgresql":
            migrate.upgrade(owner_url)
            return []
        if not migrate.is_current(engine):
            with engine.begin() as connection:
                wall.take_down(connection)
            migrate.upgrade(owner_url)
        with engine.begin() as connection:
            return wall.install(connection, roles)
    finally:
        engine.dispose()
