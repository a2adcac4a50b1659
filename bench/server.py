"""What the bench's servers open: ours as it is deployed, or the floor; each answer is counted.

``BENCH_SIDE`` says which; the rest is the demo's own settings. gunicorn and waitress take ``app``.
"""

import gc
import os
from contextvars import ContextVar

import sqlalchemy as sa
from flask import Flask, Response

from config.settings import from_environment
from mappa.app import create_app
from mappa.kernel.db import db

_ours = ContextVar("bench_statements", default=0)
_NO_STATEMENT = ("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")


def counted(app: Flask) -> Flask:
    """Say in every answer how many statements it took."""

    def count(_connection, _cursor, statement, _parameters, _context, _many) -> None:  # type: ignore[no-untyped-def]
        if not statement[:20].lstrip().upper().startswith(_NO_STATEMENT):
            _ours.set(_ours.get() + 1)

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", count)

    @app.before_request
    def begin() -> None:
        _ours.set(0)

    @app.after_request
    def say(answer: Response) -> Response:
        answer.headers["X-Statements"] = str(_ours.get())
        return answer

    return app


def _open() -> Flask:
    made = create_app(from_environment())
    if os.environ.get("BENCH_SIDE") == "floor":
        from bench.floor.app import lower

        return lower(made)
    return counted(made)


app = _open()
with app.app_context():
    db.engine.dispose()
gc.collect()
gc.freeze()
