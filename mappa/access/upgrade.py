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


def wrong_with(engine: sa.Engine) -> list[str]:
    """Why the application must not be served on this PostgreSQL, in words; empty if it may."""
    with engine.connect() as connection:
        wrong = wall.role_faults(connection)
        roles = Roles(str(engine.url.username), wall.system_role(connection))
        fallen = wall.faults(connection, roles)
    more = [f"and so on {len(fallen) - 3} more tables"] if len(fallen) > 3 else []
    return [*wrong, *fallen[:3], *more]


def roles_sql(application_url: str, system_url: str, owner_url: str) -> str:
    """What an administrator of the server runs once: three roles and the database. No passwords."""
    application, system, owner = map(sa.make_url, (application_url, system_url, owner_url))
    names = [wall.quoted(str(url.username)) for url in (owner, application, system)]
    plain = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"
    database = wall.quoted(str(owner.database))
    return "\n".join(
        [
            "-- As an administrator of the server; then give each its password with \\password.",
            *(f"CREATE ROLE {name} LOGIN {plain};" for name in names),
            f"CREATE DATABASE {database} OWNER {names[0]} ENCODING 'UTF8' TEMPLATE template0;",
            f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;",
            f"GRANT CONNECT ON DATABASE {database} TO {names[1]}, {names[2]};",
            "-- Then `mappa upgrade`: it makes the tables, the grants and row-level security.",
        ]
    )
