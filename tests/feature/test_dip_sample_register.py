"""An auditor draws from references: of whom the agency leads, and of nobody kept from it."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind, Role
from mappa.audit import queries as audited
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted
from mappa.kernel.uow import Kind
from mappa.rules.levels import RiskBand
from mappa.visits import queries as visits
from mappa.visits.dip_sample import drawing, packing, queries, service
from mappa.visits.dip_sample.models import DipSample
from mappa.visits.dip_sample.rules import Frame, FreezeSample, Purpose, RecordResult, Verdict
from tests.factories.sampled import sampled
from tests.factories.world import NOW, count
from tests.pages.forms import submit

RELATED = Given(at=NOW, reason="Related")
POOR = RecordResult(verdict=Verdict.NOT_IN_ORDER, found="No visit in the last year")
UNSEEN = "A person you may not see"


@pytest.fixture
def world(app):
    return sampled(app)


def frozen(world, who="aud", wanted=3, **more):
    wish = FreezeSample(purpose=Purpose.CHECKS, wanted=wanted, why="The yearly look", **more)
    with world.as_reader(who, Kind.WRITE) as actor:
        return service.freeze(actor, wish, now=NOW).id


def drawn(world, sample_id, who="aud"):
    with world.as_reader(who, Kind.WRITE) as actor:
        return list(service.draw(actor, sample_id, now=NOW + timedelta(minutes=1)))


def frame(world, sample_id):
    with world.system():
        kept = sa.select(DipSample.population).where(DipSample.id == sample_id)
        return set(drawing.thawed(packing.unpacked(db.session.scalars(kept).one())))


def kept_from(world, person, how):
    with world.system():
        if how == "excluded":
            rights.exclude(person, RELATED, user=world.staff["aud"].user_id)
        elif how == "agency excluded":
            rights.exclude(person, RELATED, agency=world.agencies["police"])
        else:
            kind = MarkKind.SEALED if how == "sealed" else MarkKind.HIDDEN
            rights.mark(person, kind, NOW, RELATED)


@pytest.mark.sql
class TestFrame:
    def test_it_is_whom_the_agency_leads_and_nobody_it_only_works_with(self, world):
        elsewhere = world.person("Jo", "Probation")
        world.on_team(elsewhere, "police", Capacity.RESPONSIBLE)
        assert frame(world, frozen(world)) == {*world.ids, world.other}

    @pytest.mark.parametrize("how", ["excluded", "agency excluded", "hidden", "sealed"])
    def test_whoever_is_kept_from_the_auditor_or_the_agency_is_not_in_it(self, world, how):
        kept_from(world, world.ids[4], how)
        sample_id = frozen(world)
        assert frame(world, sample_id) == {*world.ids, world.other} - {world.ids[4]}
        with world.as_reader("aud") as actor:
            assert queries.sample(actor, sample_id).size == 12

    def test_somebody_named_in_the_audit_is_in_it_and_nobody_else(self, world):
        """The frame is made of what the same reader meets on the audit page."""
        kept_from(world, world.ids[4], "hidden")
        with world.as_reader("aud") as actor:
            asked = audited.register(actor, world.ids[3:6])
        assert asked == {world.ids[3], world.ids[5]}

    def test_it_opens_no_person(self, world):
        people = drawn(world, frozen(world))
        with world.as_reader("aud") as actor:
            assert visits.names(actor, people) == {}

    @pytest.mark.parametrize("narrow", ["risk", "team_id", "manager_id", "lead_agency_id"])
    def test_it_is_not_narrowed(self, world, narrow):
        chosen = RiskBand.LOW if narrow == "risk" else world.agencies["police"]
        with pytest.raises(FieldErrors):
            frozen(world, **{narrow: chosen})
        with world.system():
            assert count(DipSample) == 0

    def test_an_agency_that_leads_nobody_has_nothing_to_draw_from(self, world):
        world.user("cora", "children", Role.AUDITOR)
        with pytest.raises(FieldErrors):
            frozen(world, "cora")


@pytest.mark.sql
class TestDraw:
    def test_it_is_proved_as_any_other(self, world):
        sample_id = frozen(world)
        people = drawn(world, sample_id)
        assert set(people) <= {*world.ids, world.other}
        for who in ("aud", "naomi", "lena"):
            with world.as_reader(who) as actor:
                assert all(step.holds for step in queries.check(sample_id, actor))
        for who in ("ada", "grace"):
            with world.as_reader(who) as actor, pytest.raises(NotFound):
                queries.check(sample_id, actor)

    def test_a_supervisor_who_may_see_the_person_says_what_was_found(self, world):
        sample_id = frozen(world, wanted=13)
        people = drawn(world, sample_id)
        mine, others = people.index(world.ids[0]), people.index(world.other)
        with world.system():
            rights.exclude(world.other, RELATED, user=world.staff["naomi"].user_id)
        with world.as_reader("naomi", Kind.WRITE) as actor:
            service.record(actor, sample_id, mine, POOR, now=NOW)
            with pytest.raises(NotFound):
                service.record(actor, sample_id, others, POOR, now=NOW)
        with world.as_reader("aud", Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.record(actor, sample_id, mine, POOR, now=NOW)

    def test_nobody_draws_what_the_auditor_froze(self, world):
        sample_id = frozen(world)
        for who in ("naomi", "lena"):
            with pytest.raises(NotFound):
                drawn(world, sample_id, who)

    def test_a_sample_of_a_supervisor_stays_with_the_supervisor(self, world):
        world.user("nell", "police", Role.SUPERVISOR, team="police two")
        sample_id = frozen(world, "naomi")
        with world.as_reader("nell") as actor, pytest.raises(NotFound):
            queries.sample(actor, sample_id)
        with world.as_reader("naomi") as actor:
            assert queries.sample(actor, sample_id).frame == Frame.SEEN.value


class TestPages:
    @pytest.fixture(autouse=True)
    def five_minutes_later(self):
        with clock.at(NOW + timedelta(minutes=5)):
            yield

    def draw(self, client, wanted="3"):
        form = client.get("/visits/samples/new").text
        assert "as in the audit" in form
        assert 'name="risk"' not in form
        said = {"wanted": wanted, "purpose": "checks", "why": "The yearly look"}
        here = submit(client, "/visits/samples/new", said).headers["Location"]
        submit(client, here, action=f"{here}/draw")
        return here

    def test_the_auditor_reads_references_and_verdicts_and_no_name_or_word(self, world):
        aud, naomi = world.client("aud"), world.client("naomi")
        here = self.draw(aud)
        people = drawn(world, UUID(here.rsplit("/", 1)[-1]))
        references = [audited.reference(each) for each in people]
        assert "No result yet" in aud.get(here).text
        of_naomi = naomi.get(here).text
        assert all(each in of_naomi for each in references)
        assert of_naomi.count("Ashdown") + of_naomi.count("Otherteam") >= 3
        typed = {"verdict": "not_in_order", "found": "No visit for a year"}
        for place in range(3):
            submit(naomi, f"{here}/people/{place}", typed)
        page = aud.get(here).text
        assert all(each in page for each in references)
        assert "Everybody whom the agency leads, by reference" in page
        assert "3 not in order" in page
        assert page.count("Not in order") == 3
        assert "Of all 13 people it was drawn from" in page
        for secret in ("Ashdown", "Otherteam", "No visit for a year", "Naomi"):
            assert secret not in page
        assert not any(str(each) in page for each in people)
        assert aud.get(f"{here}/people/0").status_code == 403

    def test_whoever_is_hidden_after_the_draw_has_no_reference_any_more(self, world):
        aud = world.client("aud")
        here = self.draw(aud)
        people = drawn(world, UUID(here.rsplit("/", 1)[-1]))
        kept_from(world, people[1], "hidden")
        page = aud.get(here).text
        assert page.count(UNSEEN) == 1
        assert audited.reference(people[1]) not in page
        assert audited.reference(people[0]) in page

    def test_a_condition_that_is_sent_all_the_same_is_refused_with_what_was_typed(self, world):
        aud = world.client("aud")
        said = {"wanted": "3", "purpose": "checks", "why": "The yearly look"}
        answer = submit(aud, "/visits/samples/new", said, extra={"risk": "low"})
        assert answer.status_code == 422
        assert "The yearly look" in answer.text
