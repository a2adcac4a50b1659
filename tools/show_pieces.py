"""Draw the shared pieces and a few sample pages with made-up people, and measure them in a browser.

`python tools/show_pieces.py FOLDER` writes pages and pictures, and says what axe finds.
"""

import argparse
import functools
import http.server
import sys
import threading
from pathlib import Path
from types import SimpleNamespace as Made
from typing import Any

from find_browser import installed
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "mappa" / "web"
AXE = ROOT / "tests" / "vendor" / "axe.min.js"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"desktop": 1280, "phone": 390}
FINE_PRINT = ("Help", "What is new", "Give feedback on this page", "Privacy", "Accessibility")


def shell(signed_in: bool = True, current: str = "Home") -> Made:
    """Return the shell of a page for a made-up offender manager, or for nobody."""
    labels = ("Home", "People", "Visits", "Meetings", "Work list") if signed_in else ()
    reader = Made(name="Priya Sandhurst", role="Offender manager", agency="Northmoor Probation")
    return Made(
        demo=True,
        reader=reader if signed_in else None,
        navigation=[Made(label=label, href="#", current=label == current) for label in labels],
        bell=3 if signed_in else None,
        bell_href="#bell",
        account_href="#account",
        sign_out_href="#sign-out",
        footer_links=[(label, "#") for label in FINE_PRINT],
        csp_nonce="",
        csrf_token="made-up",
        flash=[],
    )


WARNING = Made(
    headline="Risk to staff: visit in pairs. Do not visit alone.",
    source="Set by Northmoor Police, 2 October 2026.",
    review="Review by 2 January 2027.",
    href="#warning",
)
TABS = (
    *("Overview", "Timeline", "Risk", "Plan", "Visits", "Intelligence", "Meetings"),
    *("Orders and notification", "Team and sharing", "History"),
)


def frame(section: str, short: bool = False) -> Made:
    """Return what stands above a page about a made-up person."""
    risk = ("Risk of serious harm", None, "high")
    born = ("Born", "14 March 1979 (47)")
    numbers = [("CRN", "Z900412"), ("PNC", "2012/0900412T"), ("ViSOR", "NM-009041")]
    lead = ("Lead", "Northmoor Probation, Priya Sandhurst")
    return Made(
        warnings=[WARNING],
        name="Daniel Wexcombe",
        section=section.lower(),
        facts=[[born, risk]]
        if short
        else [[born, *numbers], [risk, ("MAPPA", "Category 1, level 2"), lead]],
        buttons=[] if short else [("Log a visit", "#log"), ("Report a change", "#change")],
        tabs=[(tab, "#", tab == section) for tab in TABS],
        short=short,
    )


def due(state: str, title: str, name: str, risk: str | None, *rest: str | None) -> Made:
    """Return one row of work; `rest` is level, note, age, due day, act."""
    level_text, note, age, day, act = rest
    return Made(
        state=state,
        title=title,
        person_name=name,
        person_href="#person",
        risk=risk,
        level_text=level_text,
        note=note,
        age=age,
        due=day,
        why_href=None if state == "waiting" else "#why",
        act_label=act,
        act_href="#act",
    )


OVERDUE = [
    due("overdue", "Unannounced home visit", "Daniel Wexcombe", "high", "Level 2", None,
        "8 days overdue", "Due Thursday 12 November", "Log the visit"),
    due("overdue", "Review the risk management plan", "Ishaan Colbeck", "medium", "Level 1", None,
        "4 days overdue", "Due Monday 16 November", "Review the plan"),
    due("overdue", "Write up the visit of 17 November", "Margaret Oyelaran-Fitzwilliam", "low",
        "Level 1", None, "1 day overdue", "Due Thursday 19 November", "Write it up"),
]  # fmt: skip
SOON = [
    due("soon", "Report for the meeting on 25 November", "Daniel Wexcombe", "high", "Level 2", None,
        "In 3 days", "Due Monday 23 November", "Write the report"),
    due("soon", "Answer an information request", "Tobias Renwick", "medium", None,
        "From Children’s services", "In 4 days", "Due Tuesday 24 November", "Read and answer"),
    due("soon", "Level 1 review", "Gwen Arkwright", "not_assessed", "Level 1", None,
        "In 5 days", "Due Wednesday 25 November", "Start the review"),
    due("soon", "Action: confirm move-on accommodation", "Ishaan Colbeck", "medium", None,
        "From the meeting of 5 November", "In 6 days", "Due Thursday 26 November",
        "Update the action"),
]  # fmt: skip
WAITING = [
    due("waiting", "Countersign the visit of 11 November", "Tobias Renwick", None, None,
        "With Grace Ilford, team manager", "6 working days", "Asked 12 November", "Remind"),
    due("waiting", "Report in lieu for 25 November", "Daniel Wexcombe", None, None,
        "With Northmoor Mental Health Trust", "4 working days", "Asked 16 November", "Remind"),
]  # fmt: skip
CHANGED = [
    ("Daniel Wexcombe", "New address added by Northmoor Police, 8:40am"),
    ("Gwen Arkwright", "Order varied by the court, added yesterday, 4:15pm"),
    ("Tobias Renwick", "Visit made by Northmoor Police, yesterday, 11:05am"),
]
GROUPS = [
    ("Children", "high", "low"),
    ("Known adult", "high", "medium"),
    ("Public", "medium", "low"),
    ("Staff", "medium", "medium"),
    ("Adults at risk", "low", "low"),
    ("Prisoners", None, None),
]
HAPPENED = [
    Made(title="Address added", by="by Owen Marsh, Northmoor Police",
         at="20 November 2026, 8:40am",
         text="Flat 4, 18 Tallow Row, Northmoor NM1 4ZZ, from 19 November 2026.",
         href="#history", link="See the address history"),
    Made(title="Unannounced visit: no reply", by="by Owen Marsh, Northmoor Police",
         at="10 November 2026, 6:20pm", text="First failed attempt since the last visit made.",
         href="#visit", link="Open the visit"),
]  # fmt: skip
MEASURES = [
    ("Office appointment, face to face",
     Markup("<strong>Priya Sandhurst</strong><br>Northmoor Probation"),
     "Every week", "Licence 1, 2"),
    ("Unannounced home visit, days and times varied",
     Markup("<strong>Owen Marsh</strong><br>Northmoor Police"),
     Markup('Every 3 months<br><span class="m-overdue">8 days overdue</span>'), "Licence 3"),
]  # fmt: skip
ROLES = (
    ("Offender manager", "Priya Sandhurst", "Northmoor Probation"),
    ("Public protection officer", "Owen Marsh", "Northmoor Police"),
    ("Social worker", "Leah Tarrant", "Northmoor Council Children’s services"),
    ("MAPPA co-ordinator", "Ruth Abara", "Northmoor"),
)


def accounts() -> list[Made]:
    """Return the demo accounts of the sample sign-in page."""
    return [
        Made(role=role, name=name, agency=agency, email=f"{name.split()[0].lower()}@example.org")
        for role, name, agency in ROLES
    ]


def conflict() -> dict[str, Any]:
    """Return the context of the page for two versions of one text."""
    row = Made(
        name="text",
        label="What is done",
        yours=Markup("Appointments every month, <ins>with a letter after each one</ins>."),
        theirs=Markup("Appointments every <ins>two weeks until January</ins>, then every month."),
        joined="Appointments every two weeks until January, then every month, with a letter.",
    )
    words = {"theirs_by": "Dr Amit Solanke", "theirs_at": "10:12am", "thing": "this measure"}
    return {"rows": [row], "action": "#", "key": "key", **words}


def samples() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return each sample page: its template and its context."""
    people = shell(current="People")
    wrong = {
        "outcome": ["Choose what happened at the visit"],
        "left": ["Enter the time you left, like 1440 or 14:40"],
        "else": ["Choose “Nobody else”, or say who was there"],
        "told": ["Say whether the person was told"],
    }
    right = {"where": "other", "left": "25", "team": "a", "account": "He said <hello>"}
    visit = {"frame": frame("Visits", short=True), "shell": shell(current="Visits")}
    lists = {"overdue": OVERDUE, "soon": SOON, "waiting": WAITING}
    return {
        "pieces": ("pieces.html", {"shell": shell(current=""), "warning": WARNING, **lists}),
        "records": ("records.html", {"shell": shell(current="")}),
        "home": ("home.html", {"shell": shell(), "changed": CHANGED, **lists}),
        "overview": (
            "overview.html",
            {
                "shell": people,
                "frame": frame("Overview"),
                "groups": GROUPS,
                "happened": HAPPENED,
                **lists,
            },
        ),
        "plan": ("plan.html", {"shell": people, "frame": frame("Plan"), "measures": MEASURES}),
        "visit": ("visit.html", {**visit, "values": {}, "errors": {}}),
        "visit_errors": ("visit.html", {**visit, "values": right, "errors": wrong}),
        **_samples_without_a_record(),
    }


def _samples_without_a_record() -> dict[str, tuple[str, dict[str, Any]]]:
    people = shell(current="People")
    nobody = {"shell": shell(signed_in=False), "action": "#", "demo_password": "demo"}
    denied = {"email": ["Email address or password is not right. Check both and try again."]}
    return {
        "sign_in": ("web/sign_in.html", {**nobody, "accounts": accounts()}),
        "sign_in_error": (
            "web/sign_in.html",
            {**nobody, "values": {"email": "priya@example.org"}, "errors": denied},
        ),
        "both_versions": (
            "web/both_versions.html",
            {"shell": people, "frame": frame("Plan"), **conflict()},
        ),
        "not_found": ("web/not_found.html", {"shell": shell(current="")}),
        "error": (
            "web/error.html",
            {
                "shell": shell(),
                "heading": "You cannot do this",
                "sentences": ["Only the lead agency may."],
                "links": [("Ask for access", "#")],
            },
        ),
    }


def written(folder: Path) -> list[str]:
    """Write the sample pages and return their names."""
    environment = Environment(
        loader=FileSystemLoader([WEB / "templates", ROOT / "tools" / "pieces"]),
        autoescape=True,
        undefined=StrictUndefined,
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, (template, context) in samples().items():
        page = environment.get_template(template).render(context)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return list(samples())


class Served(http.server.SimpleHTTPRequestHandler):
    """Serves the written pages under the content policy of the real ones, and /static."""

    def translate_path(self, path: str) -> str:
        """Return the file behind an address."""
        if path.startswith("/static/"):
            return str(WEB / path.split("?")[0].lstrip("/"))
        return super().translate_path(path)

    def end_headers(self) -> None:
        """Add the content policy to every answer."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def checked(page: Page, said: list[str]) -> list[str]:
    """Return what is wrong with the page that is open: console, sideways scroll, axe."""
    found = [f"console: {line}" for line in said]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        found.append(f"scrolls sideways by {wide} pixels")
    result = page.evaluate(
        "rules => axe.run({runOnly: {type: 'tag', values: rules}})",
        RULES,
    )
    for violation in result["violations"]:
        where = "; ".join(node["html"][:140] for node in violation["nodes"][:3])
        found.append(f"{violation['id']}: {violation['help']}: {where}")
    return found


def overheard(page: Page) -> list[str]:
    """Return the list that what the console says, and each error of a script, will be added to."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def measured(browser: Browser, address: str, folder: Path, names: list[str]) -> int:
    """Take the pictures, print what is wrong, and return how many things are."""
    wrong = 0
    for name in names:
        for kind, width in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 800})
            said = overheard(page)
            page.add_init_script(path=str(AXE))
            page.goto(f"{address}/{name}.html", wait_until="load")
            page.screenshot(path=str(folder / f"{name}-{kind}.png"), full_page=True)
            for line in checked(page, said):
                wrong += 1
                sys.stdout.write(f"{name} {kind}: {line}\n")
            page.close()
    return wrong


def main() -> int:
    """Write, serve and measure the sample pages; 1 when something is wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    folder = options.parse_args().folder
    names = written(folder)
    served = functools.partial(Served, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=BROWSER)
        wrong = measured(browser, f"http://127.0.0.1:{server.server_port}", folder, names)
        browser.close()
    server.shutdown()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
