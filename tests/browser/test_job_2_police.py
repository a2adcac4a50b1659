"""Job 2: the police see a visit at once, warn staff, move the address, and file intelligence."""

from datetime import timedelta

from tests.browser.steps import DANIEL, Walk, day, log_plain_visit, long_day, today

HEADLINE = "New dog at the address: ring before you enter."
ITEM = "Seen twice this week at the bus station with a young family."
CONDITION = "Ring the author before any action or onward sharing"
SEALED = "Restricted information is held by Northmoor Police."
EARLIER = "Flat 4, 18 Tallow Row"


def test_the_police_add_what_they_know(staff):
    owen = staff("owen.marsh")
    owen.find("wexcombe", DANIEL)
    owen.tab("Visits")
    before = owen.text().count("Seen and spoken to")
    priya = staff("priya.sandhurst")
    priya.find("wexcombe", DANIEL)
    log_plain_visit(priya)
    owen.page.reload()
    assert owen.text().count("Seen and spoken to") == before + 1, "the visit is not there at once"
    warn_staff(owen)
    move(owen)
    priya.find("wexcombe", DANIEL)
    priya.says("2 warnings to staff", HEADLINE)
    leah = staff("leah.tarrant")
    leah.find("wexcombe", DANIEL)
    leah.tab("Intelligence")
    sealed = leah.text()
    add_intelligence(owen)
    leah.page.reload()
    assert leah.text() == sealed, "what is sealed must not tell that it grew"
    assert sealed.count(SEALED) == 1
    leah.says("01632 960140", "Ask for access")
    leah.keeps_quiet(ITEM, CONDITION, "2-C-C", "Owen Marsh")


def warn_staff(owen: Walk) -> None:
    owen.act("Report a change")
    owen.follow("A warning to staff")
    owen.press("Add the warning", answers=422)
    owen.fill("What must staff know?", HEADLINE)
    owen.fill("More about it", "A large dog was loose in the hall yesterday.")
    owen.choose("How serious is it?", "Caution")
    owen.choose("How many officers must go?", "Two or more")
    owen.fill("Review by", day(today() + timedelta(days=60)))
    owen.press("Add the warning")
    owen.says(HEADLINE, "visit in pairs. Do not visit alone.")


def move(owen: Walk) -> None:
    owen.tab("Overview")
    owen.act("Report a change")
    owen.follow("A new address")
    owen.press("Add the address", answers=422)
    owen.choose("How does the offender live there?", "Lives there")
    owen.fill("Address", exact=True, text="Room 2, Harbour House, 7 Quay Street")
    owen.fill("Postcode", "NM3 1AA")
    owen.fill("Town and district", "Northmoor NM3")
    owen.fill("Since when?", "today")
    owen.fill("How is it known?", "Told the police station, tenancy seen.")
    owen.press("Add the address")
    owen.tab("Overview")
    owen.follow("See the address history")
    owen.says("Harbour House", "Earlier addresses", EARLIER, long_day(today()))
    owen.tab("History")
    owen.tab("Orders and notification")


def add_intelligence(owen: Walk) -> None:
    owen.tab("Intelligence")
    owen.act("Add an item")
    owen.choose("Source", "2: Untested")
    owen.choose("Assessment", "C: Known indirectly")
    owen.choose("Handling", "C: Share with conditions")
    owen.fill("Day of the event", "yesterday")
    owen.fill("What is known", ITEM)
    owen.fill("Provenance", "A driver told the officer at the counter.")
    owen.press("Check your answers", answers=422)
    owen.says("There is a problem", "Code C needs at least one condition")
    owen.fill("Handling conditions", CONDITION)
    owen.press("Check your answers")
    owen.says(ITEM, CONDITION, "Public protection intelligence")
    owen.press("Add the item")
    owen.says("Intelligence item", ITEM, CONDITION)
    owen.tab("Intelligence")
    owen.says("2-C-C")
