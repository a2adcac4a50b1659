"""One browser of the bench: a signed-in session, plain HTTP over loopback, timed."""

import http.client
import re
import time
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urlsplit

PATIENCE = 300
"""Seconds until a server counts as lost; a first request may have to wait for its start."""

_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_ERROR = re.compile(r'class="govuk-error-message"[^>]*>(?:<span[^>]*>[^<]*</span>)?\s*([^<]+)')
_READ = re.compile(r'name="warnings_read" type="checkbox" value="([^"]*)"')
_FIELD = re.compile(r'name="([a-z_]+)"[^>]*value="([^"]*)"')


@dataclass
class Answer:
    """What came back, in how many seconds."""

    status: int
    seconds: float
    statements: int
    body: str
    location: str


@dataclass
class Browser:
    """Holds the cookie; a new connection for every request, as a sync worker gives it."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """One page."""
        return self._ask("GET", path, None)

    def post(self, path: str, form: list[tuple[str, str]]) -> Answer:
        """One form; redirects are not followed."""
        return self._ask("POST", path, urlencode(form).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://127.0.0.1:{self.port}"
            headers["Referer"] = f"http://127.0.0.1:{self.port}{path}"
        began = time.perf_counter()
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        seconds = time.perf_counter() - began
        self._keep(answer)
        to = urlsplit(answer.headers.get("Location", ""))
        return Answer(
            status=answer.status,
            seconds=seconds,
            statements=int(answer.headers.get("X-Statements", "-1")),
            body=text.decode(),
            location=to.path + (f"?{to.query}" if to.query else ""),
        )

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        for each in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value


def csrf(page: str) -> str:
    """The token of a page's forms."""
    found = _CSRF.search(page)
    assert found, "the page has no form"
    return found.group(1)


def hidden(page: str) -> dict[str, str]:
    """Every named value of a page: the hidden fields among them."""
    return {name: unescape(value) for name, value in _FIELD.findall(page)}


def warnings_read(page: str) -> list[tuple[str, str]]:
    """The ticked box of somebody who read the warnings to staff; nothing where none stands."""
    found = _READ.search(page)
    return [("warnings_read", found[1])] if found else []


def refusal(answer: Answer) -> str:
    """What a page says is wrong with a form."""
    return "; ".join(sorted(set(_ERROR.findall(answer.body))))
