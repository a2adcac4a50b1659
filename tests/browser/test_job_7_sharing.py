"""Job 7: an information officer shares visits; the social worker sees them, until it is ended."""

from tests.browser.sharing import share_visits_with
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
    share_visits_with(iris, CHILDREN, "A child of the family lives two streets away.")
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
