"""Job 7: a social worker asks for somebody she does not see; an officer declines what waits."""

import re

from tests.browser.steps import DANIEL


def test_asking_about_somebody_unseen_and_declining_what_waits(staff):
    leah = staff("leah.tarrant")
    leah.open("/work")
    leah.says("Waiting for others", "working days")
    leah.follow("All requests for information")
    leah.follow("Ask about somebody you do not see")
    leah.press("Send the request", answers=422)
    leah.says("Choose how you know the person", "Say what you need to know")
    leah.choose("How do you know the person?", "Full name and date of birth")
    leah.fill("First name", "Rowan")
    leah.fill("Family name", "Ashdene")
    leah.fill("Date of birth", "29 2 1984", exact=True)
    leah.page.get_by_label("Risk", exact=True).check()
    leah.fill("What do you need to know?", "Whether a child would be at risk")
    leah.fill("Why is it necessary?", "A child is to move in")
    leah.choose("How urgent is it?", "Within 5 working days")
    leah.page.get_by_label("Criminal Justice Act 2003, section 325(4)").check()
    leah.choose("Which law governs the data?", "Data Protection Act 2018, Part 3: law enforcement")
    leah.page.get_by_label("Condition of Schedule 8").select_option(index=1)
    leah.press("Send the request")
    leah.says("Sent. If an agency holds something that it can tell, it answers here.", "Rowan")

    iris = staff("iris.venn")
    iris.open("/sharing/requests?state=open")
    iris.follow(DANIEL)
    iris.says("no answer yet", "Leah Tarrant")
    iris.press("Send the answer", answers=422)
    iris.choose("What do you answer?", "Declined")
    iris.fill("Reason or note", "Held for another purpose")
    iris.press("Send the answer")
    iris.says("Answered.", "Held for another purpose")

    leah.open("/sharing/requests?state=declined")
    leah.page.get_by_role("link", name=re.compile(f"{DANIEL} ?: Asked for visits")).click()
    leah.arrived()
    leah.says("Held for another purpose", "Northmoor Police")
