"""Job 7, three at once on one person: asked, shared, seen, ended; and an exclusion beats it all."""

from pathlib import Path
from uuid import UUID

from config.settings import demo_settings
from mappa.app import create_app
from mappa.kernel.db import db
from mappa.sharing.requests import jobs
from tests.browser.steps import DANIEL, READ, Walk, day, log_plain_visit, select_one, today
from tests.support.browser import DESKTOP, PHONE

WHAT = "Who was in the house at the visits of this month"
LAST_SHARE = "SELECT id FROM share_record ORDER BY authorised_at DESC LIMIT 1"
DETAIL = "<dt>Officers"
"""Stands on the page of a visit that is shown in full."""


def delivered(database: Path) -> None:
    """The system takes up what was asked, as it does every few seconds."""
    app = create_app(demo_settings(database.parent, port=0))
    assert jobs.deliver(app).delivered == 1
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def person(walk: Walk) -> str:
    """The address of Daniel's record, which is then open."""
    walk.find("wexcombe", DANIEL)
    return "/" + walk.page.url.split("/", 3)[3].partition("?")[0]


def ask(leah: Walk, record: str) -> None:
    leah.open(f"{record}/ask")
    leah.page.get_by_label("Northmoor Police").check()
    leah.page.get_by_label("Visits", exact=True).check()
    leah.fill("What do you need to know?", WHAT)
    leah.fill("Why is it necessary?", "A child is to move in")
    leah.choose("How urgent is it?", "Within 5 working days")
    leah.page.get_by_label("Criminal Justice Act 2003, section 325(4)").check()
    leah.choose("Which law governs the data?", "Data Protection Act 2018, Part 3: law enforcement")
    leah.page.get_by_label("Condition of Schedule 8").select_option(index=1)
    leah.press("Send the request")
    leah.says("Sent.")


def share(iris: Walk) -> None:
    iris.open("/sharing/requests?state=open")
    iris.follow(DANIEL)
    iris.says(WHAT)
    iris.choose("What do you answer?", "Shared")
    iris.choose("How much?", "Full")
    iris.select("Purpose", "To protect the public")
    iris.press("Send the answer")
    iris.says("Answered.")


def keep_out(iris: Walk, record: str, name: str) -> None:
    iris.open(f"{record}/sharing/exclusions")
    iris.select("Who?", name)
    iris.fill("Why?", "A family tie")
    iris.fill("Looked at again", day(today().replace(year=today().year + 1, day=1)), exact=True)
    iris.press("Keep out")
    iris.says("Kept out. It beats every other right.", name)


def test_three_work_at_once_and_each_is_asked_again_with_every_request(new_page, database):
    leah = Walk(new_page(PHONE), "phone").sign_in("leah.tarrant")
    iris = Walk(new_page(DESKTOP), "desktop").sign_in("iris.venn")
    owen = Walk(new_page(DESKTOP), "desktop").sign_in("owen.marsh")
    record = person(leah)
    ask(leah, record)
    assert person(owen) == record
    log_plain_visit(owen)
    leah.open(f"{record}/visits")
    leah.first_row()
    leah.keeps_quiet(DETAIL)
    delivered(database)
    share(iris)
    leah.page.reload()
    assert DETAIL in leah.page.content(), "what is shared is seen with the next request"
    leah.open("/notices")
    leah.says("What you asked another agency for was answered.", "shares more")
    owen.open(record)
    owen.act("Log a visit")
    owen.tick(READ)
    owen.choose("What happened?", "Seen and spoken to")
    iris.open(f"/shares/{UUID(select_one(database, LAST_SHARE))}")
    iris.act("End it now")
    leah.open(f"{record}/visits")
    leah.first_row()
    assert DETAIL in leah.page.content(), "it stands until it is ended"
    iris.fill("Why?", "The plan has ended")
    iris.press("End it now")
    leah.page.reload()
    leah.arrived()
    leah.keeps_quiet(DETAIL)
    keep_out(iris, record, "Owen Marsh")
    owen.press("Continue", answers=404)
    owen.open(record, answers=404)
    for page in ("/notices", "/work"):
        owen.open(page)
        owen.keeps_quiet("Wexcombe")
    leah.open(record)
    leah.says(DANIEL)
