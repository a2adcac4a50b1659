"""The words of permission: sections, levels, roles, capacities, actions' building blocks. Pure."""

from enum import IntEnum, StrEnum


class Section(StrEnum):
    """A part of a person's record that the agreement speaks of; a constant of each table."""

    IDENTITY = "identity"
    WARNINGS = "warnings"
    CONTACT = "contact"
    OFFENCES = "offences"
    ORDERS = "orders"
    RISK = "risk"
    PLAN = "plan"
    VISITS = "visits"
    INTELLIGENCE = "intelligence"
    MEETINGS = "meetings"
    VICTIMS = "victims"
    HEALTH = "health"
    SHARING = "sharing"


class Level(IntEnum):
    """How much of a section: each level includes those below."""

    NONE = 0
    SEALED = 1
    SUM = 2
    FULL = 3


class Capacity(StrEnum):
    """In what capacity an agency is on a case team (columns of the agreement)."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATE = "cooperate"
    COOPERATE_CHILDREN = "cooperate-children"
    COOPERATE_HOUSING = "cooperate-housing"
    ASSOCIATE = "associate"


class Role(StrEnum):
    """What a posting is for. One acts under one posting at a time."""

    OFFENDER_MANAGER = "offender_manager"
    PROTECTION_OFFICER = "protection_officer"
    SOCIAL_WORKER = "social_worker"
    REPRESENTATIVE = "representative"
    SUPERVISOR = "supervisor"
    AGENCY_LEAD = "agency_lead"
    DUTY_OFFICER = "duty_officer"
    COORDINATOR = "coordinator"
    CHAIR = "chair"
    INFORMATION_OFFICER = "information_officer"
    RULES_ADMINISTRATOR = "rules_administrator"
    AUDITOR = "auditor"
    LAY_ADVISER = "lay_adviser"
    AGENCY_ADMINISTRATOR = "agency_administrator"
    SYSTEM_ADMINISTRATOR = "system_administrator"

    @property
    def words(self) -> str:
        """The role as the page's header says it."""
        return _ROLE_WORDS[self]


_ROLE_WORDS = {
    Role.OFFENDER_MANAGER: "Offender manager",
    Role.PROTECTION_OFFICER: "Public protection officer",
    Role.SOCIAL_WORKER: "Social worker",
    Role.REPRESENTATIVE: "Agency representative",
    Role.SUPERVISOR: "Supervisor",
    Role.AGENCY_LEAD: "Agency lead",
    Role.DUTY_OFFICER: "Duty officer",
    Role.COORDINATOR: "MAPPA co-ordinator",
    Role.CHAIR: "Chair",
    Role.INFORMATION_OFFICER: "Information officer",
    Role.RULES_ADMINISTRATOR: "Rules administrator",
    Role.AUDITOR: "Auditor",
    Role.LAY_ADVISER: "Lay adviser",
    Role.AGENCY_ADMINISTRATOR: "Agency administrator",
    Role.SYSTEM_ADMINISTRATOR: "System administrator",
}

CASE_ROLES = (
    Role.OFFENDER_MANAGER,
    Role.PROTECTION_OFFICER,
    Role.SOCIAL_WORKER,
    Role.REPRESENTATIVE,
    Role.SUPERVISOR,
    Role.AGENCY_LEAD,
    Role.DUTY_OFFICER,
)
"""Roles that have their agency's grid."""

PRACTITIONERS = (
    Role.OFFENDER_MANAGER,
    Role.PROTECTION_OFFICER,
    Role.SOCIAL_WORKER,
    Role.REPRESENTATIVE,
)
SUPERVISORS = (Role.SUPERVISOR, Role.AGENCY_LEAD)

PREPARING = "coordinator_preparing"
"""Under what name the role grid holds what a co-ordinator gets while preparing a meeting."""


class Audience(IntEnum):
    """Whether a record follows the agreement or is open to named readers only."""

    AGREEMENT = 0
    NAMED = 1


class State(IntEnum):
    """Whether a right stands. Revoked is a state, not only a time."""

    REVOKED = 0
    LIVE = 1


class Part(StrEnum):
    """The part a person plays on a case team or in a meeting."""

    MANAGER = "manager"
    WORKER = "worker"
    DEPUTY = "deputy"
    CHAIR = "chair"
    COORDINATOR = "coordinator"
    ATTENDEE = "attendee"


class MarkKind(StrEnum):
    """What a mark does to a record for everybody who is not a named reader of it."""

    SEALED = "sealed"
    HIDDEN = "hidden"


class Reader(StrEnum):
    """Which kind of named reader a row names."""

    USER = "user"
    TEAM_SUPERVISORS = "team_supervisors"
    AGENCY = "agency"
