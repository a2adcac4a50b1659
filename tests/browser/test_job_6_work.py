"""Job 6: the work list is narrowed, a duty put off, one handed over, and many are given out."""

from tests.browser.steps import Walk

REASON = "The report of the programme comes next week"


def test_work_is_narrowed_put_off_handed_over_and_given_out(staff):
    priya = staff("priya.sandhurst")
    priya.open("/work")
    narrow(priya, "Reviews of the plan")
    put_off(priya)
    hand_over(priya)
    priya.press("Show everything")
    priya.keeps_quiet("This stays until you change it.")
    give_out(staff("grace.ilford"))


def narrow(walk: Walk, what: str) -> None:
    walk.page.get_by_text("Narrow the list").click()
    walk.select("What", what)
    walk.press("Show", exact=True)
    walk.says(f"{what}.", "This stays until you change it.")
    walk.keeps_quiet("Review the risk of serious harm")


def put_off(walk: Walk) -> None:
    """An empty form says what is missing; put off, it stands apart, and can be taken up again."""
    # The demo's first one was put off already, which its owner may do once.
    walk.follow("Snooze", within=walk.page.locator(".m-due__moves").nth(1))
    walk.says("Its date does not move")
    walk.press("Snooze", answers=422)
    walk.says("There is a problem", "Say why, so that others can follow it")
    walk.fill("Until when?", "tomorrow")
    walk.fill("Why?", REASON)
    walk.press("Snooze")
    walk.says("Snoozed until", REASON)
    walk.follow("End or change the snooze", within=walk.page.locator("[aria-labelledby=snoozed]"))
    walk.press("Show it in the list again")
    walk.says("It is back in the list.")


def hand_over(walk: Walk) -> None:
    walk.follow("Hand over", within=walk.page.locator(".m-due__moves").first)
    walk.select("To whom?", "Marek Dolny")
    walk.fill("Why?", "At court all week")
    walk.press("Hand over")
    walk.says("Handed to Marek Dolny, who is told.")


def give_out(walk: Walk) -> None:
    """The supervisor ticks three, looks at what would pass, and confirms."""
    walk.open("/work")
    walk.says("Your team: choose whose work")
    for box in walk.page.get_by_role("checkbox").all()[:3]:
        box.check()
    walk.press("Assign the chosen")
    walk.says("Assign 3 duties", "Chosen")
    walk.select("To whom?", "Priya Sandhurst")
    walk.press("Preview")
    walk.says("To Priya Sandhurst")
    walk.fill("Why?", "Shared out anew")
    walk.press("Hand over")
    walk.says("handed to Priya Sandhurst.")
