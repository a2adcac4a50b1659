"""What one application has compiled, handed to the next: each test still has an app of its own.

Compiling a statement, a template or a route costs far more than running it, and every app compiles
all of them afresh. Nothing here depends on rows: the keys hold the whole statement or source.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any

import sqlalchemy as sa
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from mappa.kernel.db import db

STATEMENTS = 1500
_dialects: dict[str, sa.Dialect] = {}
_statements: dict[str, LRUCache[Any, Any]] = {}
_builders: dict[object, Callable[..., tuple[str, str]]] = {}
_compile_builder = Rule._compile_builder


class _Templates(BytecodeCache):
    """Compiled templates of this process."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code


_templates = _Templates()


def _compile_builder_once(
    rule: Rule, append_unknown: bool = True
) -> Callable[..., tuple[str, str]]:
    # What builds an address is given the rule it belongs to, and takes the converters from there.
    if rule.defaults:
        return _compile_builder(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _compile_builder_once  # type: ignore[method-assign]


def reuse_compiled(app: Flask) -> Flask:
    """The same app, which compiles only what no app of this process has compiled before."""
    app.jinja_env.bytecode_cache = _templates
    with app.app_context():
        for engine in db.engines.values():
            _share(engine)
    return app


def _share(engine: sa.Engine) -> None:
    if engine.dialect.name not in _dialects:
        # A dialect learns what its server can do at its first connection.
        with engine.connect():
            _dialects[engine.dialect.name] = engine.dialect
            _statements[engine.dialect.name] = LRUCache(STATEMENTS)
    engine.dialect = _dialects[engine.dialect.name]
    engine._compiled_cache = _statements[engine.dialect.name]
