"""What a page says when there is nothing, when something is missing, and when a session ran out."""

from tests.browser.steps import DANIEL, select_one

TEXT = "Ask the landlord about the second key."
RAN_OUT = "update session set last_seen_at = datetime(last_seen_at, '-16 minutes')"


def test_nothing_typed_is_lost_and_nothing_is_a_blank(staff, database):
    priya = staff("priya.sandhurst")
    priya.open("/people/find")
    priya.press("Search", answers=422)
    priya.says("There is a problem", "Enter a name, date of birth or number to search for")
    priya.page.get_by_role("searchbox").fill("zzyzx qqq")
    priya.press("Search")
    priya.says("Nobody you can see matches “zzyzx qqq”.")
    priya.open("/people/nowhere", answers=404)
    priya.says("Page not found", "There is nothing at this address that you can open.")
    priya.open("/unsent")
    priya.find("wexcombe", DANIEL)
    priya.act("Report a change")
    priya.follow("A warning to staff")
    priya.fill("What must staff know?", "Ring first.")
    priya.fill("More about it", TEXT)
    select_one(database, RAN_OUT)
    priya.press("Add the warning", answers=200)
    priya.says("You were signed out. Sign in again and carry on; what you typed is kept.")
    priya.page.get_by_label("Email address").fill("priya.sandhurst@northmoor.example.org")
    priya.page.locator("#password").fill("demo")
    priya.press("Sign in", exact=True)
    if TEXT not in priya.page.content():
        priya.open("/unsent")
        priya.follow("Check and send")
    assert priya.page.get_by_label("More about it").input_value() == TEXT
