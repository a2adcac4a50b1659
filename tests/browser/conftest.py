"""A real browser. Tests here are marked ``browser`` and need no pytest plugin."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.steps import Walk
from tests.support import replay
from tests.support.browser import (
    DESKTOP,
    DESKTOP_PLAIN,
    PHONE,
    PHONE_PLAIN,
    Console,
    Screen,
    close_page,
    executable,
    launched,
    open_page,
)
from tests.support.live import demo_server
from tools.find_browser import ADVICE

HERE = Path(__file__).parent
SCREENS = {
    "desktop": DESKTOP,
    "phone": PHONE,
    "phone-without-script": PHONE_PLAIN,
    "desktop-without-script": DESKTOP_PLAIN,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.skip(ADVICE)
    with launched(path) as browser:
        yield browser


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[str]:
    """The address of a server on a demo area of this test's own.

    At its end every answer that showed somebody is held against the committed audit.
    """
    recorder, database = replay.Recorder(), tmp_path / "home" / "mappa.sqlite"
    with demo_server(tmp_path, recorder.watch) as address:
        markers = replay.markers_of(database)
        yield address
    found = replay.replay(recorder.sent, markers, replay.named_by_request(database))
    replay.keep_figures(uuid4().hex, found)
    assert found.faults == (), "answers that show somebody whom their audit row does not name"


@pytest.fixture
def console() -> Iterator[Console]:
    """What the console said; the test fails at its end if it said anything."""
    console = Console()
    yield console
    assert not console.complaints, "\n".join(console.complaints)


@pytest.fixture
def new_page(
    browser: Browser, live_server: str, console: Console
) -> Iterator[Callable[[Screen], Page]]:
    """A function that opens one more page (with cookies of its own) on the live server."""
    pages: list[Page] = []

    def open_one(screen: Screen = DESKTOP) -> Page:
        pages.append(open_page(browser, live_server, screen, console))
        return pages[-1]

    yield open_one
    for page in pages:
        close_page(page)


@pytest.fixture(
    params=[
        "desktop",
        "phone",
        "phone-without-script",
        pytest.param("desktop-without-script", marks=pytest.mark.deep),
    ]
)
def page(request: pytest.FixtureRequest, new_page: Callable[[Screen], Page]) -> Page:
    """One page, at each width, and without JavaScript at 390 pixels; the rest is ``deep``."""
    return new_page(SCREENS[request.param])


@pytest.fixture
def staff(
    request: pytest.FixtureRequest, page: Page, new_page: Callable[[Screen], Page]
) -> Callable[[str], Walk]:
    """A function that signs somebody in; each has cookies of their own, all the same screen."""
    screen = request.node.callspec.params["page"]
    unused = [page]

    def sign_in(key: str) -> Walk:
        own = unused.pop() if unused else new_page(SCREENS[screen])
        return Walk(own, screen).sign_in(key)

    return sign_in


@pytest.fixture
def database(live_server: str, tmp_path: Path) -> Path:
    """The file behind the live server."""
    return tmp_path / "home" / "mappa.sqlite"


@pytest.fixture
def desktop(new_page: Callable[[Screen], Page]) -> Page:
    return new_page(DESKTOP)


@pytest.fixture
def phone(new_page: Callable[[Screen], Page]) -> Page:
    return new_page(PHONE)
