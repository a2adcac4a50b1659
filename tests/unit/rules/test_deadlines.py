from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.bank_holidays import bank_holidays
from mappa.rules.deadlines import (
    Ceiling,
    Confidence,
    Counting,
    DateNotSet,
    DeadlineRule,
    RuleBook,
    Step,
    Unit,
    UnknownRule,
    due,
    of_case,
    set_in_plan,
)
from mappa.rules.levels import Jurisdiction
from mappa.rules.rule import IN_DAYS

SC = bank_holidays(Jurisdiction.SCOTLAND, range(2026, 2029))
NONE = frozenset()


class TestDue:
    @pytest.mark.parametrize(
        ("start", "amount", "unit", "counting", "expected"),
        [
            # Sexual Offences Act 2003 s83(1): 3 days beginning with the relevant date.
            (date(2027, 2, 27), 3, "calendar_days", "beginning_with", date(2027, 3, 1)),
            # s84(4): 6 days beginning with the date that was given in advance.
            (date(2026, 12, 29), 6, "calendar_days", "beginning_with", date(2027, 1, 3)),
            # s85(1): one year after the last notification; from a leap day, 28 February.
            (date(2028, 2, 29), 1, "years", "after", date(2029, 2, 28)),
            (date(2027, 3, 1), 1, "years", "beginning_with", date(2028, 2, 29)),
            (date(2027, 2, 27), 3, "calendar_days", "after", date(2027, 3, 2)),
            (date(2027, 1, 31), 1, "months", "after", date(2027, 2, 28)),
            (date(2027, 1, 31), 1, "months", "beginning_with", date(2027, 2, 28)),
            (date(2027, 3, 1), 1, "months", "beginning_with", date(2027, 3, 31)),
            (date(2026, 11, 20), 16, "weeks", "after", date(2027, 3, 12)),
            (date(2026, 11, 20), 16, "weeks", "beginning_with", date(2027, 3, 11)),
            (date(2026, 11, 27), 1, "working_days", "after", date(2026, 12, 1)),
            (date(2026, 11, 27), 2, "working_days", "beginning_with", date(2026, 12, 1)),
            (date(2026, 11, 21), 3, "working_days", "beginning_with", date(2026, 11, 25)),
        ],
    )
    def test_is_the_last_day_to_meet_the_duty(
        self, a_rule, start, amount, unit, counting, expected
    ):
        rule = a_rule(amount=amount, unit=Unit(unit), counting=Counting(counting))

        assert due(rule, start, SC).due_on == expected

    def test_the_weekend_does_not_move_a_date_counted_in_months(self, a_rule):
        counted = due(a_rule(amount=1), date(2026, 11, 26), SC)

        assert counted.due_on == date(2026, 12, 26)  # a Saturday and Boxing Day

    @given(
        start=st.dates(date(2000, 1, 1), date(2060, 1, 1)),
        amount=st.integers(1, 60),
        unit=st.sampled_from(IN_DAYS),
    )
    def test_counting_the_day_itself_never_gains_time(self, start, amount, unit):
        rules = [
            _rule(amount, unit, counting) for counting in (Counting.AFTER, Counting.BEGINNING_WITH)
        ]
        after, beginning_with = (due(rule, start, SC).due_on for rule in rules)

        assert start <= beginning_with <= after
        assert after > start

    def test_steps_number_each_day_and_name_each_that_is_skipped(self, a_rule):
        rule = a_rule(amount=2, unit=Unit.WORKING_DAYS)

        assert due(rule, date(2026, 11, 27), SC).steps == (
            Step(date(2026, 11, 27), "Agreed", False),
            Step(date(2026, 11, 28), "–", False),
            Step(date(2026, 11, 29), "–", False),
            Step(date(2026, 11, 30), "St Andrew’s Day", False),
            Step(date(2026, 12, 1), "Day 1", True),
            Step(date(2026, 12, 2), "Day 2, due", True),
        )

    def test_steps_of_days_beginning_with_start_at_day_1(self, a_rule):
        rule = a_rule(unit=Unit.CALENDAR_DAYS, counting=Counting.BEGINNING_WITH)

        notes = [step.note for step in due(rule, date(2026, 11, 27), SC).steps]

        assert notes == ["Day 1", "Day 2", "Day 3, due"]

    def test_steps_in_months_are_the_first_and_the_last_day(self, a_rule):
        assert due(a_rule(), date(2026, 8, 12), NONE).steps == (
            Step(date(2026, 8, 12), "Agreed", False),
            Step(date(2026, 11, 12), "Due", True),
        )


class TestSetDate:
    def test_nobody_having_set_it_is_an_error_and_not_no_deadline(self, a_rule):
        rule = a_rule(unit=Unit.SET_DATE, amount=0, set_by="the meeting")

        with pytest.raises(DateNotSet, match="the meeting"):
            due(rule, date(2026, 11, 20), NONE)

    def test_is_the_date_that_was_set(self, a_rule):
        rule = a_rule(unit=Unit.SET_DATE, amount=0, set_by="the meeting")

        counted = due(rule, date(2026, 11, 20), NONE, date(2027, 1, 15))

        assert counted.due_on == date(2027, 1, 15)
        assert counted.instead_of is None
        assert counted.steps[-1].note == "Set by the meeting"

    @pytest.mark.parametrize(
        ("set_on", "is_late"), [(date(2027, 1, 1), False), (date(2027, 1, 2), True)]
    )
    def test_beyond_the_ceiling_is_allowed_and_said(self, a_rule, set_on, is_late):
        rule = a_rule(
            unit=Unit.SET_DATE, amount=0, set_by="the meeting", ceiling=Ceiling(6, Unit.WEEKS)
        )

        counted = due(rule, date(2026, 11, 20), NONE, set_on)

        assert counted.latest_on == date(2027, 1, 1)
        assert counted.is_late_choice is is_late

    def test_may_replace_a_count_and_remembers_what_it_replaced(self, a_rule):
        counted = due(a_rule(set_by="the plan"), date(2026, 8, 12), NONE, date(2026, 10, 1))

        assert (counted.due_on, counted.instead_of) == (date(2026, 10, 1), date(2026, 11, 12))
        assert not counted.is_late_choice

    def test_is_refused_where_nobody_may_set_it(self, a_rule):
        with pytest.raises(ValueError, match="nobody may set"):
            due(a_rule(), date(2026, 8, 12), NONE, date(2026, 10, 1))

    def test_is_refused_before_the_start(self, a_rule):
        with pytest.raises(ValueError, match="before the count starts"):
            due(a_rule(set_by="the plan"), date(2026, 8, 12), NONE, date(2026, 8, 11))

    def test_cannot_be_a_ceiling(self, a_rule):
        rule = a_rule(set_by="the meeting", ceiling=Ceiling(1, Unit.SET_DATE))

        with pytest.raises(DateNotSet):
            due(rule, date(2026, 8, 12), NONE, date(2026, 10, 1))


class TestSetInPlan:
    def test_gives_the_rule_with_the_plans_interval_and_source(self, a_rule):
        rule = set_in_plan(a_rule(set_by="the plan"), 6, Unit.WEEKS, "The plan, version 4")

        assert due(rule, date(2026, 8, 12), NONE).due_on == date(2026, 9, 23)
        assert (rule.source, rule.confidence) == ("The plan, version 4", Confidence.AGREED_PLAN)

    def test_is_refused_where_the_rule_does_not_allow_it(self, a_rule):
        with pytest.raises(ValueError, match="another interval"):
            set_in_plan(a_rule(), 6, Unit.WEEKS, "The plan, version 4")

    def test_an_interval_of_the_case_takes_the_place_of_the_rules_own(self, a_rule):
        rule = a_rule(set_by="the plan")
        assert of_case(rule, "") is rule
        own = of_case(rule, "2 months")
        assert (own.amount, own.unit) == (2, Unit.MONTHS)
        with pytest.raises(ValueError, match="nobody may set"):
            of_case(a_rule(), "2 months")


class TestRuleBook:
    @pytest.fixture
    def book(self, a_rule):
        old = a_rule(id="minutes", in_force_to=date(2022, 3, 30))
        new = a_rule(id="minutes", version=2, amount=1, in_force_from=date(2022, 3, 31))
        return RuleBook([old, new, a_rule(id="visit")])

    @pytest.mark.parametrize(
        ("on", "version"),
        [(date(2020, 1, 1), 1), (date(2022, 3, 30), 1), (date(2022, 3, 31), 2)],
        ids=["first day", "last day of the old", "first day of the new"],
    )
    def test_an_old_case_keeps_the_version_of_its_day(self, book, on, version):
        assert book.rule("minutes", on).version == version

    def test_a_stored_version_is_found_again(self, book):
        assert book.version("minutes", 1).amount == 3

    @pytest.mark.parametrize(
        ("rule_id", "on"), [("minutes", date(2019, 12, 31)), ("parole", date(2026, 1, 1))]
    )
    def test_a_missing_rule_is_an_error(self, book, rule_id, on):
        with pytest.raises(UnknownRule, match=rule_id):
            book.rule(rule_id, on)

    def test_a_missing_version_is_an_error(self, book):
        with pytest.raises(UnknownRule, match="version 3"):
            book.version("minutes", 3)

    def test_lists_one_version_of_each_in_force(self, book):
        assert [(r.id, r.version) for r in book.in_force(date(2026, 1, 1))] == [
            ("minutes", 2),
            ("visit", 1),
        ]
        assert len(list(book)) == 3

    @pytest.mark.parametrize(
        ("second", "fault"),
        [
            ({"version": 2, "in_force_from": date(2021, 1, 1)}, "still in force"),
            ({"version": 1, "in_force_from": date(2023, 1, 1)}, "do not rise"),
        ],
        ids=["overlap", "same version"],
    )
    def test_versions_that_clash_are_refused(self, a_rule, second, fault):
        with pytest.raises(ValueError, match=fault):
            RuleBook([a_rule(in_force_to=date(2021, 12, 31)), a_rule(**second)])


def _rule(amount, unit, counting):
    return DeadlineRule(
        id="any",
        version=1,
        jurisdiction=Jurisdiction.SCOTLAND,
        title="Any",
        trigger="anything",
        start_word="Start",
        amount=amount,
        unit=unit,
        counting=counting,
        responsible="chair",
        escalation=(),
        source="none",
        confidence=Confidence.NOT_VERIFIED,
        in_force_from=date(2000, 1, 1),
    )
