"""Who asks: a frozen value, detached from session and database. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mappa.access.terms import Role


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A signed-in person under the posting they act for."""

    user_id: UUID
    name: str
    posting_id: UUID
    agency_id: UUID
    agency_name: str
    area_id: str
    team_id: UUID
    role: Role
    session_id: UUID

    def binds(self, at: datetime) -> dict[str, Any]:
        """The values of the policy's bind parameters at a moment."""
        return {
            "me_user": self.user_id,
            "me_agency": self.agency_id,
            "me_area": self.area_id,
            "me_team": self.team_id,
            "me_role": self.role.value,
            "at": at,
        }
