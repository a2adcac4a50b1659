"""The third page of logging a visit: check the answers, add what else there is, submit."""

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.visits import drafts, presenters, service
from mappa.visits.cards import queries as cards_read
from mappa.visits.cards.rules import KINDS as CARDS
from mappa.visits.cards.rules import faults as card_faults
from mappa.visits.cards.rules import faults_of_children
from mappa.visits.doorstep import presenters as parts
from mappa.visits.doorstep import rules as drafted
from mappa.visits.doorstep import service as doorstep
from mappa.visits.doorstep.rules import CARD, FILE
from mappa.visits.models import Visit
from mappa.visits.rules import LogVisit, Present
from mappa.visits.schemas import ELSEWHERE, HOME, CheckedSchema
from mappa.visits.views import joining
from mappa.visits.views.blueprint import Writing, bp, may_write, now, safeguarding_phone
from mappa.visits.views.drafting import GONE, Errors, Values, finish_later, gone, page_of
from mappa.visits.views.joining import NOT_SAME
from mappa.visits.views.log import as_typed, made_of
from mappa.web.flow import for_action, witnessed, writes
from mappa.web.typed import understand

_CHECKED = CheckedSchema()
_NEW = "/people/<uuid:person_id>/visits/log"
_PLANNED = "/people/<uuid:person_id>/visits/<uuid:visit_id>/outcome"


@bp.get(f"{_NEW}/check")
@bp.get(f"{_PLANNED}/check")
@for_action(Action.VISIT_LOG)
@witnessed
def check(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """The third page: check the answers."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    try:
        if as_typed(writing.draft()) is None:
            return redirect(writing.url("log"))
        return check_page(person_id, visit_id, values={}, errors={})
    except FieldErrors:
        return redirect(writing.url("essentials"))


def check_page(
    person_id: UUID, visit_id: UUID | None = None, *, values: Values, errors: Errors
) -> str:
    """The answers, and what will happen."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    draft = writing.draft()
    typed_so_far = as_typed(draft)
    if typed_so_far is None or draft is None:
        return gone(writing, errors)
    happened, essential, seen = typed_so_far
    made = made_of(writing, happened, essential)
    hrefs = {"first": writing.url("log", change="yes"), "second": writing.url("essentials")}
    return page_of(
        writing,
        "visits/overtaken.html" if writing.overtaken else "visits/check.html",
        3,
        kind="scheduled" if made.announced else "unannounced",
        rows=list(presenters.check_rows(made, hrefs | {"kind": hrefs["first"]})),
        errors=errors,
        seen=seen,
        safeguarding=safeguarding_phone(writing.actor) if Present.CHILD in made.present else "",
        clears=made.outcome.asks.seen,
        back_href=hrefs["second"],
        values=values,
        **_parts(writing, draft.values, made),
        **_on_record(writing, draft.values, made),
    )


def _on_record(writing: Writing, values: drafts.Typed, made: LogVisit) -> dict[str, Any]:
    """What others have on record of it: the plan that one was first with, or visits like it."""
    if writing.overtaken:
        return joining.overtaken(writing, made)
    return joining.question(writing, values, made)


def _parts(writing: Writing, values: drafts.Typed, made: LogVisit) -> dict[str, Any]:
    """The cards and files of the draft, with where each is changed or removed."""
    place: dict[str, Any] = {"person_id": writing.person_id, "visit_id": writing.visit_id}
    cards = drafted.cards_in(values.getlist(CARD))
    files = drafted.files_in(values.getlist(FILE))
    about = {kind for each in cards if each.typed.get("about") for kind in CARDS[each.kind].about}
    named = cards_read.named(writing.actor, writing.person_id, about) if about else {}
    child = Present.CHILD in made.present
    finished = parts.finished(cards)[0]
    whole = {
        each.of.id
        for each in finished
        if not card_faults(each.kind, each.command)
        and not faults_of_children(each.kind, each.command, child_there=child)
    }
    return {
        "cards": [
            (part, url_for("visits.draft_card", card=of.kind, part_id=of.id, **place),
             of.id not in whole)
            for part, of in zip(parts.card_parts(cards, named), cards, strict=True)
        ],
        "files": [
            (part, url_for("visits.remove_part", part_id=of.id, **place),
             url_for("visits.draft_picture", part_id=of.id, **place) if of.view_as else "",
             "" if of.view_as else url_for("visits.draft_document", part_id=of.id, **place))
            for part, of in zip(parts.file_parts(files), files, strict=True)
        ],
        "kinds": [
            (kind.title, url_for("visits.draft_card", card=kind.key, **place))
            for kind in CARDS.values()
        ],
        "concern_on_card": made.concern is False
        and any(each.command.result == "concern" for each in finished),
        "removed": _removed(values, place),
        "file_href": url_for("visits.draft_file", **place),
        "throw_href": url_for("visits.throw_away", **place),
    }  # fmt: skip


def _removed(values: drafts.Typed, place: dict[str, Any]) -> tuple[str, str] | None:
    """What was removed last, and where it is put back."""
    last = parts.removed_words(drafted.removed_of(dict(values.lists())))
    return (last[1], url_for("visits.put_back", part_id=last[0], **place)) if last else None


@bp.post(f"{_NEW}/check")
@bp.post(f"{_PLANNED}/check")
@for_action(Action.VISIT_LOG)
@writes(again=check_page)
def check_post(person_id: UUID, visit_id: UUID | None = None) -> ResponseReturnValue:
    """Submit the visit as it was checked."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    if request.form.get("then") == "later":
        return finish_later(writing)
    checked = understand(_CHECKED, request.form)
    draft = writing.take_draft_to_log()
    typed_so_far = as_typed(draft)
    if typed_so_far is None or draft is None:
        raise RuleBroken("visit-draft-gone", GONE)
    happened, essential, seen = typed_so_far
    if checked.seen != seen:
        said = "What you typed changed in another window. Check it once more"
        raise RuleBroken("visit-draft-changed", said)
    made = made_of(writing, happened, essential)
    same = joining.answered(writing, draft, made, checked)
    if same is not None:
        return joining.hand_over(writing, same, made, draft.values)
    if visit_id is None:
        visit = service.log_visit(writing.actor, person_id, made, now=now(), known=writing.known)
    else:
        visit = service.log_outcome(writing.actor, visit_id, made, now=now(), known=writing.known)
    _record_parts(writing, visit, draft.values)
    return redirect(url_for("visits.logged", person_id=person_id, visit_id=visit.id))


def _record_parts(writing: Writing, visit: Visit, values: drafts.Typed) -> None:
    """What was added to the draft is the visit's, if anything was."""
    cards = drafted.cards_in(values.getlist(CARD))
    files = drafted.files_in(values.getlist(FILE))
    if cards:
        read, unread = parts.finished(cards)
        child = bool(visit.present_child)
        doorstep.record_cards(writing.actor, visit, read, unread, child_there=child, now=now())
    if files:
        doorstep.record_files(writing.actor, visit, files, dated_on=visit.made_on, now=now())


# Somebody else was first


@bp.post(f"{_PLANNED}/as-own")
@for_action(Action.VISIT_LOG)
@writes()
def as_own(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Let what was typed of a planned visit that somebody else recorded be one of its own."""
    writing = may_write(person_id, visit_id, Action.VISIT_LOG)
    own = may_write(person_id, None, Action.VISIT_LOG)
    if not writing.overtaken:
        raise RuleBroken("visit-still-planned", "This visit is still planned. Log it as it is")
    if own.draft() is not None:
        said = "You have begun another visit to this person. Finish it first, or throw it away"
        raise RuleBroken("visit-draft-stands", said)
    draft = writing.take_draft()
    if draft is None:
        raise RuleBroken("visit-draft-gone", GONE)
    values = dict(draft.values.lists()) | {NOT_SAME: [str(visit_id)]}
    if draft.values.get("where") == HOME and own.home() != writing.home():
        values |= {"where": [ELSEWHERE], "place": [writing.home()]}  # where the plan was to go
    drafts.keep(own.actor, person_id, None, values, now=now())
    return redirect(own.url("check"))
