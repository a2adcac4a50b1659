"""Job 7: an information officer shares visits; the social worker sees them, until it is ended."""

from tests.browser.steps import DANIEL

CHILDREN = "Northmoor Council Children’s services"


def test_visits_are_shared_seen_and_ended(staff):
    leah = staff("leah.tarrant")
    leah.find("wexcombe", DANIEL)
    leah.tab("Visits")
    leah.first_row()
    leah.says("Concern for a child")
    leah.keeps_quiet("Officers</dt>")

    iris = staff("iris.venn")
    iris.find("wexcombe", DANIEL)
    iris.tab("Team and sharing")
    iris.says("Requests and refusals", "No share ends in the next 14 days.")
    iris.act("Share with an agency")
    iris.press("Continue", answers=422)
    iris.says("There is a problem", "Choose an agency")
    iris.select("Agency", CHILDREN)
    iris.choose("Sections", "Visits")
    iris.choose("How much?", "Full")
    iris.press("Continue")
    iris.choose("Purpose", "To protect the public, children, adults at risk, victims and staff")
    iris.choose("Which law allows it?", "Criminal Justice Act 2003, section 325(4)")
    iris.choose("Which law governs the data?", "Data Protection Act 2018, Part 3: law enforcement")
    iris.page.get_by_label("Condition of Schedule 8").select_option(index=4)
    iris.fill("Why is this necessary", "A child of the family lives two streets away.")
    iris.fill("Ends", "23 5 2027", exact=True)
    iris.fill("Review", "23 2 2027", exact=True)
    iris.press("Continue")
    iris.says(f"Check what {CHILDREN} will see", "Nothing here can be clicked", "What changes")
    iris.act("Continue to check answers")
    iris.says("Check your answers", "is told")
    iris.press("Share now")
    iris.says("Shared", f"{CHILDREN} can see it from")

    leah.open("/notices")
    leah.says("shares more of a person’s record with you")
    leah.find("wexcombe", DANIEL)
    leah.tab("Visits")
    leah.first_row()
    leah.says("Officers")

    iris.follow("See this share")
    iris.act("End it now")
    iris.fill("Why?", "The plan has ended")
    iris.press("End it now")
    iris.says("The next request is answered without it")
    leah.page.reload()
    leah.arrived()
    leah.keeps_quiet("Officers</dt>")
