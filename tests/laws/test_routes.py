"""Every route says what it does, and in what kind of unit of work."""

import pytest

from mappa.access.actions import ANYONE, GRANTS, Action
from mappa.kernel.uow import Kind

UNKEYED = {
    "sessions.sign_in_post": "nobody is signed in yet",
    "sessions.sign_out": "leaving twice is leaving once",
    "account.confirm_post": "a key keeps a digest of the body, and this body is a password",
    "account.password_post": "as account.confirm_post",
    "people.find_post": "a search writes nothing but its own text",
    "emergency.open_post": "as account.confirm_post",
}
"""Posts without an idempotency key, and why."""

HELP = {
    "help.help_page",
    "help.privacy",
    "help.accessibility",
    "help.asking_for_access",
}
"""Fixed texts, open to everybody."""


@pytest.fixture
def routes(app):
    """Endpoint to (rule, view) for everything but static files."""
    return {
        rule.endpoint: (rule, app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }


def test_every_route_declares_its_action_and_its_unit_of_work(routes):
    undeclared = [
        name
        for name, (_, view) in routes.items()
        if not isinstance(getattr(view, "action", None), Action)
        or not isinstance(getattr(view, "kind", None), Kind)
    ]
    assert undeclared == []


def test_no_get_writes_and_every_post_does(routes):
    wrong = [
        name
        for name, (rule, view) in routes.items()
        if (view.kind is Kind.WRITE) == bool(rule.methods & {"GET"})
    ]
    assert wrong == []


def test_every_action_has_its_grant():
    assert set(GRANTS) == set(Action)


def test_only_signing_in_needs_no_sign_in(routes):
    open_routes = {name for name, (_, view) in routes.items() if view.action in ANYONE}
    outside = {
        name for name in open_routes if not name.startswith("sessions.") and name not in HELP
    }
    assert outside == set()
    for action in ANYONE:
        assert GRANTS[action].section is None


def test_every_post_is_keyed_but_the_declared_ones(routes):
    unkeyed = {
        name
        for name, (_, view) in routes.items()
        if view.kind is Kind.WRITE and not getattr(view, "keyed", True)
    }
    assert unkeyed <= set(UNKEYED)


def test_a_form_and_its_post_share_their_address(routes):
    """What was typed in a lost session is offered again at the address it was sent to."""
    pages = {rule.rule for rule, _ in routes.values() if "GET" in rule.methods}
    lost = [
        name
        for name, (rule, view) in routes.items()
        if view.kind is Kind.WRITE and getattr(view, "again", None) and rule.rule not in pages
    ]
    assert lost == []


def test_no_address_carries_personal_data(routes):
    """Only ids and closed lists of words stand in addresses."""
    for rule, _ in routes.values():
        for name, converter in rule._converters.items():
            kind = type(converter).__name__
            assert kind in ("UUIDConverter", "IntegerConverter", "AnyConverter") or name in (
                "token",
                "section",
                "key",
                "item",
                "rule_id",
            ), (rule.rule, name, kind)


REHEARSED = {
    "insight.share_preview": "what an agency will see if a share is made",
    "insight.several_preview": "the same of one of several people",
    "insight.sharing_on": "what each agency saw on a day, with what has been ended since",
}
"""Pages that write to show what would come of it, and are rolled back (docs/decisions/0017)."""


def test_only_declared_pages_rehearse(routes):
    found = {name for name, (_, view) in routes.items() if view.kind is Kind.REHEARSAL}
    assert found == set(REHEARSED)
