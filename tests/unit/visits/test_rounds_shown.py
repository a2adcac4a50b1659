"""What a reader is shown of a place, and on which days of a month a plan stands."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from config.document import ConfigurationError
from config.work import read_round_limits
from mappa.access.reading import Seen
from mappa.access.terms import Level
from mappa.visits.rounds.presenters import district_of, entries_of, place_words

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def home(level=Level.FULL, **fields):
    plain = {"kind": "home", "district": "Northmoor NM1"}
    full = {"lines": "Flat 4\n18 Tallow Row,", "postcode": "NM1 4ZZ"}
    return Seen(UUID(int=1), level, plain | (full if level is Level.FULL else {}) | fields)


@pytest.mark.parametrize(
    ("seen", "district", "place"),
    [
        (None, "", "Address not known to you"),
        (home(), "NM1", "Flat 4, 18 Tallow Row, NM1 4ZZ"),
        (home(postcode=""), "NM1", "Flat 4, 18 Tallow Row"),
        (home(kind="regular"), "NM1", "Flat 4, 18 Tallow Row, NM1 4ZZ (regularly found there)"),
        (home(Level.SUM), "NM1", "Northmoor NM1 (you see the district only)"),
        (home(Level.SUM, district="Ferndale"), "Ferndale", "Ferndale (you see the district only)"),
        (home(kind="no_fixed_address"), "", "No fixed address"),
    ],
    ids=str,
)
def test_a_place_is_told_as_far_as_it_is_seen(seen, district, place):
    assert district_of(seen) == district
    assert place_words(seen) == place


def plan(begins, ends, *, announced=False):
    fields = {"given_name": "Daniel", "family_name": "Wexcombe", "outcome": None}
    window = {"window_from": begins, "window_to": ends, "announced": announced}
    return Seen(UUID(int=2), Level.FULL, fields | window)


def days(begins, ends, **changes):
    found = entries_of(plan(begins, ends, **changes), "/", "Owen Marsh", FIRST, LAST)
    return {on: each.when for on, each in found.items()}


def at(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


class TestDays:
    def test_an_hour_stands_on_its_day(self):
        ten = at(23, 10)
        assert days(ten, ten, announced=True) == {date(2026, 11, 23): "10:00am"}

    def test_a_window_stands_on_its_first_and_its_last_day(self):
        assert days(at(21, 0), at(28, 23, 59)) == {
            date(2026, 11, 21): "Window until 28 November",
            date(2026, 11, 28): "Last day of the window",
        }

    def test_what_began_before_the_month_stands_on_its_first_day(self):
        found = days(at(20, 0, month=10), at(5, 23, 59))
        assert set(found) == {FIRST, date(2026, 11, 5)}

    def test_what_ends_after_the_month_has_no_last_day_in_it(self):
        assert set(days(at(28, 0), at(5, 23, 59, month=12))) == {date(2026, 11, 28)}

    def test_a_window_of_one_day_says_its_hours_or_any(self):
        assert days(at(26, 17), at(26, 21)) == {date(2026, 11, 26): "5:00pm to 9:00pm"}
        assert days(at(26, 0), at(26, 23, 59)) == {date(2026, 11, 26): "Any time"}


def test_limits_that_make_no_sense_are_refused(tmp_path):
    file = tmp_path / "work.toml"
    file.write_text("[rounds]\nmost_visits = 0\ndays_ahead = 14\n", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        read_round_limits(file)
    file.write_text("[rounds]\nmost_visits = 4\ndays_ahead = 0\n", encoding="utf-8")
    assert read_round_limits(file).most_visits == 4
