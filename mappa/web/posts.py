"""Idempotency: a post that was committed once leads to the same place, and writes nothing twice."""

import hashlib
import hmac
from functools import cache
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from flask import Response, current_app, redirect, request

from mappa.access import merged
from mappa.access.actor import Actor
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import FieldErrors, MappaError
from mappa.web.models import CommittedPost

OUR_FIELDS = frozenset({"csrf_token", "idempotency_key", "page_of_form"})
_LONGEST_KEY = 100
_TABLE = cast(sa.Table, CommittedPost.__table__)


class KeyReused(MappaError):
    """The same form was sent twice with different text: both versions must be shown."""

    def __init__(self, location: str) -> None:
        super().__init__("idempotency key reused")
        self.location = location


def body_digest() -> str:
    """A keyed digest of what was posted, without the fields of ours."""
    # Keyed: a form may hold a password, and a bare digest of it could be tried out.
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for name in sorted(request.form):
        if name not in OUR_FIELDS:
            for value in request.form.getlist(name):
                digest.update(f"{name}={len(value)}:{value}\n".encode("utf-8", "surrogatepass"))
    for name in sorted(request.files):
        for file in request.files.getlist(name):
            digest.update(f"{name}:{file.filename}\n".encode())
            digest.update(hashlib.sha256(file.stream.read()).digest())
            file.stream.seek(0)
    return digest.hexdigest()


def _has_key() -> bool:
    key = request.form.get("idempotency_key", "")
    return bool(key) and len(key) <= _LONGEST_KEY and key.isascii()


def _key() -> str:
    if not _has_key():
        raise FieldErrors({"": ["Open the page again and send the form from there"]})
    return request.form["idempotency_key"]


@cache
def _committed() -> Query:
    """What this post led to, if it was committed; one row always, for what is asked with it."""
    post = _TABLE.c
    asked = sa.select(sa.literal_column("1")).subquery("asked")
    same = sa.and_(
        post.user_id == sa.bindparam("by", type_=sa.Uuid()),
        post.route == sa.bindparam("to"),
        post.key == sa.bindparam("under"),
    )
    person = sa.bindparam("person", type_=sa.Uuid())
    return sa.select(post.body, post.location, merged.is_one_of_several(person)).select_from(
        asked.outerjoin(_TABLE, same)
    )


def answer_to(actor: Actor, person: UUID = NOBODY) -> Response | None:
    """The way to what this same post did before, if it was committed.

    Finds out besides whether ``person``, of whom the post is, was merged with another. Raises
    ``KeyReused`` if it was committed with other text.
    """
    sent = {"by": actor.user_id, "to": request.path, "under": _key(), "person": person}
    body, location, several = db.session.execute(_committed(), sent).one()
    if not several:
        merged.known_alone(person)
    if body is None:
        return None
    if body != body_digest():
        raise KeyReused(location)
    return redirect(location)  # type: ignore[return-value]


def taken_meanwhile(actor: Actor | None) -> Response | None:
    """The way to what this same post did, sent a second time while the first was on its way.

    Such a post may find that what it was about is done, and be refused for that.
    """
    return answer_to(actor) if actor and _has_key() else None


@cache
def _keeping() -> sa.Insert:
    return sa.insert(_TABLE)


def keep(actor: Actor, answer: Response) -> None:
    """Remember where this post led, in the transaction of the act itself."""
    kept = {
        "user_id": actor.user_id,
        "route": request.path,
        "key": _key(),
        "body": body_digest(),
        "location": answer.headers.get("Location", request.path),
        "at": uow.current().at,
    }
    db.session.execute(_keeping(), kept)
