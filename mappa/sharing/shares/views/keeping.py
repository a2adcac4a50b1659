"""What becomes of a share: its page, ending, renewing, letting end, reviewing."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import giving
from mappa.access.actions import Action
from mappa.access.reading import Seen
from mappa.kernel.clock import day_of
from mappa.kernel.uow import current
from mappa.sharing.shares import facts, presenters, queries, schemas, service
from mappa.sharing.shares.views.blueprint import Errors, Values, bp
from mappa.web.flow import attempts_recorded, current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand
from mappa.web.words import day, moment

_END, _RENEW, _REVIEW = schemas.EndSchema(), schemas.RenewSchema(), schemas.ReviewSchema()


def _render(template: str, seen: Seen, **context: object) -> str:
    return render(
        template,
        share=presenters.row(seen, day_of(current().at)),
        facts=presenters.facts_of(seen),
        person_href=url_for("insight.sharing", person_id=seen.person_id),
        **context,
    )


def _own(share_id: UUID) -> Seen:
    return queries.own_share(current_actor(), share_id)


@bp.get("/shares/<uuid:share_id>")
@for_action(Action.SHARE_LIST)
@witnessed
def show(share_id: UUID) -> ResponseReturnValue:
    """One share of the own agency, and what was decided about it."""
    seen = _own(share_id)
    ended = giving.ended_why(share_id)
    return _render(
        "shares/show.html",
        seen,
        stands=giving.is_standing(share_id),
        ended=f"Ended on {moment(ended.ended_at)}. {ended.reason}" if ended else "",
        decisions=[
            (
                f"{'Reviewed' if each.kind == 'reviewed' else 'Let end'} by {each.by_name}, "
                f"{day(day_of(each.at))}",
                each.found,
            )
            for each in queries.decisions(current_actor(), seen.person_id, share_id)
        ],
    )


@bp.get("/shares/<uuid:share_id>/end")
@for_action(Action.SHARE_LIST)
@witnessed
def end(share_id: UUID) -> ResponseReturnValue:
    """Ask why a share ends now; one that has ended shows itself."""
    _own(share_id)
    if not giving.is_standing(share_id):
        return redirect(url_for("shares.show", share_id=share_id))
    return end_page(share_id, values=typed(), errors={})


def end_page(share_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that ends a share."""
    actor, seen = current_actor(), _own(share_id)
    still = presenters.still_open(
        seen,
        queries.on_person(actor, seen.person_id),
        facts.by_agreement(actor, seen),
        day_of(current().at),
    )
    return _render("shares/end.html", seen, still=still, values=values, errors=errors)


@bp.post("/shares/<uuid:share_id>/end")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=end_page)
def end_post(share_id: UUID) -> ResponseReturnValue:
    """End a share at once."""
    said = understand(_END, request.form)
    service.end(current_actor(), share_id, said.reason, now=current().at)
    flash("Ended. From now on nothing is open by this share.", "success")
    return redirect(url_for("shares.show", share_id=share_id))


@bp.get("/shares/<uuid:share_id>/renew")
@for_action(Action.SHARE_LIST)
@witnessed
def renew(share_id: UUID) -> ResponseReturnValue:
    """Ask until when a share is given again."""
    return renew_page(share_id, values=typed(), errors={})


def renew_page(share_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that gives a share again."""
    return _render(
        "shares/renew.html",
        _own(share_id),
        values=values,
        errors=errors,
        order=["ends_on", "review_on", "why"],
    )


@bp.post("/shares/<uuid:share_id>/renew")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=renew_page)
def renew_post(share_id: UUID) -> ResponseReturnValue:
    """Give a share again from the day after it ends."""
    command = understand(_RENEW, request.form)
    made = service.renew(current_actor(), share_id, command, now=current().at)
    flash("Renewed.", "success")
    return redirect(url_for("shares.show", share_id=made[0].id))


@bp.post("/shares/<uuid:share_id>/let-end")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes()
def let_end(share_id: UUID) -> ResponseReturnValue:
    """Leave a share to end on its day."""
    service.let_end(current_actor(), share_id, now=current().at)
    flash("It ends on its day. Nobody is reminded of it any more.", "success")
    return redirect(url_for("shares.show", share_id=share_id))


@bp.get("/shares/<uuid:share_id>/review")
@for_action(Action.SHARE_LIST)
@witnessed
def review(share_id: UUID) -> ResponseReturnValue:
    """Ask whether a share is still needed."""
    return review_page(share_id, values=typed(), errors={})


def review_page(share_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form of a review."""
    return _render(
        "shares/review.html", _own(share_id), values=values, errors=errors,
        order=["found", "next_on"],
    )  # fmt: skip


@bp.post("/shares/<uuid:share_id>/review")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=review_page)
def review_post(share_id: UUID) -> ResponseReturnValue:
    """Record the review, and when the next one is."""
    command = understand(_REVIEW, request.form)
    service.review(current_actor(), share_id, command, now=current().at)
    flash("Reviewed.", "success")
    return redirect(url_for("shares.show", share_id=share_id))
