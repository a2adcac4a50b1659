"""The whole list of work: narrowed and remembered, page by page, with what was put off apart."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.terms import Role
from mappa.insight import rules, service
from mappa.insight.presenters import work as presenter
from mappa.insight.queries import work as queries
from mappa.insight.queries import work_list
from mappa.insight.rules import Urgency, Whose, WorkFilter
from mappa.insight.schemas import WorkFilterSchema
from mappa.insight.views.blueprint import bp
from mappa.insight.views.home import OFFICES, office
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY
from mappa.offenders.matching.queries import how_many_open
from mappa.offenders.views.blueprint import id_of
from mappa.sharing.approvals.queries import how_many_to_answer
from mappa.sharing.requests import asking
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.typed import understand


@bp.get("/work")
@for_action(Action.HOME)
@witnessed
def work() -> ResponseReturnValue:
    """Show all work as the reader last narrowed it; ``state`` in the address looks at one part."""
    actor = current_actor()
    if actor.role in OFFICES:
        return office(actor)
    return _page(actor, work_list.kept_filter(actor), {})


def work_page(*, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    """The list as it was, with the filter as it was typed."""
    actor = current_actor()
    return _page(actor, work_list.kept_filter(actor), errors, values)


def _page(
    actor: Actor,
    kept: WorkFilter,
    errors: Mapping[str, list[str]],
    values: Mapping[str, str] | None = None,
) -> str:
    offered = rules.whose_of(actor.role, has_team=actor.team_id != NOBODY)
    whose = kept.whose if kept.whose in offered else offered[0]
    looked_at = rules.understood({"state": request.args.get("state", "")}).state
    wanted = replace(kept, whose=whose, state=looked_at or kept.state)
    context = _lists(actor, whose, wanted)
    return render(
        "insight/work.html",
        values=values if values is not None else replace(kept, whose=whose).chosen(),
        errors=errors,
        whose=whose,
        selects=presenter.selects(offered),
        wanted=wanted,
        kept=kept.narrows,
        narrowed=presenter.narrowed_to(wanted),
        matches=how_many_open(actor) if actor.role is Role.COORDINATOR else None,
        approvals=how_many_to_answer(actor),
        **context,
    )


def _lists(actor: Actor, whose: Whose, wanted: WorkFilter) -> dict[str, Any]:
    today = day_of(uow.current().at)
    after = id_of(request.args.get("after"))
    tick = whose is not Whose.MINE and decide(actor, Action.DUTY_ASSIGN).allowed
    page = work_list.WorkPage((), None)
    if wanted.state is not Urgency.SNOOZED:
        page = work_list.listed(actor, whose, wanted, today, after=after)
    state = wanted.state.value if wanted.state else None
    counts = work_list.counts(actor, whose, wanted, today)
    return {
        "today": today,
        "parts": presenter.parts(
            page.duties, today, whose=whose, me=actor.user_id, agency=actor.agency_id, tick=tick
        ),
        "tick": tick,
        "counts": presenter.count_links(
            counts,
            {each: url_for(".work", state=each.value) for each in Urgency},
        ),
        "how_late": _how_late(actor, whose, wanted, counts),
        "aside": presenter.left_out(counts, wanted.state),
        "next_href": url_for(".work", after=page.after, state=state) if page.after else None,
        "back_href": url_for(".work", state=state) if after else None,
        **_at_the_end(actor, whose, wanted, first=after is None),
    }


def _how_late(
    actor: Actor, whose: Whose, wanted: WorkFilter, counts: Mapping[Urgency, int]
) -> list[tuple[int | str, str]]:
    """For whoever answers for an agency: how much of its work is late for how long."""
    if whose is not Whose.AGENCY or not counts[Urgency.OVERDUE]:
        return []
    today = day_of(uow.current().at)
    return presenter.how_late(work_list.by_lateness(actor, whose, wanted, today))


def _at_the_end(actor: Actor, whose: Whose, wanted: WorkFilter, *, first: bool) -> dict[str, Any]:
    """What stands apart under the first page: what others were asked, and what was put off."""
    today = day_of(uow.current().at)
    put_off = []
    if first and wanted.state in (None, Urgency.SNOOZED):
        put_off = work_list.snoozed(actor, whose, wanted, today)
    asks = first and whose is Whose.MINE and not wanted.narrows
    waiting = queries.waiting(actor) if asks else []
    may_ask = asks and decide(actor, Action.REQUEST_ASK).allowed
    requested = asking.waiting(actor) if may_ask else []
    jurisdiction = queries.around(actor).jurisdiction
    me, agency = actor.user_id, actor.agency_id
    return {
        "snoozed": [
            presenter.snoozed_row(
                each, today, note=presenter.note_of(each, whose, me), agency=agency
            )
            for each in put_off[: work_list.PAGE]
        ],
        "more_snoozed": len(put_off) > work_list.PAGE,
        "waiting": presenter.request_rows(requested[: asking.MOST_WAITING], today, jurisdiction)
        + presenter.waiting_rows(waiting[: queries.MOST_WAITING], today, jurisdiction),
        "more_waiting": len(waiting) > queries.MOST_WAITING or len(requested) > asking.MOST_WAITING,
        "may_ask": may_ask,
        "asks": asks,
    }


@bp.post("/work")
@for_action(Action.HOME)
@writes(again=work_page)
def work_post() -> ResponseReturnValue:
    """Keep how the list is narrowed, and show it."""
    wanted = WorkFilter()
    if "clear" not in request.form:
        wanted = understand(WorkFilterSchema(), request.form)
    service.keep_work_filter(current_actor(), wanted)
    return redirect(url_for(".work"))
