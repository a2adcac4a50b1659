"""The timeline: everything the reader may know of, newest first, 25 to a page."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.labels import RecordLabel
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Section
from mappa.audit.models import AuditEntry
from mappa.kernel.db import db
from mappa.offenders.models import PersonChange
from mappa.visits.models import Visit
from tests.factories.intelligence import an_item
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor
from tests.pages.insight import get, plain, statements, text

SINCE = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def changes(world, person, many, *, section=Section.IDENTITY):
    with world.system():
        made = [
            PersonChange(
                **RecordLabel(
                    person=person, owner=world.agencies["probation"], section=section,
                    record=uuid4(),
                ).columns(),
                kind="birth:corrected", what=f"Birth, time {number}:",
                by_id=world.staff["priya"].user_id, at=NOW - timedelta(days=number // 2),
            )
            for number in range(many)
        ]  # fmt: skip
        db.session.add_all(made)
        db.session.flush()
        return [each.subject_id for each in made]


def visits(world, person, many):
    """Two visits a day, the later one written down first."""
    with world.system():
        for number in range(many):
            arrived = NOW - timedelta(days=number // 2 + 1, hours=3 * (number % 2))
            db.session.add(
                Visit(
                    person_id=person, owner_agency_id=world.agencies["probation"],
                    announced=False, state="made", outcome="no_reply", made_on=arrived.date(),
                    arrived_at=arrived, account=f"Call {number}.",
                )
            )  # fmt: skip
            db.session.flush()


def titles(page):
    return re.findall(r'm-timeline__title">([^<]+)<', page)


def test_features_stand_together_newest_first(world, person):
    an_assessment(world, person)
    a_made_visit(world, "owen", person)
    changes(world, person, 1)
    found = titles(text(get(world, "priya", f"/people/{person}/timeline")))
    assert "Risk assessment signed off" in found
    assert "Birth, time 0: corrected" in found
    assert any("visit" in each for each in found)


def test_visits_stand_by_the_hour_on_every_page(world, person):
    visits(world, person, 30)
    first = text(get(world, "priya", f"/people/{person}/timeline?kind=visits"))
    onward = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = text(get(world, "priya", onward))
    shown = [[int(each) for each in re.findall(r"Call (\d+)\.", page)] for page in (first, second)]
    assert shown == [list(range(25)), list(range(25, 30))]


def test_a_hidden_visit_takes_no_place_of_the_page(world, person):
    visits(world, person, 27)
    with world.system():
        newest = db.session.scalars(sa.select(Visit).order_by(Visit.arrived_at.desc())).first()
        rights.mark(newest.id, MarkKind.HIDDEN, NOW, SINCE)
    page = text(get(world, "priya", f"/people/{person}/timeline?kind=visits"))
    assert [int(each) for each in re.findall(r"Call (\d+)\.", page)] == list(range(1, 26))


class Unbound(dict):
    """A value for every bind."""

    def __missing__(self, name):
        return None


def test_the_visits_of_a_page_are_read_in_the_order_of_an_index(world, person):
    """Else whoever was visited 6,000 times pays for all of them to see 25."""
    with statements(world.app) as sent:
        get(world, "priya", f"/people/{person}/timeline?kind=visits")
    (asked,) = [each for each in sent if "newest_visits" in each]
    with world.app.app_context(), db.engine.connect() as connection:
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", Unbound())
        plan = [row[3] for row in found]
    assert any(re.match("SEARCH visit USING INDEX ix_visit_", each) for each in plan)
    after = plan[plan.index("CO-ROUTINE newest_visits") : plan.index("SCAN newest_visits")]
    assert "USE TEMP B-TREE FOR ORDER BY" not in after


def test_page_by_page_shows_everything_once(world, person):
    changes(world, person, 60)
    seen, url, pages = [], f"/people/{person}/timeline", 0
    while url:
        page = text(get(world, "priya", url))
        seen += [int(each) for each in re.findall(r"Birth, time (\d+):", "\n".join(titles(page)))]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following.group(1).replace("&amp;", "&") if following else None
        pages += 1
    assert pages == 3
    assert sorted(seen) == list(range(60))
    assert [each // 2 for each in seen] == sorted(each // 2 for each in seen)


def test_one_kind_can_be_chosen(world, person):
    an_assessment(world, person)
    changes(world, person, 1)
    page = text(get(world, "priya", f"/people/{person}/timeline?kind=risk"))
    assert titles(page) == ["Risk assessment signed off"]


@pytest.mark.parametrize("kind", ["intelligence", "nonsense"])
def test_a_kind_that_cannot_be_opened_is_not_found(world, person, kind):
    assert get(world, "leah", f"/people/{person}/timeline?kind={kind}").status_code == 404
    assert 'value="intelligence"' not in text(get(world, "leah", f"/people/{person}/timeline"))


def test_a_summary_has_the_day_and_neither_hour_nor_author(world, person):
    a_made_visit(world, "owen", person)
    entry = text(get(world, "leah", f"/people/{person}/timeline?kind=visits"))
    entry = entry.split("m-timeline__item")[1]
    assert "Northmoor Police" in entry
    assert "Owen Marsh" not in entry
    assert not re.search(r"\d(am|pm)", entry)


def test_what_is_kept_from_the_reader_changes_nothing(world, person):
    a_made_visit(world, "owen", person)
    url = f"/people/{person}/timeline"
    before = {who: plain(get(world, who, url)) for who in ("priya", "leah", "grace")}
    an_item(world, person, world.handling_group("police", "owen"))
    hidden = a_made_visit(world, "owen", person)
    with world.system():
        rights.mark(hidden, MarkKind.HIDDEN, NOW, SINCE)
    for who, page in before.items():
        assert plain(get(world, who, url)) == page


@pytest.mark.parametrize(
    "key", ["x", "0_" + "0" * 32, "9" * 200, "-1_zz", "%00", "1e400_" + "0" * 32, "%ED%A0%80"]
)
def test_a_hostile_place_never_fails(world, person, key):
    answer = get(world, "priya", f"/people/{person}/timeline?before={key}")
    assert answer.status_code == 200


def test_reading_it_is_on_record(world, person):
    visit = a_made_visit(world, "owen", person)
    get(world, "priya", f"/people/{person}/timeline")
    with world.system():
        entry = db.session.query(AuditEntry).filter_by(event="timeline:read").one()
    assert visit.hex in entry.records


def test_statements_do_not_grow_with_the_rows(world, person):
    sent = []
    for rows in (1, 4, 20):
        changes(world, person, rows)
        with statements(world.app) as found:
            text(get(world, "priya", f"/people/{person}/timeline"))
        sent.append(len([each for each in found if each.startswith("SELECT")]))
    assert len(set(sent)) == 1
