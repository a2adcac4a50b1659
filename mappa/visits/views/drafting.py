"""What the pages share on which a visit is typed: the frame, and keeping what was typed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from mappa.visits import drafts
from mappa.visits.views.blueprint import Writing, now
from mappa.web import words
from mappa.web.pages import render_person

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]

GONE = "This visit was submitted already, or what you typed of it has run out"
_KINDS = {"scheduled": "a scheduled visit", "unannounced": "an unannounced visit"}


def page_of(writing: Writing, template: str, step: int, **context: Any) -> str:
    """A page of logging; ``kind`` says which kind of visit it is, empty while nobody has said."""
    what = _KINDS.get(context["kind"], "a visit")
    return render_person(
        template,
        writing.person_id,
        tab="visits",
        section=f"log {what}",
        short=True,
        caption=f"Log {what}, {step} of 3",
        writing=writing,
        **context,
    )


def gone(writing: Writing, errors: Errors) -> str:
    """That there is no draft any more, and what to do."""
    return page_of(
        writing,
        "visits/gone.html",
        3,
        kind="",
        errors=errors or {"": [GONE]},
        visits_href=url_for("visits.index", person_id=writing.person_id),
        again_href=writing.url("log"),
    )


def keep_more(writing: Writing, fresh: Mapping[str, Any]) -> None:
    """Keep what is new beside what was kept before, also by another device at this moment."""
    draft = drafts.held(writing.actor, writing.person_id, writing.visit_id, now=now())
    before = dict(draft.values.lists()) if draft else {}
    said = {name: [each] if isinstance(each, str) else list(each) for name, each in fresh.items()}
    drafts.keep(writing.actor, writing.person_id, writing.visit_id, before | said, now=now())


def finish_later(writing: Writing) -> ResponseReturnValue:
    """Say until when the draft is kept."""
    until = words.day(now() + drafts.KEPT_FOR - timedelta(days=1))
    flash(f"Saved. You can finish logging this visit until {until}.")
    return redirect(url_for("visits.index", person_id=writing.person_id))
