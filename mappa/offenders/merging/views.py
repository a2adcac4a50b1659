"""Pages of merging: choose, compare, confirm, history, undo, and the co-ordinator's requests."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import merged
from mappa.access.actions import Action
from mappa.access.terms import Level, Section
from mappa.agencies.sessions import require_recent_password
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.offenders import presenters as person_rows
from mappa.offenders import queries as people
from mappa.offenders import search
from mappa.offenders.merging import presenters, queries, service
from mappa.offenders.merging.schemas import (
    AskToMergeSchema,
    DeclineRequestSchema,
    MergeRecordsSchema,
    UndoMergeSchema,
)
from mappa.offenders.views.blueprint import Errors, Values
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render, render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("merging", __name__, template_folder="../templates")

WORDINGS[service.ASKED] = Wording(
    "Somebody asks you to merge two records.",
    "merging.request_page",
    "request_id",
    "Look at the request",
)


@bp.get("/people/<uuid:person_id>/merge")
@for_action(Action.PERSON_MERGE_ASK)
@witnessed
def choose(person_id: UUID) -> ResponseReturnValue:
    """Choose the other record: people of the same name, as far as the reader sees them."""
    standing_on(person_id)
    actor = current_actor()
    found = search.search(actor, people.display_name(people.person(actor, person_id))).found
    others = [
        (
            person_rows.person_row(each.person, reason=each.match.reason, marks=each.match.marks),
            url_for(".compare", person_id=person_id, other_id=each.person.record),
        )
        for each in found
        if each.person.record != person_id
    ]
    return render_person(
        "merging/choose.html",
        person_id,
        tab="history",
        section="merge with another record",
        others=others[:25],
    )


def _pair(person_id: UUID, other_id: UUID) -> tuple[UUID, UUID]:
    return service.the_two(current_actor(), person_id, other_id)


@bp.get("/people/<uuid:person_id>/merge/<uuid:other_id>")
@for_action(Action.PERSON_MERGE_ASK)
@witnessed
def compare(person_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Both records side by side; who will see more than today; what clashes."""
    person_id, other_id = _pair(person_id, other_id)
    actor = current_actor()
    one, other = queries.side(actor, person_id), queries.side(actor, other_id)
    knows_teams = all(each.stands.at_least(Section.SHARING, Level.FULL) for each in (one, other))
    barred = queries.barred(person_id, other_id) if knows_teams else set()
    return render_person(
        "merging/compare.html",
        person_id,
        tab="history",
        section="merge two records",
        other_id=other_id,
        compared=presenters.comparison(one, other),
        knows_teams=knows_teams,
        gains=[
            (people.display_name(each.person), presenters.gain_lines(gained))
            for each, gained in (
                (one, queries.gains(person_id, other_id) if knows_teams else []),
                (other, queries.gains(other_id, person_id) if knows_teams else []),
            )
        ],
        barred=sorted(queries.agency_names(barred).values()) if barred else [],
        may_merge=queries.may_merge(actor, person_id, other_id),
    )


def confirm_form(person_id: UUID, other_id: UUID, *, values: Values, errors: Errors) -> str:
    """What will happen, and why: the last look before two records become one."""
    return _form_of_pair("merging/confirm.html", person_id, other_id, values, errors)


def _form_of_pair(
    template: str, person_id: UUID, other_id: UUID, values: Values, errors: Errors
) -> str:
    person_id, other_id = _pair(person_id, other_id)
    actor = current_actor()
    return render_person(
        template,
        person_id,
        tab="history",
        section="merge two records",
        other_id=other_id,
        other_name=people.display_name(people.person(actor, other_id)),
        values=values,
        errors=errors,
    )


@bp.get("/people/<uuid:person_id>/merge/<uuid:other_id>/confirm")
@for_action(Action.PERSON_MERGE)
@witnessed
def confirm(person_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Ask for the password and the reason."""
    actor = current_actor()
    service.check(actor, *_pair(person_id, other_id))
    require_recent_password(actor, current().at)
    return confirm_form(person_id, other_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/merge/<uuid:other_id>/confirm")
@for_action(Action.PERSON_MERGE)
@writes(again=confirm_form)
def confirm_post(person_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Merge the two records."""
    actor, at = current_actor(), current().at
    service.check(actor, *_pair(person_id, other_id))
    require_recent_password(actor, at)
    command = understand(MergeRecordsSchema(), request.form)
    made = service.merge(actor, person_id, other_id, command, now=at)
    flash("The two records are one now. You can undo this below.", "success")
    return redirect(url_for(".history", person_id=made.survivor_id))


def ask_form(person_id: UUID, other_id: UUID, *, values: Values, errors: Errors) -> str:
    """Why the co-ordinator should merge the two."""
    return _form_of_pair("merging/ask.html", person_id, other_id, values, errors)


@bp.get("/people/<uuid:person_id>/merge/<uuid:other_id>/ask")
@for_action(Action.PERSON_MERGE_ASK)
@witnessed
def ask(person_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Ask the co-ordinator to merge two records."""
    return ask_form(person_id, other_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/merge/<uuid:other_id>/ask")
@for_action(Action.PERSON_MERGE_ASK)
@writes(again=ask_form)
def ask_post(person_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Send the request."""
    _pair(person_id, other_id)
    command = understand(AskToMergeSchema(), request.form)
    made = service.ask(current_actor(), person_id, other_id, command, now=current().at)
    flash("Sent to the co-ordinator, who decides. Nothing has changed yet.", "success")
    return redirect(url_for("insight.overview", person_id=made.person_id))


@bp.get("/people/<uuid:person_id>/merged")
@for_action(Action.HISTORY_READ)
@witnessed
def history(person_id: UUID) -> ResponseReturnValue:
    """Which records were merged into this one, by whom and why, and what was undone."""
    if not standing_on(person_id).at_least(Section.IDENTITY, Level.FULL):
        raise NotFound
    actor = current_actor()
    may_undo = queries.may_merge(actor, person_id)
    found = queries.merges(actor, person_id)
    return render_person(
        "merging/history.html",
        person_id,
        tab="history",
        section="merged records",
        merges=[presenters.merged_line(each, person_id, may_undo=may_undo) for each in found],
    )


def undo_form(person_id: UUID, merge_id: UUID, *, values: Values, errors: Errors) -> str:
    """Why two records are not one person after all."""
    actor = current_actor()
    made = service.standing_merge(actor, person_id, merge_id)
    return render_person(
        "merging/undo.html",
        person_id,
        tab="history",
        section="undo a merge",
        merge_id=merge_id,
        names=queries.names(actor, [made.survivor_id, made.loser_id]),
        made=made,
        values=values,
        errors=errors,
    )


@bp.get("/people/<uuid:person_id>/merged/<uuid:merge_id>/undo")
@for_action(Action.PERSON_MERGE)
@witnessed
def undo(person_id: UUID, merge_id: UUID) -> ResponseReturnValue:
    """Ask for the password and the reason."""
    actor = current_actor()
    service.standing_merge(actor, person_id, merge_id)
    require_recent_password(actor, current().at)
    return undo_form(person_id, merge_id, values=typed(), errors={})


@bp.post("/people/<uuid:person_id>/merged/<uuid:merge_id>/undo")
@for_action(Action.PERSON_MERGE)
@writes(again=undo_form)
def undo_post(person_id: UUID, merge_id: UUID) -> ResponseReturnValue:
    """Part the two records again."""
    actor, at = current_actor(), current().at
    service.standing_merge(actor, person_id, merge_id)
    require_recent_password(actor, at)
    command = understand(UndoMergeSchema(), request.form)
    service.undo(actor, person_id, merge_id, command, now=at)
    flash("The merge is undone. Both records are as they were.", "success")
    # Whoever was on one of the two teams only no longer sees the other.
    return redirect(url_for("people.index"))


# The co-ordinator's requests


@bp.get("/merge-requests")
@for_action(Action.MERGE_REQUESTS)
@witnessed
def requests() -> ResponseReturnValue:
    """The open requests of the area."""
    actor = current_actor()
    found = queries.waiting(actor)
    names = queries.names(actor, {id_ for each in found for id_ in (each.person_id, each.other_id)})
    return render(
        "merging/requests.html",
        requests=[presenters.request_line(each, names) for each in found],
    )


def request_form(request_id: UUID, *, values: Values, errors: Errors) -> str:
    """One request: compare and merge, or decline with a reason."""
    actor = current_actor()
    seen = queries.request(actor, request_id)
    names = queries.names(actor, [seen.person_id, seen.other_id])
    pair = merged.survivor_of(seen.person_id), merged.survivor_of(seen.other_id)
    return render(
        "merging/request.html",
        asked=presenters.request_line(seen, names),
        request_id=request_id,
        is_open=seen.state == "open" and pair[0] != pair[1],
        state=seen.state,
        decision=seen.decision,
        compare_href=url_for(".compare", person_id=pair[0], other_id=pair[1]),
        values=values,
        errors=errors,
    )


@bp.get("/merge-requests/<uuid:request_id>")
@for_action(Action.MERGE_REQUESTS)
@witnessed
def request_page(request_id: UUID) -> ResponseReturnValue:
    """One request to merge two records."""
    return request_form(request_id, values=typed(), errors={})


@bp.post("/merge-requests/<uuid:request_id>")
@for_action(Action.MERGE_REQUESTS)
@writes(again=request_form)
def decline(request_id: UUID) -> ResponseReturnValue:
    """Decline a request."""
    queries.request(current_actor(), request_id)
    command = understand(DeclineRequestSchema(), request.form)
    service.decline(current_actor(), request_id, command, now=current().at)
    flash("Declined. The two records stay apart.", "success")
    return redirect(url_for(".requests"))
