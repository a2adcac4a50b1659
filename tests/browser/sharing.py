"""What two of the jobs fill in alike: the pages of a share, for one person or for several."""

from tests.browser.steps import Walk


def share_visits_with(iris: Walk, agency: str, why: str) -> None:
    """With whom, what, for what, by what law, until when."""
    iris.select("Agency", agency)
    iris.choose("Sections", "Visits")
    iris.choose("How much?", "Full")
    iris.press("Continue")
    iris.choose("Purpose", "To protect the public, children, adults at risk, victims and staff")
    iris.choose("Which law allows it?", "Criminal Justice Act 2003, section 325(4)")
    iris.choose("Which law governs the data?", "Data Protection Act 2018, Part 3: law enforcement")
    iris.page.get_by_label("Condition of Schedule 8").select_option(index=4)
    iris.fill("Why is this necessary", why)
    iris.fill("Ends", "23 5 2027", exact=True)
    iris.fill("Review", "23 2 2027", exact=True)
    iris.press("Continue")
