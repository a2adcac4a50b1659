"""The supervisor’s page of how predictable each officer is: as the officer sees it."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Role
from mappa.kernel import clock
from mappa.visits import queries as visits
from mappa.visits.pattern import pattern
from mappa.visits.team import queries
from tests.factories.offenders import with_overview
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


@pytest.fixture
def person(world):
    return a_shared_person(world)


def on_tuesdays(world, person, number, who="owen"):
    return [
        a_made_visit(world, who, person, arrived_at=TUESDAY - timedelta(weeks=week))
        for week in range(number)
    ]


def text(world, who, url, status=200):
    answer = world.client(who).get(url)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def seen(world, who, officer):
    with world.as_reader(who) as actor:
        user = world.staff[officer].user_id
        return pattern(map(queries.made, queries.visits_of(actor, [user])[user]))


@pytest.mark.sql
def test_it_says_of_an_officer_what_the_officer_finds(world, person):
    on_tuesdays(world, person, 7)
    a_made_visit(world, "owen", person, arrived_at=TUESDAY + timedelta(days=1, hours=8))
    with world.as_reader("owen") as actor:
        own = visits.my_pattern(actor)
    assert seen(world, "naomi", "owen") == own
    said = text(world, "naomi", "/visits/team/pattern")
    for words in ("7 of the last 8 were on a Tuesday morning", "In part", f"{own.evenness:.2f}"):
        assert words in said
    assert "Naomi Pell" in said


@pytest.mark.sql
def test_only_the_newest_of_each_officer_count(world, person):
    world.user("bea", "police", Role.PROTECTION_OFFICER, team="police one")
    world.worker(person, "bea")
    on_tuesdays(world, person, 26)
    on_tuesdays(world, person, 3, "bea")
    assert (seen(world, "naomi", "owen").of, seen(world, "naomi", "bea").of) == (24, 3)


@pytest.mark.sql
def test_what_the_supervisor_may_not_read_is_not_counted(world, person):
    made = on_tuesdays(world, person, 6)
    with world.system():
        rights.mark(made[0], MarkKind.HIDDEN, NOW, Given(at=NOW, reason="hidden"))
    assert seen(world, "naomi", "owen").of == 5


@pytest.mark.sql
def test_each_figure_opens_what_it_counts(world, person):
    on_tuesdays(world, person, 5)
    a_made_visit(world, "owen", person, arrived_at=TUESDAY + timedelta(days=1, hours=8))
    owen = world.staff["owen"].user_id
    listed = f"/visits/team/pattern/list?officer={owen}"
    assert text(world, "naomi", listed).count("Daniel Wexcombe") == 6
    assert text(world, "naomi", f"{listed}&day=1&part=morning").count("Daniel Wexcombe") == 5
    assert text(world, "naomi", f"{listed}&day=2&part=evening").count("Daniel Wexcombe") == 1
    assert text(world, "naomi", f"{listed}&day=9&part=x").count("Daniel Wexcombe") == 6


def test_it_is_for_who_answers_for_them_alone(world, person):
    priya = world.staff["priya"].user_id
    for officer in (priya, "", "no-id"):
        text(world, "naomi", f"/visits/team/pattern/list?officer={officer}", 404)
    for who in ("owen", "priya", "ada"):
        assert world.client(who).get("/visits/team/pattern").status_code in (403, 404)


@pytest.mark.sql
def test_it_asks_as_many_statements_whatever_the_number_of_visits(app, world, person):
    a_made_visit(world, "owen", person)
    client = world.client("naomi")
    client.get("/visits/team/pattern")
    few = statements(app, client)
    on_tuesdays(world, person, 9)
    world.user("bea", "police", Role.PROTECTION_OFFICER, team="police one")
    world.worker(person, "bea")
    on_tuesdays(world, person, 3, "bea")
    assert statements(app, client) == few


def statements(app, client):
    count = []

    def note(*_):
        count.append(1)

    with app.app_context():
        from mappa.kernel.db import db

        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get("/visits/team/pattern").status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(count)
