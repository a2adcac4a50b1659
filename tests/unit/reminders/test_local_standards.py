"""Which rule governs a day where an area has set a local standard; against a slow reading of it."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from mappa.reminders.standards import rules
from mappa.reminders.standards.rules import AreaBook, Group, LocalRule, SetStandard, Standard
from mappa.rules.deadlines import (
    Confidence,
    Counting,
    DeadlineRule,
    Kind,
    RuleBook,
    Unit,
    UnknownRule,
)
from mappa.rules.levels import Jurisdiction

BEGIN = date(2026, 1, 1)
AT = datetime(2026, 1, 1, tzinfo=UTC)
NUMBER = "local"


def rule(version=1, first=0, last=None, confidence=Confidence.LOCAL_STANDARD, **other):
    given = {
        "id": "minutes", "version": version, "jurisdiction": Jurisdiction.ENGLAND_WALES,
        "title": "Minutes", "trigger": "the meeting", "start_word": "Held", "amount": version,
        "unit": Unit.WORKING_DAYS, "counting": Counting.AFTER, "responsible": "coordinator",
        "escalation": (), "source": "Guidance", "confidence": confidence,
        "in_force_from": day(first), "in_force_to": None if last is None else day(last),
    }  # fmt: skip
    return DeadlineRule(**given | other)


def day(number):
    return BEGIN + timedelta(days=number)


def standard(version, first, amount=5, *, area="north", unit=Unit.WORKING_DAYS, of=1):
    return Standard(
        area=area, area_name=area.title(), rule_id="minutes", version=version, of_version=of,
        amount=amount, unit=unit if amount else None, from_on=day(first), reason="Board",
        source="Minute 4", set_by="Rosa Quill", set_at=AT,
    )  # fmt: skip


def governs(book, on):
    """The version on a day; 0 where there is none."""
    try:
        return book.rule("minutes", day(on)).version
    except UnknownRule:
        return 0


VERIFIED = Confidence.VERIFIED


@pytest.mark.parametrize(
    ("file", "set_", "expected"),
    [
        pytest.param([rule()], [standard(1001, 5)], {0: 1, 4: 1, 5: 1001, 900: 1001}, id="from-on"),
        pytest.param([rule(first=5)], [standard(1001, 0)], {4: 0, 5: 1001}, id="no-rule-yet"),
        pytest.param([rule(confidence=VERIFIED)], [standard(1001, 5)], {4: 1, 5: 1}, id="verified"),
        pytest.param(
            [rule()], [standard(1001, 5), standard(1002, 9, None)], {5: 1001, 8: 1001, 9: 1},
            id="ended",
        ),
        pytest.param(
            [rule()], [standard(1001, 5), standard(1002, 9)], {5: 1001, 8: 1001, 9: 1002},
            id="a-later-row-from-a-later-day",
        ),
        pytest.param(
            [rule()], [standard(1001, 9), standard(1002, 5)], {4: 1, 5: 1002, 9: 1002, 99: 1002},
            id="what-is-set-last-holds-from-its-first-day-on",
        ),
        pytest.param(
            [rule()], [standard(1001, 5), standard(1002, 5, None)], {5: 1}, id="taken-back"
        ),
        pytest.param(
            [rule()], [standard(1001, 5), standard(1002, 7, None), standard(1003, 9)],
            {6: 1001, 7: 1, 8: 1, 9: 1003}, id="set-again",
        ),
        pytest.param(
            [rule(1, 0, 9), rule(2, 10)], [standard(1001, 5)], {4: 1, 5: 1001, 10: 1001},
            id="over-a-new-version-of-the-file",
        ),
        pytest.param(
            [rule(1, 0, 9), rule(2, 10, confidence=VERIFIED)], [standard(1001, 5)],
            {9: 1001, 10: 2}, id="until-the-number-is-verified",
        ),
        pytest.param(
            [rule()], [standard(1001, 5, unit=Unit.WEEKS)], {5: 1}, id="another-kind-of-count"
        ),
        pytest.param([rule()], [standard(1001, 5, area="south")], {5: 1}, id="another-area"),
    ],
)  # fmt: skip
def test_which_version_governs_a_day(file, set_, expected):
    book = AreaBook(RuleBook(file), set_, "north")
    assert {on: governs(book, on) for on in expected} == expected


def slow(file, set_, on):
    """The sentence of the decision table, asked of one day at a time."""
    held = [each for each in file if each.governs(day(on))]
    if not held:
        return 0
    begun = [each for each in set_ if each.area == "north" and each.from_on <= day(on)]
    last = max(begun, key=lambda each: each.version, default=None)
    if last is None or last.amount is None or held[0].confidence is not Confidence.LOCAL_STANDARD:
        return held[0].version
    working = Unit.WORKING_DAYS
    return last.version if (last.unit is working) == (held[0].unit is working) else held[0].version


def random_world(draw):
    """Versions of the file with gaps, and standards of two areas in any order of days."""
    file, on = [], draw.randrange(6)
    for version in range(1, draw.randrange(2, 5)):
        length = draw.randrange(1, 9)
        file.append(
            rule(
                version, on, on + length, draw.choice([VERIFIED, *[Confidence.LOCAL_STANDARD] * 3]),
                unit=draw.choice([Unit.WORKING_DAYS, Unit.WORKING_DAYS, Unit.MONTHS]),
            )
        )  # fmt: skip
        on += length + draw.choice([1, 1, 3])
    made = [
        standard(
            1001 + number, draw.randrange(30), draw.choice([None, 3, 5]),
            area=draw.choice(["north", "north", "south"]),
            unit=draw.choice([Unit.WORKING_DAYS, Unit.WORKING_DAYS, Unit.WEEKS]),
            of=draw.choice(file).version,
        )
        for number in range(draw.randrange(6))
    ]  # fmt: skip
    return file, made


@pytest.mark.parametrize("seed", range(300))
def test_every_day_is_governed_as_the_slow_reading_says_and_by_one_version(seed):
    file, made = random_world(random.Random(seed))
    book = AreaBook(RuleBook(file), made, "north")
    for on in range(45):
        assert governs(book, on) == slow(file, made, on), on
        assert sum(each.governs(day(on)) for each in book) == (governs(book, on) != 0)
        assert [each.version for each in book.in_force(day(on))] == [governs(book, on)][
            : governs(book, on) != 0
        ]
    for each in [*file, *(one for one in made if one.amount)]:
        found = book.version("minutes", each.version)
        assert (found.version, found.amount) == (each.version, each.amount)


class TestWhatAVersionSays:
    BOOK = AreaBook(
        RuleBook([rule(1, 0, 9), rule(2, 10, counting=Counting.BEGINNING_WITH)]),
        [standard(1001, 5, 7), standard(1002, 5, 8, area="south"), standard(1003, 20, None)],
        "north",
    )

    def test_it_counts_as_the_version_on_which_it_was_set_for_good(self):
        on_a_new_version = self.BOOK.rule("minutes", day(15))
        assert isinstance(on_a_new_version, LocalRule)
        assert on_a_new_version.counting is Counting.AFTER
        assert (on_a_new_version.amount, on_a_new_version.source) == (7, "Minute 4")
        assert on_a_new_version.confidence is Confidence.LOCAL_STANDARD

    def test_one_of_another_area_is_found_by_its_number(self):
        found = self.BOOK.version("minutes", 1002)
        assert isinstance(found, LocalRule)
        assert (found.area, found.amount) == ("south", 8)

    def test_a_row_that_ends_a_standard_is_no_version(self):
        with pytest.raises(UnknownRule):
            self.BOOK.version("minutes", 1003)
        with pytest.raises(ValueError, match="it sets none"):
            rules.local_rule(rule(), standard(1003, 20, None), day(20), None)

    def test_the_files_versions_say_since_when_the_file_has_them(self):
        assert self.BOOK.version("minutes", 2).in_force_from == day(10)

    def test_an_old_version_that_left_the_file_does_not_stop_the_start(self):
        book = AreaBook(RuleBook([rule(2)]), [standard(1001, 5, of=1)], "north")
        assert governs(book, 5) == 1001
        with pytest.raises(UnknownRule):
            book.version("minutes", 1)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 501}, "amount"),
        ({"unit": Unit.WEEKS}, "unit"),
        ({"unit": Unit.SET_DATE}, "unit"),
        ({"from_on": day(-400)}, "from_on"),
        ({"from_on": day(800)}, "from_on"),
        ({"from_on": day(-5)}, "from_on"),
        ({"from_on": day(50)}, "from_on"),
        ({}, None),
    ],
)
def test_what_may_be_set(other, field):
    file = RuleBook([rule(1, 0, 49), rule(2, 50, confidence=VERIFIED)])
    wanted = SetStandard(
        **{
            "amount": 5, "unit": Unit.WORKING_DAYS, "from_on": day(10), "reason": "x",
            "source": "y",
        }
        | other
    )  # fmt: skip
    assert list(rules.faults_of(wanted, file, "minutes", day(20))) == ([field] if field else [])


def test_a_set_date_and_a_better_source_are_never_set_by_an_area():
    assert rules.settable(rule())
    assert not rules.settable(rule(unit=Unit.SET_DATE))
    for better in set(Confidence) - {Confidence.LOCAL_STANDARD}:
        assert not rules.settable(rule(confidence=better))


def test_hours_are_an_areas_to_set_of_how_long_something_lasts_never_of_a_deadline():
    night = rule(unit=Unit.HOURS, amount=12, kind=Kind.DURATION)
    assert rules.settable(night)
    assert rules.units_of(night) == [Unit.HOURS]
    assert not rules.settable(rule(unit=Unit.HOURS, amount=12))
    assert not rules.settable(rule(unit=Unit.HOURS, amount=24, kind=Kind.DURATION))


def test_an_effect_counts_what_moves_and_nothing_else():
    groups = [
        Group(day(1), "", day(10), 3), Group(day(1), "", day(12), 2),
        Group(day(2), "", day(20), 5), Group(day(3), "", day(30), 7),
    ]  # fmt: skip
    anew = {(day(1), ""): day(11), (day(2), ""): day(15), (day(3), ""): day(30)}
    found = rules.effect_of(groups, anew, day(16))
    assert (found.moved, found.sooner, found.later, found.overdue) == (10, 7, 3, 5)
    assert found.pairs[day(1), "", day(12)] == day(11)
