"""Adding a person: asked first, then added; and the co-ordinator's queue."""

import pytest
import sqlalchemy as sa

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.matching import jobs
from mappa.offenders.matching.models import MatchCheck, MatchTask
from mappa.offenders.models import Person
from mappa.web.models import KeptSearch
from tests.factories.offenders import keyed
from tests.factories.world import NOW, count, northmoor
from tests.pages.forms import submit

ASKED = {"given_name": "Danial", "family_name": "Wexcome", "born_on": "14 3 1979"}
MANAGED = {"category": "2", "level": "1"}


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def asked(client, **more):
    """The address of what is shown after asking."""
    answer = submit(client, "/people/add", ASKED | more)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.location


def a_daniel(world, **said):
    person = world.person(**{"manager": "priya"} | said)
    keyed(world, person)
    return person


def added(client, place, **more):
    answer = submit(client, f"{place}/details", MANAGED | more)
    assert answer.location == f"{place}/check", answer.get_data(as_text=True)
    return submit(client, f"{place}/check")


class TestAsking:
    def test_who_may_be_the_person_is_shown_with_the_reason(self, world):
        daniel = a_daniel(world)
        client = world.client("priya")
        page = text(client.get(asked(client)))
        assert "Is it one of these?" in page
        assert f'href="/people/{daniel}"' in page
        assert "Sounds the same. 2 letters differ. Same date of birth" in page
        assert "Likely the same person" in page

    def test_a_hidden_person_changes_no_byte(self, world):
        client = world.client("priya")
        place = asked(client)

        def page():
            return [line for line in text(client.get(place)).splitlines() if "nonce" not in line]

        before = page()
        a_daniel(world, lead="police", manager="owen")
        assert "Nobody you can see is the person" in "".join(before)
        assert [line for line in page() if "csrf_token" not in line] == [
            line for line in before if "csrf_token" not in line
        ]

    def test_no_name_stands_in_an_address_and_the_draft_is_the_sessions_own(self, world):
        client = world.client("priya")
        place = asked(client)
        assert "exco" not in place
        assert world.client("priya").get(place).status_code == 404
        assert world.client("owen").get(place).status_code == 404
        with world.system():
            stored = db.session.execute(
                sa.select(sa.type_coerce(KeptSearch.typed, sa.LargeBinary))
            ).scalar_one()
        assert b"Wexcome" not in stored

    def test_the_way_back_still_holds_what_was_typed(self, world):
        client = world.client("priya")
        place = asked(client)
        draft = place.rpartition("/")[2]
        assert f'href="/people/add?draft={draft}"' in text(client.get(place))
        page = text(client.get(f"/people/add?draft={draft}"))
        assert 'value="Wexcome"' in page
        assert world.client("owen").get(f"/people/add?draft={draft}").status_code == 404

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"family_name": ""}, "Enter the family name, or the only name"),
            ({"born_on": "31 2 1979"}, "Date of birth must be a real date"),
            ({"born_on": "1 1 2027"}, "The date of birth cannot be in the future"),
            ({"born_about": "79"}, "Enter a year like 1979"),
            ({"born_about": "1979"}, "Enter the date of birth or the year, not both"),
            ({"crn": "12"}, "Enter the CRN like X123456"),
            ({"pnc": "2012/0900412A"}, "its last letter does not fit its digits"),
            ({"prison_number": "1234"}, "Enter the prison number like A1234BC"),
        ],
    )
    def test_what_is_wrong_is_said_and_everything_typed_is_still_there(self, world, typed, said):
        answer = submit(world.client("priya"), "/people/add", ASKED | typed)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert said in page
        assert 'value="Danial"' in page

    @pytest.mark.parametrize("who", ["grace", "leah", "sam", "helen", "ada"])
    def test_who_may_not_add_is_not_asked(self, world, who):
        assert world.client(who).get("/people/add").status_code == 403


class TestAdding:
    def test_the_person_is_added_by_what_was_asked_and_compared_later(self, world):
        client = world.client("priya")
        known = a_daniel(world)
        place = asked(client, aliases="Danny Marsh\nDan W", crn="x900413")
        text(client.get(place))
        check = submit(client, f"{place}/details", MANAGED, follow=True)
        page = text(check)
        for words in ("Danial Wexcome", "Danny Marsh, Dan W", "14 March 1979", "X900413"):
            assert words in page
        answer = submit(client, f"{place}/check")
        with world.system():
            row = db.session.scalars(sa.select(Person).where(Person.id != known)).one()
            check = db.session.scalars(sa.select(MatchCheck)).one()
        assert answer.location == f"/people/{row.id}"
        assert (row.crn, row.manager_id) == ("X900413", world.staff["priya"].user_id)
        assert (check.person_id, check.dismissed) == (row.id, [known.hex])
        assert client.get(place).status_code == 404

    def test_category_3_is_never_at_level_1_and_nothing_is_lost(self, world):
        client = world.client("priya")
        answer = submit(client, f"{asked(client)}/details", {"category": "3", "level": "1"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Category 3 is managed at level 2 or 3 only" in page
        assert 'value="3" checked' in page
        with world.system():
            assert count(Person) == 0

    def test_the_check_is_not_reached_before_the_details(self, world):
        client = world.client("priya")
        place = asked(client)
        assert client.get(f"{place}/check").location == f"{place}/details"

    def test_the_coordinator_names_the_agency_that_leads(self, world):
        client = world.client("carl")
        place = asked(client)
        police = str(world.agencies["police"])
        owen = str(world.staff["owen"].user_id)
        added(client, place, lead_agency_id=police, manager_id=owen)
        with world.system():
            row = db.session.scalars(sa.select(Person)).one()
            assert (str(row.owner_agency_id), str(row.manager_id)) == (police, owen)

    def test_the_list_offers_it_to_those_who_may(self, world):
        assert "/people/add" in text(world.client("priya").get("/people"))
        assert "/people/add" not in text(world.client("sam").get("/people"))


class TestQueue:
    @pytest.fixture
    def task(self, world):
        a_daniel(world, lead="police", manager="owen", crn="Z900412")
        client = world.client("priya")
        added(client, asked(client))
        assert jobs.check_matches(world.app).clashes == 1
        with world.system():
            return db.session.scalars(sa.select(MatchTask.id)).one()

    def test_the_coordinator_sees_both_side_by_side(self, world, task):
        client = world.client("carl")
        assert f'href="/matches/{task}"' in text(client.get("/matches"))
        page = text(client.get(f"/matches/{task}"))
        for words in ("Danial Wexcome", "Daniel Wexcombe", "Z900412", "Northmoor Police"):
            assert words in page

    def test_two_people_are_kept_apart(self, world, task):
        client = world.client("carl")
        missing = submit(client, f"/matches/{task}", {"reason": ""})
        assert missing.status_code == 422
        page = text(submit(client, f"/matches/{task}", {"reason": "Cousins"}, follow=True))
        assert "Nothing to decide." in page
        assert "Kept as two people: <bdi>Cousins</bdi>" in text(client.get(f"/matches/{task}"))

    @pytest.mark.parametrize("who", ["priya", "owen", "grace", "ada"])
    def test_it_is_nobody_elses(self, world, task, who):
        client = world.client(who)
        assert client.get("/matches").status_code == 403
        assert client.get(f"/matches/{task}").status_code == 403
