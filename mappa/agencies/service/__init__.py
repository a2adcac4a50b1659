"""Accounts, postings, teams, sessions, areas: who may sign in and for whom. Every verb is audited.

``actor`` is an administrator, or None for a command, which is named as ``basis``.
"""

from mappa.agencies.service.accounts import (
    Made,
    NewUser,
    change_password,
    create_user,
    disable,
    enable,
    make_link,
    open_link,
    use_link,
)
from mappa.agencies.service.areas import NewAgency, add_agency, open_area, sign_agreement
from mappa.agencies.service.postings import (
    ChangePosting,
    NewPosting,
    change_posting,
    end_posting,
    post,
)
from mappa.agencies.service.role_changes import ask_to_add, ask_to_change, ask_to_post
from mappa.agencies.service.signed_in import end_one_session, end_sessions
from mappa.agencies.service.teams import (
    CloseTeam,
    MovePeople,
    add_team,
    close_team,
    move_people,
    rename_team,
)

__all__ = [
    "ChangePosting",
    "CloseTeam",
    "Made",
    "MovePeople",
    "NewAgency",
    "NewPosting",
    "NewUser",
    "add_agency",
    "add_team",
    "ask_to_add",
    "ask_to_change",
    "ask_to_post",
    "change_password",
    "change_posting",
    "close_team",
    "create_user",
    "disable",
    "enable",
    "end_one_session",
    "end_posting",
    "end_sessions",
    "make_link",
    "move_people",
    "open_area",
    "open_link",
    "post",
    "rename_team",
    "sign_agreement",
    "use_link",
]
