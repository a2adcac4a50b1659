"""Teams of the own agency: who is in them, another name, another team, an end."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.agencies import queries, service
from mappa.agencies.models import Team
from mappa.agencies.schemas import CloseTeamSchema, MovePeopleSchema, TeamNameSchema
from mappa.agencies.views.administration import Errors, bp
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.web.flow import current_actor, for_action, reads, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand


def _team(team_id: UUID) -> Team:
    """An own team that is open. Raises ``NotFound`` for every other."""
    found = queries.team(team_id, current_actor().agency_id)
    if found.closed_at is not None:
        raise NotFound
    return found


def _others(team_id: UUID) -> list[tuple[UUID, str]]:
    teams = queries.teams_of(current_actor().agency_id)
    return [(each.id, each.name) for each in teams if each.id != team_id]


@bp.get("/administration/teams")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def teams() -> ResponseReturnValue:
    """Every team of the agency, and the form that adds one."""
    return teams_page(typed(), {})


def teams_page(values: Any, errors: Errors) -> str:
    """The list, perhaps with what was wrong."""
    actor = current_actor()
    return render(
        "agencies/teams.html",
        actor=actor,
        teams=queries.team_rows(actor.agency_id),
        values=values,
        errors=errors,
    )


@bp.post("/administration/teams")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=teams_page)
def add_team() -> ResponseReturnValue:
    """Add a team."""
    command = understand(TeamNameSchema(), request.form)
    service.add_team(current_actor(), command.name, now=current().at)
    flash("Team added.")
    return redirect(url_for("administration.teams"))


@bp.get("/administration/teams/<uuid:team_id>")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def team(team_id: UUID) -> ResponseReturnValue:
    """One team: who is in it, and what it is called."""
    return team_page(team_id, typed(), {})


def team_page(team_id: UUID, values: Any, errors: Errors) -> str:
    """The page, perhaps with what was wrong."""
    found = queries.team(team_id, current_actor().agency_id)
    return render(
        "agencies/team.html",
        team=found,
        people=queries.team_people(team_id),
        others=_others(team_id),
        values=values or {"name": found.name},
        errors=errors,
    )


@bp.post("/administration/teams/<uuid:team_id>")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=team_page)
def rename_team(team_id: UUID) -> ResponseReturnValue:
    """Give it another name."""
    _team(team_id)
    command = understand(TeamNameSchema(), request.form)
    service.rename_team(current_actor(), team_id, command.name, now=current().at)
    flash("Team renamed. The earlier name stays on record.")
    return redirect(url_for("administration.team", team_id=team_id))


@bp.get("/administration/teams/<uuid:team_id>/move")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def move(team_id: UUID) -> ResponseReturnValue:
    """Ask who moves where."""
    return move_page(team_id, typed(), {})


def move_page(team_id: UUID, values: Any, errors: Errors) -> str:
    """The form that moves people."""
    return render(
        "agencies/move_people.html",
        team=_team(team_id),
        people=queries.team_people(team_id),
        others=_others(team_id),
        values=values,
        errors=errors,
    )


@bp.post("/administration/teams/<uuid:team_id>/move")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=move_page)
def move_post(team_id: UUID) -> ResponseReturnValue:
    """Move postings to another team: each ends, and another begins."""
    _team(team_id)
    command = understand(MovePeopleSchema(), request.form)
    count = service.move_people(current_actor(), team_id, command, now=current().at)
    flash(f"{count} {'posting' if count == 1 else 'postings'} moved. They sign in again.")
    return redirect(url_for("administration.team", team_id=team_id))


@bp.get("/administration/teams/<uuid:team_id>/close")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def close_team(team_id: UUID) -> ResponseReturnValue:
    """Ask who takes over, before a team closes."""
    return close_page(team_id, typed(), {})


def close_page(team_id: UUID, values: Any, errors: Errors) -> str:
    """The form that closes a team."""
    return render(
        "agencies/close_team.html",
        team=_team(team_id),
        people=len(queries.team_people(team_id)),
        others=_others(team_id),
        values=values,
        errors=errors,
    )


@bp.post("/administration/teams/<uuid:team_id>/close")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=close_page)
def close_post(team_id: UUID) -> ResponseReturnValue:
    """Close it; another team takes over."""
    _team(team_id)
    command = understand(CloseTeamSchema(), request.form)
    closed = service.close_team(current_actor(), team_id, command, now=current().at)
    flash(f"{closed.name} is closed.")
    return redirect(url_for("administration.teams"))
