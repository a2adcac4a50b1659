"""Job 8: an officer's proposal is approved by the supervisor, and visits begin again later."""

from uuid import UUID

from tests.browser.steps import select_one


def test_two_people_stop_the_visits_and_one_begins_them_again(staff, database):
    naomi = staff("naomi.pell")
    person = UUID(select_one(database, _PROPOSED))
    naomi.open(f"/people/{person}/visits")
    naomi.follow("Reactive management")
    naomi.says("What must hold", "Proposed by")
    naomi.act("Decide on it")
    naomi.fill("Why?", "The assessments and the visits say the same")
    naomi.press("Record the decision", answers=422)
    naomi.says("Choose whether to approve it")
    naomi.choose("What do you decide?", "Approve: routine visits stop")
    naomi.press("Record the decision")
    naomi.says("Routine visits stop", "Why is no visit due?", "None is due, so there is no date")
    owen = staff("owen.marsh")
    owen.open(f"/people/{person}/visits")
    owen.says("No routine visits")
    owen.open(f"/people/{person}/visits/reactive")
    owen.says("Under reactive management", "The assessments and the visits say the same")
    owen.keeps_quiet("End it")
    naomi.act("End it")
    naomi.press("End it", answers=422)
    naomi.fill("Why do visits begin again?", "A new partner has moved in")
    naomi.press("End it")
    naomi.says("The next visits are counted again", "A new partner has moved in")
    owen.open(f"/people/{person}/visits")
    owen.says("Every 12 months")


_PROPOSED = "SELECT person_id FROM reactive_management WHERE state = 'proposed'"
