"""Job 8: an officer logs a visit on the doorstep, says later what was checked, and corrects it."""

from collections import Counter

from tests.browser.steps import DANIEL, Walk, log_plain_visit

MOST = 12
"""Presses and fields of the plain visit, from the person's page to "Visit logged"."""
DEEDS = ("act", "choose", "fill", "press", "follow", "select", "tick")


def counted(walk: Walk) -> Counter:
    """How often this member of staff presses or fills in something from now on."""
    done: Counter = Counter()
    for name in DEEDS:
        deed = getattr(walk, name)

        def count(*args, _deed=deed, _name=name, **kwargs):
            done[_name] += 1
            return _deed(*args, **kwargs)

        setattr(walk, name, count)
    return done


def test_a_plain_visit_is_short_and_the_rest_comes_after(staff):
    owen = staff("owen.marsh")
    owen.find("wexcombe", DANIEL)
    done = counted(owen)
    log_plain_visit(owen)
    assert done.total() <= MOST, done
    owen.keeps_quiet("You are on another visit")
    add_a_check(owen)
    correct(owen)
    naomi = staff("naomi.pell")
    naomi.open(owen.page.url)
    naomi.act("Countersign it")
    naomi.says("Smartphone, black", "Corrected 1 time")
    naomi.fill("Anything to say to it? (optional)", "Raise the app with probation.")
    naomi.press("Countersign the visit")
    naomi.says("Visit countersigned", "Raise the app with probation.")
    priya = staff("priya.sandhurst")
    priya.open(owen.page.url)
    priya.act("Add your agency’s account")
    priya.press("Add the account", answers=422)
    priya.fill("What did your agency see and do?", "Went along and spoke of the programme.")
    priya.press("Add the account")
    priya.says("Accounts of others who were there", "Went along and spoke of the programme.")


def add_a_check(owen: Walk) -> None:
    owen.follow("Add photographs, devices, conditions, home and more to this visit")
    owen.follow("Devices and online accounts")
    owen.press("Add to the visit", answers=422)
    owen.choose("Which device or account?", "Telephone, Smartphone, black, 350000000000001")
    owen.choose("Result", "Something of concern")
    owen.choose("How was it checked?", "Looked through by hand")
    owen.choose("Under which power?", "An order")
    owen.fill("What was found?", "An app that is not on the record.")
    owen.press("Add to the visit")
    owen.says("1 added")
    owen.act("Done")
    owen.says("Smartphone, black", "Looked through by hand, an order")


def correct(owen: Walk) -> None:
    owen.act("Correct it")
    owen.press("Save the correction", answers=422)
    owen.says("Nothing was changed")
    owen.fill("What happens next? (optional)", "Look at the app again.")
    owen.press("Save the correction")
    owen.follow("Corrected 1 time: see what changed")
    owen.says("Next step", "Look at the app again.")
    owen.follow("Back")
