"""Job 7: a duty officer opens a record at night, on the phone; somebody else judges it."""

import sqlite3
from contextlib import closing

import pytest

from config.settings import DEMO_PASSWORD
from tests.browser.steps import Walk
from tests.support.browser import DESKTOP, PHONE, PHONE_PLAIN

WHAT = "Found with a child who is not his; the child says that he knows the mother."
STRANGERS = """
SELECT p.crn, p.given_name || ' ' || p.family_name FROM person p
JOIN agency lead ON lead.id = p.owner_agency_id AND lead.name = 'Northmoor Probation'
WHERE p.crn IS NOT NULL AND p.died_on IS NULL AND length(p.given_name) < 20
AND p.id NOT IN (SELECT person_id FROM emergency_use)
AND p.id NOT IN (SELECT loser_id FROM person_merge)
AND NOT EXISTS (SELECT 1 FROM case_team t JOIN agency a ON a.id = t.agency_id
                WHERE t.person_id = p.id AND a.type = 'childrens-services')
AND (SELECT count(*) FROM person q WHERE q.crn = p.crn) = 1 ORDER BY p.crn LIMIT 1
"""


@pytest.fixture
def stranger(database):
    """Number and name of somebody with whom children's services do not work."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(STRANGERS).fetchone()


@pytest.mark.parametrize(
    ("officers", "reviewers"),
    [(PHONE, DESKTOP), (PHONE_PLAIN, PHONE)],
    ids=["phone", "phone-without-script"],
)
def test_a_record_is_opened_in_an_emergency_and_judged(new_page, stranger, officers, reviewers):
    number, name = stranger
    nadia = Walk(new_page(officers), "phone").sign_in("nadia.hartwell")
    nell = Walk(new_page(reviewers), "desktop").sign_in("nell.ashby")
    knock(nadia, number)
    nadia.says(name, "Emergency access: 4 hours left.", "Until")
    for section in ("Risk", "Visits"):
        nadia.tab(section)
        nadia.says("Emergency access:", "End access now")
    nell.open("/notices")
    nell.says("A record was opened in an emergency.")
    assert name not in nell.page.locator(".m-due").first.inner_text()
    record = nadia.page.url
    nadia.follow("End access now")
    nadia.says("End emergency access now?")
    nadia.press("End access now")
    nadia.says("Emergency access ended.")
    nadia.open("/" + record.split("/", 3)[3], answers=404)
    judge(nell, name)


def knock(nadia: Walk, number: str) -> None:
    """From a search that finds nobody to the open record, past everything that can be wrong."""
    nadia.open("/people/find")
    nadia.page.get_by_role("searchbox").fill(number)
    nadia.press("Search")
    nadia.follow("Emergency access", within=nadia.page.locator("main"))
    nadia.says("Only to prevent serious harm now.", "It lasts 4 hours.")
    nadia.press("Open for 4 hours", answers=422)
    nadia.says("There is a problem", "Choose why you need it", "Say what is happening.")
    nadia.fill("CRN, PNC, ViSOR or prison number", "Z999999")
    nadia.choose("Why do you need it?", "Someone is in danger now")
    nadia.fill("What is happening?", WHAT)
    nadia.fill("Your password", DEMO_PASSWORD, exact=True)
    nadia.press("Open for 4 hours", answers=422)
    nadia.says("No record was opened. Ring the MAPPA co-ordinator at Northmoor Probation")
    assert nadia.page.get_by_label("What is happening?").input_value() == WHAT
    nadia.fill("CRN, PNC, ViSOR or prison number", number)
    nadia.fill("Your password", DEMO_PASSWORD, exact=True)
    nadia.press("Open for 4 hours")


def judge(nell: Walk, name: str) -> None:
    nell.open("/work")
    nell.says("Review an emergency access")
    nell.open("/emergency/reviews")
    nell.follow(name)
    nell.says("What was opened", "Risk", "Visits", "1 look-up that opened nothing.", WHAT)
    nell.press("Record the review", answers=422)
    nell.says("Choose whether it was justified")
    nell.choose("Was it justified?", "Not justified")
    nell.fill("Why?", "The front door team could have been asked", exact=True)
    nell.fill("What follows from it?", "Her manager speaks with her by Friday")
    nell.press("Record the review")
    nell.says("Not justified, by Nell Ashby")
