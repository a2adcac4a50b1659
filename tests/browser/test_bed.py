"""The browser bed sees what it must see: console messages, and what axe finds."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.browser import (
    DESKTOP,
    PHONE_PLAIN,
    Console,
    axe,
    close_page,
    no_sideways_scroll,
    open_page,
)
from tests.support.live import serving
from tests.support.postgres import free_port

HEAD = '<!doctype html><html lang="en"><title>Bed</title><link rel="icon" href="data:,">'
PAGE = HEAD + "<main><h1>Bed</h1>{}</main></html>"


@pytest.fixture
def address() -> Iterator[str]:
    app = Flask("bed")
    pages = {
        "good": "<p>Good</p>",
        "faulty": '<img src="/good">',
        "talks": "<script>console.info('x')</script>",
        "breaks": "<script>nowhere()</script>",
        "misses": '<img alt="" src="/nowhere.png">',
        "wide": '<div style="width: 3000px">x</div>',
    }
    app.add_url_rule("/<name>", "page", lambda name: (PAGE.format(pages[name]), 200))
    app.add_url_rule("/form", "form", lambda: (PAGE.format("Wrong"), 422))
    app.register_error_handler(KeyError, lambda _: (PAGE.format("Nothing here"), 404))
    with serving(app, free_port()) as served:
        yield served


def complaints(browser, address, path) -> list[str]:
    console = Console()
    page = open_page(browser, address, DESKTOP, console)
    page.goto(path)
    close_page(page)
    return console.complaints


@pytest.mark.parametrize("path", ["/talks", "/breaks", "/misses"])
def test_a_message_is_a_complaint(browser, address, path):
    assert len(complaints(browser, address, path)) == 1


@pytest.mark.parametrize("path", ["/good", "/form", "/nowhere"])
def test_a_page_that_was_asked_for_is_none(browser, address, path):
    assert complaints(browser, address, path) == []


@pytest.mark.parametrize("screen", [DESKTOP, PHONE_PLAIN], ids=["desktop", "without-script"])
def test_axe_finds_a_fault_also_without_script(browser, address, screen):
    page = open_page(browser, address, screen, Console())
    page.goto("/good")
    axe(page)
    page.goto("/faulty")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
    close_page(page)


def test_a_page_wider_than_its_screen_is_found(browser, address):
    page = open_page(browser, address, PHONE_PLAIN, Console())
    page.goto("/wide")
    with pytest.raises(AssertionError, match="wide on a screen"):
        no_sideways_scroll(page)
    close_page(page)
