"""The measured pages: how each is asked for, and what was aimed at."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bench.client import Answer, Browser, csrf, hidden, refusal, warnings_read
from bench.readers import Reader, Script

Ask = Callable[["Side", Script, Random], Answer]


@dataclass
class Side:
    """One server that is measured: ours or the floor, on one size."""

    name: str
    people: int
    port: int

    def browser(self, reader: Reader) -> Browser:
        """A browser in which the reader is signed in."""
        return Browser("127.0.0.1", self.port, {"mappa": reader.cookie})


@dataclass(frozen=True)
class Page:
    """A page with its goals: ratio to the floor (and limit), statements, growth; times to ask."""

    key: str
    name: str
    ask: Ask
    ratio: float
    ratio_limit: float
    statements: int
    statements_limit: int
    times: int = 100
    growth: float = 1.3


def _list(side: Side, script: Script, rng: Random) -> Answer:
    browser = side.browser(rng.choice(script.readers))
    on = f"?after={rng.choice(script.after)}" if rng.random() < 0.5 else ""
    return browser.get(f"/people{on}")


def _overview(side: Side, script: Script, rng: Random) -> Answer:
    return side.browser(rng.choice(script.readers)).get(f"/people/{rng.choice(script.visible)}")


def _timeline(side: Side, script: Script, rng: Random) -> Answer:
    browser = side.browser(rng.choice(script.readers))
    return browser.get(f"/people/{rng.choice(script.visible)}/timeline")


def _longest(side: Side, script: Script, _rng: Random) -> Answer:
    return side.browser(script.longest_reader).get(f"/people/{script.longest}/timeline")


def _home(side: Side, script: Script, rng: Random) -> Answer:
    return side.browser(rng.choice(script.readers)).get("/")


def _work(side: Side, script: Script, rng: Random) -> Answer:
    return side.browser(rng.choice(script.readers)).get("/work")


def _found(side: Side, script: Script, rng: Random) -> Answer:
    browser = side.browser(rng.choice(script.readers))
    token = csrf(browser.get("/people/find").body)
    kept = browser.post("/people/find", [("csrf_token", token), ("q", rng.choice(script.names))])
    assert kept.status == 302, f"the search was not kept: {kept.status}"
    return browser.get(kept.location)


def _log(side: Side, script: Script, rng: Random) -> Answer:
    browser = side.browser(rng.choice(script.readers))
    person = rng.choice(script.visible)
    if side.name == "floor":
        token = csrf(browser.get("/people/find").body)
        form = [("csrf_token", token), ("idempotency_key", secrets.token_urlsafe(18))]
        return browser.post(f"/people/{person}/visits/log/check", form)
    return log_visit(browser, str(person), place="At home")


def _visits(side: Side, script: Script, rng: Random) -> Answer:
    return side.browser(rng.choice(script.readers)).get("/visits")


def _team(side: Side, script: Script, rng: Random) -> Answer:
    return side.browser(rng.choice(script.supervisors)).get("/visits/team")


def _agency(side: Side, script: Script, rng: Random) -> Answer:
    return side.browser(rng.choice(script.leads)).get("/visits/team")


_CARDS = (
    ("home", [("result", "as_known")]), ("relationships", [("result", "as_known")]),
    ("employment", [("result", "as_known")]), ("substances", [("result", "no_sign")]),
    ("devices", [("about", "another"), ("what", "Phone"), ("by_whom", "The officer"),
                 ("method", "seen"), ("result", "nothing")]),
)  # fmt: skip


def _log_with_cards(side: Side, script: Script, rng: Random) -> Answer:
    """The last post of logging, and one for each card: what they took together."""
    browser = side.browser(rng.choice(script.readers))
    person = rng.choice(script.visible)
    token = csrf(browser.get("/people/find").body)
    if side.name == "floor":
        logged = browser.post(f"/people/{person}/visits/log/check", _ours(token))
    else:
        logged = log_visit(browser, str(person), place="At home")
    _go_on(logged)
    cards = f"{logged.location.rpartition('/')[0]}/cards"
    for kind, said in _CARDS:
        answer = browser.post(f"{cards}/{kind}", [*_ours(token), *said])
        _go_on(answer)
        logged.seconds += answer.seconds
        logged.statements += answer.statements
    return logged


def log_visit(browser: Browser, person: str, *, place: str, key: str = "") -> Answer:
    """Fill in the three pages of logging a visit; the answer to the last."""
    start = f"/people/{person}/visits/log"
    page = browser.get(start).body
    token = csrf(page)
    first = [("outcome", "seen_and_spoken_to"), ("kind", "unannounced"), *warnings_read(page)]
    _go_on(browser.post(start, [*_ours(token), *first]))
    second = [
        ("arrived", "00:00"), ("left", "00:01"), ("where", "elsewhere"),
        ("place", place), ("present", "nobody"), ("concern", "no"), ("told_next", "no"),
    ]  # fmt: skip
    page = browser.get(f"{start}/essentials").body
    second += [(name, text) for name, text in hidden(page).items() if name == "made_on"]
    me = _checked_officer(page)
    _go_on(browser.post(f"{start}/essentials", [*_ours(token), *second, ("officers", me)]))
    seen = hidden(browser.get(f"{start}/check").body)["seen"]
    last = [*_ours(token, key), ("seen", seen)]
    return browser.post(f"{start}/check", last)


def _checked_officer(page: str) -> str:
    before = page.split('name="officers"')[1]
    return before.split('value="')[1].split('"')[0]


def _ours(token: str, key: str = "") -> list[tuple[str, str]]:
    return [("csrf_token", token), ("idempotency_key", key or secrets.token_urlsafe(18))]


def _go_on(answer: Answer) -> None:
    if answer.status != 302:
        raise RuntimeError(f"a page of the visit was refused: {answer.status} {refusal(answer)}")


PAGES = (
    Page("list", "List of people, 25", _list, 2, 4, 3, 5),
    Page("overview", "Overview of a person", _overview, 2, 4, 7, 9),
    Page("timeline", "Timeline of a person", _timeline, 2, 4.5, 4, 6),
    Page("longest", "Timeline, 6,000 visits", _longest, 2, 4.5, 4, 6),
    Page("find", "Misspelt name", _found, 1.3, 1.5, 3, 4),
    Page("log", "Log a visit", _log, 2, 3, 7, 10, times=40),
    Page("home", "Home, what is due", _home, 2, 3, 3, 4),
    Page("work", "Work list", _work, 2, 3, 5, 7),
    Page("visits", "My visits", _visits, 2, 3, 4, 6),
    Page("team", "Visit backlog, a team", _team, 2, 3, 8, 11),
    Page("agency", "Visit backlog, an agency", _agency, 2, 3, 8, 11),
    Page("cards", "Log a visit, five cards", _log_with_cards, 2, 3, 32, 45, times=20),
)
"""Goals and limits: what a page may cost against the floor, and how many statements it may take.

Statements do not count BEGIN and COMMIT; the record of the reading adds its own.
"""
