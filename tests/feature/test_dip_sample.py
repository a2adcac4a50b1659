"""Freezing, drawing and judging a dip sample through the services: who may, and what is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Role
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted
from mappa.kernel.uow import Kind
from mappa.rules.levels import RiskBand
from mappa.visits.dip_sample import drawing, packing, queries, service
from mappa.visits.dip_sample.models import DipDraw, DipResult, DipSample
from mappa.visits.dip_sample.rules import FreezeSample, Purpose, RecordResult, Verdict
from tests.factories.sampled import sampled
from tests.factories.world import NOW, count

WHY = "The monthly look at medium risk"
RELATED = Given(at=NOW, reason="Related")
FINE = RecordResult(verdict=Verdict.IN_ORDER)
POOR = RecordResult(verdict=Verdict.NOT_IN_ORDER, found="No visit in the last year")


def wish(wanted=3, **more):
    return FreezeSample(purpose=Purpose.CHECKS, wanted=wanted, why=WHY, **more)


@pytest.fixture
def world(app):
    """Twelve people of the police team, three of them at medium risk, and one of another team."""
    return sampled(app)


def act(world, who, do, **given):
    with world.as_reader(who, Kind.WRITE) as actor:
        return do(actor, **given)


def frozen(world, who="naomi", command=None):
    with world.as_reader(who, Kind.WRITE) as actor:
        made = service.freeze(actor, command or wish(), now=NOW)
        return made.id, made.size


def kept(world, sample_id):
    with world.system():
        return packing.unpacked(
            db.session.scalars(
                sa.select(DipSample.population).where(DipSample.id == sample_id)
            ).one()
        )


@pytest.mark.sql
class TestFreezing:
    def test_the_people_are_exactly_those_whom_the_drawer_may_see(self, world):
        sample_id, size = frozen(world)
        assert size == 12
        assert kept(world, sample_id) == drawing.frozen(world.ids)

    def test_somebody_kept_from_the_drawer_is_not_even_counted(self, world):
        with world.system():
            rights.exclude(world.ids[5], RELATED, user=world.staff["naomi"].user_id)
        sample_id, size = frozen(world)
        assert size == 11
        assert world.ids[5] not in set(drawing.thawed(kept(world, sample_id)))

    def test_it_is_narrowed_by_band_agency_team_and_officer(self, world):
        medium = frozen(world, command=wish(risk=RiskBand.MEDIUM))
        assert kept(world, medium[0]) == drawing.frozen(world.ids[:3])
        team = wish(1, team_id=world.teams["police two"])
        assert kept(world, frozen(world, "lena", team)[0]) == drawing.frozen([world.other])
        owen = wish(manager_id=world.staff["owen"].user_id)
        assert frozen(world, "lena", owen)[1] == 12
        world.on_team(world.person("Jo", "Probation"), "police", Capacity.RESPONSIBLE)
        led = wish(1, lead_agency_id=world.agencies["probation"])
        assert frozen(world, "lena", led)[1] == 1

    def test_the_same_people_and_seed_give_the_same_names_on_both_databases(self, world):
        """The list is sorted by the bytes of the ids, not by either database."""
        sample_id, _ = frozen(world)
        people = act(world, "naomi", service.draw, sample_id=sample_id, now=NOW)
        with world.system():
            seed = db.session.scalars(sa.select(DipSample.seed)).one()
        ranks = sorted(world.ids, key=lambda each: drawing.rank(bytes.fromhex(seed), each))
        assert list(people) == ranks[:3]


class TestWhoMay:
    @pytest.mark.parametrize("who", ["owen", "iris", "carl", "leah"])
    def test_only_supervisors_and_auditors_draw(self, world, who):
        with pytest.raises(NotPermitted):
            frozen(world, who)
        with world.system():
            assert count(DipSample) == 0

    def test_nobody_of_that_kind_and_too_many_are_told_apart(self, world):
        with pytest.raises(FieldErrors) as none:
            frozen(world, command=wish(risk=RiskBand.VERY_HIGH))
        with pytest.raises(FieldErrors) as many:
            frozen(world, command=wish(13))
        assert list(none.value.errors) == ["risk"]
        assert many.value.errors == {"wanted": ["There are 12 to draw from. Draw 12 at most"]}
        with world.system():
            assert count(DipSample) == 0

    def test_a_team_of_another_agency_cannot_be_asked_for(self, world):
        with pytest.raises(FieldErrors):
            frozen(world, command=wish(team_id=world.teams["probation one"]))

    def test_the_agencys_lead_and_auditor_read_it_and_nobody_else(self, world):
        sample_id, _ = frozen(world)
        act(world, "naomi", service.draw, sample_id=sample_id, now=NOW)
        for who in ("naomi", "lena", "aud"):
            with world.as_reader(who) as actor:
                assert queries.sample(actor, sample_id).id == sample_id
                assert all(step.holds for step in queries.check(sample_id, actor))
        world.user("nell", "police", Role.SUPERVISOR, team="police two")
        for who in ("nell", "ada", "grace"):
            with world.as_reader(who) as actor:
                assert queries.samples(actor) == []
                with pytest.raises(NotFound):
                    queries.check(sample_id, actor)

    def test_a_lead_cannot_draw_what_somebody_else_froze(self, world):
        sample_id, _ = frozen(world)
        with pytest.raises(NotFound):
            act(world, "lena", service.draw, sample_id=sample_id, now=NOW)
        with world.system():
            assert count(DipDraw) == 0


class TestDrawing:
    def test_before_the_draw_nobody_can_know_whom_it_will_be(self, world):
        sample_id, _ = frozen(world)
        with world.as_reader("naomi") as actor, pytest.raises(NotFound):
            queries.check(sample_id, actor)
        with world.system():
            raw = db.session.execute(sa.text("SELECT seed, population FROM dip_sample")).one()
            seed = db.session.scalars(sa.select(DipSample.seed)).one()
        assert bytes.fromhex(seed) not in raw.seed
        assert seed.encode() not in raw.seed
        assert world.ids[0].bytes not in raw.population

    def test_both_digests_stand_in_the_audit_before_anybody_is_drawn(self, world):
        sample_id, _ = frozen(world)
        act(world, "naomi", service.draw, sample_id=sample_id, now=NOW + timedelta(minutes=1))
        with world.system():
            found = {
                row.event: row
                for row in db.session.scalars(
                    sa.select(AuditEntry).where(AuditEntry.event.like("sample:%"))
                )
            }
            made = db.session.scalars(sa.select(DipSample)).one()
            seed = made.seed
        assert made.population_digest in found[service.FROZEN].basis
        assert made.seed_digest in found[service.FROZEN].basis
        assert seed not in found[service.FROZEN].basis
        assert drawing.digest(bytes.fromhex(seed)) == made.seed_digest

    def test_drawing_twice_changes_nothing(self, world):
        sample_id, _ = frozen(world)
        first = act(world, "naomi", service.draw, sample_id=sample_id, now=NOW)
        second = act(world, "naomi", service.draw, sample_id=sample_id, now=NOW)
        assert list(first) == list(second)
        with world.system():
            assert count(DipDraw) == 1

    def test_who_comes_into_the_register_afterwards_does_not_change_it(self, world):
        sample_id, _ = frozen(world)
        world.person("Late", "Comer", lead="police", manager="owen")
        people = act(world, "naomi", service.draw, sample_id=sample_id, now=NOW)
        assert set(people) <= set(world.ids)


class TestResults:
    @pytest.fixture
    def sample_id(self, world):
        made, _ = frozen(world)
        act(world, "naomi", service.draw, sample_id=made, now=NOW)
        return made

    def add(self, world, who, sample_id, place, command, minutes=0):
        given = {"sample_id": sample_id, "place": place, "command": command}
        act(world, who, service.record, **given, now=NOW + timedelta(minutes=minutes))

    def test_the_latest_counts_and_every_one_stays(self, world, sample_id):
        self.add(world, "naomi", sample_id, 0, POOR)
        with pytest.raises(FieldErrors):
            self.add(world, "lena", sample_id, 0, FINE, minutes=5)
        explained = replace(FINE, found="The visit was logged late")
        self.add(world, "lena", sample_id, 0, explained, minutes=5)
        with world.as_reader("naomi") as actor:
            drawn = queries.drawn(queries.sample(actor, sample_id).id)
            found = queries.results(sample_id)
            assert [each.verdict for each in found] == [POOR.verdict, FINE.verdict]
            tally = queries.tally_of(drawn, found)
        assert (tally.in_order, tally.not_in_order, tally.waiting) == (1, 0, 2)
        with world.system():
            raw = db.session.execute(sa.text("SELECT found FROM dip_result")).scalars()
            assert not any(POOR.found.encode() in each for each in raw)

    @pytest.mark.parametrize("verdict", [Verdict.NOT_IN_ORDER, Verdict.COULD_NOT])
    def test_what_is_not_in_order_needs_words(self, world, sample_id, verdict):
        with pytest.raises(FieldErrors):
            self.add(world, "naomi", sample_id, 0, RecordResult(verdict=verdict))
        with world.system():
            assert count(DipResult) == 0

    def test_nobody_records_of_a_person_whom_they_may_not_see_any_more(self, world, sample_id):
        with world.as_reader("naomi") as actor:
            person = queries.drawn(queries.sample(actor, sample_id).id).people[1]
        with world.system():
            rights.exclude(person, RELATED, user=world.staff["naomi"].user_id)
        with clock.at(NOW), pytest.raises(NotFound):
            self.add(world, "naomi", sample_id, 1, FINE)
        with world.system():
            assert count(DipResult) == 0

    @pytest.mark.parametrize("who", ["owen", "aud"])
    def test_who_may_not_draw_does_not_record(self, world, sample_id, who):
        with pytest.raises(NotPermitted):
            self.add(world, who, sample_id, 0, FINE)

    @pytest.mark.parametrize("place", [-1, 3])
    def test_a_place_that_is_not_there_is_not_found(self, world, sample_id, place):
        with pytest.raises(NotFound):
            self.add(world, "naomi", sample_id, place, FINE)
