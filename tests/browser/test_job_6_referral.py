"""Job 6: a referral is accepted, its first meeting is owed and explained, and it is withdrawn."""

from tests.browser.steps import DANIEL, Walk


def test_a_referral_is_accepted_explained_and_withdrawn_and_the_health_is_looked_at(staff):
    carl = staff("carl.estover")
    carl.find(DANIEL, DANIEL)
    carl.tab("Meetings")
    accept(carl)
    why = carl.page.get_by_role("link", name="Why this date?").first.get_attribute("href")
    assert why
    carl.open(why)
    carl.says("was set by the co-ordinator")
    carl.open("/work")
    carl.says("Plan the first level 2 meeting")
    carl.follow("Plan the meeting")
    withdraw(carl)
    susan = staff("susan.merrow")
    susan.open("/health")
    susan.says("sweep")


def accept(walk: Walk) -> None:
    """An empty form says what is missing, beside each question."""
    walk.follow("Accept a referral")
    walk.press("Accept the referral", answers=422)
    walk.says("There is a problem", "Choose the level of the meeting")
    walk.choose("Level of the meeting", "Level 2")
    walk.fill("When were the referral and the plan in?", "yesterday")
    walk.press("Accept the referral", answers=422)
    walk.says("Enter the day by which the first meeting is held")
    walk.fill("By what day is the first meeting held?", "tomorrow")
    walk.press("Accept the referral")
    walk.says("Referral accepted", "First level 2 meeting by")


def withdraw(walk: Walk) -> None:
    walk.follow("Withdraw the referral")
    walk.press("Withdraw the referral", answers=422)
    walk.says("Say why no meeting is held")
    walk.fill("Why is no meeting held?", "He has moved to another area")
    walk.press("Withdraw the referral")
    walk.says("Referral withdrawn.", "Accept a referral")
