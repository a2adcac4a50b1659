"""What staff do at a page, in the words of the page; every page that opens on the way is checked.

A check: it answers as expected, axe finds nothing, it does not scroll sideways, and, where
``MAPPA_SCREENSHOTS`` names a folder, its picture is kept there.
"""

import os
import re
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from time import sleep
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, Response

from config.settings import DEMO_PASSWORD
from tests.support.browser import axe, no_sideways_scroll

LONDON = ZoneInfo("Europe/London")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DANIEL = "Daniel Wexcombe"
READ = "I have read the warning to staff"
"""The box of whoever plans or logs a visit to somebody with one warning to staff."""
_checked: set[tuple[str, str, str, str]] = set()
"""What was checked in this run: on which screen, for whom, which page, under which title."""


class Walk:
    """One member of staff at one page."""

    def __init__(self, page: Page, screen: str) -> None:
        self.page = page
        self.screen = screen
        self.who = ""
        self._status = 200
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.frame == self.page.main_frame and response.request.is_navigation_request():
            self._status = response.status

    # Going about -----------------------------------------------------------------------------

    def sign_in(self, key: str) -> "Walk":
        """Sign in with e-mail and password, as anybody does."""
        self.open("/sign-in")
        self.page.get_by_label("Email address").fill(f"{key}@northmoor.example.org")
        self.page.locator("#password").fill(DEMO_PASSWORD)
        self.who = key.partition(".")[0]
        self.press("Sign in", exact=True)
        assert self.page.url.endswith("/"), self.page.url
        return self

    def open(self, path: str, *, answers: int = 200) -> None:
        """Open an address."""
        self.page.goto(path)
        self.arrived(answers=answers)

    def follow(self, name: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """Press the first link of this name."""
        link = (within or self.page).get_by_role("link", name=name, exact=exact).first
        self._go(link)

    def act(self, name: str) -> None:
        """Press something that looks like a button and is a link."""
        self._go(self.page.get_by_role("button", name=name, exact=True).first)

    def press(self, name: str, *, answers: int = 200, exact: bool = False) -> None:
        """Press the first button of this name in the page's own part, not in its header."""
        button = self.page.locator("main").get_by_role("button", name=name, exact=exact).first
        self._go(button, answers=answers)

    def tab(self, name: str) -> None:
        """Open another section of the person, also where the sections are folded away."""
        sections = self.page.get_by_role("navigation", name="Sections of this record")
        if sections.get_by_text("Other sections").is_visible():
            sections.get_by_text("Other sections").click()
        self._go(sections.get_by_role("link", name=name, exact=True))

    def first_row(self) -> None:
        """Open what the first row of the page's table is about."""
        self._go(self.page.get_by_role("table").get_by_role("link").first)

    def _go(self, target: Locator, *, answers: int = 200) -> None:
        with self.page.expect_navigation():
            target.click()
        self.arrived(answers=answers)

    def find(self, words: str, name: str) -> None:
        """Search, and open the person who is found."""
        self.open("/people/find")
        self.page.get_by_role("searchbox").fill(words)
        self.press("Search")
        self.follow(name)

    # Filling in ------------------------------------------------------------------------------

    def fill(self, label: str, text: str, *, exact: bool = False) -> None:
        """Type into a box."""
        self.page.locator("main").get_by_label(label, exact=exact).first.fill(text)

    def choose(self, question: str, answer: str) -> None:
        """Choose an answer, a radio or a checkbox, of a question."""
        group = self.page.get_by_role("group", name=question)
        group.get_by_label(answer, exact=True).first.check()

    def tick(self, label: str) -> None:
        """Tick a box that stands alone."""
        self.page.locator("main").get_by_label(label, exact=True).first.check()

    def select(self, label: str, option: str) -> None:
        """Choose from a list the first option that begins so."""
        box = self.page.get_by_label(label, exact=True)
        words = box.get_by_role("option").all_inner_texts()
        box.select_option(label=next(each for each in words if each.startswith(option)))

    # Looking ---------------------------------------------------------------------------------

    def arrived(self, *, answers: int = 200) -> None:
        """Check the page that has opened, the first time it looks so to this member of staff."""
        assert self._status == answers, f"{self.page.url} answered {self._status}"
        path = UUID.sub("_", self.page.url.partition("?")[0].split("/", 3)[3]) or "home"
        like = (self.screen, self.who, path, self.page.title())
        if like in _checked:
            return
        no_sideways_scroll(self.page)
        axe(self.page)
        _checked.add(like)
        self.picture(path if answers == 200 else f"{path}-{answers}")

    def picture(self, name: str) -> None:
        """Keep a picture, if somebody wants to look."""
        folder = os.environ.get("MAPPA_SCREENSHOTS")
        if folder:
            said = f"{self.who or 'nobody'}-{name.replace('/', '-')}-{self.screen}.png"
            self.page.screenshot(path=Path(folder) / said, full_page=True)

    def says(self, *words: str) -> None:
        """Fail unless the page shows all of these."""
        shown = self.text()
        missing = [each for each in words if each not in shown]
        assert not missing, f"{self.page.url} does not say {missing}:\n{shown}"

    def keeps_quiet(self, *words: str) -> None:
        """Fail if the page as it was sent holds any of these, shown or not."""
        held = self.page.content()
        found = [each for each in words if each in held]
        assert not found, f"{self.page.url} tells {found}"

    def text(self) -> str:
        """What the page shows, with single spaces."""
        return " ".join(self.page.locator("body").inner_text().split())


def day(on: date) -> str:
    """A day as people type it."""
    return f"{on.day} {on.month} {on.year}"


def long_day(on: date) -> str:
    """A day as pages show it."""
    return f"{on.day} {on:%B %Y}"


def today() -> date:
    """Today in London."""
    return datetime.now(LONDON).date()


def just_now() -> tuple[str, str]:
    """Two minutes before now and one minute before, both of today."""
    now = datetime.now(LONDON)
    while now.hour == 0 and now.minute < 3:
        sleep(5)
        now = datetime.now(LONDON)
    return tuple(f"{now - timedelta(minutes=before):%H%M}" for before in (2, 1))  # type: ignore


def select_one(database: Path, statement: str, *values: object) -> str:
    """The one value that a statement finds in a demo's database."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(statement, values).fetchone()
        connection.commit()
    return found[0] if found else ""


def log_plain_visit(walk: Walk) -> None:
    """Log an unannounced visit, seen and no concerns, from the page of a person with a warning."""
    arrived, left = just_now()
    walk.act("Log a visit")
    walk.tick(READ)
    walk.choose("What happened?", "Seen and spoken to")
    walk.choose("Which kind of visit was it?", "Unannounced")
    walk.press("Continue")
    walk.fill("Arrived", arrived)
    walk.fill("Left", left)
    walk.choose("Who else was there?", "Nobody else")
    walk.choose("Any concerns?", "No concerns")
    walk.choose("Told when the next visit is?", "No")
    walk.press("Continue")
    walk.press("Submit the visit")
    walk.says("Visit logged")
