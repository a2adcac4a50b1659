"""Job 8: two officers write up one visit, and it is on record once."""

from tests.browser.steps import DANIEL, READ, Walk, just_now


def test_what_the_second_officer_typed_is_added_to_the_visit_of_the_first(staff):
    arrived, left = just_now()
    owen, priya = staff("owen.marsh"), staff("priya.sandhurst")
    typed(owen, arrived, left, "Priya Sandhurst, Northmoor Probation")
    owen.press("Submit the visit")
    owen.says("Visit logged")
    typed(priya, arrived, left)
    priya.says("Owen Marsh logged a visit on", "named you as attending")
    on_a_card(priya)
    priya.press("Submit the visit", answers=422)
    priya.says("Choose whether it is the same visit", "A second bed in the box room")
    same = priya.page.get_by_role("group", name="Is it the same visit?")
    same.get_by_role("radio").first.check()
    priya.press("Submit the visit")
    priya.says("Added to the visit on record", "Accounts of others who were there")
    owen.open(priya.page.url)
    owen.says("Added by Priya Sandhurst", "A second bed in the box room")


def typed(walk: Walk, arrived: str, left: str, *others: str) -> None:
    """An unannounced visit, seen and no concerns, as far as the check."""
    walk.find("wexcombe", DANIEL)
    walk.act("Log a visit")
    walk.tick(READ)
    walk.choose("What happened?", "Seen and spoken to")
    walk.choose("Which kind of visit was it?", "Unannounced")
    walk.press("Continue")
    walk.fill("Arrived", arrived)
    walk.fill("Left", left)
    for each in others:
        walk.tick(each)
    walk.choose("Who else was there?", "Nobody else")
    walk.choose("Any concerns?", "No concerns")
    walk.choose("Told when the next visit is?", "No")
    walk.press("Continue")


def on_a_card(walk: Walk) -> None:
    """What was seen at home; removed by mistake, and put back."""
    walk.follow("Home", within=walk.page.locator("main"), exact=True)
    walk.choose("Result", "Changed")
    walk.fill("What did you see?", "A second bed in the box room")
    walk.press("Save the card")
    walk.follow("Change or remove it")
    walk.press("Remove the card")
    walk.says("You removed: Home")
    walk.keeps_quiet("A second bed in the box room")
    walk.press("Undo")
    walk.says("A second bed in the box room")
