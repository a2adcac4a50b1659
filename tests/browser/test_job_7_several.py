"""Job 7: an information officer shares visits of several people, and sees who is left out."""

from tests.browser.sharing import share_visits_with
from tests.browser.steps import DANIEL, Walk

CHILDREN = "Northmoor Council Children’s services"


def choose(iris: Walk) -> None:
    """Iris chooses everybody of her list, and takes one of them out again."""
    iris.open("/sharing")
    iris.follow("Share about several people")
    iris.press("Choose", exact=True, answers=422)
    iris.says("There is a problem", "Choose everybody in the list, or only those you tick")
    iris.choose("Whom do you choose?", "Everybody in this list")
    iris.press("Choose", exact=True)
    iris.choose("Take people out", "Gwen Arkwright")
    iris.press("Take out")
    iris.keeps_quiet("Gwen Arkwright")
    iris.act("Continue")


def test_several_are_shared_at_once_and_the_page_says_who_is_left_out(staff):
    iris = staff("iris.venn")
    choose(iris)
    share_visits_with(iris, CHILDREN, "Schools of the district ask whom they meet.")
    iris.says(f"Check what {CHILDREN} will see", "Nothing here can be clicked")
    iris.select("Show another person", DANIEL)
    iris.press("Show", exact=True)
    iris.says(f"Preview: as {CHILDREN} will see it", DANIEL)
    iris.act("Continue to check answers")
    iris.says("Check your answers", "Left out", "disclosure about each person")
    iris.press("Share now")
    iris.says("Shared", "Daniel Wexcombe", "Left out", f"with {CHILDREN}")
    leah = staff("leah.tarrant")
    leah.open("/notices")
    leah.says("shares more of a person’s record with you")


def test_the_record_is_seen_as_an_agency_and_the_grid_on_another_day(staff):
    iris = staff("iris.venn")
    iris.find("wexcombe", DANIEL)
    iris.tab("Team and sharing")
    iris.follow(f"See the record as {CHILDREN}")
    iris.says(f"As {CHILDREN} sees this record", "Nothing here can be clicked")
    iris.follow("Back")
    iris.follow("See another day")
    iris.fill("Day", "31 2 2027")
    iris.press("Show", answers=422)
    iris.fill("Day", "1 2 2027")
    iris.press("Show")
    iris.says("Team and sharing on 1 February 2027", "if nothing changes until then")
    iris.fill("Day", "1 10 2026")
    iris.press("Show")
    iris.says("Team and sharing on 1 October 2026", "What each agency saw at the end of that day")
