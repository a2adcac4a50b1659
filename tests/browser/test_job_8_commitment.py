"""Job 8: a supervisor says how often somebody is visited, and looks at what is late."""

from tests.browser.steps import DANIEL


def test_setting_a_commitment_and_reading_the_backlog(staff):
    naomi = staff("naomi.pell")
    naomi.find("Wexcombe", DANIEL)
    naomi.tab("Visits")
    naomi.says("Visit commitment of Northmoor Police")
    naomi.follow("Set it, or see its history")
    naomi.choose("What does it rest on?", "A supervisor’s decision")
    naomi.press("Set the commitment", answers=422)
    naomi.says("Choose how often visits are made", "Choose who goes")
    naomi.select("How often are visits made?", "Every month")
    naomi.select("How often is one unannounced, at least?", "Every 2 months")
    naomi.page.get_by_label("Evenings").check()
    naomi.choose("Who goes?", "Two officers")
    naomi.fill("Why?", "Moved to a new address")
    naomi.press("Set the commitment")
    naomi.says("Visit commitment set", "Decided by a supervisor", "Moved to a new address")

    naomi.open("/visits")
    naomi.act("Visit backlog")
    naomi.says("Overdue by risk and age", "Officers above 50 people")
    naomi.open("/visits/team/list?show=made")
    naomi.says("Visits made in the last 90 days")
