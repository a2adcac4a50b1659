"""The page of rules: by subject, a line each, with what we are sure of counted at the top."""

import re
from datetime import date
from types import SimpleNamespace

import pytest

from config.read import rule_book
from mappa.kernel import clock
from mappa.reminders.presenters import calendar_weeks, why_page
from mappa.reminders.rule_lines import rule_line, rules_page
from mappa.rules.deadlines import Absence, Away, Step, due
from mappa.rules.explanation import explain
from mappa.rules.levels import Jurisdiction
from tests.factories.world import NOW, northmoor

TODAY = NOW.date()
EW, SC = Jurisdiction.ENGLAND_WALES, Jurisdiction.SCOTLAND


class TestPage:
    @pytest.fixture
    def page(self, app):
        world = northmoor(app)
        with clock.at(NOW):
            return world.client("leah").get("/rules").text

    def test_groups_the_rules_by_subject_with_a_link_to_each(self, page):
        headings = re.findall(r'<h2 class="govuk-heading-l" id="([a-z]+)"', page)

        assert headings == [
            "notification", "visits", "reviews", "meetings", "sharing", "orders", "records",
            "replaced",
        ]  # fmt: skip
        assert all(f'href="#{each}"' in page for each in headings)

    def test_shows_a_rule_of_every_kind(self, page):
        for words in (
            "3 days beginning with the day of release",
            "10 years beginning with the day",
            "2 attempts to enter the home that failed",
            "When a risk management plan is saved",
            "24 hours after the application",
            "7 months and 15 days before the earlier of",
            "it runs on to the end of 3 days beginning with the day that ends",
        ):
            assert words in page

    def test_says_how_many_rules_are_how_sure(self, page):
        book = rule_book(EW).in_force(TODAY)
        verified = sum(rule.confidence.value == "verified" for rule in book)

        assert f"<strong>{verified}</strong> Read in the source." in page


class TestRulesPage:
    @pytest.mark.parametrize("where", Jurisdiction)
    def test_holds_every_version_once(self, where):
        page = rules_page(rule_book(where), TODAY, rule_line)
        shown = [line for group in page.groups for line in group.lines]

        every = [*shown, *page.coming, *page.replaced]
        assert sorted((each.rule_id, each.version) for each in every) == sorted(
            (line.rule_id, line.version) for line in map(rule_line, rule_book(where))
        )
        assert sum(number for *_, number in page.sureness) == len(shown)

    @pytest.mark.parametrize("where", Jurisdiction)
    def test_no_two_rules_of_a_subject_look_alike(self, where):
        for group in rules_page(rule_book(where), TODAY, rule_line).groups:
            shown = [(line.title, line.told_apart, line.when) for line in group.lines]
            assert len(set(shown)) == len(shown)

    def test_tells_rules_of_one_name_apart_by_their_note(self):
        page = rules_page(rule_book(EW), TODAY, rule_line)
        visits = next(group for group in page.groups if group.key == "visits")

        assert [line.told_apart for line in visits.lines if line.title == "Next home visit"][0] == (
            "Risk of serious harm: very high."
        )

    def test_only_a_deadline_can_be_late(self):
        duty = rule_line(rule_book(EW).rule("plan-content", TODAY))

        assert (duty.late, duty.who) == ("", "Offender manager")


class TestCalendar:
    def test_of_a_count_that_went_back_ends_with_its_start(self):
        rule = rule_book(SC).rule("notification-travel", TODAY)
        counted = due(rule, date(2027, 3, 10), ())

        (first, second) = calendar_weeks(counted.steps, TODAY, counted.due_on)

        assert [cell.kind for cell in first[2:4]] == ["due", "day"]
        assert (first[2].number, first[2].note) == ("3 Mar", "7 before, due")
        assert (second[2].note, second[2].kind) == ("Departure", "start")

    def test_is_not_drawn_over_a_year(self):
        steps = [Step(date(2027, 1, 1), "a", False), Step(date(2027, 12, 30), "b", False)]

        assert calendar_weeks([*steps, Step(date(2027, 12, 31), "Due", True)], TODAY) == []


class TestWhyPage:
    def test_shows_days_in_custody_and_what_they_moved(self):
        rule = rule_book(EW).rule("notification-change", TODAY)
        away = [Away(Absence.CUSTODY, date(2027, 6, 2), date(2027, 6, 4))]
        said = explain(rule, date(2027, 6, 1), (), away=away)

        notes = [cell.note for week in calendar_weeks(said.steps, TODAY) for cell in week]

        assert "In custody" in notes
        assert "2 June 2027 to 3 June 2027 is not counted (2 days): in custody." in said.not_counted

    def test_says_that_a_count_goes_back(self, seen_of):
        rule = rule_book(SC).rule("notification-travel", TODAY)
        start = date(2027, 3, 10)
        said = explain(rule, start, ())

        page = why_page(seen_of(rule, start, said.due_on), rule, said, [], TODAY, anew=said.due_on)

        assert page.started_note == "The count goes back from this day"
        assert page.may_change.startswith("Nobody moves this date by hand.")


@pytest.fixture
def seen_of():
    """A function: a duty as its reader sees it, of these facts only."""

    def build(rule, starts_on, due_on):
        return SimpleNamespace(
            title=rule.title, starts_on=starts_on, due_on=due_on, set_on=None, closed_at=None,
            moved_from=None, moved_because="",
        )  # fmt: skip

    return build
