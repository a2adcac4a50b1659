from datetime import date

import pytest

from config.read import bank_holidays, rule_book
from mappa.rules.deadlines import Ceiling, Confidence, Counting, Unit
from mappa.rules.explanation import CONFIDENCE_WORDS, UNIT_WORDS, explain, interval_words
from mappa.rules.levels import Jurisdiction

SC = bank_holidays(Jurisdiction.SCOTLAND, range(2026, 2028))
NONE = frozenset()


class TestFirstMeetingInScotland:
    """MAPPA national guidance (Scotland) 2022, paragraph 5.63, as in the picture of the page."""

    @pytest.fixture
    def explained(self):
        start = date(2026, 11, 9)
        rule = rule_book(Jurisdiction.SCOTLAND).rule("first-meeting-level-2", start)
        return explain(rule, start, SC)

    def test_answers_first_in_one_sentence(self, explained):
        assert explained.heading == "First level 2 meeting by Tuesday 8 December 2026"
        assert explained.question == "Why 8 December 2026?"
        assert explained.sentence == (
            "20 working days after the co-ordinator accepted the referral and the risk "
            "management plan, on Monday 9 November 2026."
        )

    def test_counts_day_by_day(self, explained):
        notes = {step.on: step.note for step in explained.steps}

        assert explained.reckoning == ""
        assert notes[date(2026, 11, 9)] == "Accepted"
        assert notes[date(2026, 11, 20)] == "Day 9"
        assert notes[date(2026, 11, 30)] == "St Andrew’s Day"
        assert notes[date(2026, 12, 8)] == "Day 20, due"

    def test_says_what_is_not_counted(self, explained):
        assert explained.not_counted == (
            "The day it started, Monday 9 November 2026, is not counted.",
            "Saturdays and Sundays are not counted: 8 in all.",
            "Monday 30 November 2026 is not counted: St Andrew’s Day.",
        )

    def test_gives_the_facts_in_the_order_of_the_page(self, explained):
        assert explained.facts == (
            ("Rule", "First level 2 meeting, version 1, in force since 31 March 2022"),
            ("Where", "Scotland"),
            ("Source", "MAPPA national guidance (Scotland) 2022, paragraph 5.63"),
            ("How sure", "Not yet verified"),
            ("Who must act", "MAPPA co-ordinator"),
            ("If it is late", "The agency lead is told after 2 working days."),
        )
        assert "not confirmed" in explained.confidence_note


class TestCalendarRules:
    def test_a_rule_in_months_is_one_line(self, a_rule):
        explained = explain(a_rule(), date(2026, 8, 12), NONE)

        assert explained.reckoning == "12 August 2026 + 3 months = 12 November 2026"
        assert explained.not_counted == (
            "The day it started, Wednesday 12 August 2026, is not counted.",
        )

    def test_beginning_with_says_that_the_day_is_day_1(self, a_rule):
        rule = a_rule(
            unit=Unit.CALENDAR_DAYS,
            counting=Counting.BEGINNING_WITH,
            trigger="of release",
        )

        explained = explain(rule, date(2027, 2, 27), NONE)

        assert explained.reckoning == (
            "27 February 2027 + 3 days = 1 March 2027. The day itself is day 1."
        )
        assert explained.sentence.startswith("3 days beginning with the day of release, on Sat")
        assert explained.not_counted == ()


class TestSetDates:
    def test_say_who_set_the_day_and_instead_of_what(self, a_rule):
        rule = a_rule(set_by="the risk management plan")

        explained = explain(rule, date(2026, 8, 12), NONE, date(2026, 10, 1))

        assert explained.sentence == (
            "Thursday 1 October 2026 was set by the risk management plan."
        )
        assert explained.confidence == "Set by the risk management plan"
        assert ("Instead of", "12 November 2026, 3 months after the plan was agreed") in (
            explained.facts
        )
        assert explained.warnings == ()

    def test_beyond_the_ceiling_warn_and_name_the_day(self, a_rule):
        rule = a_rule(
            unit=Unit.SET_DATE,
            amount=0,
            set_by="the meeting",
            trigger="the last level 3 meeting",
            ceiling=Ceiling(6, Unit.WEEKS),
        )

        explained = explain(rule, date(2026, 11, 20), NONE, date(2027, 1, 4))

        assert explained.warnings == (
            "This is later than 6 weeks after the last level 3 meeting, "
            "which would be Friday 1 January 2027.",
        )
        assert explained.reckoning == ""

    def test_within_the_ceiling_do_not_warn(self, a_rule):
        rule = a_rule(
            unit=Unit.SET_DATE, amount=0, set_by="the meeting", ceiling=Ceiling(6, Unit.WEEKS)
        )

        assert explain(rule, date(2026, 11, 20), NONE, date(2027, 1, 1)).warnings == ()


class TestWords:
    def test_every_confidence_and_unit_has_words(self):
        assert set(CONFIDENCE_WORDS) == set(Confidence)
        assert set(UNIT_WORDS) == set(Unit)

    @pytest.mark.parametrize(
        ("amount", "unit", "words"),
        [
            (1, Unit.MONTHS, "1 month"),
            (20, Unit.WORKING_DAYS, "20 working days"),
            (1, Unit.YEARS, "1 year"),
            (0, Unit.SET_DATE, ""),
        ],
    )
    def test_intervals_agree_in_number(self, amount, unit, words):
        assert interval_words(amount, unit) == words

    def test_who_is_told_in_order(self, a_rule):
        facts = dict(explain(a_rule(), date(2026, 8, 12), NONE).facts)

        assert facts["If it is late"] == (
            "The supervisor is told after 1 working day, the agency lead after 5 working days."
        )
        assert facts["Who must act"] == "Offender manager"

    def test_nobody_being_told_is_said(self, a_rule):
        facts = dict(explain(a_rule(escalation=()), date(2026, 8, 12), NONE).facts)

        assert facts["If it is late"] == "It stays on the list of work; nobody else is told."

    def test_a_local_standard_is_never_shown_as_verified(self, a_rule):
        assert explain(a_rule(), date(2026, 8, 12), NONE).confidence == (
            "Local standard, not verified"
        )
