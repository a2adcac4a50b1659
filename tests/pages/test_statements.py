"""How many statements a page takes does not depend on how many rows it shows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mappa.access.terms import Role
from mappa.kernel import clock
from mappa.kernel.db import Model, db
from tests.factories.offenders import a_warning, keyed, with_overview
from tests.factories.visits import a_made_visit, a_planned_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import form_on, submit
from tests.pages.insight import TODAY, a_duty, statements
from tests.pages.visit_forms import first_page, second_page

ROWS = (1, 5, 25)


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


@pytest.fixture
def person(world):
    return a_shared_person(world)


def taken(world, url: str, add: Callable[[int], object]) -> list[int]:
    """How many statements the page took with 1, 5 and 25 rows."""
    client, counts, made = world.client("priya"), [], 0
    client.get(url)  # what hangs on the role alone is asked once in a process
    for rows in ROWS:
        for number in range(made, rows):
            add(number)
        made = rows
        with statements(world.app) as sent:
            answer = client.get(url)
        assert answer.status_code == 200
        counts.append(len(sent))
    return counts


def alike(counts: list[int]) -> bool:
    return len(set(counts)) == 1


def test_a_list_of_25_people_takes_as_many_as_a_list_of_one(world):
    def add(number):
        keyed(world, world.person(f"Number{number}", "Wexcombe", manager="priya"))

    assert alike(taken(world, "/people", add))


def test_home_with_25_duties_takes_as_many_as_with_one(world, person):
    def add(number):
        a_duty(world, person, "priya", due_in=number, kind=f"kind-{number}")

    assert alike(taken(world, "/", add))


def test_an_overview_of_much_takes_as_many_as_of_little(world, person):
    def add(number):
        a_warning(world, person)
        a_duty(world, person, "priya", due_in=number, kind=f"kind-{number}")

    assert alike(taken(world, f"/people/{person}", add))


def test_a_timeline_of_25_visits_takes_as_many_as_of_one(world, person):
    def add(number):
        day = TODAY - timedelta(days=40 - number)
        with clock.at(NOW - timedelta(days=40 - number)):
            a_made_visit(world, "owen", person, made_on=day)

    assert alike(taken(world, f"/people/{person}/timeline", add))


OF_MY_VISITS = 9
"""Session, drafts, what is due, what is planned, the bell; four of the record of the reading."""


def test_my_visits_with_25_due_and_planned_take_as_many_as_with_one(world, person):
    def add(number):
        kind = ("visit", "visit-unannounced", "visit-try-again")[number % 3]
        other = world.person(f"Number{number}", manager="priya")
        a_duty(world, other, "priya", due_in=number, kind=kind)
        a_planned_visit(world, "priya", other)

    assert taken(world, "/visits", add) == [OF_MY_VISITS] * len(ROWS)


def test_25_people_are_found_with_as_many_as_one(world):
    counts, made = [], 0
    for rows in ROWS:
        for number in range(made, rows):
            keyed(world, world.person(f"Daniel{'abcdefghijklmnopqrstuvwxyz'[number]}", "Wexcombe",
                                      manager="priya"))  # fmt: skip
        made = rows
        client = world.client("priya")
        where = submit(client, "/people/find", {"q": "wexcome"}).headers["Location"]
        client.get(where)  # what a process asks once of the rules is not the page's
        with statements(world.app) as sent:
            page = client.get(where).get_data(as_text=True)
        assert page.count("Daniel") >= rows
        counts.append(len(sent))
    assert alike(counts)


MOST = {
    "/": 10,
    "/people": 9,
    "/people/{person}": 13,
    "/people/{person}/timeline": 10,
    "/work": 14,
}
"""Statements of a page, with session, record of the reading and all."""


@pytest.mark.parametrize("url", MOST)
def test_a_page_takes_no_more_than_it_did(world, person, url):
    a_duty(world, person, "priya", due_in=1)
    client, page = world.client("priya"), url.format(person=person)
    client.get(page)
    with statements(world.app) as sent:
        assert client.get(page).status_code == 200
    assert len(sent) == MOST[url]


OF_A_VISIT = {"sqlite": 15, "postgresql": 8}
"""Session with the key, person, draft; what was due, what was told of it; the visit, its officers,
what is due next, its record and its readers, which PostgreSQL is sent as one; the head of the
chain; the entry, whom it names, the head moved on and the key, which it is sent as one too."""
OF_A_CARD = {"sqlite": 8, "postgresql": 5}
"""Session with the key, the visit with what the policy says, the card; the audit and the key."""


def on(world, of: dict[str, int]) -> int:
    """What holds for the database of this run."""
    with world.app.app_context():
        return of[db.engine.dialect.name]


def to_log(world, client, person, **changes) -> int:
    """How many statements the last post of logging a visit took."""
    first_page(client, person)
    assert second_page(client, person, **changes).status_code == 302
    page = client.get(f"/people/{person}/visits/log/check").get_data(as_text=True)
    form = form_on(page, {"seen": ""})
    with statements(world.app) as sent:
        answer = client.post(form.action, data=form.fields)
    assert answer.status_code == 302
    return len([each for each in sent if not each.startswith("SELECT set_config")])


def an_earlier_visit(world, person, number: int) -> None:
    arrived = NOW - timedelta(days=40 - number, hours=2)
    a_made_visit(world, "owen", person, made_on=arrived.date(), arrived_at=arrived)


@pytest.mark.sql
def test_after_25_visits_one_is_logged_with_as_many_as_after_one(world, person):
    client, counts, made = world.client("owen"), [], 0
    to_log(world, client, person)  # a duty stands, and what hangs on the role alone is known
    for rows in ROWS:
        for number in range(made, rows):
            an_earlier_visit(world, person, number)
        made = rows
        counts.append(to_log(world, client, person))
    assert alike(counts)
    assert counts[0] == on(world, OF_A_VISIT)


def test_a_visit_of_four_takes_as_many_as_one_of_two(world, person):
    others = ("paula", "peter", "petra")
    for each in others:
        world.user(each, "police", Role.PROTECTION_OFFICER, name=each.title())
        world.worker(person, each)
    client = world.client("owen")
    ids = [str(world.staff[each].user_id) for each in ("owen", *others)]
    to_log(world, client, person)
    counts = [to_log(world, client, person, officers=ids[:many]) for many in (2, 4)]
    assert alike(counts)
    of_teams = len(("the case team", "the officers' teams"))
    assert counts[0] == on(world, OF_A_VISIT) + of_teams


@pytest.mark.sql
def test_a_card_is_added_with_as_many_as_it_needs(world, person):
    visit = a_made_visit(world, "owen", person)
    client, page = world.client("owen"), f"/people/{person}/visits/{visit}/cards/home"
    counts = []
    for _ in range(2):
        form = form_on(client.get(page).text, {"result": ""})
        with statements(world.app) as sent:
            answer = client.post(form.action, data=form.fields | {"result": "as_known"})
        assert answer.status_code == 302
        counts.append(len([each for each in sent if not each.startswith("SELECT set_config")]))
    assert counts == [on(world, OF_A_CARD)] * 2


def partial() -> list[str]:
    """Columns that say to which rows a partial index belongs, as a statement names them."""
    found = []
    for table in Model.metadata.tables.values():
        for index in table.indexes:
            said = index.dialect_options["sqlite"]["where"]
            found += [f"{table.name}.{str(said).split()[0]}"] if said is not None else []
    return found


def test_no_page_is_planned_anew_at_each_request(world, person):
    """SQLite plans a statement again whenever a bind is given that meets a partial index."""
    a_duty(world, person, "priya", due_in=1, kind="kind")
    client = world.client("priya")
    with statements(world.app) as sent:
        for url in ("/", "/work", "/people", f"/people/{person}", "/notices", "/caseload"):
            assert client.get(url).status_code == 200
    columns = partial()
    assert "deadline.state" in columns
    met = [f"{column} = :" for column in columns]
    assert [each for each in met if any(each in statement for statement in sent)] == []
