"""Job 8: a sample is frozen, drawn and checked again; a warrant is followed to its refusal."""

from uuid import UUID

from tests.browser.steps import Walk, select_one


def test_a_lead_draws_a_sample_and_an_auditor_checks_it(staff):
    ruth = staff("ruth.ambleby")
    ruth.open("/visits/samples")
    ruth.act("Draw a sample")
    ruth.press("Freeze the people", answers=422)
    ruth.says("Enter how many people to draw", "Say why this sample is drawn")
    ruth.fill("How many people?", "2")
    ruth.choose("What are they drawn for?", "A check of the record")
    ruth.fill("Why is this sample drawn?", "The monthly look")
    ruth.press("Freeze the people")
    ruth.says("Nobody is drawn yet", "Shown once the sample is drawn")
    ruth.press("Draw now")
    ruth.says("2 people drawn", "None of 2 is checked yet")
    ruth.follow("Record what was found")
    ruth.choose("What did you find?", "In order")
    ruth.press("Record")
    ruth.says("1 of 2 have a result")
    here = ruth.page.url
    ada = staff("ada.kestrel")
    ada.open("/" + here.split("/", 3)[3])
    ada.says("A person you may not see")
    ada.act("Check the draw again")
    ada.says("it gives the same people in the same order")


def test_a_warrant_is_refused(staff, database):
    naomi = staff("naomi.pell")
    person = UUID(select_one(database, _OF_NORTHMOOR))
    naomi.open(f"/people/{person}/visits/entries")
    refuse(naomi)
    naomi.says("Refused.", "a decision on a warrant was made since then")


_OF_NORTHMOOR = (
    "SELECT person_id FROM warrant_case JOIN person ON person.id = person_id"
    " WHERE jurisdiction = 'england-wales'"
)


def refuse(walk: Walk) -> None:
    walk.act("Record what became of it")
    walk.choose("What was decided, or what became of it?", "Refused")
    walk.press("Record", answers=422)
    walk.fill("On which day?", "today")
    walk.fill("Why, or what came of it?", "The court asked for a third attempt")
    walk.press("Record")
