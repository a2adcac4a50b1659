"""Every rule that gives a day is opened by some feature, or stands here with why none does.

A rule that nobody opens is a duty that nobody is told of: it must not come about by oversight.
"""

import ast
from functools import cache

import pytest

from config.read import rule_book
from mappa.rules.deadlines import Kind
from mappa.rules.levels import Jurisdiction
from tests.laws import sources

OPENED = {
    "visit-review-": "mappa/visits/commitment/following.py",
    "unannounced-visit-review-": "mappa/visits/commitment/following.py",
    "visit-write-up": "mappa/visits/preparing/service.py",
    "entry-warrant-decision": "mappa/visits/entry/service.py",
    "visit-after-failed-attempt": "mappa/visits/entry/trying.py",
    "reactive-management-decision": "mappa/visits/reactive/service.py",
    "reactive-management-reconsider": "mappa/visits/reactive/jobs.py",
    "visit-commitment": "mappa/visits/commitment/following.py",
    "visit-countersign-": "mappa/visits/countersigning.py",
    "plan-review": "mappa/plans/duties.py",
    "plan-review-olr": "mappa/plans/duties.py",
    "risk-assessment-review": "mappa/risk/service.py",
    "level-1-review": "mappa/offenders/level_review/duties.py",
    "first-meeting-level-": "mappa/meetings/referring/service.py",
    "meeting-review-level-": "mappa/meetings/service/closing.py",
    "minutes-circulation-level-": "mappa/meetings/service/closing.py",
    "action-due": "mappa/actions/service.py",
    "handover-answer": "mappa/offenders/handover/service.py",
    "share-ending": "mappa/sharing/shares/service.py",
    "share-review": "mappa/sharing/shares/service.py",
    "share-request-answer": "mappa/sharing/requests/jobs.py",
    "share-request-answer-today": "mappa/sharing/requests/jobs.py",
    "share-request-answer-five-days": "mappa/sharing/requests/jobs.py",
    "share-reauthorise": "mappa/sharing/leaving/jobs.py",
    "approval-answer": "mappa/sharing/approvals/service.py",
    "mark-review": "mappa/sharing/marking/service.py",
    "exclusion-review": "mappa/sharing/restrictions/service.py",
    "emergency-review": "mappa/sharing/emergency/service.py",
}
"""A rule, or what its rules for each band and level begin with; and who opens it."""

REGISTER = "the register of notifications is not built: nobody records one, so none can be met"
TOOLS = "the police risk profile is not kept here"
RELEASE = "planning a release is not built: an expected release opens nothing yet"
CODES = "the registers of the probation case system are not kept here"
DISCLOSURE = "applications under the disclosure schemes are not taken here"
VICTIMS = "the victim contact scheme is not built"
RETENTION = "reviewing what is kept is not built"

NOT_OPENED = {
    "notification-initial": REGISTER,
    "notification-change": REGISTER,
    "notification-release": REGISTER,
    "notification-stay": REGISTER,
    "notification-early-event": REGISTER,
    "notification-event-did-not-happen": REGISTER,
    "notification-annual": REGISTER,
    "notification-no-home": REGISTER,
    "notification-travel": REGISTER,
    "notification-travel-last": REGISTER,
    "notification-return": REGISTER,
    "notification-child-household": REGISTER,
    "lifetime-review-adult": REGISTER,
    "lifetime-review-under-18": REGISTER,
    "terrorism-notification-initial": REGISTER,
    "terrorism-notification-change": REGISTER,
    "terrorism-notification-annual": REGISTER,
    "terrorism-notification-return": REGISTER,
    "risk-profile-initial": TOOLS,
    "risk-profile-review": TOOLS,
    "level-before-release": RELEASE,
    "custody-handover": RELEASE,
    "category-4-exit": "deciding on the exit from category 4 is not built",
    "register-review-1-month": CODES,
    "register-review-3-months": CODES,
    "register-review-6-months": CODES,
    "register-review-12-months": CODES,
    "plan-first-olr": "the day of the order is no field of the record: only its plan says so",
    "serious-case-review-notice": "serious case reviews are not built",
    "child-disclosure-checks": DISCLOSURE,
    "child-disclosure-interview": DISCLOSURE,
    "child-disclosure-assessment": DISCLOSURE,
    "domestic-disclosure-decision": DISCLOSURE,
    "victim-contact-referral": VICTIMS,
    "victim-contact-first": VICTIMS,
    "recall-decision": "recall is not built, and its hours need a moment instead of a day",
    "retention-ten-year-review": RETENTION,
    "record-kept-review": RETENTION,
    "board-performance-review": "the work of the board is not built",
}

LEAVES_OUT = {"first-meeting-level-": "mappa/meetings/referring/service.py"}
"""Rules that leave days out, and who passes those days when they become known."""

OPENS = {"open_deadline", "Duty", "open_on_each", "open_on_new"}


@cache
def dated() -> dict[str, bool]:
    """The rules that give a day by which something is done; whether absences change it."""
    found: dict[str, bool] = {}
    for jurisdiction in Jurisdiction:
        for rule in rule_book(jurisdiction):
            if rule.kind is Kind.DEADLINE:
                found[rule.id] = found.get(rule.id, False) or bool(rule.absences)
    return found


def opener(rule: str) -> str | None:
    """The entry of ``OPENED`` that is of a rule; one that ends in a dash is of all that follow."""
    if rule in OPENED:
        return rule
    return next((each for each in OPENED if each.endswith("-") and rule.startswith(each)), None)


def said_in_package(path: str) -> set[str]:
    """The texts in the feature that a file belongs to, without a dash at their end."""
    folder = sources.ROOT / path.rpartition("/")[0]
    trees = (ast.parse(each.read_text()) for each in folder.glob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {
        node.value.rstrip("-")
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def calls_in(path: str) -> list[tuple[ast.Call, str]]:
    tree = ast.parse((sources.ROOT / path).read_text())
    return [(call, name) for call, name, _ in sources.calls(tree) if name in OPENS]


@pytest.mark.parametrize("rule", dated())
def test_a_rule_is_opened_or_listed_with_why_not(rule):
    assert (opener(rule) is None) == (rule in NOT_OPENED), rule


def test_nothing_is_listed_that_is_no_rule_any_more():
    assert set(NOT_OPENED) <= set(dated())
    assert set(OPENED) == {opener(rule) for rule in dated()} - {None}


@pytest.mark.parametrize(("rule", "path"), OPENED.items())
def test_who_is_said_to_open_a_rule_opens_duties_and_names_it(rule, path):
    assert calls_in(path), path
    assert rule.rstrip("-") in said_in_package(path), rule


def test_who_opens_a_rule_that_leaves_days_out_passes_them():
    mind = {opener(rule) for rule, leaves_out in dated().items() if leaves_out} - {None}
    assert mind == set(LEAVES_OUT)
    for path in LEAVES_OUT.values():
        passed = {word.arg for call, _ in calls_in(path) for word in call.keywords}
        assert "away" in passed, path


def test_a_rule_that_nobody_opens_is_seen(monkeypatch):
    monkeypatch.delitem(NOT_OPENED, "recall-decision")
    assert (opener("recall-decision") is None) != ("recall-decision" in NOT_OPENED)
