"""Whoever has nothing of a person but a share sees what it says, and reads for what it is."""

import re

import pytest
import sqlalchemy as sa

from mappa.access import asking, rights
from mappa.access.models import CaseTeam, Share
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, Section
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind
from mappa.offenders.models import Person
from mappa.reminders import queries as duties
from mappa.sharing.shares import queries, service
from tests.factories.offenders import an_offence
from tests.factories.requests import with_ines
from tests.factories.sharing import a_share, to_give
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


class TestWhoIsNotOnTheCaseTeam:
    """Sam of housing has nothing of the person but what is shared."""

    @pytest.fixture
    def shared(self, world, person):
        with_ines(world)
        a_made_visit(world, "owen", person)
        an_offence(world, person)
        command = {"level": Level.SUM, "sections": (Section.IDENTITY,)}
        return a_share(world, person, "housing", by="ines", **command)

    def pages(self, world, person, *ends, who="sam"):
        with clock.at(NOW):
            browser = world.client(who)
            return [browser.get(f"/people/{person}{end}").status_code for end in ends]

    @pytest.mark.sql
    def test_the_identity_opens_the_person_and_no_section(self, world, person, shared):
        assert self.pages(world, person, "", "/sharing", "/visits", "/risk") == [200, 404, 404, 404]
        with world.as_reader("sam") as actor:
            levels = asking.standing(actor, person).levels
            assert levels.pop(Section.IDENTITY) is Level.SUM
            assert set(levels.values()) == {Level.NONE}
            assert [each.event for each in duties.notices(actor)] == [service.MADE]
        assert self.pages(world, person, "", who="amit") == [404]

    def test_the_page_says_what_is_shared_for_what_and_until_when(self, world, person, shared):
        with world.as_reader("ines", Kind.WRITE) as actor:
            command = to_give(world, "housing", sections=(Section.OFFENCES,), level=Level.SUM)
            service.make(actor, person, command, now=NOW)
        with clock.at(NOW):
            browser = world.client("sam")
            page = browser.get(f"/people/{person}").text
            link = re.search(r'href="([^"]+)">See what is shared', browser.get("/notices").text)[1]
            assert browser.get(link).status_code == 200
        said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
        assert "A share with Northmoor Council Housing opens it." in said
        assert "Shared with your agency Northmoor Probation : Summary, identity, offences" in said
        assert "Until 20 May 2027 To protect the public" in said
        assert "Orders and notification" in said
        assert self.pages(world, person, "/orders") == [200]

    def test_its_owner_is_told_how_much_was_shared_and_not_how_much_she_sees(
        self, world, person, shared
    ):
        with world.as_reader("ines") as actor:
            [row] = [each.record for each in queries.on_person(actor, person)]
        with clock.at(NOW):
            ines = world.client("ines")
            for page in ("/sharing", f"/shares/{row}", f"/shares/{row}/end"):
                said = ines.get(page).text
                assert "Summary, identity" in said
                assert "Full, identity" not in said

    def test_the_grid_has_the_agency_beside_the_case_team(self, world, person, shared):
        housing = world.agencies["housing"]
        with clock.at(NOW):
            ines = world.client("ines")
            grid = ines.get(f"/people/{person}/sharing").text
            assert re.search(r"Northmoor Council Housing<br>[^<]*<[^>]*>Not on the case team", grid)
            why = ines.get(f"/people/{person}/sharing/{housing}/identity")
            assert "Why Northmoor Council Housing sees" in why.text
            nothing = ines.get(f"/people/{person}/sharing/{housing}/risk").text
            assert "Why Northmoor Council Housing does not see" in nothing

    @pytest.mark.parametrize("level", [Level.SUM, Level.FULL])
    def test_the_timeline_has_what_is_shared_in_full(self, world, person, shared, level):
        a_share(world, person, "housing", by="ines", sections=(Section.OFFENCES,), level=level)
        with clock.at(NOW):
            page = world.client("sam").get(f"/people/{person}/timeline").text
        assert ("Convicted</" in page or "Convicted\n" in page) is (level is Level.FULL)

    def test_with_it_a_share_by_another_agency_opens_what_it_says(self, world, person, shared):
        a_share(world, person, "housing", level=Level.SUM)
        assert self.pages(world, person, "", "/visits", "/risk") == [200, 200, 404]
        with world.as_reader("iris", Kind.WRITE) as actor:
            for each in queries.on_person(actor, person):
                if each.section == "identity":
                    continue
                service.end(actor, each.id, "Over", now=NOW)
        assert self.pages(world, person, "", "/visits") == [200, 404]

    @pytest.mark.parametrize("why", ["ended", "excluded", "another leads"])
    def test_it_closes_with_the_share_an_exclusion_or_another_lead(
        self, world, person, shared, why
    ):
        with world.system():
            if why == "ended":
                rights.end([db.session.get_one(Share, shared)], at=NOW, by=NOBODY, reason="Over")
            elif why == "excluded":
                rights.exclude(person, Given(at=NOW), agency=world.agencies["housing"])
            else:
                led = sa.select(CaseTeam).where(CaseTeam.agency_id == world.agencies["probation"])
                rights.end(db.session.scalars(led).all(), at=NOW, by=NOBODY, reason="handed over")
                db.session.get_one(Person, person).owner_agency_id = world.agencies["police"]
        if why == "another leads":
            world.on_team(person, "police", Capacity.LEAD)
        assert self.pages(world, person, "", "/sharing") == [404, 404]
