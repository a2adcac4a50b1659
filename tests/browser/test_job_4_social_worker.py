"""Job 4: a social worker reads her part of a record, and of another person nothing at all."""

import re
from pathlib import Path

from playwright.sync_api import APIResponse

from tests.browser.steps import DANIEL, Walk, select_one

SEALED = "Restricted information is held by Northmoor Police."
UNKNOWN = "00000000-0000-4000-8000-00000000abcd"
NOT_ON_THE_TEAM = """
    select p.given_name || '|' || p.family_name || '|' || p.id || '|' || p.crn
    from person p join agency l on l.id = p.owner_agency_id
    where l.area_id = 'northmoor' and p.crn <> '' and p.id not in (
        select c.person_id from case_team c join agency a on a.id = c.agency_id
        where a.type = 'childrens-services'
    )
    order by p.family_name limit 1
"""


def test_a_social_worker_reads_what_the_agreement_shares(staff, database):
    leah = staff("leah.tarrant")
    leah.find("danial wexcome", DANIEL)
    leah.says(
        "You see part of this record.", "Risk summary", "Born 14 March 1979", "Who to talk to"
    )
    leah.says("Held, not shared with you")
    assert leah.text().count(SEALED) == 1
    leah.keeps_quiet("Update the action")
    leah.tab("Visits")
    visits(leah)
    leah.tab("Intelligence")
    assert leah.text().count(SEALED) == 1
    leah.tab("Plan")
    leah.tab("Timeline")
    leah.tab("Team and sharing")
    hidden(leah, database)


def visits(leah: Walk) -> None:
    leah.says("Seen and spoken to")
    leah.first_row()
    leah.keeps_quiet("Owen Marsh", "Knocked, rang the bell")


def hidden(leah: Walk, database: Path) -> None:
    """Nothing of somebody who is not theirs: no line, no hit, and a page like any unknown one."""
    given, family, raw, number = select_one(database, NOT_ON_THE_TEAM).split("|")
    hidden_id = f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"
    leah.open("/people")
    leah.keeps_quiet(f"{family}", hidden_id)
    for words in (f"{given} {family}", number):
        leah.open("/people/find")
        leah.page.get_by_role("searchbox").fill(words)
        leah.press("Search")
        assert hidden_id not in leah.page.content()
    for path in ("/people/{}", "/people/{}/visits", "/people/{}/plan", "/people/{}/sharing"):
        answers = [leah.page.request.get(path.format(each)) for each in (hidden_id, UNKNOWN)]
        assert [each.status for each in answers] == [404, 404]
        assert without_chance(answers[0]) == without_chance(answers[1]), path
    leah.open(f"/people/{hidden_id}", answers=404)
    leah.says("Page not found", "There is nothing at this address that you can open.")


def without_chance(answer: APIResponse) -> bytes:
    """The bytes without the token that is drawn for each answer."""
    body = answer.body()
    return re.sub(rb'(name="csrf_token" value=")[^"]+', rb"\1", body)
