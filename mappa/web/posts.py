"""Idempotency: a post that was committed once leads to the same place, and writes nothing twice."""

import hashlib
import hmac

import sqlalchemy as sa
from flask import Response, current_app, redirect, request

from mappa.access.actor import Actor
from mappa.kernel import uow
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, MappaError
from mappa.web.models import CommittedPost

OUR_FIELDS = frozenset({"csrf_token", "idempotency_key", "page_of_form"})
_LONGEST_KEY = 100


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


def _key() -> str:
    key = request.form.get("idempotency_key", "")
    if not key or len(key) > _LONGEST_KEY or not key.isascii():
        raise FieldErrors({"": ["Open the page again and send the form from there"]})
    return key


def answer_to(actor: Actor) -> Response | None:
    """The way to what this same post did before, if it was committed.

    Raises ``KeyReused`` if it was committed with other text.
    """
    found = db.session.scalars(
        sa.select(CommittedPost).where(
            CommittedPost.user_id == actor.user_id,
            CommittedPost.route == request.path,
            CommittedPost.key == _key(),
        )
    ).one_or_none()
    if found is None:
        return None
    if found.body != body_digest():
        raise KeyReused(found.location)
    return redirect(found.location)  # type: ignore[return-value]


def keep(actor: Actor, answer: Response) -> None:
    """Remember where this post led, in the transaction of the act itself."""
    db.session.add(
        CommittedPost(
            user_id=actor.user_id,
            route=request.path,
            key=_key(),
            body=body_digest(),
            location=answer.headers.get("Location", request.path),
            at=uow.current().at,
        )
    )
    db.session.flush()
