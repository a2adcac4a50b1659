"""Pages of local standards: what was typed stays, the effect comes first, a number tells nobody."""

import re
from datetime import date, timedelta

import pytest

from config.read import rule_book
from mappa.access.terms import Role
from mappa.kernel import clock
from mappa.rules.levels import Jurisdiction
from mappa.rules.titles import titles
from tests.factories.standards import MINUTES, minutes_duty, recounted, set_standard
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit

FORM = f"/rules/{MINUTES}/standard"
TYPED = {
    "amount": "5",
    "from_on": "2 11 2026",
    "reason": "Agencies wait for them",
    "source": "Board, minute 4",
}


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.user("rosa", "probation", Role.RULES_ADMINISTRATOR)
    return made


@pytest.fixture
def duty(world):
    return minutes_duty(world, a_shared_person(world), date(2026, 11, 16))


def words(page):
    """The text of a page, as it is read."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_standard_is_set_with_its_effect_and_explains_the_date(world, duty):
    carl = world.client("carl")
    with clock.at(NOW):
        assert f'href="{FORM}"' in carl.get("/rules").text
        for name in TYPED:
            wrong = submit(carl, FORM, TYPED | {name: ""})
            assert wrong.status_code == 422, name
            kept = [value for other, value in TYPED.items() if other != name]
            assert all(f'value="{value}"' in wrong.text for value in kept)
        preview = submit(carl, FORM, TYPED)
        page = carl.get(preview.location).text
        said = words(page)
        assert "Dates that move 1" in said
        assert "Sooner 1" in said
        assert "Daniel Wexcombe" in said
        assert "30 November 2026 Then 23 November 2026" in said
        back = re.search(r'href="([^"]+)"[^>]*>Change what you typed', page)[1]
        again = carl.get(back).text
        assert all(
            f'value="{value}"' in again for name, value in TYPED.items() if name != "from_on"
        )
        assert 'value="02 11 2026"' in again
        done = submit(carl, preview.location, action=preview.location, follow=True)
        assert "The local standard is set." in done.text
        assert "Minutes circulated (level 2): 5 working days" in done.text
        assert carl.get(preview.location).location == "/rules/standards"
    recounted(world)
    with clock.at(NOW + timedelta(minutes=6)):
        link = re.search(r'/deadlines/[^"]+/why', carl.get("/notices").text)[0]
        why = words(carl.get(link).text)
    assert "5 working days after the meeting, on Monday 16 November 2026." in why
    assert "Local standard, set by Northmoor" in why
    assert "Why: Agencies wait for them. Entered by Carl Estover on 20 November 2026." in why
    assert "Board, minute 4" in why
    assert "Moved from Monday 30 November 2026" in why


def test_who_sees_no_record_is_told_so_and_gets_no_number(world, duty):
    rosa = world.client("rosa")
    with clock.at(NOW):
        form = words(rosa.get(FORM).text)
        assert "Your role opens no records, so you are not shown how many dates it moves" in form
        assert "A co-ordinator of Northmoor can see it" in form
        assert "see what it moves" not in form.lower()
        assert "You see what it moves before it holds." in words(
            world.client("carl").get(FORM).text
        )
        said = words(rosa.get(submit(rosa, FORM, TYPED).location).text)
        assert "Your role opens no records, so no number is shown here" in said
        assert "Dates that move" not in said
        assert "Wexcombe" not in said


def test_it_is_ended_with_its_effect_and_stays_in_the_history(world, duty):
    set_standard(world, 5, date(2026, 11, 2))
    recounted(world)
    carl, typed = world.client("carl"), {"from_on": "16 11 2026", "reason": "No", "source": "m. 5"}
    with clock.at(NOW + timedelta(minutes=10)):
        assert f"{FORM}/end" in carl.get(FORM).text
        for name in typed:
            assert submit(carl, f"{FORM}/end", typed | {name: ""}).status_code == 422
        preview = submit(carl, f"{FORM}/end", typed).location
        said = words(carl.get(preview).text)
        assert "New figure 10 working days Instead of 5 working days" in said
        assert "Later 1" in said
        done = words(submit(carl, preview, action=preview, follow=True).text)
        assert "The local standard is ended." in done
        assert "Holds From 2 November 2026 to 15 November 2026 (past)" in done
        assert carl.get(f"{FORM}/end").status_code == 404
    assert recounted(world, at=NOW + timedelta(hours=1)).moved == 1


def test_what_was_overtaken_is_refused_in_words_and_waits_no_longer(world):
    carl, rosa = world.client("carl"), world.client("rosa")
    with clock.at(NOW):
        first = submit(carl, FORM, TYPED).location
        second = submit(rosa, FORM, TYPED | {"amount": "6"}).location
        assert words(rosa.get("/rules/standards").text).count("Agencies wait for them") == 2
    with clock.at(NOW + timedelta(minutes=1)):
        submit(rosa, second, action=second)
        late = submit(carl, first, action=first)
        assert late.status_code == 422
        assert "This rule was set otherwise in the meantime." in late.text
        assert "Waiting to be confirmed" not in carl.get("/rules/standards").text


def test_everybody_reads_what_was_set_and_only_two_roles_set_it(world):
    set_standard(world, 5, date(2026, 12, 1))
    priya = world.client("priya")
    with clock.at(NOW):
        said = words(priya.get("/rules/standards").text)
        assert "Minutes circulated (level 2): 5 working days" in said
        assert "From 1 December 2026 (still to come)" in said
        rules = words(priya.get("/rules").text)
        assert "Still to come" in rules
        assert "Set a local standard" not in rules
        assert priya.get(FORM).status_code == 403


def test_a_rule_with_a_better_source_cannot_be_set(world):
    carl = world.client("carl")
    with clock.at(NOW):
        assert "/rules/risk-assessment-review/standard" not in carl.get("/rules").text
        for rule in ("risk-assessment-review", "meeting-review-level-2", "none"):
            for page in (f"/rules/{rule}/standard", f"/rules/{rule}/standard/end"):
                assert carl.get(page).status_code == 404


def test_standards_of_two_rules_of_one_title_are_told_apart(world):
    set_standard(world, 5, date(2026, 12, 1))
    set_standard(world, 3, date(2026, 12, 1), rule="minutes-circulation-level-3")
    carl = world.client("carl")
    with clock.at(NOW + timedelta(minutes=1)):
        submit(carl, FORM, TYPED)
        said = words(carl.get("/rules/standards").text)
        assert said.count("Minutes circulated (level 2)") == 2
        assert "Minutes circulated (level 3): 3 working days" in said
        assert "Minutes circulated (level 2)" in words(carl.get(FORM).text)


@pytest.mark.parametrize("jurisdiction", list(Jurisdiction))
def test_no_two_rules_are_called_the_same(jurisdiction):
    named = titles(rule_book(jurisdiction))
    assert len(named) == len(set(named.values())) > 50
    assert named[MINUTES] == "Minutes circulated (level 2)"
