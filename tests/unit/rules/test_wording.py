from datetime import date

import pytest

from config.read import rule_book
from mappa.rules.levels import Jurisdiction
from mappa.rules.rule import Confidence, Subject
from mappa.rules.wording import (
    CONFIDENCE_WORDS,
    SUBJECT_WORDS,
    pause_words,
    role_words,
    when_words,
)

EW, SC = Jurisdiction.ENGLAND_WALES, Jurisdiction.SCOTLAND
TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("where", "rule_id", "words"),
    [
        (EW, "notification-annual", "1 year after the last notification"),
        (EW, "notification-release",
         "3 days beginning with the day of release from custody, prison or hospital"),
        (SC, "notification-travel", "7 days before leaving the United Kingdom"),
        (SC, "notification-travel-last", "12 hours before leaving the United Kingdom"),
        (EW, "custody-handover",
         "7 months and 15 days before the earlier of the conditional and the automatic release "
         "date"),
        (EW, "notification-period-without-end",
         "Without end, beginning with the day of conviction, finding or caution (the relevant "
         "date)"),
        (EW, "notification-period-discharge", "As long as the order of discharge says"),
        (EW, "sexual-harm-order-travel", "At most 5 years beginning with the day of the order"),
        (EW, "entry-warrant", "2 attempts to enter the home that failed"),
        (EW, "qualifying-stay",
         "7 days of stay at one address that has not been notified, within 12 months"),
        (EW, "board-meetings",
         "At least 3 meetings of the strategic management board, within 12 months"),
        (EW, "plan-content", "When a risk management plan is saved"),
        (EW, "meeting-review-level-2", "On the day that the meeting sets, at most 16 weeks ahead"),
        (EW, "first-meeting-level-2", "On the day that the co-ordinator sets"),
    ],
)  # fmt: skip
def test_a_rule_is_one_phrase(where, rule_id, words):
    assert when_words(rule_book(where).rule(rule_id, TODAY)) == words


@pytest.mark.parametrize(
    ("where", "rule_id", "words"),
    [
        (EW, "visit-write-up", ""),
        (SC, "lifetime-review-adult", "Days are not counted while in custody."),
        (EW, "notification-change",
         "Days are not counted while in custody, in hospital or outside the United Kingdom."),
        (EW, "notification-annual",
         "If it would end while in custody, in hospital or outside the United Kingdom, it runs on "
         "to the end of 3 days beginning with the day that ends."),
        (EW, "notification-period-caution",
         "Half of it for somebody under 18 on the relevant date."),
    ],
)  # fmt: skip
def test_what_a_count_leaves_out_is_said(where, rule_id, words):
    assert pause_words(rule_book(where).rule(rule_id, TODAY)) == words


@pytest.mark.parametrize("where", Jurisdiction)
def test_every_rule_reads_as_a_phrase_with_a_capital(where):
    for rule in rule_book(where):
        words = when_words(rule)
        assert words[0].isupper() or words[0].isdigit(), words
        assert "  " not in words, words
        assert not words.endswith((".", " ")), words


def test_the_person_is_called_what_the_jurisdiction_says():
    assert role_words("subject", EW) == "offender"
    assert role_words("subject", SC) == "individual"
    assert role_words("subject") == "person"
    assert role_words("strategic_board") == "strategic board of the area"


def test_every_subject_and_every_sureness_has_words():
    assert set(SUBJECT_WORDS) == set(Subject)
    assert set(CONFIDENCE_WORDS) == set(Confidence)
