"""Sending a form as a browser does: load its page, keep its hidden fields, post what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Typed = Mapping[str, str | Sequence[str]]


@dataclass
class Form:
    """A form of a page: where it goes, and what it already holds."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(has.get("action", ""), has.get("method", "get").lower())
            self.found.append(self._open)
        if self._open is None:
            return
        if tag == "input":
            self._input(self._open, has)
        elif tag == "button" and has.get("type", "submit") == "submit" and has.get("name"):
            self._open.buttons.append((has["name"], has.get("value", "")))
        elif tag == "select":
            self._select = has["name"]
            self._open.names.add(has["name"])
        elif tag == "option" and self._select and "selected" in has:
            self._open.fields[self._select] = [has.get("value", "")]
        elif tag == "textarea":
            self._textarea = has["name"]
            self._open.names.add(has["name"])
            self._open.fields[has["name"]] = [""]

    def _input(self, form: Form, has: dict[str, str]) -> None:
        name, kind = has.get("name", ""), has.get("type", "text")
        if not name or kind in ("submit", "button", "file"):
            return
        form.names.add(name)
        if kind == "hidden":
            form.hidden[name] = has.get("value", "")
        if kind in ("radio", "checkbox") and "checked" not in has:
            return
        form.fields.setdefault(name, []).append(has.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._textarea is not None:
            kept = self._open.fields[self._textarea]
            kept[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._open is not None and self._textarea is not None:
            # A browser leaves out the line end right after the opening tag.
            kept = self._open.fields[self._textarea]
            kept[0] = kept[0].removeprefix("\n")
            self._textarea = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._open = None


def forms_on(page: str) -> list[Form]:
    """Every form of a page, in order."""
    parser = _Forms()
    parser.feed(page)
    return parser.found


def form_on(
    page: str,
    typed: Typed | None = None,
    *,
    action: str | None = None,
    button: tuple[str, str] | None = None,
) -> Form:
    """The form that has these fields (and this action or button); the header's is never meant."""
    wanted = set(typed or ())
    for form in forms_on(page):
        if form.method != "post" or (action is None and form.action == "/sign-out"):
            continue
        if action is not None and form.action != action:
            continue
        if button is not None and button not in form.buttons:
            continue
        if wanted <= form.names:
            return form
    raise AssertionError(f"no form with {sorted(wanted)}, action {action}, button {button}")


def submit(
    client: FlaskClient,
    page_url: str,
    typed: Typed | None = None,
    button: tuple[str, str] | None = None,
    *,
    action: str | None = None,
    drop: Sequence[str] = (),
    extra: Typed | None = None,
    follow: bool = False,
) -> TestResponse:
    """Load ``page_url``, fill in a form of it and post it.

    What the form already holds (hidden fields, chosen options, text) is kept unless typed over.
    ``action`` picks a form by where it goes; ``drop`` leaves fields out and ``extra`` adds fields
    that the form does not have, as a hostile browser may.
    """
    loaded = client.get(page_url)
    assert loaded.status_code == 200, f"{page_url} answered {loaded.status_code}"
    form = form_on(loaded.get_data(as_text=True), typed, action=action, button=button)
    sent: dict[str, str | Sequence[str]] = {**form.fields, **(typed or {}), **(extra or {})}
    if button is not None:
        sent[button[0]] = button[1]
    for name in drop:
        sent.pop(name, None)
    return client.post(form.action or page_url, data=sent, follow_redirects=follow)
