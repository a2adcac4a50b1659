"""The agency administrator's pages: accounts and postings of the own agency, no content."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access import restricting
from mappa.access.actions import Action
from mappa.access.terms import Role
from mappa.agencies import queries, rules, service, sessions
from mappa.agencies.queries import PostingRow, UserRow
from mappa.agencies.schemas import (
    ChangePostingSchema,
    NewPostingSchema,
    NewUserSchema,
    ReasonSchema,
)
from mappa.agencies.service import Made
from mappa.agencies.views.sign_in import settings
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.web.flow import current_actor, for_action, reads, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("administration", __name__, template_folder="../templates")

Errors = dict[str, list[str]]


def _own(user_id: UUID) -> UserRow:
    """Somebody of the own agency. Raises ``NotFound`` for everybody else."""
    found = queries.users_of(current_actor().agency_id, user_id=user_id)
    if not found:
        raise NotFound
    return found[0]


def _posting(user_id: UUID, posting_id: UUID) -> PostingRow:
    """A posting at the own agency. Raises ``NotFound`` unless it is this person's."""
    found = [each for each in _own(user_id).postings if each.id == posting_id]
    if not found:
        raise NotFound
    return found[0]


def _choices() -> dict[str, Any]:
    agency_id = current_actor().agency_id
    teams = queries.teams_of(agency_id)
    roles = rules.roles_of(queries.agency(agency_id).type)
    return {
        "roles": [(role.value, role.words) for role in roles],
        "teams": [(each.id, each.name) for each in teams],
    }


@bp.get("/administration")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def index() -> ResponseReturnValue:
    """Everybody of the agency."""
    actor = current_actor()
    return render(
        "agencies/administration.html", actor=actor, users=queries.users_of(actor.agency_id)
    )


@bp.get("/administration/people/add")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def add() -> ResponseReturnValue:
    """The form that adds somebody."""
    return add_page(typed(), {})


def add_page(values: Any, errors: Errors) -> str:
    """The form, perhaps with what was wrong."""
    return render("agencies/add_user.html", values=values, errors=errors, **_choices())


@bp.post("/administration/people/add")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=add_page)
def add_post() -> ResponseReturnValue:
    """Add somebody, and show the one-time link this once."""
    sessions.require_recent_password(current_actor(), current().at)
    command = understand(NewUserSchema(), request.form)
    asked = service.ask_to_add(current_actor(), command, now=current().at)
    if asked is not None:
        return _asked(asked)
    return _link_page(service.create_user(current_actor(), command, now=current().at))


def _asked(approval_id: UUID) -> ResponseReturnValue:
    """To the question that a second person answers."""
    flash("Asked. Nothing changes until a second person approves it.")
    return redirect(url_for("approvals.show", approval_id=approval_id))


def _link_page(made: Made) -> ResponseReturnValue:
    """The link, this once: the same form sent again leads to the person, where it is not."""
    path = url_for("sessions.set_password", token=made.token)
    first = not made.user.password_hash
    page = render(
        "agencies/one_time_link.html",
        user=made.user,
        link=settings().base_url + path,
        lasts="7 days" if first else "24 hours",
    )
    return page, {"Location": url_for("administration.show", user_id=made.user.id)}


@bp.get("/administration/people/<uuid:user_id>")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def show(user_id: UUID) -> ResponseReturnValue:
    """One person's account and postings at this agency."""
    return user_page(user_id, typed(), {})


def user_page(user_id: UUID, values: Any, errors: Errors) -> str:
    """The page, perhaps with what was wrong."""
    actor = current_actor()
    return render(
        "agencies/user.html",
        user=_own(user_id),
        oneself=user_id == actor.user_id,
        actor=actor,
        values=values,
        errors=errors,
        **_choices(),
    )


@bp.post("/administration/people/<uuid:user_id>")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=user_page)
def post(user_id: UUID) -> ResponseReturnValue:
    """Give one more posting."""
    actor, now = current_actor(), current().at
    _own(user_id)
    sessions.require_recent_password(actor, now)
    command = understand(NewPostingSchema(), request.form)
    asked = service.ask_to_post(actor, user_id, command, now=now)
    if asked is not None:
        return _asked(asked)
    service.post(actor, user_id, command, now=now)
    flash("Posting added.")
    return redirect(url_for("administration.show", user_id=user_id))


@bp.post("/administration/people/<uuid:user_id>/link")
@for_action(Action.POSTINGS_ADMINISTER)
@writes()
def make_link(user_id: UUID) -> ResponseReturnValue:
    """Make a new one-time link, and show it this once."""
    _own(user_id)
    sessions.require_recent_password(current_actor(), current().at)
    return _link_page(service.make_link(current_actor(), user_id, now=current().at))


@bp.post("/administration/people/<uuid:user_id>/sessions")
@for_action(Action.POSTINGS_ADMINISTER)
@writes()
def end_sessions(user_id: UUID) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    service.end_sessions(current_actor(), user_id, now=current().at)
    flash("Signed out everywhere.")
    return redirect(url_for("administration.show", user_id=user_id))


@bp.get("/administration/people/<uuid:user_id>/disable")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def disable(user_id: UUID) -> ResponseReturnValue:
    """Ask why, before the account is disabled or enabled."""
    return disable_page(user_id, typed(), {})


def disable_page(user_id: UUID, values: Any, errors: Errors) -> str:
    """The form that disables, or enables what is disabled."""
    user = _own(user_id)
    act = "Enable" if user.disabled_at else "Disable"
    return render(
        "agencies/end.html",
        heading=f"{act} the account of {user.name}",
        sentence="They can sign in again with the password they had."
        if user.disabled_at
        else "They are signed out at once, and cannot sign in until you enable the account.",
        words=f"{act} the account",
        action=request.path,
        back=url_for("administration.show", user_id=user_id),
        values=values,
        errors=errors,
    )


@bp.post("/administration/people/<uuid:user_id>/disable")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=disable_page)
def disable_post(user_id: UUID) -> ResponseReturnValue:
    """Disable at once, or enable."""
    actor, now, user = current_actor(), current().at, _own(user_id)
    command = understand(ReasonSchema(), request.form)
    if user.disabled_at is None:
        anyway = bool(command.anyway)
        service.disable(actor, user_id, command.reason, now=now, anyway=anyway)
    else:
        sessions.require_recent_password(actor, now)
        service.enable(actor, user_id, command.reason, now=now)
    flash("Account disabled." if user.disabled_at is None else "Account enabled.")
    return redirect(url_for("administration.show", user_id=user_id))


@bp.get("/administration/people/<uuid:user_id>/postings/<uuid:posting_id>/end")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def end_posting(user_id: UUID, posting_id: UUID) -> ResponseReturnValue:
    """Ask why, before a posting ends."""
    return end_posting_page(user_id, posting_id, typed(), {})


def end_posting_page(user_id: UUID, posting_id: UUID, values: Any, errors: Errors) -> str:
    """The form that ends a posting."""
    user, posting = _own(user_id), _posting(user_id, posting_id)
    return render(
        "agencies/end.html",
        heading=f"End the posting of {user.name} as {posting.role.words.lower()}",
        sentence="Whoever is signed in under it is signed out at once. The account remains.",
        words="End the posting",
        action=request.path,
        back=url_for("administration.show", user_id=user_id),
        values=values,
        errors=errors,
    )


@bp.post("/administration/people/<uuid:user_id>/postings/<uuid:posting_id>/end")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=end_posting_page)
def end_posting_post(user_id: UUID, posting_id: UUID) -> ResponseReturnValue:
    """End it, and its sessions."""
    _posting(user_id, posting_id)
    command = understand(ReasonSchema(), request.form)
    anyway = bool(command.anyway)
    service.end_posting(
        current_actor(), posting_id, command.reason, now=current().at, anyway=anyway
    )
    flash("Posting ended.")
    _tell_of_shares(user_id)
    return redirect(url_for("administration.show", user_id=user_id))


def _tell_of_shares(user_id: UUID) -> None:
    """Say that the shares of whoever left wait for an information officer; how many, no more."""
    agency = current_actor().agency_id
    staff = queries.posted(Role.INFORMATION_OFFICER, agency=agency)
    count = restricting.shares_authorised(user_id, agency)
    if count and user_id not in {each.user_id for each in staff}:
        shares = "1 share waits" if count == 1 else f"{count} shares wait"
        flash(f"{shares} for another information officer: they authorised what stands.")


@bp.get("/administration/people/<uuid:user_id>/postings/<uuid:posting_id>/change")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def change_posting(user_id: UUID, posting_id: UUID) -> ResponseReturnValue:
    """Ask for the role and team that come in place of a posting."""
    posting = _posting(user_id, posting_id)
    team = str(posting.team_id) if posting.team_name else ""
    return change_posting_page(user_id, posting_id, typed(role=posting.role.value, team=team), {})


def change_posting_page(user_id: UUID, posting_id: UUID, values: Any, errors: Errors) -> str:
    """The form that puts another posting in its place."""
    return render(
        "agencies/change_posting.html",
        user=_own(user_id),
        posting=_posting(user_id, posting_id),
        values=values,
        errors=errors,
        **_choices(),
    )


@bp.post("/administration/people/<uuid:user_id>/postings/<uuid:posting_id>/change")
@for_action(Action.POSTINGS_ADMINISTER)
@writes(again=change_posting_page)
def change_posting_post(user_id: UUID, posting_id: UUID) -> ResponseReturnValue:
    """End it and begin the other."""
    actor, now = current_actor(), current().at
    _posting(user_id, posting_id)
    sessions.require_recent_password(actor, now)
    command = understand(ChangePostingSchema(), request.form)
    asked = service.ask_to_change(actor, posting_id, command, now=now)
    if asked is not None:
        return _asked(asked)
    service.change_posting(actor, posting_id, command, now=now)
    flash("Posting changed. The earlier one is kept with its end.")
    return redirect(url_for("administration.show", user_id=user_id))
