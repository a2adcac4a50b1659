"""When a case may be handed on, and how long somebody may stand in."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from mappa.kernel.errors import RuleBroken
from mappa.offenders.handover import rules
from mappa.offenders.handover.rules import NEXT, Answer, HandoverState, NameDeputy, Propose, Stays

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
ONE, OTHER = UUID(int=1), UUID(int=2)


def proposal(**said):
    fixed = {"people": (ONE,), "to_user": ONE, "to_agency": OTHER, "why": "x"}
    return Propose(**(fixed | said))


def check(*, other_agency=False, **said):
    rules.check_proposal(proposal(**said), today=TODAY, other_agency=other_agency)


def test_a_proposal_is_answered_once():
    assert [state for state in HandoverState if NEXT[state]] == [HandoverState.PROPOSED]
    assert NEXT[HandoverState.PROPOSED] == set(HandoverState) - {HandoverState.PROPOSED}
    for state in HandoverState:
        for to in HandoverState:
            if to in NEXT[state]:
                rules.check_step(state, to)
            elif state is not HandoverState.PROPOSED:
                with pytest.raises(RuleBroken, match="HANDOVER-OPEN") as refused:
                    rules.check_step(state, to)
                assert state.words in refused.value.sentences[0]


def test_it_lapses_after_its_last_day_and_only_while_it_is_open():
    last = rules.lapses_on(TODAY)
    assert last == date(2026, 12, 4)
    open_ = HandoverState.PROPOSED
    assert rules.state_on(open_, last, last) is open_
    assert rules.state_on(open_, last, last + DAY) is HandoverState.LAPSED
    accepted = HandoverState.ACCEPTED
    assert rules.state_on(accepted, last, last + DAY) is accepted


@pytest.mark.parametrize("until", [None, TODAY, TODAY + 92 * DAY])
def test_an_overlap_is_to_come_and_at_most_three_months(until):
    check(overlap_until=until)


@pytest.mark.parametrize("until", [TODAY - DAY, TODAY + 93 * DAY])
def test_another_overlap_is_refused(until):
    with pytest.raises(RuleBroken, match="HANDOVER-OVERLAP"):
        check(overlap_until=until)


def test_somebody_is_handed_over_and_not_too_many():
    check(people=(ONE,) * 200)
    for people in ((), (ONE,) * 201):
        with pytest.raises(RuleBroken, match="HANDOVER-PEOPLE"):
            check(people=people)


def test_the_place_of_the_old_lead_is_said_where_the_lead_passes():
    check(other_agency=True, stays=Stays.LEAVES)
    with pytest.raises(RuleBroken, match="HANDOVER-OLD-LEAD"):
        check(other_agency=True)


def test_declining_has_its_reason_and_something_is_answered():
    rules.check_answer(Answer(handovers=(ONE,), accept=True))
    rules.check_answer(Answer(handovers=(ONE,), accept=False, why="x"))
    with pytest.raises(RuleBroken, match="HANDOVER-DECLINED"):
        rules.check_answer(Answer(handovers=(ONE,), accept=False))
    with pytest.raises(RuleBroken, match="HANDOVER-PEOPLE"):
        rules.check_answer(Answer(handovers=(), accept=True))


def cover(**said):
    fixed = {"deputy": OTHER, "from_on": TODAY, "until_on": TODAY, "why": "x"}
    return NameDeputy(**(fixed | said))


@pytest.mark.parametrize("said", [{}, {"until_on": TODAY + 366 * DAY}])
def test_a_cover_is_to_come_and_at_most_a_year(said):
    rules.check_cover(cover(**said), manager=ONE, today=TODAY)


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"deputy": ONE}, "DEPUTY-OTHER"),
        ({"from_on": TODAY - DAY}, "DEPUTY-TO-COME"),
        ({"from_on": TODAY + DAY}, "DEPUTY-ORDER"),
        ({"until_on": TODAY + 367 * DAY}, "DEPUTY-LONG"),
    ],
)
def test_another_cover_is_refused(said, rule):
    with pytest.raises(RuleBroken, match=rule):
        rules.check_cover(cover(**said), manager=ONE, today=TODAY)
