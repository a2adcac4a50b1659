"""Team and sharing: the grid, the own line, and why a cell is as it is."""

from uuid import uuid4

import pytest

from mappa.access import rights, team_grid
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Section
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor
from tests.pages.insight import get, plain, text

SINCE = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def exclude(world, person, agency):
    with world.system():
        rights.exclude(person, SINCE, agency=world.agencies[agency])


class TestGrid:
    def test_it_shows_each_agency_what_the_agreement_gives(self, world, person):
        page = text(get(world, "priya", f"/people/{person}/sharing"))
        assert "What each agency sees today, 20 November 2026." in page
        assert "Northmoor Police" in page
        assert "Northmoor Council Children’s services" in page
        assert "Northmoor Council Housing" not in page
        assert "Summary" in page
        assert "Sealed" in page

    def test_a_cell_says_why(self, world, person):
        url = f"/people/{person}/sharing/{world.agencies['children']}/visits"
        page = text(get(world, "priya", url))
        assert "Why Northmoor Council Children’s services sees a summary of visits" in page
        assert "Allowed by the agreement." in page
        assert "version 1, gives children’s services with a duty to co-operate" in page
        assert "Nothing takes it away." in page
        assert "Day, kind, outcome, whether there was concern for a child" in page

    def test_nothing_is_explained_by_the_rule_that_says_no(self, world, person):
        url = f"/people/{person}/sharing/{world.agencies['children']}/health"
        page = text(get(world, "priya", url))
        assert "Why Northmoor Council Children’s services does not see health" in page
        assert "No rule allows it." in page
        assert "would have to share it with Northmoor Council Children’s services" in page

    def test_a_section_that_is_sealed_for_the_operator_is_not_explained(self, world, person):
        url = f"/people/{person}/sharing/{world.agencies['police']}/intelligence"
        assert "You are told no more of this section" in text(get(world, "priya", url))

    def test_an_exclusion_beats_everything(self, world, person):
        exclude(world, person, "children")
        url = f"/people/{person}/sharing/{world.agencies['children']}/visits"
        page = text(get(world, "priya", url))
        assert "Excluded" in page
        assert "is kept out of this record" in page

    def test_excluding_one_agency_excludes_no_other(self, world, person):
        exclude(world, person, "children")
        with world.as_reader("priya"):
            team = {each.agency_id: each for each in team_grid.team(person)}
        police = team[world.agencies["police"]].cells[Section.VISITS]
        assert (police.excluded, police.level) == (False, Level.FULL)

    def test_a_share_raises_a_cell(self, world, person):
        world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
        world.share(person, "probation", "housing", Section.VISITS, Level.FULL)
        url = f"/people/{person}/sharing/{world.agencies['housing']}/visits"
        page = text(get(world, "priya", url))
        assert "Why Northmoor Council Housing sees all of visits" in page
        assert "Northmoor Probation shares all of visits of this person" in page

    def test_an_information_officer_has_the_grid(self, world, person):
        assert "What each agency sees today" in text(
            get(world, "iris", f"/people/{person}/sharing")
        )

    def test_who_can_see_this_names_the_section(self, world, person):
        page = text(get(world, "priya", f"/people/{person}/sharing?section=visits"))
        assert "Who can see this? Visits" in page


class TestIntersection:
    def test_a_share_of_what_the_operator_may_not_read_changes_nothing(self, world, person):
        world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
        url = f"/people/{person}/sharing"
        before = plain(get(world, "priya", url))
        world.share(person, "police", "housing", Section.INTELLIGENCE, Level.FULL)
        assert plain(get(world, "priya", url)) == before

    def test_the_receiver_sees_that_share(self, world, person):
        world.share(person, "police", "probation", Section.INTELLIGENCE, Level.FULL)
        url = f"/people/{person}/sharing/{world.agencies['probation']}/intelligence"
        page = text(get(world, "priya", url))
        assert "Northmoor Police shares all of intelligence" in page


class TestOwnLine:
    def test_only_the_own_agency_stands_there(self, world, person):
        page = text(get(world, "leah", f"/people/{person}/sharing"))
        assert "What Northmoor Council Children’s services sees of this record today" in page
        assert "Health" not in page
        table = page.split("<thead>")[1].split("</thead>")[0]
        assert "Northmoor Police" not in table

    def test_a_section_of_which_it_is_told_nothing_is_no_row(self, world, person):
        world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
        page = text(get(world, "sam", f"/people/{person}/sharing"))
        assert "Intelligence" not in page
        assert "Visits" in page

    @pytest.mark.parametrize(
        ("agency", "section"),
        [("police", "visits"), ("children", "health"), ("children", "nonsense")],
    )
    def test_any_other_cell_is_not_found(self, world, person, agency, section):
        url = f"/people/{person}/sharing/{world.agencies[agency]}/{section}"
        unknown = get(world, "leah", f"/people/{uuid4()}/sharing")
        answer = get(world, "leah", url)
        assert answer.status_code == 404
        assert plain(answer) == plain(unknown)


@pytest.mark.parametrize("who", ["ada", "adam", "sys", "sam"])
def test_somebody_without_the_person_finds_nothing(world, person, who):
    answer = get(world, who, f"/people/{person}/sharing")
    unknown = get(world, who, f"/people/{uuid4()}/sharing")
    assert (answer.status_code, plain(answer)) == (
        404,
        plain(unknown),
    )


def test_a_hidden_person_is_not_found(world, person):
    with world.system():
        rights.mark(person, MarkKind.HIDDEN, NOW, SINCE)
    assert get(world, "priya", f"/people/{person}/sharing").status_code == 404
