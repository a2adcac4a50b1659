"""When failed entries may lead to a warrant: the decision table, hardest first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from mappa.rules.away import Absence, Away
from mappa.visits.entry.rules import Around, Attempt, WhyNot, weigh

HOME, FLAT, GONE = UUID(int=1), UUID(int=2), UUID(int=3)
MONDAY = date(2026, 11, 16)
BASE = Around(subject=True, premises={HOME, FLAT}, today=MONDAY + timedelta(days=10), needed=2)


def tried(day, *, hour=9, number=None, **more):
    on = MONDAY + timedelta(days=day)
    given = {
        "visit_id": UUID(int=1000 + day * 24 + hour if number is None else number),
        "at": datetime(on.year, on.month, on.day, hour, tzinfo=UTC),
        "on": on,
        "police": True,
        "sought": True,
        "premises": HOME,
        "officers": frozenset({"owen"}),
    }
    return Attempt(**given | more)


def considered(*attempts, around=BASE):
    return [each.premises for each in weigh(attempts, around).at if each.consider]


def left_out(*attempts, around=BASE):
    return [why for _, why in weigh(attempts, around).left_out]


def test_two_occasions_at_the_same_premises_raise_it_there_and_nowhere_else():
    assert considered(tried(0), tried(1), tried(2, premises=FLAT)) == [HOME]


def test_one_occasion_at_each_of_two_premises_raises_nothing():
    assert considered(tried(0), tried(1, premises=FLAT)) == []


class TestOccasions:
    """Marked as our reading: the sections do not say what an occasion is."""

    def test_twice_on_one_day_by_the_same_officers_is_one(self):
        assert considered(tried(0, hour=9), tried(0, hour=19)) == []

    def test_twice_on_one_day_by_other_officers_is_two(self):
        late = tried(0, hour=19, officers=frozenset({"paul"}))
        assert considered(tried(0, hour=9), late) == [HOME]

    def test_one_officer_in_common_makes_it_one(self):
        late = tried(0, hour=19, officers=frozenset({"paul", "owen"}))
        assert considered(tried(0, hour=9), late) == []

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_a_third_attempt_that_joins_two_makes_all_three_one_in_whatever_order(self, order):
        hours = sorted(range(9, 12))
        teams = [{"owen"}, {"owen", "paul"}, {"paul"}]
        made = [
            tried(0, hour=hour, officers=frozenset(teams[which]))
            for hour, which in zip(hours, order, strict=True)
        ]
        found = weigh(made, BASE).at[0]
        assert len(found.occasions) == 1
        assert len(found.occasions[0]) == 3

    def test_attempts_without_named_officers_are_not_taken_for_others(self):
        nobody = frozenset()
        assert considered(tried(0, officers=nobody), tried(0, hour=19, officers=nobody)) == []

    def test_the_days_before_and_after_midnight_are_two(self):
        assert considered(tried(0, hour=23), tried(1, hour=0)) == [HOME]


class TestWhatDoesNotCount:
    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"police": False}, WhyNot.NOT_POLICE),
            ({"sought": False}, WhyNot.NOT_SOUGHT),
            ({"sought": None}, WhyNot.NOT_ANSWERED),
            ({"premises": GONE}, WhyNot.OTHER_PREMISES),
            ({"premises": None}, WhyNot.OTHER_PREMISES),
        ],
    )
    def test_an_attempt_that_the_law_does_not_mean_is_shown_and_not_counted(self, more, why):
        made = (tried(0), tried(1, **more))
        assert considered(*made) == []
        assert left_out(*made) == [why]

    def test_an_attempt_of_another_agency_does_not_count_even_if_it_was_to_search(self):
        assert left_out(tried(0, police=False, sought=True)) == [WhyNot.NOT_POLICE]

    def test_an_attempt_made_while_in_custody_does_not_count_afterwards(self):
        inside = Away(Absence.CUSTODY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=3))
        around = replace(BASE, away=[inside])
        assert considered(tried(0), tried(2), around=around) == []
        assert left_out(tried(0), tried(2), around=around) == [WhyNot.AWAY]
        assert considered(tried(0), tried(2), tried(3), around=around) == [HOME]

    def test_who_was_seen_since_is_not_out_of_reach(self):
        around = replace(BASE, seen_on=MONDAY + timedelta(days=2))
        made = (tried(0), tried(2), tried(3))
        assert considered(*made, around=around) == []
        assert left_out(*made, around=around) == [WhyNot.SEEN_SINCE] * 2

    def test_what_was_decided_on_is_not_raised_again_by_the_same_attempts(self):
        around = replace(BASE, decided={HOME: tried(1, hour=12).at})
        assert considered(tried(0), tried(1), around=around) == []
        assert considered(tried(0), tried(1), tried(2), tried(3), around=around) == [HOME]
        at_the_flat = [replace(each, premises=FLAT) for each in (tried(0), tried(1))]
        assert considered(*at_the_flat, around=around) == [FLAT]


class TestNotWhile:
    @pytest.mark.parametrize("kind", [Absence.CUSTODY, Absence.HOSPITAL, Absence.ABROAD])
    def test_nothing_is_raised_while_away_and_it_is_raised_on_the_day_of_return(self, kind):
        back = BASE.today + timedelta(days=1)
        around = replace(BASE, away=[Away(kind, BASE.today, back)])
        found = weigh((tried(0), tried(1)), around)
        assert not found.at[0].consider
        assert kind.words in found.holds_off
        assert considered(tried(0), tried(1), around=replace(around, today=back)) == [HOME]

    def test_another_absence_does_not_hold_it_off(self):
        away = [Away(Absence.REFERRAL_RETURNED, BASE.today, None)]
        assert considered(tried(0), tried(1), around=replace(BASE, away=away)) == [HOME]

    def test_who_need_not_notify_is_never_considered(self):
        found = weigh((tried(0), tried(1)), replace(BASE, subject=False))
        assert not found.at[0].consider
        assert "Not subject to notification" in found.holds_off

    def test_as_many_are_needed_as_the_rule_says(self):
        around = replace(BASE, needed=3)
        assert considered(tried(0), tried(1), around=around) == []
        assert considered(tried(0), tried(1), tried(2), around=around) == [HOME]
