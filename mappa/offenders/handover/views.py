"""Pages of caseloads: handing over, answering, and naming a deputy."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.terms import CASE_ROLES, SUPERVISORS, Role
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.offenders import queries as people
from mappa.offenders.handover import cover, presenters, queries, service
from mappa.offenders.handover.rules import Stays
from mappa.offenders.handover.schemas import (
    AnswerSchema,
    DeputySchema,
    ProposeSchema,
    WithdrawSchema,
)
from mappa.offenders.views.blueprint import id_of
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("handover", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

_OPEN_IT = ("handover.show", "handover_id", "Open the handover")
WORDINGS |= {
    service.PROPOSED: Wording("You are asked to take over a case.", *_OPEN_IT),
    "handover:to-know": Wording("A case is to be handed over.", *_OPEN_IT),
    service.ACCEPTED: Wording("A handover was accepted.", *_OPEN_IT),
    service.DECLINED: Wording("A handover was declined.", *_OPEN_IT),
    service.WITHDRAWN: Wording("A handover was withdrawn.", *_OPEN_IT),
    "handover:lapsed": Wording("A handover was not answered in time.", *_OPEN_IT),
}


# Caseload


@bp.get("/caseload")
@for_action(Action.HANDOVER_READ)
@witnessed
def caseload() -> ResponseReturnValue:
    """Whom one manages, what one is asked, and for whom one stands in."""
    actor, today = current_actor(), day_of(current().at)
    supervises = actor.role in SUPERVISORS
    chosen = _manager(actor)
    covering = [
        (presenters.cover_line(each), _lines(actor, each.manager_id))
        for each in queries.covering_for(actor)
    ]
    return render(
        "handover/caseload.html",
        asked=[presenters.handover_row(each, today) for each in queries.to_answer(actor)],
        waiting=[presenters.handover_row(each, today) for each in queries.waiting(actor)],
        managers=queries.managers(actor) if supervises else [],
        chosen=chosen,
        own=chosen == actor.user_id,
        name=agencies.user_names([chosen]).get(chosen, "") if chosen else "",
        people=_lines(actor, chosen) if chosen else [],
        covers=[presenters.cover_line(each) for each in queries.covers_of(actor, chosen)]
        if chosen
        else [],
        covering=covering,
        may_name=chosen is not None and cover.may_name(actor, chosen),
        supervises=supervises,
        unmanaged=[presenters.line(each) for each in queries.without_manager(actor)],
    )


def _lines(actor: Actor, manager: UUID) -> list[presenters.Line]:
    return [presenters.line(each) for each in queries.managed_by(actor, manager)]


def _manager(actor: Actor) -> UUID | None:
    """Whose caseload is shown: a supervisor chooses among the team's, others have their own."""
    if actor.role not in SUPERVISORS:
        return actor.user_id
    wanted = id_of(request.args.get("manager"))
    if wanted is None:
        return None
    if wanted not in {each.user_id for each in queries.managers(actor)}:
        raise NotFound
    return wanted


# Handing over


@bp.get("/caseload/hand-over")
@for_action(Action.HANDOVER_READ)
@witnessed
def propose() -> ResponseReturnValue:
    """Ask whom to hand over, to whom, and how."""
    chosen = [each for each in map(id_of, request.args.getlist("person")) if each]
    manager = id_of(request.args.get("manager"))
    if manager is not None:
        chosen += [each.record for each in queries.managed_by(current_actor(), manager)]
    start: MultiDict[str, str] = MultiDict([("people", str(each)) for each in chosen])
    return propose_page(values=typed() or start, errors={})


def propose_page(*, values: Values, errors: Errors) -> str:
    """The form. Raises ``NotFound`` for a person whom this reader cannot hand over."""
    actor = current_actor()
    options = _to_hand_over(actor, values)
    if not options and not decide(actor, Action.DEPUTY_NAME).allowed:
        raise NotFound
    return render(
        "handover/propose.html",
        values=values,
        errors=errors,
        order=["people", "receiver", "why", "overlap_until", "stays"],
        people=options,
        receivers=presenters.receiver_options(queries.receivers(actor)),
        stays=[(each.value, each.words) for each in Stays],
    )


def _to_hand_over(actor: Actor, values: Values) -> list[tuple[str, str]]:
    """The people to choose from: those asked for, and the rest of their manager's caseload."""
    listed = values.getlist("people") if isinstance(values, MultiDict) else []
    ids = [each for each in map(id_of, listed) if each]
    found: dict[UUID, str] = {}
    manager = None
    for each in ids:
        seen = people.person(actor, each)
        if not service.may_offer(actor, seen):
            raise NotFound
        found[each] = people.display_name(seen)
        manager = manager or seen.manager_id
    if not ids and actor.role not in (*SUPERVISORS, Role.COORDINATOR):
        manager = actor.user_id
    for line in _caseload(actor, manager):
        found.setdefault(line.id, line.name)
    return [(str(each), name) for each, name in found.items()]


def _caseload(actor: Actor, manager: UUID | None) -> list[presenters.Line]:
    """The lines of a manager's caseload; nothing for nobody."""
    return _lines(actor, manager) if manager else []


@bp.post("/caseload/hand-over")
@for_action(Action.HANDOVER_READ)
@writes(again=propose_page)
def propose_post() -> ResponseReturnValue:
    """Propose it. Nothing changes until the receiver accepts."""
    command = understand(ProposeSchema(), request.form).command()
    made = service.propose(current_actor(), command, now=current().at)
    flash("Proposed. Nothing changes until it is accepted.", "success")
    return redirect(url_for("handover.show", handover_id=made[0].id))


# One handover


@bp.get("/handovers/<uuid:handover_id>")
@for_action(Action.HANDOVER_READ)
@witnessed
def show(handover_id: UUID) -> ResponseReturnValue:
    """One handover, and what was proposed with it."""
    return show_page(handover_id, values=typed(), errors={})


def show_page(handover_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page, with the form for the one who was asked."""
    actor, today = current_actor(), day_of(current().at)
    seen = queries.handover(actor, handover_id)
    batch = [
        presenters.handover_row(each, today) for each in queries.of_batch(actor, seen.batch_id)
    ]
    still_open = [each for each in batch if each.open]
    asked = (seen.to_user_id, seen.to_agency_id) == (actor.user_id, actor.agency_id)
    first = not values
    ticked: MultiDict[str, str] = MultiDict([("handover", str(each.id)) for each in still_open])
    return render(
        "handover/show.html",
        handover=presenters.handover_row(seen, today),
        batch=batch,
        options=[(str(each.id), each.name) for each in still_open],
        asked=asked and bool(still_open),
        may_withdraw=any(each.id == handover_id for each in still_open)
        and service.may_withdraw(actor, seen),
        values=ticked if first else values,
        errors=errors,
    )


@bp.post("/handovers/<uuid:handover_id>")
@for_action(Action.HANDOVER_READ)
@writes(again=show_page)
def answer(handover_id: UUID) -> ResponseReturnValue:
    """Accept or decline what was ticked."""
    actor = current_actor()
    queries.handover(actor, handover_id)
    command = understand(AnswerSchema(), request.form).command()
    done = service.answer(actor, command, now=current().at)
    many = "person" if len(done) == 1 else "people"
    flash(f"{'Accepted' if command.accept else 'Declined'}: {len(done)} {many}.", "success")
    return redirect(url_for("handover.show", handover_id=handover_id))


@bp.get("/handovers/<uuid:handover_id>/withdraw")
@for_action(Action.HANDOVER_READ)
@witnessed
def withdraw(handover_id: UUID) -> ResponseReturnValue:
    """Ask why a proposal is taken back."""
    return withdraw_page(handover_id, values=typed(), errors={})


def withdraw_page(handover_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form that takes a proposal back. Raises ``NotFound`` for those who may not."""
    actor = current_actor()
    seen = queries.handover(actor, handover_id)
    if not service.may_withdraw(actor, seen):
        raise NotFound
    row = presenters.handover_row(seen, day_of(current().at))
    return render("handover/withdraw.html", handover=row, values=values, errors=errors)


@bp.post("/handovers/<uuid:handover_id>/withdraw")
@for_action(Action.HANDOVER_READ)
@writes(again=withdraw_page)
def withdraw_post(handover_id: UUID) -> ResponseReturnValue:
    """Take a proposal back."""
    actor = current_actor()
    if not service.may_withdraw(actor, queries.handover(actor, handover_id)):
        raise NotFound
    command = understand(WithdrawSchema(), request.form)
    service.withdraw(actor, handover_id, command.why, now=current().at)
    flash("Withdrawn. Nothing has changed.", "success")
    return redirect(url_for("handover.show", handover_id=handover_id))


# Deputies


@bp.get("/caseload/<uuid:user_id>/deputy")
@for_action(Action.DEPUTY_NAME)
@witnessed
def deputy(user_id: UUID) -> ResponseReturnValue:
    """Ask who stands in for a manager, from when until when."""
    return deputy_page(user_id, values=typed(), errors={})


def deputy_page(user_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form of a deputy. Raises ``NotFound`` for a manager for whom this reader may not."""
    actor = current_actor()
    if not cover.may_name(actor, user_id):
        raise NotFound
    colleagues = {
        each.user_id: f"{each.name}, {each.role.words.lower()}"
        for each in agencies.staff_of([actor.agency_id])
        if each.role in CASE_ROLES and each.user_id != user_id
    }
    context: dict[str, Any] = {"own": user_id == actor.user_id, "manager_id": user_id}
    return render(
        "handover/deputy.html",
        name=agencies.user_names([user_id]).get(user_id, ""),
        colleagues=list(colleagues.items()),
        values=values,
        errors=errors,
        **context,
    )


@bp.post("/caseload/<uuid:user_id>/deputy")
@for_action(Action.DEPUTY_NAME)
@writes(again=deputy_page)
def deputy_post(user_id: UUID) -> ResponseReturnValue:
    """Name a deputy."""
    actor = current_actor()
    if not cover.may_name(actor, user_id):
        raise NotFound
    command = understand(DeputySchema(), request.form)
    named = cover.name_deputy(actor, user_id, command, now=current().at)
    flash("Deputy named. It ends by itself.", "success")
    if named.left_out:
        flash(f"Choose somebody else for {', '.join(named.left_out)}.", "error")
    return redirect(_caseload_of(actor, user_id))


def _caseload_of(actor: Actor, manager: UUID) -> str:
    return url_for("handover.caseload", manager=manager if manager != actor.user_id else None)


@bp.post("/caseload/deputies/<uuid:deputy_id>/end")
@for_action(Action.HANDOVER_READ)
@writes()
def end_deputy(deputy_id: UUID) -> ResponseReturnValue:
    """End a cover before its time."""
    actor = current_actor()
    ended = cover.end_cover(actor, deputy_id, now=current().at)
    flash("The cover has ended.", "success")
    mine = actor.user_id in (ended.manager_id, ended.deputy_id)
    return redirect(_caseload_of(actor, actor.user_id if mine else ended.manager_id))
