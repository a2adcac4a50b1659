"""Job 7: somebody is kept out of a record and let in again, and two people open what was hidden."""

from tests.browser.steps import Walk


def test_kept_out_marked_and_opened_by_two(staff):
    keep_out(staff("iris.venn"))
    open_again(staff("naomi.pell"))


def keep_out(walk: Walk) -> None:
    """An empty form says what is missing; the reason is shown to who may end it."""
    walk.find("Colbeck", "Ishaan Colbeck")
    walk.tab("Team and sharing")
    walk.follow("Keep somebody out of this record")
    walk.says("Dev Malhotra", "Lives next door to the family")
    walk.press("Keep out", answers=422)
    walk.says(
        "There is a problem", "Choose who is kept out", "Say why.",
        "Enter the day on which it is looked at again, or a last day",
    )  # fmt: skip
    walk.select("Who?", "Kit Lansdown")
    walk.fill("Why?", "A family tie")
    walk.fill("Looked at again", "1 3 2027")
    walk.press("Keep out")
    walk.says("Kept out. It beats every other right.", "Kit Lansdown", "A family tie")
    walk.follow("End it")
    walk.fill("Why does it end?", "They moved away")
    walk.press("End it")
    walk.says("Ended. They see again what their other rights open.")


def open_again(walk: Walk) -> None:
    """The second person looks at the record, and answers what a colleague asked."""
    walk.open("/work")
    walk.says("Answer what waits for your approval")
    walk.follow("Approvals")
    walk.follow("Take a mark off")
    walk.says("The account names a relative of a colleague", "Asked by Iris Venn")
    walk.press("Send the answer", answers=422)
    walk.says("Choose whether you approve or decline")
    walk.choose("Is this to be done?", "Approve")
    walk.press("Send the answer")
    walk.says("Approved and done.", "Nobody waits for your answer.")
