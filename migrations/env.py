"""Migrations run as the owner of the tables, with short lock and statement timeouts."""

import sqlalchemy as sa
from alembic import context

import mappa.app  # noqa: F401 - brings every model
from mappa.kernel.db import Model, harden
from mappa.kernel.types import EncryptedText, UtcDateTime


def _url() -> str:
    url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get(
        "url"
    )
    if not url:
        from config.settings import from_environment

        url = from_environment().database_url
    return str(url)


def _render(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as what they are in the database."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return 'sa.String(26).with_variant(sa.DateTime(timezone=True), "postgresql")'
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.LargeBinary()"
    return False


def run() -> None:
    """Run in one transaction per migration."""
    engine = sa.create_engine(_url())
    harden(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET lock_timeout = '5s'"))
            connection.execute(sa.text("SET statement_timeout = '5min'"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_as_batch=True,
            compare_type=True,
            # The second wall signs its tables with a comment; that is no part of the models.
            autogenerate_plugins=["alembic.autogenerate.*", "~alembic.autogenerate.comments"],
            render_item=_render,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
