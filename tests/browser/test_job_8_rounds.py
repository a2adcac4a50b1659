"""Job 8: an officer plans an unannounced visit where two must go, makes a round, prints it."""

import re
from datetime import timedelta

from tests.browser.steps import DANIEL, READ, Walk, day, long_day, today

ALONE = "A warning asks for two officers. Choose a second, or say why not"


def test_a_visit_by_two_is_planned_and_stands_in_its_round(staff):
    owen = staff("owen.marsh")
    owen.find("wexcombe", DANIEL)
    plan_alone_then_in_pairs(owen)
    tomorrow = today() + timedelta(days=1)
    owen.open("/visits")
    owen.act("Planned by month")
    owen.says("Planned visits", DANIEL)
    owen.open("/visits")
    owen.act("Rounds of visits")
    owen.fill("For which day?", "32")
    owen.press("Show rounds")
    owen.says("Enter the day like 20 11 2026, or today")
    owen.fill("For which day?", day(tomorrow))
    owen.press("Show rounds")
    owen.says("NM1", DANIEL, "Unannounced, planned")
    print_sheet(owen)
    priya = staff("priya.sandhurst")
    for page in ("/visits/month", f"/visits/rounds?day={day(tomorrow).replace(' ', '+')}"):
        priya.open(page)
        priya.keeps_quiet("Unannounced, planned", "Window until")


def plan_alone_then_in_pairs(owen: Walk) -> None:
    tomorrow = today() + timedelta(days=1)
    owen.tab("Visits")
    owen.act("Plan a visit")
    owen.says("Read the warning to staff first", "Two officers must go.", "Alone: Ring")
    owen.choose("Which kind of visit?", "Unannounced")
    owen.fill("From", day(tomorrow), exact=True)
    owen.fill("Until", day(tomorrow + timedelta(days=3)), exact=True)
    owen.press("Plan the visit", answers=422)
    owen.says("Read the warning to staff, and tick the box", ALONE, "plain clothes")
    owen.tick(READ)
    for question, answer in (
        ("Plain clothes?", "Yes"),
        ("A marked car?", "Yes"),
        ("Does an accredited officer go?", "Yes"),
    ):
        owen.choose(question, answer)
    owen.press("Plan the visit", answers=422)
    owen.says(ALONE, "Say why it is not made as expected")
    owen.fill("If not as expected: why?", "No other car is free.")
    owen.choose("Officers who will go", "Leah Tarrant, Northmoor Council Children’s services")
    owen.press("Plan the visit")
    owen.says("Visit planned.", long_day(tomorrow), "Leah Tarrant", "Warnings read before planning")
    owen.says("Plain clothes, marked car, accredited officer. No other car is free.")


def print_sheet(owen: Walk) -> None:
    district = owen.page.locator("section", has=owen.page.get_by_role("heading", name="NM1"))
    owen.follow("Sheet to print", within=district.first)
    owen.says(
        "OFFICIAL-SENSITIVE. Made for Owen Marsh",
        DANIEL,
        "Warning to staff: Risk to staff",
        "Two officers must go.",
        "Last visit",
        "Arrived, left, outcome, who was present, concerns:",
    )
    assert pages_of(owen) == 1, "a round stands on one page"


def pages_of(owen: Walk) -> int:
    """On how many sheets of A4 the page is printed."""
    paper = owen.page.pdf(format="A4", prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", paper))
