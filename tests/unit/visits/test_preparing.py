"""Before a visit: warnings are read, enough officers go, nobody is at two doors at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappa.visits.preparing import rules
from mappa.visits.preparing.rules import Warned, collide, reading_faults, too_few
from mappa.visits.rules import Attending, PlanVisit, Turnout

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DOG, PAIRS = Warned(UUID(int=1)), Warned(UUID(int=2), officers=2, serious=2)
KNIVES = Warned(UUID(int=3), officers=2, serious=3)
AS_EXPECTED = Turnout(plain_clothes=True, marked_car=False, accredited=True)
ONE = (Attending("Owen Marsh", "Northmoor Police"),)
PLAN = PlanVisit(announced=False, window_from=NOON, window_to=NOON, officers=ONE)


class TestReading:
    def test_without_a_warning_nothing_is_to_be_read(self):
        assert reading_faults((), ()) == {}

    @pytest.mark.parametrize(
        ("standing", "read", "said"),
        [
            ((DOG,), (), "Read the warning to staff, and tick the box"),
            ((DOG, PAIRS), (), "Read the 2 warnings to staff, and tick the box"),
            ((DOG, PAIRS), (DOG.id,), "A warning to staff was added. Read it, and tick the box"),
            ((DOG,), (UUID(int=4),), "Read the warning to staff, and tick the box"),
        ],
    )
    def test_each_that_stands_is_to_be_read(self, standing, read, said):
        assert reading_faults(standing, read)["warnings_read"][0].startswith(said)

    def test_one_that_has_ended_since_is_no_hindrance(self):
        assert reading_faults((DOG,), (DOG.id, PAIRS.id)) == {}


class TestTooFew:
    @pytest.mark.parametrize(
        ("going", "reason", "standing", "fields"),
        [
            (1, "", (), set()),
            (1, "", (DOG,), set()),
            (1, "", (PAIRS,), {"alone_reason"}),
            (1, "Keys only, at the gate", (PAIRS,), set()),
            (2, "", (PAIRS, KNIVES), set()),
            (1, "", (KNIVES,), {"officers"}),
            (1, "Keys only, at the gate", (KNIVES,), {"officers"}),
            (1, "Keys only, at the gate", (PAIRS, KNIVES), {"officers"}),
            (0, "", (PAIRS, KNIVES), set()),
        ],
        ids=str,
    )
    def test_a_reason_helps_but_not_against_danger_to_life(self, going, reason, standing, fields):
        assert set(too_few(going, reason, standing)) == fields

    @given(
        going=st.integers(1, 4),
        standing=st.lists(st.sampled_from((DOG, PAIRS, KNIVES)), max_size=4),
        reason=st.sampled_from(("", "Why not")),
    )
    def test_it_is_stopped_exactly_if_a_warning_asks_for_more(self, going, standing, reason):
        asked = max((each.officers for each in standing), default=1)
        grave = any(each.officers > going and each.serious == 3 for each in standing)
        stopped = going < asked and (grave or not reason)
        assert bool(too_few(going, reason, standing)) is stopped

    def test_nobody_at_all_is_said_elsewhere(self):
        assert too_few(0, "", (KNIVES,)) == {}


class TestTurnout:
    @pytest.mark.parametrize(
        "other", [{"plain_clothes": False}, {"marked_car": True}, {"accredited": False}]
    )
    def test_what_is_not_as_expected_has_a_reason(self, other):
        goes = replace(AS_EXPECTED, **other)
        assert set(rules.turnout_faults(goes)) == {"turnout_reason"}
        assert rules.turnout_faults(replace(goes, reason="Came from another call")) == {}

    def test_as_expected_it_needs_none(self):
        assert rules.turnout_faults(AS_EXPECTED) == {}
        assert rules.turnout_faults(None) == {}

    @pytest.mark.parametrize(
        ("agency", "nation", "asked"),
        [
            ("police", "england-wales", True),
            ("police", "scotland", False),
            ("probation", "england-wales", False),
        ],
    )
    def test_it_is_asked_of_the_police_in_england_and_wales(self, agency, nation, asked):
        assert rules.turnout_asked(agency, nation) is asked


def test_all_that_is_wrong_is_said_at_once():
    goes = replace(AS_EXPECTED, marked_car=True)
    found = rules.faults(replace(PLAN, turnout=goes), (PAIRS,))
    assert set(found) == {"warnings_read", "alone_reason", "turnout_reason"}


@pytest.mark.parametrize(
    ("officers", "kept"), [(ONE, True), ((*ONE, *ONE), False)], ids=["one", "two"]
)
def test_a_reason_is_kept_only_where_it_answers_a_warning(officers, kept):
    assert rules.reason_counts(replace(PLAN, officers=officers), (PAIRS,)) is kept


def at(hours: float, until: float | None = None) -> rules.Window:
    ends = hours if until is None else until
    return NOON + timedelta(hours=hours), NOON + timedelta(hours=ends)


class TestTwoDoors:
    @pytest.mark.parametrize(
        ("one", "other", "both"),
        [
            (at(0), at(0), True),
            (at(0), at(0.5), True),
            (at(0), at(1), False),
            (at(0), at(-1), False),
            (at(0), at(-0.5, 0.5), True),
            (at(0), at(-5, 5), False),
            (at(0), at(0, 24), False),
            (at(0, 4), at(0, 4), False),
        ],
        ids=str,
    )
    def test_only_what_leaves_no_room_collides(self, one, other, both):
        assert collide(one, other) is both
        assert collide(other, one) is both

    quarters = st.integers(0, 16)

    @given(quarters, quarters, quarters, quarters)
    def test_it_agrees_with_trying_every_quarter_of_an_hour(self, a, b, c, d):
        one, other = (min(a, b), max(a, b)), (min(c, d), max(c, d))
        fits = any(
            abs(mine - theirs) >= 4
            for mine in range(one[0], one[1] + 1)
            for theirs in range(other[0], other[1] + 1)
        )
        windows = [at(first / 4, last / 4) for first, last in (one, other)]
        assert collide(*windows) is not fits
