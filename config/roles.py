"""The roles that the files speak of, and who outside the platform may have to act."""

ROLES_WITH_OWN_GRID = (
    "coordinator",
    "chair",
    "information_officer",
    "rules_administrator",
    "auditor",
    "lay_adviser",
    "agency_administrator",
    "system_administrator",
)
ROLES = (
    "offender_manager",
    "protection_officer",
    "social_worker",
    "representative",
    "supervisor",
    "agency_lead",
    "duty_officer",
    *ROLES_WITH_OWN_GRID,
)
OTHERS_WHO_ACT = (
    "action_owner",
    "any_agency",
    "author",
    "chief_constable",
    "court",
    "police",
    "prison",
    "prison_offender_manager",
    "recall_authority",
    "records_unit",
    "referrer",
    "responsible_authority",
    "senior_officer",
    "sheriff",
    "strategic_board",
    "subject",
    "superintendent",
)
"""Not roles: the law gives them a duty or a power, and the platform only keeps the record."""
