"""What may become of a request, how often one may ask, and what its asker is told when."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from mappa.access.terms import Section
from mappa.kernel.errors import RuleBroken
from mappa.sharing.requests import rules
from mappa.sharing.requests.rules import NEXT, OPEN, State

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 27)
ENDED = [state for state in State if state not in OPEN]

# What an owner answers -> what the asker knows at once, after the day, and of somebody unseen.
TOLD = """
state         seen          unseen-before  unseen-after
open          open          open           no-trace
discussed     discussed     discussed      discussed
no-trace      no-trace      no-trace       no-trace
not-relevant  not-relevant  not-relevant   not-relevant
shared        shared        shared         shared
declined      declined      declined       declined
withdrawn     withdrawn     withdrawn      withdrawn
"""


@pytest.mark.parametrize("line", TOLD.strip().splitlines()[1:])
def test_what_an_asker_knows(line):
    state, seen, before, after = (State(word) for word in line.split())
    day = timedelta(days=1)
    for today in (DAY - day, DAY, DAY + day):
        assert rules.state_told(state, DAY, today, unseen=False) is seen
    assert rules.state_told(state, DAY, DAY, unseen=True) is before
    assert rules.state_told(state, DAY, DAY + day, unseen=True) is after


def test_an_open_request_may_get_any_answer_and_an_answered_one_none():
    for state in OPEN:
        assert NEXT[state] == set(rules.ANSWERS) | {State.WITHDRAWN}
    for state in ENDED:
        assert NEXT[state] == frozenset()
        for to in State:
            with pytest.raises(RuleBroken, match="REQUEST-OPEN") as refused:
                rules.check_step(state, to)
            assert "Nothing has changed" in refused.value.sentences[0]


def test_only_no_trace_about_somebody_unseen_is_kept_until_its_day():
    held = [
        (to, told, unseen)
        for to in rules.ANSWERS
        for told in OPEN
        for unseen in (True, False)
        if not rules.is_told(to, told, unseen=unseen)
    ]
    assert held == [(State.NO_TRACE, State.OPEN, True)]


@pytest.mark.parametrize("to", sorted(rules.NEEDS_WORDS))
def test_declining_and_discussing_need_words(to):
    rules.check_answer(to, "Because", shares=False)
    with pytest.raises(RuleBroken, match="REQUEST-WHY"):
        rules.check_answer(to, "", shares=False)


@pytest.mark.parametrize("to", rules.ANSWERS)
def test_only_a_share_shares(to):
    with pytest.raises(RuleBroken, match="REQUEST-SHARE"):
        rules.check_answer(to, "Because", shares=to is not State.SHARED)


@pytest.mark.parametrize("to", [State.OPEN, State.WITHDRAWN])
def test_what_is_no_answer_is_refused(to):
    with pytest.raises(RuleBroken, match="REQUEST-ANSWER"):
        rules.check_answer(to, "Because", shares=False)


@pytest.mark.parametrize(
    ("ago", "wait"),
    [
        ([timedelta(minutes=5)] * 9, None),
        ([timedelta(minutes=5)] * 10, timedelta(minutes=55)),
        ([timedelta(minutes=61)] * 29, None),
        ([timedelta(hours=2)] * 30, timedelta(hours=22)),
        ([timedelta(minutes=1)] * 10 + [timedelta(hours=2)] * 20, timedelta(hours=22)),
    ],
)
def test_how_long_one_waits_after_asking_often(ago, wait):
    before = [NOW - each for each in ago]
    assert rules.try_again_at(before, NOW) == (wait and NOW + wait)


def test_the_refusal_says_when_and_nothing_of_anybody():
    with pytest.raises(RuleBroken) as refused:
        rules.check_rate([NOW] * 30, NOW)
    assert "in 24 hours" in refused.value.sentences[0]
    with pytest.raises(RuleBroken) as refused:
        rules.check_rate([NOW - timedelta(minutes=59, seconds=30)] * 10, NOW)
    assert "in 1 minute." in refused.value.sentences[0]


def test_nobody_answers_what_they_asked():
    rules.check_answerer(asked_it=False, owner="Northmoor Police")
    with pytest.raises(RuleBroken, match="REQUEST-OWN-ANSWER"):
        rules.check_answerer(asked_it=True, owner="Northmoor Police")


def test_another_agency_is_asked_for_something():
    one, other = UUID(int=1), UUID(int=2)
    rules.check_ask([Section.RISK], owner=one, asker=other)
    for sections, owner in (([], one), ([Section.SHARING], one), ([Section.RISK], other)):
        with pytest.raises(RuleBroken):
            rules.check_ask(sections, owner=owner, asker=other)
