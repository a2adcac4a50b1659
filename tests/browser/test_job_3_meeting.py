"""Job 3: a level 2 meeting is planned, held, and signed off; its action is on its owner's home."""

from datetime import timedelta

from tests.browser.steps import DANIEL, Walk, day, long_day, today

ACTION = "Visit the landlord and confirm the tenancy"
DUE = today() + timedelta(days=5)
NEXT = today() + timedelta(days=60)


def test_a_chair_holds_a_level_2_meeting(staff):
    carl = staff("carl.estover")
    carl.find("wexcombe", DANIEL)
    plan(carl)
    helen = staff("helen.carswell")
    helen.open("/meetings")
    helen.follow(f"Level 2 meeting, {long_day(today())}")
    helen.press("Open the meeting")
    attend(helen)
    decide(helen)
    give_action(helen)
    sign_off(helen)
    owen = staff("owen.marsh")
    owen.says(f"Action: {ACTION}", DANIEL)
    owen.open("/meetings")
    owen.follow(f"Level 2 meeting, {long_day(today())}")
    owen.says("Minutes", "Text checked: matches.", ACTION)


def plan(carl: Walk) -> None:
    carl.tab("Meetings")
    carl.act("Open a level 2 meeting")
    carl.press("Plan the meeting", answers=422)
    carl.says("There is a problem")
    carl.fill("Day", "today", exact=True)
    carl.fill("Time", "1030", exact=True)
    carl.fill("Where", "Room 4, Foundry House", exact=True)
    carl.select("Chair", "Helen Carswell")
    carl.press("Plan the meeting")
    carl.says("Level 2 meeting", "Helen Carswell", "Northmoor Council Children’s services")


def attend(helen: Walk) -> None:
    helen.says("Confidentiality", "Before this case can finish")
    helen.follow("Check and sign off the minutes")
    helen.says("This case cannot finish yet", "Decide the level, with the reason")
    helen.follow("Back to the meeting")
    helen.press("Record that it was read")
    helen.follow("Record who is here")
    for name in ("Priya Sandhurst", "Owen Marsh"):
        helen.select("Who", name)
        helen.choose("How do they take part?", "Present")
        helen.page.get_by_label("Agrees to confidentiality").check()
        helen.press("Add to the list")
    helen.follow("Back to the meeting")
    helen.press("Finish item and go to 3")
    helen.press("Finish item and go to 4")
    helen.says("Agency updates")
    helen.fill("Add to this item", "Seen at home on Thursday; nothing of concern.")
    helen.select("Said by", "Owen Marsh")
    helen.press("Save line")
    helen.says("nothing of concern")
    helen.press("Finish item and go to 5")


def decide(helen: Walk) -> None:
    helen.follow("Record the risk to each group")
    helen.fill("What does the meeting agree the risk is?", "Children: high. Known adult: high.")
    helen.press("Record the risk")
    helen.follow("Disclosure: yes or no, with reason")
    helen.follow("Decide about disclosure")
    helen.press("Record the decision", answers=422)
    helen.choose("Is somebody to be told?", "No")
    helen.fill("Reason", "The partner already knows; nobody else is at risk.")
    helen.press("Record the decision")
    helen.follow("Level, with reason")
    helen.follow("Decide the level")
    helen.choose("Level", "Level 2: multi-agency meetings")
    helen.choose("Category", "Category 1: registered sexual offender")
    helen.fill("Reason for the level", "Several agencies have to act together.")
    helen.press("Record the decision")
    helen.follow("Next date")
    helen.fill("Date", day(NEXT), exact=True)
    helen.press("Set the date")


def give_action(helen: Walk) -> None:
    helen.follow("Add an action")
    helen.press("Give the action", answers=422)
    helen.fill("What is to be done?", ACTION)
    helen.select("Who", "Owen Marsh")
    helen.fill("By when", day(DUE))
    helen.press("Give the action")
    helen.says(ACTION, long_day(DUE))


def sign_off(helen: Walk) -> None:
    helen.follow("Check and sign off the minutes")
    helen.says("What happens when you sign off", "Owen Marsh", "nothing of concern", long_day(NEXT))
    helen.press("Sign off the minutes")
    helen.says("Signed off by Helen Carswell", "SHA-256 of the text", "Text checked: matches.")
    helen.says("This text can no longer change.", ACTION)
