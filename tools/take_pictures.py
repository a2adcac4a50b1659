"""Take the README's pictures from a demo of their own, so that they stay true.

``python tools/take_pictures.py`` builds a small demo in a temporary folder, serves it on a free
loopback port, signs in with the demo's own buttons and writes ``docs/pictures``. Leaves with 1
where there is no Chromium or a page does not open.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from find_browser import ADVICE, installed
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
PEOPLE = 30
SEED = 1
WIDTH, HEIGHT = 1280, 1100
WHOSE = "Daniel Wexcombe"
MANAGER, SOCIAL_WORKER = "Priya Sandhurst", "Leah Tarrant"
_MAPPA = (sys.executable, "-c", "import sys; from mappa.cli import main; sys.exit(main())")


class NotOpen(Exception):
    """A page of the demo did not open; the sentence says which."""


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def demo(*more: str) -> list[str]:
    """The command that builds or opens the demo of ``MAPPA_HOME``."""
    return [*_MAPPA, "demo", "--people", str(PEOPLE), "--seed", str(SEED), *more]


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a demo in ``home``, built now and closed afterwards."""
    environment = os.environ | {"MAPPA_HOME": str(home)}
    subprocess.run(demo("--build-only"), cwd=ROOT, env=environment, check=True)
    port = free_port()
    server = subprocess.Popen(demo("--port", str(port)), cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(server, address)
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait_for(server: "subprocess.Popen[bytes]", address: str, seconds: int = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            raise NotOpen(f"the server ended with {server.returncode}")
        try:
            urllib.request.urlopen(f"{address}/sign-in", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise NotOpen(f"the server does not answer after {seconds} seconds")


def signed_in(browser: Browser, address: str, who: str) -> Page:
    """A page of somebody who pressed a button of the sign-in page."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": WIDTH, "height": HEIGHT},
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/sign-in")
    button = page.get_by_role("button", name=f"Sign in as {who}")
    if not button.is_visible():
        page.get_by_text("Everybody else in the demo").click()
    button.click()
    page.wait_for_url("**/")
    return page


def open_person(page: Page, name: str) -> None:
    """Find a person as a user does, and open the overview."""
    page.goto("/people")
    page.get_by_role("link", name=name).first.click()
    heading = page.get_by_role("heading", level=1)
    if name not in heading.inner_text():
        raise NotOpen(f"{page.url} says {heading.inner_text()!r}, not {name}")


def picture(page: Page, name: str) -> None:
    """Write what the page shows on a first screen."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.mouse.move(0, 0)
    page.evaluate("window.scrollTo(0, 0)")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    print(path.relative_to(ROOT), f"{path.stat().st_size // 1024} KB")


def take(browser: Browser, address: str) -> None:
    """The three pictures of the README."""
    manager = signed_in(browser, address, MANAGER)
    picture(manager, "home")
    open_person(manager, WHOSE)
    picture(manager, "person")
    worker = signed_in(browser, address, SOCIAL_WORKER)
    open_person(worker, WHOSE)
    picture(worker, "council-view")


def main() -> int:
    """Build, serve, look, and close again."""
    chromium = installed()
    if chromium is None:
        print(ADVICE, file=sys.stderr)
        return 1
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            take(browser, address)
        except NotOpen as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
