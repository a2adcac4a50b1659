"""Standing in for a manager: what the deputy gets, for how long, and never more."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.asking import standing
from mappa.access.models import CaseWorker, Deputy
from mappa.access.rights import Given
from mappa.access.terms import Level, Part, Role, Section, State
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import queries as people
from mappa.offenders import service as record
from mappa.offenders.handover import cover, queries
from mappa.offenders.rules import AddPerson
from mappa.offenders.workers import case_workers
from mappa.reminders import queries as reminders
from tests.factories.handover import TODAY, a_cover, a_handover, with_marek
from tests.factories.offenders import with_overview
from tests.factories.risk import an_assessment
from tests.factories.visits import a_planned_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor

MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
"""After the last day of the cover."""


@pytest.fixture
def world(app):
    found = northmoor(with_overview(app))
    with_marek(found)
    return found


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def duties(world, who, *, at=NOW):
    with clock.at(at), world.app.app_context(), unit_of_work(Kind.READ):
        return [each.kind for each in reminders.my_open(world.staff[who].actor)]


@pytest.mark.sql
def test_the_deputy_works_on_the_caseload_from_a_day_until_a_day(world, daniel):
    an_assessment(world, daniel)
    with world.as_reader("marek") as actor:
        assert not standing(actor, daniel).at_least(Section.VICTIMS, Level.FULL)
    named = a_cover(world, "marek")
    with world.as_reader("marek") as actor:
        assert people.person(actor, daniel).manager == "Priya Sandhurst"
        assert standing(actor, daniel).at_least(Section.VICTIMS, Level.FULL)
        (covered,) = queries.covering_for(actor)
        assert covered.manager == "Priya Sandhurst"
        assert [each.record for each in queries.managed_by(actor, covered.manager_id)] == [daniel]
        parts = {each.name: each.part for each in case_workers(actor, daniel)}
    assert (parts["Marek Dolny"], parts["Priya Sandhurst"]) == (Part.DEPUTY, Part.MANAGER)
    assert duties(world, "marek") == duties(world, "priya") == ["risk-review"]
    with clock.at(MIDNIGHT), world.app.app_context(), unit_of_work(Kind.READ):
        marek = world.staff["marek"].actor
        assert queries.covering_for(marek) == []
        assert not standing(marek, daniel).at_least(Section.VICTIMS, Level.FULL)
    assert duties(world, "marek", at=MIDNIGHT) == []
    assert duties(world, "priya", at=MIDNIGHT) == ["risk-review"]
    with world.system():
        found = db.session.execute(sa.select(AuditEntry.event, AuditEntry.records)).all()
    told = {row.event: row.records for row in found}
    staff = [world.staff[key].user_id.hex for key in ("priya", "marek")]
    assert told["deputy:named"] == [named.deputy.id.hex, *staff]
    assert told["deputy:covers"] == [daniel.hex, named.deputy.id.hex]


def test_a_cover_that_is_to_come_opens_nothing_yet(world, daniel):
    an_assessment(world, daniel)
    a_cover(world, "marek", from_on=date(2026, 11, 21))
    assert duties(world, "marek") == []
    with world.as_reader("marek") as actor:
        assert not standing(actor, daniel).at_least(Section.VICTIMS, Level.FULL)
    assert duties(world, "marek", at=datetime(2026, 11, 21, tzinfo=UTC)) == ["risk-review"]


def test_what_names_the_manager_alone_is_not_told_to_the_deputy(world, daniel):
    a_planned_visit(world, "priya", daniel, announced=False)
    a_cover(world, "marek")
    from mappa.visits import queries as visits

    with world.as_reader("marek") as actor:
        assert visits.planned(actor, daniel) == []
    with world.as_reader("priya") as actor:
        assert len(visits.planned(actor, daniel)) == 1


def test_whoever_is_kept_out_is_left_out_by_name_and_gets_nothing(world, daniel):
    with world.system():
        rights.exclude(daniel, Given(at=NOW), user=world.staff["marek"].user_id)
    named = a_cover(world, "marek")
    assert named.left_out == ("Daniel Wexcombe",)
    with world.as_reader("marek") as actor:
        with pytest.raises(NotFound):
            standing(actor, daniel)
        (covered,) = queries.covering_for(actor)
        assert queries.managed_by(actor, covered.manager_id) == []
    with world.system():
        part = CaseWorker.part == Part.DEPUTY.value
        assert db.session.scalars(sa.select(CaseWorker).where(part)).all() == []


def test_a_supervisor_of_another_team_reaches_the_people_only_as_deputy(world, daniel):
    world.team("probation two", "probation")
    world.user("tom", "probation", Role.SUPERVISOR, team="probation two")
    with world.as_reader("tom") as actor, pytest.raises(NotFound):
        standing(actor, daniel)
    a_cover(world, "tom", by="grace")
    with world.as_reader("tom") as actor:
        assert standing(actor, daniel).at_least(Section.RISK, Level.FULL)
    with (
        clock.at(MIDNIGHT),
        world.app.app_context(),
        unit_of_work(Kind.READ),
        pytest.raises(NotFound),
    ):
        standing(world.staff["tom"].actor, daniel)


def test_a_practitioner_as_deputy_opens_the_people_to_no_further_supervisor(world, daniel):
    world.team("probation two", "probation")
    world.user("tom", "probation", Role.SUPERVISOR, team="probation two")
    world.user("joy", "probation", Role.OFFENDER_MANAGER, team="probation two")
    a_cover(world, "joy")
    with world.as_reader("tom") as actor, pytest.raises(NotFound):
        standing(actor, daniel)


def test_the_manager_and_superiors_name_colleagues_who_work_on_cases(world, daniel):
    for who in ("marek", "naomi", "leah"):
        with pytest.raises(NotPermitted):
            a_cover(world, "marek" if who != "marek" else "grace", by=who)
    for deputy in ("owen", "helen", "carl", "adam"):
        with pytest.raises(RuleBroken, match="DEPUTY-COLLEAGUE"):
            a_cover(world, deputy)
    for said, rule in (
        ({"until_on": date(2026, 11, 19), "from_on": TODAY}, "DEPUTY-ORDER"),
        ({"from_on": date(2026, 11, 19)}, "DEPUTY-TO-COME"),
        ({"until_on": date(2027, 12, 1)}, "DEPUTY-LONG"),
    ):
        with pytest.raises(RuleBroken, match=rule):
            a_cover(world, "marek", **said)
    with pytest.raises(RuleBroken, match="DEPUTY-OTHER"):
        a_cover(world, "priya")
    with world.system():
        assert count(Deputy) == 0
    a_cover(world, "marek", by="grace")
    with pytest.raises(RuleBroken, match="DEPUTY-ONE"):
        a_cover(world, "grace", from_on=date(2026, 11, 21))
    a_cover(world, "grace", from_on=date(2026, 11, 22), until_on=date(2026, 11, 22))


@pytest.mark.sql
def test_who_comes_and_goes_during_the_cover(world, daniel):
    """A person handed on is covered no more; one who is added or handed over is."""
    ishaan = world.person("Ishaan", "Colbeck", manager="grace")
    a_cover(world, "marek")
    world.user("joy", "probation", Role.OFFENDER_MANAGER, team="probation one")
    a_handover(world, "joy", daniel)
    a_handover(world, "priya", ishaan, by="grace")
    with world.as_reader("priya", Kind.WRITE) as actor:
        command = AddPerson(given_name="Ewa", family_name="Nowak-Test", category=1, level=1)
        ewa = record.add_person(actor, command, now=NOW).id
    with world.system():
        covered = db.session.execute(
            sa.select(CaseWorker.person_id, CaseWorker.ends_at).where(
                CaseWorker.part == Part.DEPUTY.value, CaseWorker.state == State.LIVE.value
            )
        ).all()
    assert dict(map(tuple, covered)) == {ishaan: MIDNIGHT, ewa: MIDNIGHT}


def test_it_ends_before_its_time(world, daniel):
    an_assessment(world, daniel)
    named = a_cover(world, "marek")
    for who in ("owen", "leah"):
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotFound):
            cover.end_cover(actor, named.deputy.id, now=NOW)
    world.user("joy", "probation", Role.OFFENDER_MANAGER, team="probation one")
    with world.as_reader("joy", Kind.WRITE) as actor, pytest.raises(NotPermitted):
        cover.end_cover(actor, named.deputy.id, now=NOW)
    with world.as_reader("marek", Kind.WRITE) as actor:
        cover.end_cover(actor, named.deputy.id, now=NOW)
    assert duties(world, "marek") == []
    with world.as_reader("marek") as actor:
        assert not standing(actor, daniel).at_least(Section.VICTIMS, Level.FULL)
    with world.as_reader("priya", Kind.WRITE) as actor:
        with pytest.raises(RuleBroken, match="DEPUTY-ENDED"):
            cover.end_cover(actor, named.deputy.id, now=NOW)
        with pytest.raises(NotFound):
            cover.end_cover(actor, NOBODY, now=NOW)
