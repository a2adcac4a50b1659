"""Nothing typed is lost: a form sent after the session ran out is parked, encrypted, for a day.

It is offered to the same user after signing in, as a form to check; it is never executed. Never
kept: passwords, codes, files.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import g, request
from werkzeug.datastructures import MultiDict

from mappa.access.actor import Actor
from mappa.kernel import uow
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.web.models import ParkedForm
from mappa.web.posts import OUR_FIELDS
from mappa.web.slots import SignIn

KEPT_FOR = timedelta(hours=24)
_NEVER = ("password", "code", "secret", "token")


@dataclass(frozen=True)
class Parked:
    """A form waiting to be checked and sent by its author."""

    id: UUID
    page: str
    at: datetime
    values: MultiDict[str, str]


def park(signed_in: SignIn) -> bool:
    """Keep what was posted; False if there was nothing worth keeping.

    The request passed its CSRF check, so it belongs to the session that ran out.
    """
    typed = [
        (name, value)
        for name in request.form
        for value in request.form.getlist(name)
        if name not in OUR_FIELDS and not any(word in name for word in _NEVER) and value.strip()
    ]
    page = getattr(request.url_rule, "endpoint", None)
    if not typed or page is None or not request.url_rule:
        return False
    with unit_of_work(Kind.WRITE) as unit:
        db.session.add(
            ParkedForm(
                user_id=signed_in.user_id,
                session_id=signed_in.ran_out,
                page=_page_of_form(),
                typed=json.dumps(typed),
                at=unit.at,
                ends_at=unit.at + KEPT_FOR,
            )
        )
    return True


def _page_of_form() -> str:
    """Where the form is: the same path as it is sent to, unless the form says otherwise."""
    page = request.form.get("page_of_form", "")
    local = page.startswith("/") and not page.startswith(("//", "/\\"))
    return page if local and page.isascii() and page.isprintable() else request.path


def parked_for(actor: Actor) -> list[Parked]:
    """What this user may still check and send, newest first."""
    found = db.session.scalars(
        sa.select(ParkedForm)
        .where(ParkedForm.user_id == actor.user_id, ParkedForm.ends_at > uow.current().at)
        .order_by(ParkedForm.at.desc())
    )
    return [
        Parked(each.id, each.page, each.at, MultiDict(json.loads(each.typed))) for each in found
    ]


def typed(**start: str) -> MultiDict[str, str]:
    """The first values of a form: a parked form that was chosen, else ``start``."""
    chosen = request.args.get("parked", "")
    actor = g.sign_in.actor if g.get("sign_in") else None
    if chosen and actor:
        for each in parked_for(actor):
            if str(each.id) == chosen and each.page == request.path:
                return each.values
    return MultiDict(start)


def forget(actor: Actor, parked: UUID) -> None:
    """Remove a parked form that its author does not want."""
    db.session.execute(
        sa.delete(ParkedForm).where(ParkedForm.id == parked, ParkedForm.user_id == actor.user_id)
    )
