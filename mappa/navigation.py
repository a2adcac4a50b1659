"""The tabs of a person and the places of the platform, in their order."""

from mappa.access.actions import Action
from mappa.access.terms import CASE_ROLES, Level, Role, Section
from mappa.sharing import hub as sharing_hub
from mappa.web.slots import Place, Tab

TABS = (
    Tab("overview", "Overview", "insight.overview", Section.IDENTITY),
    Tab("timeline", "Timeline", "insight.timeline", Section.IDENTITY),
    Tab("risk", "Risk", "risk.index", Section.RISK),
    Tab("plan", "Plan", "plans.index", Section.PLAN),
    Tab("visits", "Visits", "visits.index", Section.VISITS),
    Tab("intelligence", "Intelligence", "intelligence.index", Section.INTELLIGENCE),
    Tab("meetings", "Meetings", "meetings.of_person", Section.MEETINGS),
    Tab(
        "orders",
        "Orders and notification",
        "people.orders",
        Section.ORDERS,
        also=(Section.OFFENCES,),
    ),
    Tab("sharing", "Team and sharing", "insight.sharing", Section.SHARING),
    Tab("history", "History", "people.history", Section.IDENTITY, Level.FULL),
)
_READERS = frozenset({*CASE_ROLES, Role.COORDINATOR, Role.CHAIR, Role.INFORMATION_OFFICER})
_WORKERS = frozenset({*CASE_ROLES})
_AUDITORS = frozenset({Role.AUDITOR})
PLACES = (
    Place("Home", "insight.home", "/", Action.HOME, frozenset(Role)),
    Place("People", "people.index", "/people", Action.PEOPLE_LIST, _READERS),
    Place("Visits", "visits.mine", "/visits", Action.VISIT_READ, _WORKERS),
    Place("Meetings", "meetings.index", "/meetings", Action.MEETING_READ, _READERS),
    Place("Work list", "insight.work", "/work", Action.HOME, _READERS),
    Place("Sharing", "sharing.index", "/sharing", Action.SHARING_OPEN, sharing_hub.ROLES),
    Place(
        "Emergency access",
        "emergency.door",
        "/emergency",
        Action.EMERGENCY_OPEN,
        frozenset({Role.DUTY_OFFICER}),
    ),
    Place(
        "Emergency reviews",
        "emergency.reviews",
        "/emergency/reviews",
        Action.EMERGENCY_REVIEW,
        frozenset({Role.INFORMATION_OFFICER, Role.COORDINATOR}),
    ),
    Place(
        "Merge requests",
        "merging.requests",
        "/merge-requests",
        Action.MERGE_REQUESTS,
        frozenset({Role.COORDINATOR}),
    ),
    Place("Dip samples", "visits.samples", "/visits/samples", Action.SAMPLE_READ, _AUDITORS),
    Place("Audit", "insight.audit", "/audit", Action.AUDIT_READ, _AUDITORS),
    Place(
        "Administration",
        "administration.index",
        "/administration",
        Action.POSTINGS_ADMINISTER,
        frozenset({Role.AGENCY_ADMINISTRATOR}),
    ),
    Place(
        "Areas",
        "areas.index",
        "/areas",
        Action.AREAS_ADMINISTER,
        frozenset({Role.SYSTEM_ADMINISTRATOR}),
    ),
    Place(
        "Rules",
        "reminders.rules",
        "/rules",
        Action.RULES_READ,
        frozenset({Role.RULES_ADMINISTRATOR, Role.COORDINATOR}),
    ),
    Place(
        "Health",
        "reminders.health",
        "/health",
        Action.HEALTH_READ,
        frozenset({Role.SYSTEM_ADMINISTRATOR}),
    ),
)
"""The primary navigation, in its order, by role."""
