"""Job 7: an information officer shares visits; the social worker sees them, until it is ended."""

from tests.browser.steps import DANIEL, Walk

CHILDREN = "Northmoor Council Children’s services"


def first_visit(leah: Walk) -> None:
    """Leah opens the latest visit to Daniel."""
    leah.find("wexcombe", DANIEL)
    leah.tab("Visits")
    leah.first_row()


def share(iris: Walk) -> None:
    """Iris shares the visits of the police, by the four pages; the first time without an agency."""
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


def test_visits_are_shared_seen_and_ended(staff):
    leah, iris = staff("leah.tarrant"), staff("iris.venn")
    first_visit(leah)
    leah.keeps_quiet("<dt>Officers")
    iris.find("wexcombe", DANIEL)
    iris.tab("Team and sharing")
    iris.says("Requests and refusals", "No share ends in the next 14 days.")
    share(iris)
    leah.open("/notices")
    leah.says("shares more of a person’s record with you")
    first_visit(leah)
    leah.says("Officers")
    iris.follow("See this share")
    iris.act("End it now")
    iris.fill("Why?", "The plan has ended")
    iris.press("End it now")
    iris.says("From now on nothing is open by this share")
    leah.page.reload()
    leah.arrived()
    leah.keeps_quiet("<dt>Officers")
