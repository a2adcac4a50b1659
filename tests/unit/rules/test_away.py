from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from config.read import rule_book
from mappa.rules.away import Absence, Away, Stretch, stretches
from mappa.rules.calendar import take_working_days
from mappa.rules.counts import at_limit, reached
from mappa.rules.deadlines import (
    CountedInHours,
    Counting,
    Kind,
    NeverEnds,
    NoDate,
    NothingToCount,
    StandsStill,
    Step,
    Unit,
    due,
    due_at,
    for_under_18,
)
from mappa.rules.explanation import explain, explain_at
from mappa.rules.levels import Jurisdiction
from mappa.rules.rule import Ceiling, RunOn

EW, SC = Jurisdiction.ENGLAND_WALES, Jurisdiction.SCOTLAND
NONE = frozenset()
TODAY = date(2026, 11, 27)
CUSTODY, HOSPITAL = Absence.CUSTODY, Absence.HOSPITAL
LONDON = ZoneInfo("Europe/London")


def rule(rule_id, where=EW):
    return rule_book(where).rule(rule_id, TODAY)


def june(first, last=None, kind=CUSTODY):
    return Away(kind, date(2027, 6, first), date(2027, 6, last) if last else None)


class TestStretches:
    def test_that_touch_or_overlap_are_one(self):
        joined = stretches([june(8, 9), june(5, 8, HOSPITAL), june(1, 6)], (CUSTODY, HOSPITAL))

        assert joined == (Stretch(date(2027, 6, 1), date(2027, 6, 9), (CUSTODY, HOSPITAL)),)
        assert joined[0].words == "in custody and in hospital"
        assert joined[0].last_on == date(2027, 6, 8)

    def test_of_other_kinds_and_of_no_day_are_not_there(self):
        assert stretches([june(1, 6, HOSPITAL), june(3, 3)], (CUSTODY,)) == ()

    def test_that_have_not_ended_take_in_all_that_follows(self):
        (still,) = stretches([june(4, 5), june(2), june(1, 2)], (CUSTODY,))

        assert (still.began_on, still.ended_on, still.last_on) == (date(2027, 6, 1), None, None)
        assert still.covers(date(2060, 1, 1))

    def test_cannot_end_before_they_begin(self):
        with pytest.raises(ValueError, match="before 2027-06-02"):
            june(2, 1)

    def test_leave_out_the_first_day_and_not_the_day_of_return(self):
        away = june(2, 4)

        assert [away.covers(date(2027, 6, day)) for day in (1, 2, 3, 4)] == [
            False, True, True, False,
        ]  # fmt: skip
        assert june(2).covers(date(2060, 1, 1))


class TestStandsStill:
    def test_is_an_error_that_says_since_when_and_why(self):
        with pytest.raises(StandsStill) as still:
            due(rule("notification-change"), date(2027, 6, 1), NONE, away=[june(2)])

        assert isinstance(still.value, NoDate)
        assert (still.value.since, still.value.kinds) == (date(2027, 6, 2), (CUSTODY,))
        assert str(still.value) == (
            "notification-change: the clock stands still since 2 June 2027: in custody"
        )

    def test_a_referral_that_is_still_out_stops_the_clock_of_the_first_meeting(self):
        away = [june(2, kind=Absence.REFERRAL_RETURNED)]

        with pytest.raises(StandsStill, match="the referral was with its sender"):
            due(rule("first-meeting-level-2", SC), date(2027, 6, 1), NONE, away=away)

    def test_in_the_days_after_an_absence_too(self):
        away = [
            Away(Absence.ABROAD, date(2027, 5, 1), date(2027, 6, 2)),
            june(3),
        ]

        with pytest.raises(StandsStill):
            due(rule("terrorism-notification-annual"), date(2026, 5, 20), NONE, away=away)

    def test_does_not_stop_a_day_that_people_set(self, a_rule):
        counted = due(
            a_rule(set_by="the plan", disregards=(CUSTODY,)),
            date(2027, 6, 1),
            NONE,
            date(2027, 7, 1),
            [june(2)],
        )

        assert (counted.due_on, counted.instead_of) == (date(2027, 7, 1), None)


class TestNoDate:
    @pytest.mark.parametrize(
        ("rule_id", "error"),
        [
            ("notification-period-without-end", NeverEnds),
            ("child-disclosure-checks", CountedInHours),
            ("entry-warrant", NothingToCount),
            ("plan-content", NothingToCount),
        ],
    )
    def test_is_never_a_silent_day(self, rule_id, error):
        with pytest.raises(error, match=rule_id):
            due(rule(rule_id), TODAY, NONE)

    def test_hours_need_a_moment_with_its_zone(self):
        with pytest.raises(ValueError, match="time zone"):
            due_at(rule("child-disclosure-checks"), datetime(2027, 6, 1, 12))  # noqa: DTZ001

    def test_days_are_not_hours(self):
        with pytest.raises(NothingToCount, match="no hours"):
            due_at(rule("visit-write-up"), datetime(2027, 6, 1, 12, tzinfo=LONDON))

    def test_only_a_count_counts_occurrences(self):
        with pytest.raises(NothingToCount):
            reached(rule("visit-write-up"), [TODAY])

    @pytest.mark.parametrize("unit", [Unit.TIMES, Unit.NONE])
    def test_a_unit_without_a_length_gives_no_day_either_way(self, a_rule, unit):
        for counting in Counting:
            with pytest.raises(NothingToCount):
                due(a_rule(unit=unit, counting=counting), TODAY, NONE)

    def test_a_ceiling_without_a_length_is_refused_backwards_too(self, a_rule):
        back = a_rule(
            set_by="the plan", counting=Counting.BEFORE, ceiling=Ceiling(1, Unit.WITHOUT_END)
        )

        with pytest.raises(NeverEnds):
            due(back, TODAY, NONE, TODAY)


class TestCountingBack:
    def test_in_working_days_skips_what_is_off(self, a_rule):
        back = a_rule(amount=3, unit=Unit.WORKING_DAYS, counting=Counting.BEFORE)
        monday = date(2027, 3, 29)

        counted = due(back, date(2027, 3, 31), {monday: "Easter Monday"})

        assert counted.due_on == date(2027, 3, 25)
        assert counted.steps == (
            Step(date(2027, 3, 25), "3 before, due", True),
            Step(date(2027, 3, 26), "2 before", True),
            Step(date(2027, 3, 27), "–", False),
            Step(date(2027, 3, 28), "–", False),
            Step(monday, "Easter Monday", False),
            Step(date(2027, 3, 30), "1 before", True),
            Step(date(2027, 3, 31), "Agreed", False),
        )

    def test_goes_one_way_only(self):
        with pytest.raises(ValueError, match="one way only"):
            take_working_days(TODAY, -1, NONE)

    def test_in_weeks(self, a_rule):
        back = a_rule(amount=2, unit=Unit.WEEKS, counting=Counting.BEFORE)

        assert due(back, date(2027, 3, 5), NONE).due_on == date(2027, 2, 19)

    def test_a_day_set_after_the_thing_itself_is_refused(self, a_rule):
        back = a_rule(counting=Counting.BEFORE, set_by="the plan")

        with pytest.raises(ValueError, match="is after the day it must come before"):
            due(back, date(2027, 3, 5), NONE, date(2027, 3, 6))
        assert due(back, date(2027, 3, 5), NONE, date(2027, 3, 1)).steps[-1].note == "Agreed"

    def test_that_is_past_when_it_is_known_is_due_at_once(self):
        said = explain(
            rule("notification-travel", SC), date(2027, 7, 10), NONE, known_on=date(2027, 7, 6)
        )

        assert said.heading == "Travel abroad notified by Tuesday 6 July 2027"
        assert said.sentence == (
            "7 days before leaving the United Kingdom, on Saturday 10 July 2027."
        )
        assert said.reckoning == "10 July 2027 − 7 days = 3 July 2027. Moved to 6 July 2027."
        assert said.extension == (
            "Counted back it was 3 July 2027, before it was known, so it is due at once."
        )
        assert said.not_counted == ("The day itself, Saturday 10 July 2027, is not counted.",)

    def test_and_days_are_said(self):
        said = explain(rule("custody-handover"), date(2028, 1, 1), NONE)

        assert said.reckoning == "1 January 2028 − 7 months and 15 days = 17 May 2027"


class TestLeftOut:
    @pytest.fixture
    def said(self):
        away = [june(2, 4), june(5, 6, HOSPITAL)]
        return explain(rule("notification-change"), date(2027, 6, 1), NONE, away=away)

    def test_is_said_day_by_day(self, said):
        assert [(step.on.day, step.note) for step in said.steps] == [
            (1, "Day 1"), (2, "In custody"), (3, "In custody"), (4, "Day 2"), (5, "In hospital"),
            (6, "Day 3, due"),
        ]  # fmt: skip

    def test_is_said_in_sentences(self, said):
        assert said.heading == "Change notified by Sunday 6 June 2027"
        assert said.not_counted == (
            "2 June 2027 to 3 June 2027 is not counted (2 days): in custody.",
            "Saturday 5 June 2027 is not counted: in hospital.",
        )
        assert said.extension == "If every day were counted, it would have ended on 3 June 2027."
        assert said.reckoning == (
            "1 June 2027 + 3 days = 3 June 2027. The day itself is day 1. Moved to 6 June 2027."
        )
        assert said.due_on == date(2027, 6, 6)

    def test_is_not_said_of_absences_that_the_count_does_not_meet(self):
        away = [june(10, 12), Away(CUSTODY, date(2027, 5, 1), date(2027, 5, 9))]
        said = explain(rule("notification-change"), date(2027, 6, 1), NONE, away=away)

        assert (said.not_counted, said.extension) == ((), "")

    def test_working_days_wait_around_it(self, a_rule):
        waits = a_rule(amount=2, unit=Unit.WORKING_DAYS, disregards=(CUSTODY,))
        away = [Away(CUSTODY, date(2027, 5, 1), date(2027, 5, 9)), june(2, 4), june(8, 9)]

        counted = due(waits, date(2027, 6, 1), NONE, away=away)

        assert counted.due_on == date(2027, 6, 7)
        assert len(counted.left_out) == 1


class TestRunningOn:
    @pytest.fixture
    def said(self):
        away = [Away(CUSTODY, date(2028, 2, 27), date(2028, 3, 3))]
        return explain(rule("notification-annual"), date(2027, 3, 1), NONE, away=away)

    def test_is_said_day_by_day(self, said):
        assert [(step.on, step.note) for step in said.steps[1:]] == [
            (date(2028, 3, 1), "In custody"),
            (date(2028, 3, 2), "In custody"),
            (date(2028, 3, 3), "Day 1"),
            (date(2028, 3, 4), "Day 2"),
            (date(2028, 3, 5), "Day 3, due"),
        ]

    def test_is_said_in_a_sentence(self, said):
        assert said.extension == (
            "It would have ended on 1 March 2028, in custody (since 27 February 2028), so it runs "
            "on to the end of 3 days beginning with 3 March 2028, the day that ended."
        )
        assert said.reckoning == ("1 March 2027 + 1 year = 1 March 2028. Moved to 5 March 2028.")

    def test_after_a_count_that_left_something_out(self, a_rule):
        both = a_rule(
            amount=3,
            unit=Unit.CALENDAR_DAYS,
            disregards=(HOSPITAL,),
            run_on=RunOn((CUSTODY,), 2, Counting.AFTER),
        )
        said = explain(both, date(2027, 6, 1), NONE, away=[june(2, 3, HOSPITAL), june(5, 8)])

        assert said.due_on == date(2027, 6, 10)
        assert said.extension == (
            "If every day were counted, it would have ended on 4 June 2027. It would have ended "
            "in custody (since 5 June 2027), so it runs on to the end of 2 days after 8 June 2027, "
            "the day that ended."
        )
        assert [step.note for step in said.steps] == [
            "Agreed", "In hospital", "Day 1", "Day 2", "In custody", "In custody", "In custody",
            "Ended", "Day 1", "Day 2, due",
        ]  # fmt: skip


class TestDurations:
    def test_last_until_a_day(self):
        said = explain(rule("notification-period-caution"), date(2027, 6, 30), NONE)

        assert said.heading == "Notification period: caution until Friday 29 June 2029"

    def test_are_halved_only_where_the_rule_says_so(self, a_rule):
        months = a_rule(kind=Kind.DURATION, amount=7, halved_under_18=True)

        assert for_under_18(months).amount == 3
        assert for_under_18(rule("sexual-harm-order-length")).amount == 5

    def test_that_have_a_bound_are_counted_plainly(self):
        said = explain(rule("sexual-harm-order-length", SC), date(2027, 4, 10), NONE)

        assert said.sentence.startswith("At least 5 years beginning with the day of the order, on")
        assert said.reckoning.startswith("10 April 2027 + 5 years = 9 April 2032")


class TestHours:
    def test_are_explained_to_the_minute(self):
        said = explain_at(
            rule("child-disclosure-checks"), datetime(2027, 6, 1, 9, 5, tzinfo=LONDON)
        )

        assert said.heading == (
            "Child disclosure scheme: first checks by 9:05 on Wednesday 2 June 2027"
        )
        assert said.sentence == ("24 hours after the application, at 9:05 on Tuesday 1 June 2027.")
        assert said.reckoning == ""

    def test_say_that_the_clocks_change(self):
        said = explain_at(rule("child-disclosure-checks"), datetime(2027, 3, 27, 12, tzinfo=LONDON))

        assert said.question == "Why 13:00 on Sunday 28 March 2027?"
        assert said.reckoning == "The clocks change in between; the hours that pass are counted."


class TestCounts:
    def test_name_the_days_that_count(self):
        days = [date(2027, 3, 20), date(2027, 3, 1), date(2027, 4, 1)]

        found = reached(rule("entry-warrant"), days)

        assert found is not None
        assert found.days == (date(2027, 3, 1), date(2027, 3, 20))

    def test_an_occurrence_counts_each_time_and_a_day_of_stay_once(self, a_rule):
        twice = [TODAY, TODAY]
        stay = a_rule(kind=Kind.COUNT, amount=2, unit=Unit.CALENDAR_DAYS)

        assert reached(rule("entry-warrant"), twice) is not None
        assert reached(stay, twice) is None

    @pytest.mark.parametrize(("number", "is_reached"), [(49, False), (50, True), (51, True)])
    def test_of_what_stands_now(self, number, is_reached):
        assert at_limit(rule("officer-workload"), number) is is_reached
