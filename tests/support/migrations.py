"""Whether the migrations end where the models are; ``python -m tests.support.migrations``."""

import sys
import tempfile
from pathlib import Path

from alembic.util import CommandError

from mappa.kernel import migrate
from tests.support import databases, once, postgres


def drift(url: str) -> str:
    """What a new migration would have to do on the migrated database at ``url``; else empty."""
    try:
        migrate.check(url)
    except CommandError as difference:
        return str(difference)
    return ""


def main() -> int:
    once.open_run_folder()
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = {"SQLite": drift(databases.fresh_sqlite(Path(folder)))}
        try:
            found["PostgreSQL"] = drift(databases.fresh_postgresql())
        except postgres.NoServer as reason:
            print(f"migrations on PostgreSQL: left out, {reason}")
    finally:
        databases.close()
        once.close_run_folder()
    for name, difference in found.items():
        print(f"migrations on {name}: {difference or 'equal to the models'}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
