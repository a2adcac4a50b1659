"""Job 6: a co-ordinator sets a local standard after seeing what it moves; dates say so."""

from datetime import timedelta

from tests.browser.steps import day, today

FIRST_DAY = day(today() - timedelta(days=30))


def test_a_local_standard_is_set_after_its_effect_was_seen(staff):
    carl = staff("carl.estover")
    carl.open("/rules")
    rule = carl.page.locator("details.m-rule").filter(has_text="Minutes circulated")
    rule = rule.filter(has_text="Version 1001").first
    rule.locator("summary").click()
    carl.follow("Minutes circulated, version 1001")
    carl.fill("How long after", "1")
    carl.press("See what it moves", answers=422)
    carl.says("There is a problem", "Enter the first day")
    carl.fill("From which day on?", FIRST_DAY)
    carl.fill("Why?", "Actions began before anybody had the minutes")
    carl.fill("Where was it decided?", "Board, minute 9.4")
    carl.press("See what it moves")
    carl.says("Instead of 8 working days", "Dates that move 1", "Sooner 1", "Trostburghausen")
    carl.follow("Change what you typed")
    assert carl.page.get_by_label("How long after").input_value() == "1"
    carl.press("See what it moves")
    carl.press("Set this standard")
    carl.says(
        "The local standard is set.",
        "Minutes circulated (level 2): 1 working day",
        "Board, minute 9.4",
    )
    carl.open("/notices")
    carl.says("The date moved from", "because Northmoor set a local standard of 8 working days")
    # With script the answer opens in the list; the page itself says more.
    why = carl.page.get_by_role("link", name="Why this date?").first.get_attribute("href")
    assert why
    carl.open(why)
    carl.says(
        "8 working days after the meeting", "Earlier dates", "Local standard, set by Northmoor"
    )


def test_a_rules_administrator_learns_no_number(staff):
    rosa = staff("rosa.quill")
    rosa.open("/rules/standards")
    rosa.follow("Minutes circulated")
    rosa.says("Your role opens no records, so no number is shown here")
    rosa.keeps_quiet("Dates that move", "Trostburghausen")
    rosa.open("/rules/holidays")
    rosa.follow("25 December")
    rosa.says("Open dates that were counted over it are counted anew within minutes")
