"""Duties of shares whose authoriser has left pass to another information officer."""

from uuid import UUID

from flask import Flask

from mappa.access import queries as teams
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.kernel.db import NOBODY
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import service as reminders
from mappa.reminders.service import Owes
from mappa.sharing.shares.service import ENDING, REVIEW

KINDS = (ENDING, REVIEW)


def pass_on(app: Flask) -> int:
    """Pass the duties of those who left; of how many people. It may run twice.

    With nobody to take them they stay where they are: the agency lead is told when they are late.
    """
    with app.app_context(), unit_of_work(Kind.WRITE, system="shares") as unit:
        passed = 0
        for user, agency in reminders.owners_of(KINDS):
            heir = _heir(user, agency)
            if heir is not None:
                reminders.pass_kinds(KINDS, _owes(user, agency), _owes(heir, agency), unit.at)
                passed += 1
        return passed


def _heir(user: UUID, agency: UUID) -> UUID | None:
    """Who takes over; None where nobody can, or the owner is still there."""
    staff = agencies.staff_of([agency])
    office = [each.user_id for each in staff if each.role is Role.INFORMATION_OFFICER]
    return None if user in office or not office else office[0]


def _owes(user: UUID, agency: UUID) -> Owes:
    return Owes(user=user, team=teams.team_of(user, agency) or NOBODY, agency=agency)
