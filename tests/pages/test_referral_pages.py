"""Pages of a referral: what they ask where, what they refuse, and who has them."""

import pytest

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.models import Person
from tests.factories.offenders import with_overview
from tests.factories.plans import a_draft, a_measure, an_agreed_plan
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit
from tests.pages.insight import text


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def scottish(world, person):
    with world.system():
        db.session.get_one(Person, person).jurisdiction = "scotland"
    return person


def page_of(person, more=""):
    return f"/people/{person}/meetings/referral{more}"


ACCEPTED = {"level": "2", "accepted_on": "16 11 2026"}


def test_where_the_rule_has_days_no_day_is_asked_and_the_page_says_how_many(world, scottish):
    page = text(world.client("carl").get(page_of(scottish)))
    assert "level 2: within 20 working days; level 3: within 10 working days" in page
    assert 'name="first_by"' not in page


def test_where_it_has_none_the_coordinator_is_asked_and_what_was_typed_stays(world, person):
    carl = world.client("carl")
    nothing = submit(carl, page_of(person), {}).text.split("There is a problem")[1]
    for missing in ("Choose the level", "referral and the plan were in", "first meeting is held"):
        assert missing in nothing.split("</ul>")[0], "what is missing is said at once"
    answer = submit(carl, page_of(person), ACCEPTED | {"first_by": "13 11 2026"})
    assert answer.status_code == 422
    said = answer.text
    assert "The meeting cannot be before the referral was accepted" in said
    assert 'value="13 11 2026"' in said
    done = submit(carl, page_of(person), ACCEPTED | {"first_by": "4 12 2026"}, follow=True)
    assert "First level 2 meeting by 4 December 2026" in text(done)
    assert "The referral was with its sender" not in text(done), "no clock of days waits"


@pytest.mark.parametrize("day", ["1 1 1900", "16 11 2024", "21 11 2099"])
def test_a_day_long_ago_or_to_come_is_refused_in_words(world, person, day):
    sent = ACCEPTED | {"accepted_on": day, "first_by": "4 12 2026"}
    answer = submit(world.client("carl"), page_of(person), sent)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert f'value="{day}"' in answer.text


def test_days_at_the_sender_move_the_date_and_a_day_to_come_is_refused(world, scottish):
    carl = world.client("carl")
    submit(carl, page_of(scottish), ACCEPTED)
    back = {"from_on": "17 11 2026", "until_on": "27 11 2026"}
    refused = submit(carl, page_of(scottish, "/back"), back)
    assert refused.status_code == 422
    assert "Enter the day once it is back" in refused.text
    back["until_on"] = "19 11 2026"
    done = text(submit(carl, page_of(scottish, "/back"), back, follow=True))
    assert "The date has moved." in done
    assert "First level 2 meeting by 17 December 2026" in done


def test_withdrawn_it_stands_in_the_history_with_its_reason(world, scottish):
    carl = world.client("carl")
    submit(carl, page_of(scottish), ACCEPTED)
    submit(carl, page_of(scottish, "/withdraw"), {"reason": "Moved to another area"})
    history = text(carl.get(f"/people/{scottish}/history"))
    assert "Moved to another area" in history
    assert carl.get(page_of(scottish, "/withdraw")).status_code == 404


@pytest.mark.parametrize("more", ["", "/back", "/withdraw"])
def test_it_is_the_coordinators_alone(world, scottish, more):
    submit(world.client("carl"), page_of(scottish), ACCEPTED)
    assert world.client("carl").get(page_of(scottish, more)).status_code == 200
    for who in ("priya", "owen", "leah"):
        assert world.client(who).get(page_of(scottish, more)).status_code in (403, 404), who


def test_it_says_whether_the_plan_is_in(world, person):
    carl = world.client("carl")
    assert "None is in that you can see." in text(carl.get(page_of(person)))
    a_draft(world, person, a_measure(world))
    assert "It is a draft: no version is agreed yet." in text(carl.get(page_of(person)))


def test_a_plan_that_is_agreed_is_said_with_its_day(world, person):
    an_agreed_plan(world, person, a_measure(world))
    page = world.client("carl").get(page_of(person))
    assert "Version 1 is in: agreed on 20 November 2026." in text(page)
    assert f"/people/{person}/plan" in page.text
