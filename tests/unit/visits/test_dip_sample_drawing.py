"""A dip sample: the same people from the same inputs, everybody as likely, nothing to choose."""

import hashlib
import hmac
import random
import time
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import comb
from uuid import UUID

import pytest

from mappa.visits.dip_sample import drawing, interval, packing
from mappa.visits.dip_sample.drawing import ALGORITHM, Claim

SEED = bytes(range(32))
KNOWN = [444, 817, 229]
KNOWN_DIGEST = "42c49eaf95681b2a"


def people(count, start=0):
    return [UUID(int=number * 7919 + 1) for number in range(start, start + count)]


def slow_draw(population, seed, wanted):
    """The published recipe, word by word."""
    ranks = {}
    for person in population:
        ranks[person] = hmac.new(seed, person.bytes, hashlib.sha256).hexdigest()
    return sorted(population, key=lambda person: (ranks[person], person.hex))[:wanted]


class TestDrawing:
    def test_it_is_what_the_page_says_and_does_not_hang_on_the_order_of_the_list(self):
        shuffled = people(200)
        random.Random(3).shuffle(shuffled)
        twice = drawing.frozen([*shuffled, *shuffled[:50]])
        assert drawing.size_of(twice) == 200
        assert drawing.drawn(twice, SEED, 17) == slow_draw(people(200), SEED, 17)

    def test_the_way_of_drawing_never_changes_under_its_name(self):
        """The numbers of a sample that was drawn with it must come out for ever."""
        assert ALGORITHM == "mappa-dip-sample-1"
        population = drawing.frozen(people(1000))
        found = [each.int // 7919 for each in drawing.drawn(population, SEED, 3)]
        assert found == KNOWN
        assert drawing.digest(population).startswith(KNOWN_DIGEST)

    def test_more_are_never_drawn_than_there_are(self):
        assert len(drawing.drawn(drawing.frozen(people(3)), SEED, 10)) == 3

    def test_a_larger_sample_of_the_same_seed_holds_the_smaller(self):
        population = drawing.frozen(people(90))
        assert drawing.drawn(population, SEED, 30)[:10] == drawing.drawn(population, SEED, 10)

    def test_everybody_is_as_likely_as_everybody_else_and_so_is_every_pair(self):
        """4,000 seeds, 3 of 12: each is drawn some 1,000 times; 5 deviations are allowed."""
        draws, population = 4000, drawing.frozen(people(12))
        dice = random.Random(20261120)
        single, pairs = Counter(), Counter()
        for _ in range(draws):
            found = drawing.drawn(population, dice.randbytes(32), 3)
            single.update(found)
            pairs.update(combinations(sorted(found), 2))
        for counted, chance, of in ((single, 3 / 12, 12), (pairs, comb(10, 1) / comb(12, 3), 66)):
            allowed = 5 * (draws * chance * (1 - chance)) ** 0.5
            assert len(counted) == of
            assert all(abs(times - draws * chance) < allowed for times in counted.values())

    def test_a_hundred_thousand_people_take_less_than_two_seconds(self):
        ids = people(100_000)
        began = time.process_time()
        population = drawing.frozen(ids)
        drawing.digest(population)
        kept = packing.unpacked(packing.packed(population))
        assert len(drawing.drawn(kept, SEED, 100)) == 100
        assert time.process_time() - began < 2


class TestChecking:
    POPULATION = drawing.frozen(people(50))
    CLAIM = Claim(
        algorithm=ALGORITHM,
        population_digest=drawing.digest(POPULATION),
        size=50,
        seed_digest=drawing.digest(SEED),
        wanted=5,
        drawn=drawing.drawn(POPULATION, SEED, 5),
    )

    def failing(self, claim=CLAIM, population=POPULATION, seed=SEED):
        steps = drawing.checked(claim, population, seed)
        return [number for number, step in enumerate(steps, start=1) if not step.holds]

    def test_an_honest_draw_holds_at_every_step(self):
        assert self.failing() == []

    def test_another_person_among_the_drawn_is_found(self):
        other = next(each for each in people(50) if each not in self.CLAIM.drawn)
        assert self.failing(replace(self.CLAIM, drawn=[*self.CLAIM.drawn[:4], other])) == [5]

    def test_the_drawn_in_another_order_are_found(self):
        assert self.failing(replace(self.CLAIM, drawn=list(reversed(self.CLAIM.drawn)))) == [5]

    def test_somebody_taken_out_of_the_list_afterwards_is_found(self):
        without = drawing.frozen(each for each in people(50) if each != self.CLAIM.drawn[0])
        assert {2, 3, 5} <= set(self.failing(population=without))

    def test_a_list_in_another_order_is_found_even_with_its_digest_replaced(self):
        turned = b"".join(each.bytes for each in reversed(people(50)))
        claim = replace(self.CLAIM, population_digest=drawing.digest(turned))
        assert self.failing(claim, turned) == [3]

    def test_another_seed_is_found(self):
        assert 4 in self.failing(seed=bytes(32))

    def test_an_unknown_way_of_drawing_does_not_hold(self):
        assert self.failing(replace(self.CLAIM, algorithm="mappa-dip-sample-0")) == [1]


def slow_tails(size, marked, looked, found):
    """The hypergeometric tails term by term, in fractions."""

    def chance(each):
        if each > marked or looked - each > size - marked:
            return Fraction(0)
        return Fraction(comb(marked, each) * comb(size - marked, looked - each), comb(size, looked))

    return (
        sum((chance(each) for each in range(found, looked + 1)), Fraction(0)),
        sum((chance(each) for each in range(found + 1)), Fraction(0)),
    )


def slow_range(size, looked, found):
    """Every number of people under which neither tail is too small, looked for one by one."""
    fits = [
        marked
        for marked in range(found, size - looked + found + 1)
        if min(slow_tails(size, marked, looked, found)) > Fraction(1, 40)
    ]
    return min(fits), max(fits)


class TestInterval:
    @pytest.mark.parametrize("size", [1, 2, 3, 7, 12, 23])
    def test_it_is_the_slow_reference_for_every_sample_there_can_be(self, size):
        for looked in range(1, size + 1):
            for found in range(looked + 1):
                got = interval.likely(size, looked, found)
                assert (got.least, got.most) == slow_range(size, looked, found)

    def test_it_covers_the_truth_at_least_nineteen_times_of_twenty(self):
        """Over every sample there can be, for every true number: not by simulation."""
        size, looked = 40, 9
        ranges = [interval.likely(size, looked, found) for found in range(looked + 1)]
        for truth in range(size + 1):
            missed = sum(
                comb(truth, found) * comb(size - truth, looked - found)
                for found in range(looked + 1)
                if not ranges[found].least <= truth <= ranges[found].most
            )
            assert Fraction(missed, comb(size, looked)) <= Fraction(1, 20)

    def test_who_checks_everybody_knows(self):
        got = interval.likely(30, 30, 4)
        assert (got.least, got.most) == (4, 4)

    def test_none_of_few_found_does_not_mean_none_of_all(self):
        got = interval.likely(1000, 10, 0)
        assert got.least == 0
        assert got.most > 250

    def test_a_large_register_is_quick(self):
        began = time.process_time()
        got = interval.likely(100_000, 500, 50)
        assert 7_000 < got.least < 10_000 < got.most < 13_500
        assert time.process_time() - began < 2

    @pytest.mark.parametrize("numbers", [(0, 0, 0), (5, 0, 0), (5, 6, 1), (5, 3, 4), (5, 3, -1)])
    def test_numbers_that_cannot_be_are_refused(self, numbers):
        with pytest.raises(ValueError, match="at least one"):
            interval.likely(*numbers)
