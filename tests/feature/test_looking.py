"""Looking with other eyes shows what both see, as of the day; it opens nothing."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import past, rights
from mappa.access.models import CaseTeam, Exclusion, Share
from mappa.access.rights import Given
from mappa.access.terms import Level, MarkKind, Section
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import Model, db
from mappa.kernel.uow import Kind
from mappa.sharing.shares import service as shares
from tests.factories.sharing import a_share
from tests.factories.visited import PLACE, a_visited_person
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, northmoor

UNKNOWN = "00000000-0000-4000-8000-00000000beef"
ACCOUNT = "Knocked twice and rang."


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def person(world):
    return a_visited_person(world)


def text(answer):
    return answer.get_data(as_text=True)


def seen_as(world, person, agency, who="iris"):
    agency_id = world.agencies.get(agency, agency)
    return world.client(who).get(f"/people/{person}/sharing/as/{agency_id}")


def on(world, person, day, who="iris"):
    return world.client(who).get(f"/people/{person}/sharing/day", query_string={"day": day})


def cells(page, row="Visits"):
    """The words of a row of the grid, agency by agency in the order of the heads."""
    table = re.search(r"<table.*?</table>", page, re.DOTALL)[0]
    names = re.findall(r'<th scope="col">(.*?)<br>', table)
    line = re.search(rf'<th scope="row">{row}</th>(.*?)</tr>', table, re.DOTALL)[1]
    return dict(zip(names, re.findall(r'm-share__word">(\w+)<', line), strict=True))


CHILDREN = "Northmoor Council Children’s services"


class TestAsAnAgency:
    def test_it_shows_what_the_agency_sees_and_no_more(self, world, person):
        page = text(seen_as(world, person, "children"))
        assert "seen and spoken to" in page
        assert PLACE not in page
        a_share(world, person)
        assert PLACE in text(seen_as(world, person, "children"))

    def test_what_the_asker_does_not_see_is_not_there(self, world, person):
        """A world in which the police may not see a visit, beside one in which it is not there."""
        made = a_made_visit(world, "owen", person, place="Behind the mill")
        assert "Behind the mill" in text(seen_as(world, person, "probation"))
        with world.system():
            rights.mark(made, MarkKind.HIDDEN, NOW, Given(at=NOW))
        page = text(seen_as(world, person, "probation"))
        assert "Behind the mill" not in page
        assert page.count("m-lines__when") == text(seen_as(world, person, "police")).count(
            "m-lines__when"
        )

    def test_a_section_that_is_sealed_to_the_asker_says_nothing_of_others(self, world, person):
        from tests.factories.intelligence import an_item

        group = world.handling_group("police", "owen")
        before = _bare(seen_as(world, person, "probation", "carl"))
        an_item(world, person, group)
        assert _bare(seen_as(world, person, "probation", "carl")) == before

    def test_an_agency_that_is_kept_out_sees_nothing(self, world, person):
        with world.system():
            rights.exclude(person, Given(at=NOW), agency=world.agencies["children"])
        page = text(seen_as(world, person, "children"))
        assert "sees nothing of this record that you see too" in page
        assert "m-preview" not in page

    def test_an_agency_that_is_not_on_the_team_is_as_one_that_is_not_there(self, world, person):
        answers = [seen_as(world, person, each) for each in ("housing", UNKNOWN)]
        assert [each.status_code for each in answers] == [404, 404]
        assert _bare(answers[0]) == _bare(answers[1])

    def test_it_is_on_record_as_which_agency_she_looked(self, world, person):
        seen_as(world, person, "children")
        with world.system():
            entry = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.event == "sharing:see-as")
            ).one()
            assert entry.basis == f"as {world.agencies['children'].hex}"
            assert entry.records[0] == person.hex

    @pytest.mark.parametrize("who", ["owen", "naomi", "priya", "leah", "helen"])
    def test_others_may_not(self, world, person, who):
        for answer in (
            seen_as(world, person, "police", who), on(world, person, "1 11 2026", who)
        ):  # fmt: skip
            assert answer.status_code in (403, 404)

    def test_an_office_that_has_nothing_to_do_with_the_person_finds_nothing(self, world):
        other = world.person("Ruth", "Ambleby", lead="probation")
        for person in (other, UNKNOWN):
            assert seen_as(world, person, "probation").status_code == 404
            assert on(world, person, "1 11 2026").status_code == 404


def _bare(answer):
    return re.sub(r'(nonce|value)="[^"]*"', "", text(answer))


class TestAnotherDay:
    @pytest.mark.sql
    def test_a_share_that_was_ended_stands_on_the_days_on_which_it_stood(self, world, person):
        began, ended = NOW - timedelta(days=9), NOW - timedelta(days=4)
        with world.system():
            share = rights.share(
                person, world.agencies["police"], world.agencies["children"], Section.VISITS,
                Level.FULL, "wexcombe,daniel", Given(at=began),
            )  # fmt: skip
            rights.end([share], at=ended, by=world.staff["iris"].user_id, reason="Not needed")
        days = ("10", "11", "15", "16", "20", "21")
        told = [cells(text(on(world, person, f"{day} 11 2026")))[CHILDREN] for day in days]
        assert told == ["Summary", "Full", "Full", "Summary", "Summary", "Summary"]

    def test_a_day_to_come_shows_what_will_have_begun_and_ended(self, world, person):
        a_share(world, person, ends_on=NOW.date() + timedelta(days=10),
                review_on=NOW.date() + timedelta(days=5))  # fmt: skip
        assert cells(text(on(world, person, "30 11 2026")))[CHILDREN] == "Full"
        assert cells(text(on(world, person, "1 12 2026")))[CHILDREN] == "Summary"

    def test_nothing_of_the_rehearsal_stays(self, world, person):
        share = a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            shares.end(actor, share, "Not needed", now=NOW)
        before = _rights(world)
        assert on(world, person, "19 11 2026").status_code == 200
        assert _rights(world) == before

    def test_outside_a_rehearsal_nothing_is_brought_back(self, world, person):
        with world.system(), pytest.raises(RuntimeError):
            past.restore(person, NOW)

    def test_what_the_asker_may_know_is_asked_of_today(self, world, person):
        """She was once told of a section: on its day she still sees no line of it."""
        early, late = NOW - timedelta(days=60), NOW - timedelta(days=30)
        with world.system():
            rights.share(
                person, world.agencies["police"], world.agencies["probation"], Section.HEALTH,
                Level.FULL, "wexcombe,daniel", Given(at=early, starts_at=early, ends_at=late),
            )  # fmt: skip
        day = NOW - timedelta(days=45)
        page = text(on(world, person, f"{day.day} {day.month} {day.year}", "carl"))
        today = text(world.client("carl").get(f"/people/{person}/sharing"))
        assert _sections(page) == _sections(today) != []
        assert "Health" not in _sections(page)

    def test_an_officer_who_is_kept_out_since_finds_nothing_of_any_day(self, world, person):
        assert on(world, person, "19 11 2026").status_code == 200
        with world.system():
            rights.exclude(person, Given(at=NOW), user=world.staff["iris"].user_id)
        for answer in (on(world, person, "19 11 2026"), seen_as(world, person, "police")):
            assert answer.status_code == 404

    @pytest.mark.parametrize("day", ["", "31 2 2026", "1 1 1900", "1 1 2999", "x" * 5000, "\x00"])
    def test_a_day_that_is_none_is_said_so(self, world, person, day):
        answer = on(world, person, day)
        assert answer.status_code == 422
        assert "<table" not in text(answer)
        assert "There is a problem" in text(answer)

    def test_the_day_is_on_record(self, world, person):
        on(world, person, "19 11 2026")
        with world.system():
            entries = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.event == "sharing:see-as")
            )
            assert [each.basis for each in entries] == ["on 2026-11-19"]


def _sections(page):
    return re.findall(r'<th scope="row">(.*?)</th>', page)


def _rights(world):
    with world.system():
        return {
            model.__name__: sorted(
                map(str, db.session.execute(sa.select(model.id, model.state, model.ends_at)))
            )
            for model in (Share, CaseTeam, Exclusion)
        } | {
            name: db.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in Model.metadata.tables.items()
            if not name.startswith(("audit_", "session"))
        }
