"""One Chromium per worker, and pages that fail the test when the console says anything."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from tests.support.once import once
from tools import find_browser

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
NO_SCRIPT = "script-src 'none'"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


_plain: WeakSet[Page] = WeakSet()
_twins: WeakKeyDictionary[Page, Page] = WeakKeyDictionary()


@dataclass(frozen=True)
class Screen:
    """How a page is looked at."""

    width: int
    height: int
    touch: bool = False
    javascript: bool = True

    @property
    def options(self) -> dict[str, Any]:
        return {
            "viewport": {"width": self.width, "height": self.height},
            "has_touch": self.touch,
            "is_mobile": self.touch,
            "java_script_enabled": self.javascript,
            "locale": "en-GB",
            "timezone_id": "Europe/London",
            "reduced_motion": "reduce",
        }


DESKTOP = Screen(1280, 900)
PHONE = Screen(390, 844, touch=True)
DESKTOP_PLAIN = Screen(1280, 900, javascript=False)
PHONE_PLAIN = Screen(390, 844, touch=True, javascript=False)


@dataclass
class Console:
    """Everything the console said and every error on a page, since the start of the test."""

    messages: list[tuple[str, str]] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.messages.append((f"page error: {error}", "")))
        page.on("response", self._note)

    def _said(self, message: ConsoleMessage) -> None:
        self.messages.append((f"{message.type}: {message.text}", message.location["url"]))

    def _note(self, response: Response) -> None:
        # Chromium reports a page answered with 404 or 422 as a failed resource. The test asked
        # for that page; a script, style or picture that fails stays a message.
        if 400 <= response.status < 500 and response.request.is_navigation_request():
            self.answered.add(response.url)

    @property
    def complaints(self) -> list[str]:
        return [
            f"{text} ({url})"
            for text, url in self.messages
            if not (re.match("error: Failed to load resource", text) and url in self.answered)
        ]


def executable() -> str | None:
    """The path of the browser, looked for (or installed) once per run."""
    return once("browser", lambda: find_browser.find() or "") or None


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """A running browser."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def open_page(browser: Browser, address: str, screen: Screen, console: Console) -> Page:
    """A page with cookies of its own; the caller ends it with ``close_page``."""
    context = browser.new_context(base_url=address, **screen.options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    console.watch(page)
    if not screen.javascript:
        _plain.add(page)
    return page


def close_page(page: Page) -> None:
    """Close a page, and its twin."""
    for each in (page, _twins.pop(page, None)):
        if each is not None:
            each.context.close()


def axe(page: Page) -> None:
    """Fail with every WCAG 2.2 AA violation that axe finds on the page as it stands."""
    found = _violations(_with_timers(page) if page in _plain else page)
    assert not found, f"axe on {page.url}:\n" + "\n".join(found)


def _violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags},"
        " resultTypes: ['violations']})",
        list(WCAG),
    )
    assert found["passes"], f"axe found nothing to check on {page.url}"
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
        + "\n".join(f"    {' '.join(map(str, node['target']))}" for node in violation["nodes"])
        for violation in found["violations"]
    ]


def _with_timers(page: Page) -> Page:
    # Without JavaScript there are no timers either, and axe waits for ever. Its twin shows the
    # same document, where axe may run and the page's own scripts may not. There is one for each
    # page, as opening it costs more than looking at a document in it.
    twin = _twins.get(page)
    if twin is None:
        assert page.context.browser is not None
        twin = _twins[page] = page.context.browser.new_context(
            viewport=page.viewport_size
        ).new_page()
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": NO_SCRIPT}
    html = page.content()
    address = page.url.partition("#")[0]
    twin.route(address, lambda route: route.fulfill(body=html, headers=headers))
    twin.goto(address)
    twin.unroute(address)
    return twin


def no_sideways_scroll(page: Page) -> None:
    """Fail if the page is wider than its screen."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} wide on a screen of {widths[1]}"
