"""Pages that add cards and files to a visit while it is typed, and change or remove them.

Everything stands in the reader's own draft: nobody else finds it, and what is left unfinished is
kept as it was typed.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.kernel.crypto import new_id
from mappa.kernel.errors import NotFound, RuleBroken
from mappa.offenders.files.queries import Opened, bytes_of
from mappa.offenders.files.rules import MEGABYTE, Content, Kind
from mappa.offenders.files.schemas import with_file
from mappa.offenders.files.store import Store
from mappa.offenders.files.views import as_bytes
from mappa.visits import drafts
from mappa.visits.cards import queries as cards_read
from mappa.visits.cards.rules import KINDS, METHODS, POWERS, faults
from mappa.visits.cards.schemas import ANOTHER, CardSchema
from mappa.visits.cards.views import FIELDS_IN_ORDER
from mappa.visits.doorstep import rules
from mappa.visits.doorstep.rules import CARD, FILE, DraftCard, DraftFile
from mappa.visits.files import rules as file_rules
from mappa.visits.files import service as files
from mappa.visits.files.schemas import VisitFileSchema
from mappa.visits.service import refuse
from mappa.visits.views.blueprint import Writing, bp, may_write, now, safeguarding_phone, today
from mappa.visits.views.drafting import GONE, Errors, Values, gone, keep_more, page_of
from mappa.web.flow import for_action, witnessed, writes
from mappa.web.parking import typed
from mappa.web.typed import understand

_NEW = "/people/<uuid:person_id>/visits/log"
_PLANNED = "/people/<uuid:person_id>/visits/<uuid:visit_id>/outcome"
_CARD = f"cards/<any({', '.join(KINDS)}):card>"
_TYPED = tuple(CardSchema().fields)


@bp.url_value_preprocessor
def _room_for_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before anything reads the form; every other address keeps the small limit.
    if endpoint == "visits.draft_file_post":
        request.max_content_length = file_rules.LARGEST_FORM


@dataclass(frozen=True)
class Drafting:
    """Somebody who has begun to type a visit, with what is kept of it."""

    writing: Writing
    values: drafts.Typed

    @property
    def cards(self) -> list[DraftCard]:
        """The cards so far."""
        return rules.cards_in(self.values.getlist(CARD))

    @property
    def files(self) -> list[DraftFile]:
        """The files so far."""
        return rules.files_in(self.values.getlist(FILE))

    @property
    def texts(self) -> rules.Texts:
        """All that is kept, by name."""
        return dict(self.values.lists())

    @property
    def kind(self) -> str:
        """Which kind of visit it is, as far as it is said."""
        return self.values.get("kind", "")

    def url(self, endpoint: str, **more: Any) -> str:
        """A page of this draft."""
        place: dict[str, Any] = {
            "person_id": self.writing.person_id,
            "visit_id": self.writing.visit_id,
        }
        return url_for(f"visits.{endpoint}", **place, **more)

    def keep(self, name: str, texts: list[str]) -> None:
        """Keep the cards or the files anew."""
        keep_more(self.writing, {name: texts})


def _drafting(writing: Writing) -> Drafting | None:
    draft = writing.draft()
    return Drafting(writing, draft.values) if draft and draft.values.get("outcome") else None


def _to_change(person_id: UUID, visit_id: UUID | None) -> Drafting:
    """The draft, held until this unit of work is over. Raises ``RuleBroken`` without one."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    draft = drafts.held(writing.actor, person_id, visit_id, now=now())
    if draft is None:
        raise RuleBroken("visit-draft-gone", GONE)
    return Drafting(writing, draft.values)


# Cards


@bp.get(f"{_NEW}/{_CARD}")
@bp.get(f"{_PLANNED}/{_CARD}")
@bp.get(f"{_NEW}/{_CARD}/<uuid:part_id>")
@bp.get(f"{_PLANNED}/{_CARD}/<uuid:part_id>")
@for_action(Action.VISIT_LOG)
@witnessed
def draft_card(
    person_id: UUID, card: str, visit_id: UUID | None = None, part_id: UUID | None = None
) -> ResponseReturnValue:
    """The form of a card of the draft: a new one, or one to be changed."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    drafting = _drafting(writing)
    if drafting is None:
        if part_id:
            raise NotFound
        return redirect(writing.url("log"))
    values = typed()
    if not values:
        kept = _card_of(drafting, card, part_id).typed if part_id else None
        values = MultiDict(kept if kept is not None else {"by_whom": writing.actor.name})
    return draft_card_page(person_id, card, visit_id, part_id, values=values, errors={})


def _card_of(drafting: Drafting, card: str, part_id: UUID) -> DraftCard:
    for each in drafting.cards:
        if each.id == part_id and each.kind == card:
            return each
    raise NotFound


def draft_card_page(
    person_id: UUID,
    card: str,
    visit_id: UUID | None = None,
    part_id: UUID | None = None,
    *,
    values: Values,
    errors: Errors,
) -> str:
    """The form with what was typed."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    drafting = _drafting(writing)
    if drafting is None:
        return gone(writing, errors)
    kind = KINDS[card]
    offered = cards_read.offered(writing.actor, person_id, kind) if kind.about else {}
    return page_of(
        writing,
        "doorstep/card.html",
        3,
        kind=drafting.kind,
        card=kind,
        values=values,
        errors=errors,
        order=FIELDS_IN_ORDER,
        abouts=[(f"{key}:{record}", said) for (key, record), said in offered.items()],
        another=ANOTHER,
        results=list(kind.results.items()),
        methods=list(METHODS.items()),
        powers=list(POWERS.items()),
        safeguarding=safeguarding_phone(writing.actor) if card == "children" else "",
        form_href=drafting.url("draft_card", card=card, part_id=part_id),
        remove_href=drafting.url("remove_part", part_id=part_id) if part_id else "",
        back_href=writing.url("check"),
    )


@bp.post(f"{_NEW}/{_CARD}")
@bp.post(f"{_PLANNED}/{_CARD}")
@bp.post(f"{_NEW}/{_CARD}/<uuid:part_id>")
@bp.post(f"{_PLANNED}/{_CARD}/<uuid:part_id>")
@for_action(Action.VISIT_LOG)
@writes(again=draft_card_page)
def draft_card_post(
    person_id: UUID, card: str, visit_id: UUID | None = None, part_id: UUID | None = None
) -> ResponseReturnValue:
    """Keep the card with the draft; as it is if it is to be finished later."""
    drafting = _to_change(person_id, visit_id)
    if part_id:
        _card_of(drafting, card, part_id)
    if request.form.get("then") != "later":
        form = MultiDict(request.form)
        form.pop("then", "")
        refuse(faults(KINDS[card], understand(CardSchema(), form).command()))
    kept = DraftCard(
        id=part_id or new_id(),
        kind=card,
        typed={name: request.form[name] for name in _TYPED if name in request.form},
    )
    drafting.keep(CARD, rules.with_part(drafting.values.getlist(CARD), kept))
    flash(f"{KINDS[card].title}: saved with your draft.", "success")
    return redirect(drafting.writing.url("check"))


# Photographs and documents


@bp.get(f"{_NEW}/files/add")
@bp.get(f"{_PLANNED}/files/add")
@for_action(Action.VISIT_LOG)
@witnessed
def draft_file(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """Ask for a photograph or a document."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    if _drafting(writing) is None:
        return redirect(writing.url("log"))
    picture = typed(kind=Kind.PHOTOGRAPH.value)  # what a telephone mostly has
    return draft_file_page(person_id, visit_id, values=picture, errors={})


def draft_file_page(
    person_id: UUID, visit_id: UUID | None = None, *, values: Values, errors: Errors
) -> str:
    """The form with what was typed; a chosen file is chosen again after a mistake."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    drafting = _drafting(writing)
    if drafting is None:
        return gone(writing, errors)
    return page_of(
        writing,
        "doorstep/file.html",
        3,
        kind=drafting.kind,
        values=values,
        errors=errors,
        kinds=[(each.value, each.words) for each in file_rules.KINDS],
        largest=file_rules.LARGEST // MEGABYTE,
        form_href=drafting.url("draft_file_post"),
        back_href=writing.url("check"),
    )


@bp.post(f"{_NEW}/files/add")
@bp.post(f"{_PLANNED}/files/add")
@for_action(Action.VISIT_LOG)
@writes(again=draft_file_page)
def draft_file_post(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """Store the file, and let the draft name it."""
    drafting = _to_change(person_id, visit_id)
    chosen = understand(VisitFileSchema(), with_file(request.form, request.files))
    kept = DraftFile(id=new_id(), **files.stored(chosen, _store(), today()), added_at=now())
    drafting.keep(FILE, rules.with_part(drafting.values.getlist(FILE), kept))
    flash(f"{chosen.kind.words}: saved with your draft.", "success")
    return redirect(drafting.writing.url("check"))


def _store() -> Store:
    return Store(current_app.config["SETTINGS"].uploads)


@bp.get(f"{_NEW}/files/<uuid:part_id>/picture")
@bp.get(f"{_PLANNED}/files/<uuid:part_id>/picture")
@for_action(Action.VISIT_LOG)
@witnessed
def draft_picture(
    person_id: UUID, part_id: UUID, visit_id: UUID | None = None
) -> ResponseReturnValue:
    """The picture made of a photograph of the reader's own draft."""
    drafting = _drafting(may_write(person_id, visit_id, Action.VISIT_LOG))
    for each in drafting.files if drafting else ():
        if each.id == part_id and each.view_as:
            data = bytes_of(_store(), each.view_as)
            return as_bytes(Opened(data, Content.JPEG, each.title))
    raise NotFound


@bp.get(f"{_NEW}/files/<uuid:part_id>/document")
@bp.get(f"{_PLANNED}/files/<uuid:part_id>/document")
@for_action(Action.VISIT_LOG)
@witnessed
def draft_document(
    person_id: UUID, part_id: UUID, visit_id: UUID | None = None
) -> ResponseReturnValue:
    """A document of the reader's own draft as it was sent, to be saved. A picture has its copy."""
    drafting = _drafting(may_write(person_id, visit_id, Action.VISIT_LOG))
    for each in drafting.files if drafting else ():
        if each.id == part_id and not each.view_as:
            data = bytes_of(_store(), each.stored_as)
            return as_bytes(Opened(data, Content(each.content), each.name))
    raise NotFound


# Removing a part, and all of it


@bp.post(f"{_NEW}/parts/<uuid:part_id>/remove")
@bp.post(f"{_PLANNED}/parts/<uuid:part_id>/remove")
@for_action(Action.VISIT_LOG)
@writes()
def remove_part(
    person_id: UUID, part_id: UUID, visit_id: UUID | None = None
) -> ResponseReturnValue:
    """Take a card or a file out of the draft, which keeps the last one so that it can be undone."""
    drafting = _to_change(person_id, visit_id)
    left = rules.taken_out(drafting.texts, part_id)
    if left is None:
        raise NotFound
    keep_more(drafting.writing, left)
    return redirect(drafting.writing.url("check"))


@bp.post(f"{_NEW}/parts/<uuid:part_id>/put-back")
@bp.post(f"{_PLANNED}/parts/<uuid:part_id>/put-back")
@for_action(Action.VISIT_LOG)
@writes()
def put_back(person_id: UUID, part_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """Put the card or file that was removed last where it was."""
    drafting = _to_change(person_id, visit_id)
    again = rules.put_back(drafting.texts, part_id)
    there = {card.id for card in drafting.cards} | {file.id for file in drafting.files}
    if again is None and part_id not in there:
        raise NotFound
    keep_more(drafting.writing, again or {})
    flash("It is in your draft again.", "success")
    return redirect(drafting.writing.url("check"))


@bp.get(f"{_NEW}/throw-away")
@bp.get(f"{_PLANNED}/throw-away")
@for_action(Action.VISIT_LOG)
@witnessed
def throw_away(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """Ask whether the draft is to go."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    drafting = _drafting(writing)
    if drafting is None:
        return redirect(writing.url("log"))
    return page_of(
        writing,
        "doorstep/throw_away.html",
        3,
        kind=drafting.kind,
        cards=len(drafting.cards),
        files=len(drafting.files),
        form_href=drafting.url("throw_away_post"),
        back_href=writing.url("check"),
    )


@bp.post(f"{_NEW}/throw-away")
@bp.post(f"{_PLANNED}/throw-away")
@for_action(Action.VISIT_LOG)
@writes()
def throw_away_post(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """Remove the draft with its cards and files; the bytes go with the next sweep."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    drafts.throw_away(writing.actor, person_id, visit_id, now=now())
    flash("Thrown away. Nothing of it was recorded.")
    return redirect(url_for("visits.index", person_id=person_id))
