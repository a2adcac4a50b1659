"""Which rows a reader of the summary gets, table by table, read from agreement.md.

Apart from the models' own ``at_summary``: where the two disagree, one of them is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from mappa.access.actor import Actor

Row = Mapping[str, Any]
Rule = Callable[[Row, Actor], bool]


def _never(_row: Row, _me: Actor) -> bool:
    return False


def _always(_row: Row, _me: Actor) -> bool:
    return True


IN_SUMMARY: dict[str, Rule] = {
    # contact: type, district of the current address, since when
    "address": lambda row, me: row["until_on"] is None,
    # orders: names of orders in force
    "court_order": lambda row, me: not row["ended"],
    # offences: of those that stand
    "offence": lambda row, me: row["until_on"] is None,
    # identity: category and level of today; no description
    "management_level": lambda row, me: row["until_on"] is None,
    "description": _never,
    # nothing beyond the address is named in the summary of contact, offences, orders or risk
    "contact_detail": _never,
    "employment": _never,
    "vehicle": _never,
    "device": _never,
    "online_account": _never,
    "custody": _never,
    "licence_condition": _never,
    "associate": _never,
    # victims: of those that are so today
    "victim": lambda row, me: row["until_on"] is None,
    "child": lambda row, me: row["until_on"] is None,
    # visits: day, kind, outcome; never a visit not yet made
    "visit": lambda row, me: row["state"] == "made",
    "visit_officer": _never,
    "visit_duty": _never,
    # what a visit was for, and warrants: readers of the whole section, and the police alone
    "entry_attempt": _never,
    "warrant_case": _never,
    "warrant_step": _never,
    "reactive_management": _never,
    "reactive_review": _never,
    "visit_file": _never,
    "visit_version": _never,
    "visit_signature": _never,
    "visit_card": _never,
    "visit_account": _never,
    # plan: measures and contingencies of the reader's own agency
    "measure": lambda row, me: (
        row["assigned_agency_id"] == me.agency_id and row["removed_at"] is None
    ),
    "contingency": lambda row, me: (
        row["assigned_agency_id"] == me.agency_id and row["removed_at"] is None
    ),
    # risk: overall level, groups at risk
    "risk_group": lambda row, me: row["community"] in ("medium", "high", "very_high"),
    "risk_draft": _never,
    # team and sharing: the own line of emergency uses
    "emergency_use": lambda row, me: row["user_agency_id"] == me.agency_id,
    # duties and actions: the reader's own agency's
    "deadline": lambda row, me: row["owed_by_agency_id"] == me.agency_id,
    "action_item": lambda row, me: row["assigned_agency_id"] == me.agency_id,
    "snooze": lambda row, me: row["agency_id"] == me.agency_id,
    "duty_passed": lambda row, me: row["agency_id"] == me.agency_id,
    "notice": lambda row, me: row["user_id"] == me.user_id,
    # team and sharing, own line: what is handed to the own agency
    "handover": lambda row, me: row["to_agency_id"] == me.agency_id,
    # why something is shared: told to who gets it; what was decided about it is the owner's
    "share_record": lambda row, me: row["to_agency_id"] == me.agency_id,
    "share_decision": _never,
    "intelligence_item": _never,
    "intelligence_provenance": _never,
    "person_change": _never,
    "merge_request": _never,
    # what an agency is asked names its own readers; nobody has a summary of it
    "share_request": _never,
    # photographs and documents: readers of the whole section
    "person_file": _never,
    # identity: names are in the summary, identifiers are not
    "name_key": lambda row, me: row["level"] <= 2,
    # contact: the district of the current address, not the postcode
    "place_key": lambda row, me: row["level"] <= 2,
}


def in_summary(table: str) -> Rule:
    """The rule of a table; tables not named here show every row."""
    return IN_SUMMARY.get(table, _always)
