"""Filling in the pages of logging a visit."""

from mappa.visits.models import Visit
from tests.factories.world import count
from tests.pages.forms import submit

PLAIN = {
    "arrived": "0900",
    "left": "09:25",
    "place": "Flat 4, 18 Tallow Row",
    "present": "nobody",
    "concern": "no",
    "told_next": "no",
}
TURNOUT = {"plain_clothes": "yes", "marked_car": "no", "accredited": "yes"}
"""How police go as it is expected: asked of them when they plan."""
BARE = {"arrived": "0900", "left": "09:25", "place": "18 Tallow Row", "account": "Knocked twice"}


def visits(world):
    with world.system():
        return count(Visit)


def first_page(client, person, outcome="seen_and_spoken_to", kind="unannounced", **extra):
    url = f"/people/{person}/visits/log"
    return submit(client, url, {"outcome": outcome, "kind": kind}, extra=extra)


def second_page(client, person, typed=PLAIN, **changes):
    sent = typed | changes
    drop = [name for name, value in sent.items() if value is None]
    kept = {name: value for name, value in sent.items() if value is not None}
    return submit(client, f"/people/{person}/visits/log/essentials", kept, drop=drop)


def third_page(client, person, **more):
    page = f"/people/{person}/visits/log/check"
    return submit(client, page, action=page, **more)


def log(client, person, outcome="seen_and_spoken_to", typed=PLAIN, **changes):
    first_page(client, person, outcome)
    assert second_page(client, person, typed, **changes).status_code == 302
    return third_page(client, person, follow=True)
