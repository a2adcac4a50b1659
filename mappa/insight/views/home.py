"""Home, which is the list of work, or says what a role without people can do."""

from datetime import UTC, datetime, time, timedelta

from flask import current_app, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.terms import CASE_ROLES, PRACTITIONERS, SUPERVISORS, Role
from mappa.insight.presenters import work as presenter
from mappa.insight.queries import work as queries
from mappa.insight.queries import work_list
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import LONDON, day_of
from mappa.offenders.handover import queries as handovers
from mappa.offenders.matching.queries import how_many_open
from mappa.sharing.approvals.queries import how_many_to_answer
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render

OFFICES: dict[Role, tuple[str, tuple[tuple[str, str], ...]]] = {
    Role.AUDITOR: (
        "You check who read and changed what. Your role opens no records of people.",
        (("See who read and changed what", "insight.audit"),),
    ),
    Role.RULES_ADMINISTRATOR: (
        "You look after the rules that set dates. Your role opens no records of people.",
        (("See the deadline rules", "reminders.rules"),),
    ),
    Role.AGENCY_ADMINISTRATOR: (
        "You look after the accounts and postings of your agency. Your role opens no records of "
        "people.",
        (
            ("See accounts and postings", "administration.index"),
            ("See what takes two people", "approvals.index"),
        ),
    ),
    Role.SYSTEM_ADMINISTRATOR: (
        "You look after the platform itself. Your role opens no records of people.",
        (("See how the platform is doing", "reminders.health"),),
    ),
    Role.LAY_ADVISER: (
        "You advise on figures and on how the arrangements work. Your role opens no records of "
        "people.",
        (("See the deadline rules", "reminders.rules"),),
    ),
}
"""Roles without people: what they can do, with links."""


@bp.get("/")
@for_action(Action.HOME)
@witnessed
def home() -> ResponseReturnValue:
    """Show what is due, what is late first."""
    actor = current_actor()
    if actor.role in OFFICES:
        return office(actor)
    today = day_of(uow.current().at)
    around = queries.around(actor)
    work = _work(actor, around)
    yesterday = datetime.combine(today - timedelta(days=1), time(), LONDON).astimezone(UTC)
    changes = [presenter.change(each, today) for each in queries.changes(actor, yesterday)]
    writes = actor.role in CASE_ROLES
    return render(
        "insight/home.html",
        work=work,
        today=today,
        week_ends=today + work_list.AHEAD,
        changes=changes,
        new_user=actor.role in PRACTITIONERS and not _anything(work) and not around.has_people,
        supervises=actor.role in SUPERVISORS,
        manages=actor.role in CASE_ROLES,
        asked=around.asked,
        requests=around.requests,
        unmanaged=[presenter.unmanaged(each) for each in handovers.without_manager(actor)],
        log_href=_first("visits.mine", "people.index") if writes else None,
        report_href=url_for("people.find", to="change") if writes else None,
        find_href=url_for("people.find"),
        matches=how_many_open(actor) if actor.role is Role.COORDINATOR else None,
    )


def _work(actor: Actor, around: queries.Around) -> presenter.Work:
    today = day_of(uow.current().at)
    mine, waiting = work_list.at_home(actor, today), queries.waiting(actor)
    return presenter.work(
        mine, waiting, today, around.jurisdiction, me=actor.user_id, most=work_list.AT_HOME
    )


def _anything(work: presenter.Work) -> bool:
    return bool(
        work.overdue.rows or work.soon.rows or work.waiting.rows or work.later or work.snoozed
    )


def _first(*endpoints: str) -> str:
    found = next(each for each in endpoints if each in current_app.view_functions)
    return url_for(found)


def office(actor: Actor) -> str:
    """What a role without people can do."""
    lead, offered = OFFICES[actor.role]
    links = [
        (label, url_for(endpoint))
        for label, endpoint in offered
        if endpoint in current_app.view_functions
    ]
    waiting = how_many_to_answer(actor) if actor.role is Role.AGENCY_ADMINISTRATOR else 0
    return render("insight/office.html", lead=lead, links=links, waiting=waiting)
