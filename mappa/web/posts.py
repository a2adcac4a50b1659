"""Idempotency: a post that was committed once leads to the same place, and writes nothing twice."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from flask import Response, current_app, redirect, request

from mappa.access import merged
from mappa.access.actor import Actor
from mappa.access.labels import Column
from mappa.audit import log
from mappa.kernel import crypto, uow
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import FieldErrors, MappaError
from mappa.web.models import CommittedPost
from mappa.web.slots import Beside

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


def _committed(user: Column) -> tuple[sa.Label[Any], ...]:
    """What this post led to if it was committed, and whether a merge touches its person."""
    post = _TABLE.c
    same = (
        post.user_id == user,
        post.route == sa.bindparam("posted_to"),
        post.key == sa.bindparam("posted_under"),
    )
    found = (
        sa.select(each).where(*same).correlate_except(_TABLE).scalar_subquery().label(name)
        for name, each in (("posted_body", post.body), ("posted_location", post.location))
    )
    of = sa.bindparam("posted_of", type_=sa.Uuid())
    return (*found, merged.is_one_of_several(of))


def asked(person: UUID = NOBODY) -> Beside | None:
    """What the session look-up is to find of this post too, so that ``answer_to`` can say it.

    ``person`` is of whom the post is. None for a post without a key that could be found.
    """
    if not _has_key():
        return None
    sent = {"posted_to": request.path, "posted_under": _key(), "posted_of": person}
    return Beside(_committed, sent)


def answer_to(found: Mapping[Any, Any], person: UUID = NOBODY) -> Response | None:
    """The way to what this same post did before, if it was committed.

    ``found`` came with the session look-up that was given ``asked``. Notes besides whether
    ``person``, of whom the post is, was merged with another. Raises ``KeyReused`` if it was
    committed with other text, ``FieldErrors`` if it has no key.
    """
    _key()
    body, location = found["posted_body"], found["posted_location"]
    if not found["is_one_of_several"]:
        merged.known_alone(person)
    if body is None:
        return None
    if body != body_digest():
        raise KeyReused(location)
    return redirect(location)  # type: ignore[return-value]


def taken_meanwhile(found: Mapping[Any, Any], person: UUID = NOBODY) -> Response | None:
    """The way to what this same post did, sent a second time while the first was on its way.

    Such a post may find that what it was about is done, and be refused for that.
    """
    return answer_to(found, person) if found else None


def keep(actor: Actor, answer: Response) -> None:
    """Remember where this post led, in the transaction of the act itself."""
    kept = {
        "id": crypto.new_id(),
        "user_id": actor.user_id,
        "route": request.path,
        "key": _key(),
        "body": body_digest(),
        "location": answer.headers.get("Location", request.path),
        "at": uow.current().at,
    }
    log.beside(_TABLE, kept)
