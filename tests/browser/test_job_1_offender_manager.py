"""Job 1: what is due, a misspelt name, an unannounced visit, a scheduled one, and the plan."""

from datetime import timedelta

from tests.browser.steps import DANIEL, READ, Walk, day, just_now, long_day, today

HEADINGS = (
    ("Supervision", "Weekly appointment on changing days"),
    ("Monitoring and control", "Check of the tenancy with the landlord"),
    ("Interventions and treatment", "Two booster sessions after the programme"),
    ("Victim safety", "Ask the liaison officer whether the zone still fits"),
)
CONCERN = "A second telephone was charging in the kitchen."


def test_an_offender_manager_visits_and_plans(staff):
    priya = staff("priya.sandhurst")
    priya.says("Your work", "Overdue", "Next 7 days", "Waiting for others", DANIEL)
    priya.find("danial wexcome", DANIEL)
    priya.says("visit in pairs. Do not visit alone.", "Risk of serious harm", "Next duties")
    log_unannounced(priya)
    log_scheduled(priya)
    agree_plan(priya)
    priya.open("/work")
    priya.open("/people")


def log_unannounced(priya: Walk) -> None:
    yesterday = today() - timedelta(days=1)
    begin_log(priya)
    priya.page.get_by_text("Another day").click()
    priya.fill("Day of the visit", day(yesterday))
    priya.fill("Arrived", "1415")
    priya.fill("Left", "14:40")
    attending = priya.page.get_by_role("group", name="Officers who attended")
    attending.get_by_label("Owen Marsh").check()
    priya.press("Continue", answers=422)
    priya.says("There is a problem", "Choose “Nobody else”, or say who was there")
    assert priya.page.get_by_label("Arrived").input_value() == "1415"
    priya.choose("Who else was there?", "Another adult")
    priya.fill("Who? Name and relation, if known", "Kelly Marsden, partner")
    priya.choose("Any concerns?", "Yes, I have a concern")
    priya.fill("What is the concern?", CONCERN)
    priya.choose("Is it a concern for a child?", "No")
    priya.choose("Told when the next visit is?", "No")
    priya.fill("What happens next? (optional)", "Ask about the telephone at the next appointment.")
    priya.press("Continue")
    said = (
        "Owen Marsh",
        "Kelly Marsden, partner",
        CONCERN,
        "2:15pm to 2:40pm",
        long_day(yesterday),
    )
    priya.says("Check the visit", "Priya Sandhurst", "What happens when you submit", *said)
    priya.press("Submit the visit")
    priya.says("Visit logged", "What changed")
    priya.act("Open this visit")
    priya.says("Seen and spoken to", CONCERN, "Northmoor Police")


def begin_log(priya: Walk) -> None:
    priya.act("Log a visit")
    priya.press("Continue", answers=422)
    priya.says(
        "There is a problem", "Choose what happened at the visit", "Read the warning to staff",
        "Choose whether it was scheduled or unannounced",
    )  # fmt: skip
    priya.tick(READ)
    priya.choose("What happened?", "Seen and spoken to")
    priya.choose("Which kind of visit was it?", "Unannounced")
    priya.press("Continue")


def log_scheduled(priya: Walk) -> None:
    tomorrow = today() + timedelta(days=1)
    priya.tab("Visits")
    priya.act("Plan a visit")
    priya.press("Plan the visit", answers=422)
    priya.choose("Which kind of visit?", "Scheduled")
    priya.fill("Day", day(tomorrow), exact=True)
    priya.fill("Time", "1000", exact=True)
    priya.fill("Who told the offender?", "Priya Sandhurst")
    priya.choose("How?", "By telephone")
    priya.tick(READ)
    priya.press("Plan the visit", answers=422)
    priya.says("A warning asks for two officers. Choose a second, or say why not")
    priya.choose("Officers who will go", "Owen Marsh, Northmoor Police")
    priya.press("Plan the visit")
    priya.says("Scheduled", long_day(tomorrow), "By telephone by Priya Sandhurst")
    priya.tab("Visits")
    priya.follow(long_day(tomorrow))
    arrived, left = just_now()
    priya.act("Log what happened")
    priya.tick(READ)
    priya.choose("What happened?", "No reply")
    priya.press("Continue")
    priya.fill("Arrived", arrived)
    priya.fill("Left", left)
    priya.fill("What did you try?", "Came a day early, knocked twice and rang.")
    priya.press("Continue")
    priya.press("Submit the visit")
    priya.says("Visit logged", "This is failed attempt 1.")
    priya.act("Open this visit")
    priya.says("No reply", "knocked twice")


def agree_plan(priya: Walk) -> None:
    priya.tab("Plan")
    priya.press("Start a new version")
    priya.says("draft")
    by = today() + timedelta(days=40)
    priya.follow("Add a measure")
    for heading, what in HEADINGS:
        priya.choose("Heading", heading)
        priya.fill("What will be done?", what)
        priya.select("Who does this?", "Owen Marsh")
        priya.fill("When or how often?", "Once")
        priya.fill("By what date? (if it is done once)", day(by))
        priya.press("Save and add another")
    priya.follow("Go on to what happens if things change")
    priya.press("Save and add another", answers=422)
    priya.says("Choose who does this", "Say how soon")
    priya.fill("If this happens", "The landlord gives notice")
    priya.fill("Then this is done", "Find a place in supported housing; consider a meeting.")
    priya.select("Who does this?", "Priya Sandhurst")
    priya.fill("Within what time?", "2 working days")
    priya.press("Save and go back to the plan")
    priya.says(*(what for _, what in HEADINGS), f"By {long_day(by)}", "The landlord gives notice")
    priya.follow("Change the measure: Two booster sessions")
    priya.fill("What will be done?", "Three booster sessions after the programme")
    priya.press("Save")
    priya.says("Three booster sessions after the programme")
    priya.follow("the day of the next review")
    priya.fill("By what day is this plan reviewed?", day(today() + timedelta(days=90)))
    priya.press("Save")
    priya.act("Check and agree this version")
    priya.says("What happens when it is agreed")
    priya.press("Agree this version")
    priya.says("agreed", f"Agreed on {long_day(today())}", "This text can no longer change.")
