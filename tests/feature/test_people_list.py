"""The list of people, narrowed: by what the reader sees, in a count of statements that stays."""

import pytest
import sqlalchemy as sa

from mappa.access.terms import Capacity, Level, Role, Section
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors
from mappa.kernel.uow import Kind
from mappa.offenders import listing
from mappa.offenders.models import Person
from mappa.offenders.rules import PeopleFilter
from mappa.rules.levels import RiskBand
from mappa.web.models import KeptFilter
from tests.factories.offenders import keyed, with_overview
from tests.factories.world import NOW, count, northmoor
from tests.pages.forms import submit

pytestmark = pytest.mark.sql


@pytest.fixture
def world(app):
    return northmoor(with_overview(app))


def names(world, who, **narrowed):
    with world.as_reader(who) as actor:
        page = listing.people(actor, PeopleFilter(**narrowed))
        assert page.total == len(page.people)
        return [each.family_name for each in page.people]


class TestNarrowed:
    @pytest.fixture(autouse=True)
    def people(self, world):
        world.person("A", "Ash", manager="priya", level=1, category=1, risk_band="low")
        world.person("B", "Beech", manager="grace", level=2, category=2, risk_band="high")
        world.person("C", "Cedar", lead="police", manager="owen", level=3, risk_band="high")
        world.on_team(world.person("D", "Dogwood", level=2), "police", Capacity.RESPONSIBLE)

    def test_by_level_category_and_risk_together(self, world):
        assert names(world, "priya") == ["Ash", "Beech", "Dogwood"]
        assert names(world, "priya", level=2) == ["Beech", "Dogwood"]
        assert names(world, "priya", level=2, category=2) == ["Beech"]
        assert names(world, "priya", risk=RiskBand.HIGH) == ["Beech"]
        assert names(world, "priya", risk=RiskBand.NOT_ASSESSED) == ["Dogwood"]
        assert names(world, "priya", risk=RiskBand.HIGH, level=1) == []

    def test_by_manager_and_team(self, world):
        priya = world.staff["priya"].user_id
        assert names(world, "priya", manager_id=priya) == ["Ash"]
        team = world.teams["probation one"]
        assert names(world, "priya", team_id=team) == ["Ash", "Beech"]
        assert names(world, "owen", team_id=team) == []

    def test_the_coordinator_narrows_the_whole_area(self, world):
        assert names(world, "carl", risk=RiskBand.HIGH) == ["Beech", "Cedar"]


def test_who_does_not_read_the_risk_learns_nothing_by_any_band(world):
    """Whatever the band is, the answer to every question about it is the same: nobody."""
    person = world.person("E", "Elm", manager="priya")
    world.share(person, "probation", "housing", Section.IDENTITY, Level.SUM)
    assert names(world, "sam") == ["Elm"]
    for stored in RiskBand:
        with world.system():
            row = db.session.get_one(Person, person)
            row.risk_band = stored.value
            db.session.flush()
        assert [names(world, "sam", risk=band) for band in RiskBand] == [[]] * len(RiskBand)
    assert names(world, "priya", risk=stored) == ["Elm"]


class TestKept:
    def keep(self, world, who, **narrowed):
        with world.as_reader(who, Kind.WRITE) as actor:
            listing.keep_filter(actor, PeopleFilter(**narrowed))

    def chosen(self, world, who):
        with world.as_reader(who) as actor:
            return listing.chosen_of(listing.choices(actor))

    def test_what_was_chosen_is_chosen_again_by_the_same_user_only(self, world):
        team = world.teams["probation one"]
        self.keep(world, "priya", level=3, risk=RiskBand.HIGH, team_id=team)
        self.keep(world, "priya", level=2, risk=RiskBand.HIGH, team_id=team)
        wanted = PeopleFilter(level=2, risk=RiskBand.HIGH, team_id=team)
        assert self.chosen(world, "priya") == wanted
        assert self.chosen(world, "grace") == PeopleFilter()
        with world.system():
            assert count(KeptFilter) == 1

    def test_another_agencys_team_and_staff_cannot_be_chosen(self, world):
        with pytest.raises(FieldErrors) as error:
            self.keep(
                world, "priya", team_id=world.teams["police one"],
                manager_id=world.staff["owen"].user_id,
            )  # fmt: skip
        assert set(error.value.errors) == {"team_id", "manager_id"}
        with world.system():
            assert count(KeptFilter) == 0

    def test_what_can_no_longer_be_chosen_is_forgotten(self, world):
        self.keep(world, "priya", level=2, team_id=world.teams["probation one"])
        with world.system():
            kept = db.session.scalars(sa.select(KeptFilter)).one()
            kept.user_id = world.staff["owen"].user_id
            db.session.flush()
        assert self.chosen(world, "owen") == PeopleFilter(level=2)


class TestManagersOfALargeAgency:
    """Own team first, then by name; whoever was chosen is always among them."""

    @pytest.fixture(autouse=True)
    def few_at_once(self, monkeypatch):
        monkeypatch.setattr(listing, "MANAGERS", 2)
        listing._choices.cache_clear()
        yield
        listing._choices.cache_clear()

    @pytest.fixture
    def others(self, world):
        """Three officers of another team, with names before all others."""
        world.team("police two", "police")
        for name in ("aa", "ab", "ac"):
            world.user(name, "police", Role.PROTECTION_OFFICER, team="police two")
        return world.teams["police two"]

    def offered(self, world):
        with world.as_reader("owen") as actor:
            found = listing.choices(actor)
        return [name for _, name in found.managers], found.more_managers

    def keep(self, world, **narrowed):
        with world.as_reader("owen", Kind.WRITE) as actor:
            listing.keep_filter(actor, PeopleFilter(**narrowed))

    def test_those_of_the_own_team_come_first(self, world, others):
        own, more = self.offered(world)
        assert "Owen Marsh" in own
        assert more

    def test_a_chosen_team_has_its_own_offered_and_who_was_chosen_stays(self, world, others):
        self.keep(world, team_id=others)
        managers, _ = self.offered(world)
        assert managers == ["Aa", "Ab"]
        chosen = world.staff["ab"].user_id
        self.keep(world, team_id=others, manager_id=chosen)
        self.keep(world, team_id=world.teams["police one"], manager_id=chosen)
        managers, _ = self.offered(world)
        assert "Ab" in managers
        with world.as_reader("owen") as actor:
            assert listing.chosen_of(listing.choices(actor)).manager_id == chosen


def statements(world, client, url):
    """What a page sends to the database, but for the record of its reading."""
    with world.app.app_context():
        engine = db.engine
    sent = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "INSERT", "UPDATE")) and "audit_" not in statement:
            sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return sent


class TestStatements:
    """Session, right, what is shown; the bell of the shell is one more."""

    @pytest.mark.parametrize(("most", "kind"), [(5, "list"), (5, "search")])
    def test_the_count_is_the_same_for_1_5_and_25_rows(self, world, most, kind):
        counts, made = [], 0
        with clock.at(NOW):
            client = world.client("priya")

            def address():
                if kind == "list":
                    return "/people"
                said = {"q": "danial wexcombe born 14 3 1979"}
                return submit(client, "/people/find", said).location

            client.get(address())  # what hangs on the role alone is asked once in a process
            for rows in (1, 5, 25):
                for _ in range(made, rows):
                    keyed(world, world.person("Daniel", "Wexcombe", manager="priya"))
                made, url = rows, address()
                counts.append(statements(world, client, url))
        assert [len(each) for each in counts] == [len(counts[0])] * 3
        # PostgreSQL is told who reads in a statement of its own (docs/decisions/0013).
        asked = [each for each in counts[0] if not each.startswith("SELECT set_config")]
        assert len(asked) <= most, "\n".join(each[:90] for each in counts[0])
