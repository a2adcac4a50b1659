"""The demo's people are made up, the same each time, and mixed like a real area."""

from collections import Counter
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappa.demo.people import DEMO_DAY, FIXED, people
from mappa.offenders.names import Asked, parse_query, tokens

# The areas in use by the Royal Mail, the Crown dependencies and large users.
REAL_POSTCODE_AREAS = """
    AB AL B BA BB BD BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT
    DY E EC EH EN EX FK FY G GIR GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA
    LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG
    SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV XX YO
    ZE
"""
FULL_AGE = timedelta(days=18 * 365)


@pytest.fixture(scope="module")
def crowd():
    return list(people(5_000, 7))


class TestPeople:
    def test_the_same_seed_gives_the_same_people(self):
        assert list(people(300, 7)) == list(people(300, 7))
        assert list(people(300, 7)) != list(people(300, 8))

    @settings(max_examples=20)
    @given(st.integers(0, 60), st.integers(0, 2**32))
    def test_a_larger_area_begins_with_the_people_of_a_smaller_one(self, count, seed):
        found = list(people(count, seed))
        assert found == list(islice(people(80, seed), count))
        assert [person.index for person in found] == list(range(count))

    def test_they_stream(self):
        assert next(people(10**9, 7)).name == "Daniel Wexcombe"

    @pytest.mark.parametrize("number", ["crn", "pnc", "visor", "prison_number"])
    def test_no_two_people_share_a_number(self, crowd, number):
        found = [getattr(person, number) for person in crowd if getattr(person, number)]
        assert len(found) == len(set(found)) > 1_000

    @pytest.mark.parametrize(
        ("number", "asked"),
        [
            ("crn", Asked.CRN),
            ("pnc", Asked.PNC),
            ("visor", Asked.VISOR),
            ("prison_number", Asked.PRISON_NUMBER),
        ],
    )
    def test_every_number_is_understood_when_it_is_typed(self, crowd, number, asked):
        for person in crowd:
            if typed := getattr(person, number):
                query = parse_query(typed)
                assert (query.asked, query.value, query.check_letter_right) == (asked, typed, True)

    def test_no_postcode_can_exist(self, crowd):
        codes = [address.postcode for person in crowd for address in person.addresses]
        for code in codes:
            assert parse_query(code).asked is Asked.POSTCODE
        areas = {code.split()[0].rstrip("0123456789") for code in codes}
        assert areas == {"NM", "SX"}
        assert areas.isdisjoint(REAL_POSTCODE_AREAS.split())


class TestMix:
    def test_about_nine_in_ten_are_level_1(self, crowd):
        levels = Counter(person.level for person in crowd)
        assert 0.87 <= levels[1] / len(crowd) <= 0.93
        assert levels[3] > 0

    def test_category_3_is_never_level_1(self, crowd):
        third = [person for person in crowd if person.category == 3]
        assert third
        assert all(person.level in (2, 3) for person in third)

    def test_scotland_has_no_category_4_and_no_crn(self, crowd):
        scottish = [person for person in crowd if person.jurisdiction == "scotland"]
        assert len(scottish) > 500
        assert not [person for person in scottish if person.category == 4 or person.crn]

    def test_nobody_was_sentenced_as_a_child(self, crowd):
        for person in crowd:
            if person.born_on and person.sentenced_on:
                assert person.sentenced_on - person.born_on >= FULL_AGE

    def test_the_second_category_is_still_on_licence(self, crowd):
        for person in crowd:
            if person.category == 2 and person.licence_ends_on:
                assert person.licence_ends_on > DEMO_DAY

    def test_addresses_follow_each_other_and_the_last_may_be_open(self, crowd):
        for person in crowd:
            ends = [address.until_on for address in person.addresses]
            assert all(ends[:-1])
            starts = [address.from_on for address in person.addresses]
            assert starts == sorted(starts)
            if person.no_fixed_address or person.died_on:
                assert person.lives_at is None

    def test_every_hard_case_is_also_drawn(self, crowd):
        drawn = crowd[len(FIXED) :]
        assert any(person.no_fixed_address for person in drawn)
        assert any(person.died_on for person in drawn)
        assert any(person.transferred_from for person in drawn)
        assert any(person.born_about for person in drawn)
        assert any(len(person.aliases) >= 3 for person in drawn)
        assert any(person.names[-1] and not person.names[1].isascii()
                   for person in drawn if person.aliases)  # fmt: skip

    def test_every_name_can_be_searched_for(self, crowd):
        assert all(tokens(name) for person in crowd for name in person.names)


class TestFixed:
    def test_the_person_of_the_pictures_is_first(self):
        daniel = FIXED[0]
        assert (daniel.name, daniel.born_on, daniel.crn) == (
            "Daniel Wexcombe", date(1979, 3, 14), "Z900412",
        )  # fmt: skip
        assert (daniel.pnc, daniel.visor) == ("2012/0900412Q", "NM-009041")
        assert (daniel.category, daniel.level, daniel.risk) == (1, 2, "high")

    def test_somebody_is_known_by_name_only(self):
        assert any(
            not (person.born_on or person.crn or person.addresses or person.category)
            for person in FIXED
        )

    def test_characters_stand_family_first(self):
        assert "王小明" in {person.name for person in FIXED}
