"""Who adds an account to a visit that somebody else logged, and which visits may be one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from mappa.kernel.errors import RuleBroken
from mappa.visits.joint.rules import Adding, OnRecord, check_joint, may_be_same
from mappa.visits.rules import Attending, LogVisit, Outcome

OWEN, NINA, PRIYA = UUID(int=1), UUID(int=2), UUID(int=3)
POLICE, PROBATION = UUID(int=11), UUID(int=12)
AUTHOR = "visit-account-of-another-officer"
STATE = "visit-account-of-a-made-visit"
THERE = "visit-account-of-who-was-there"


@pytest.mark.parametrize(
    ("user", "agency", "was_there", "state", "broken"),
    [
        (NINA, POLICE, True, "made", None),
        (NINA, POLICE, False, "made", THERE),
        (PRIYA, PROBATION, False, "made", None),
        (PRIYA, PROBATION, True, "made", None),
        (OWEN, POLICE, True, "made", AUTHOR),
        (OWEN, PROBATION, True, "made", AUTHOR),
        (NINA, POLICE, True, "withdrawn", STATE),
        (PRIYA, PROBATION, False, "withdrawn", STATE),
        (NINA, POLICE, True, "planned", STATE),
        (NINA, POLICE, True, "missed", STATE),
    ],
)
def test_who_adds_an_account(user, agency, was_there, state, broken):
    adding = Adding(
        state=state, author=OWEN, owner=POLICE, user=user, agency=agency, was_there=was_there
    )
    if broken is None:
        check_joint(adding)
        return
    with pytest.raises(RuleBroken) as raised:
        check_joint(adding)
    assert raised.value.rule == broken
    assert len(raised.value.sentences[0]) > 30, "it says what to do next"


AT = datetime(2026, 11, 19, 14, 15, tzinfo=UTC)


def told(*officers: UUID, after: int = 0, lasts: int = 25) -> LogVisit:
    arrived = AT + timedelta(minutes=after)
    return LogVisit(
        announced=False,
        outcome=Outcome.NO_REPLY,
        made_on=arrived.date(),
        arrived_at=arrived,
        left_at=arrived + timedelta(minutes=lasts),
        place="The canal",
        officers=tuple(Attending("Somebody", "Somewhere", each) for each in officers),
    )


@pytest.mark.parametrize(
    ("author", "names_reader", "officers", "after", "same"),
    [
        pytest.param(OWEN, True, (NINA,), 0, True, id="it names the reader"),
        pytest.param(OWEN, False, (NINA, OWEN), 0, True, id="the reader names its author"),
        pytest.param(OWEN, True, (NINA, OWEN), 0, True, id="each names the other"),
        pytest.param(OWEN, False, (NINA,), 0, False, id="neither names the other"),
        pytest.param(OWEN, False, (NINA, PRIYA), 0, False, id="a third officer is named"),
        pytest.param(NINA, True, (NINA,), 0, False, id="the reader's own"),
        pytest.param(OWEN, True, (NINA,), 24, True, id="they share the last minute"),
        pytest.param(OWEN, True, (NINA,), 25, False, id="one begins as the other ends"),
        pytest.param(OWEN, True, (NINA,), -25, False, id="the other begins as the one ends"),
        pytest.param(OWEN, True, (NINA,), -24, True, id="they share the first minute"),
        pytest.param(OWEN, True, (NINA, OWEN), 24 * 60, False, id="the next day"),
        pytest.param(OWEN, True, (), 0, True, id="the draft names only somebody without account"),
    ],
)
def test_which_visit_may_be_the_same(author, names_reader, officers, after, same):
    on_record = OnRecord(
        arrived_at=AT,
        left_at=AT + timedelta(minutes=25),
        author=author,
        names_reader=names_reader,
    )
    assert may_be_same(told(*officers, after=after), on_record, reader=NINA) is same


def test_a_visit_without_an_end_is_a_moment():
    on_record = OnRecord(arrived_at=AT, left_at=AT, author=OWEN, names_reader=True)
    assert may_be_same(told(NINA, after=-5), on_record, reader=NINA)
    assert not may_be_same(told(NINA, after=5), on_record, reader=NINA)
