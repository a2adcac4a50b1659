"""The pages of risk: assessed by one, checked, signed, and read by others as far as they may."""

import re
from datetime import date
from html import unescape

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.risk.models import Assessment, AssessmentDraft
from tests.factories.offenders import with_overview
from tests.factories.risk import an_assessment, typed
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import form_on, submit

_TEXTS = {
    "digits": "9" * 5000,
    "nul": "a\x00b",
    "surrogate": "\ud800",
    "long": "x" * 200_000,
    "direction": "a\u202eb",
}
HOSTILE = {name: text.encode("utf-8", "surrogatepass") for name, text in _TEXTS.items()}


@pytest.fixture
def world(app):
    made = northmoor(with_overview(app))
    with clock.at(NOW):
        yield made


@pytest.fixture
def person(world):
    return a_shared_person(world)


def text(answer):
    page = answer.get_data(as_text=True)
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def rows_of(world, model):
    with world.system():
        return db.session.scalars(sa.select(model)).all()


def test_an_assessment_is_typed_checked_and_signed(world, person):
    priya = world.client("priya")
    at = f"/people/{person}/risk"
    assert "Nobody has assessed the risk of serious harm yet." in text(priya.get(at))
    assert submit(priya, f"{at}/assess", typed()).location == f"{at}/assess/check"
    assert "Go on with your assessment" in text(priya.get(at))
    checked = text(priya.get(f"{at}/assess/check"))
    assert "Overall high , the highest of the groups." in checked
    assert "Unsettled housing" in checked
    assert rows_of(world, Assessment) == []
    done = submit(priya, f"{at}/assess/check", action=f"{at}/assess/check", follow=True)
    seen = text(done)
    assert "Review due 2 April 2027. Why this date?" in seen
    assert "What raises it Unsettled housing" in seen
    assert "Adults at risk Community Risk of serious harm: Not assessed" in seen
    assert "Signed by Priya Sandhurst, Northmoor Probation, 20 November 2026, 9:30am" in seen
    assert rows_of(world, AssessmentDraft) == []


def test_no_level_is_chosen_beforehand(world, person):
    page = world.client("priya").get(f"/people/{person}/risk/assess").get_data(as_text=True)
    assert not [name for name in form_on(page, typed()).fields if name in typed() and "_c" in name]


def test_what_was_typed_and_not_signed_is_still_there(world, person):
    priya = world.client("priya")
    submit(priya, f"/people/{person}/risk/assess", typed(raises="Kept"))
    page = priya.get(f"/people/{person}/risk/assess").get_data(as_text=True)
    fields = form_on(page, typed()).fields
    assert fields["raises"] == ["Kept"]
    assert fields["children_community"] == ["high"]


@pytest.mark.parametrize(
    "changed",
    [
        {"children_community": ""},
        {"prisoners_custody": "extreme"},
        {"raises": ""},
        {"lowers": ""},
        {"assessed_on": ""},
        {"assessed_on": "21 11 2026"},
        {"assessed_on": "31 2 2026"},
        {"tool": "", "tool_result": "High"},
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(world, person, changed):
    answer = submit(world.client("priya"), f"/people/{person}/risk/assess", typed() | changed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{next(iter(changed))}"' in page
    kept = form_on(page, typed()).fields
    assert kept["staff_custody"] == ["medium"]
    for name in {"raises", "lowers"} - set(changed):
        assert kept[name] == [typed()[name]]
    assert rows_of(world, AssessmentDraft) == []


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_or_kept_as_text(world, person, hostile):
    priya = world.client("priya")
    for field in ("children_community", "raises", "assessed_on", "tool", "tool_result"):
        answer = submit(priya, f"/people/{person}/risk/assess", typed() | {field: hostile})
        assert answer.status_code in (302, 422), field
    assert priya.get(f"/people/{person}/risk").status_code == 200


def test_what_the_form_does_not_have_is_never_taken(world, person):
    extra = {"band": "low", "author_id": str(new_id())}
    answer = submit(world.client("priya"), f"/people/{person}/risk/assess", typed(), extra=extra)
    assert answer.status_code == 422


def test_two_pages_of_one_author_show_both_texts(world, person):
    priya = world.client("priya")
    url = f"/people/{person}/risk/assess"
    form = form_on(priya.get(url).get_data(as_text=True), typed())
    submit(priya, url, typed(raises="The first page"))
    answer = priya.post(url, data={**form.fields, **typed(raises="The second page")})
    assert answer.status_code == 409
    assert "The first page" in text(answer)
    assert "The second page" in text(answer)
    again = form_on(answer.get_data(as_text=True), {"raises": ""}, button=("keep", "both"))
    assert priya.post(url, data={**again.fields, "keep": "both"}).status_code == 302
    assert rows_of(world, AssessmentDraft)[0].typed["raises"] == "The first page\nThe second page"


def test_what_was_not_read_is_not_signed(world, person):
    priya = world.client("priya")
    at = f"/people/{person}/risk/assess"
    submit(priya, at, typed())
    form = form_on(priya.get(f"{at}/check").get_data(as_text=True), action=f"{at}/check")
    submit(priya, at, {"raises": "Something else"})
    answer = priya.post(f"{at}/check", data=form.fields)
    assert answer.status_code == 422
    assert "Something else" in text(answer)
    assert rows_of(world, Assessment) == []


def test_there_is_nothing_to_check_before_it_is_typed(world, person):
    assert world.client("priya").get(f"/people/{person}/risk/assess/check").status_code == 404


def test_the_summary_page_has_the_groups_at_risk_and_no_more(world, person):
    an_assessment(world, person)
    seen = text(world.client("leah").get(f"/people/{person}/risk"))
    assert "You see part of this record." in seen
    assert "Children Risk of serious harm: High 2 October 2026" in seen
    assert "From Northmoor Probation, 2 October 2026." in seen
    for word in ("Custody", "Unsettled", "Steady", "OASys", "Prisoners", "Signed", "9:30am"):
        assert word not in seen
    assert "Staff" not in seen.replace("Warning to staff", "")


def test_the_history_shows_earlier_ones_and_says_so(world, person):
    first = an_assessment(world, person)
    an_assessment(world, person, who="owen")
    priya = world.client("priya")
    assert "All assessments" in text(priya.get(f"/people/{person}/risk"))
    an_assessment(world, person, assessed_on=date(2026, 11, 1))
    seen = text(priya.get(f"/people/{person}/risk/assessments/{first}"))
    assert "This is an earlier assessment, of 2 October 2026." in seen


def test_a_sealed_one_is_one_line(world, person):
    made = an_assessment(world, person)
    with world.system():
        rights.mark(made, MarkKind.SEALED, NOW, Given(at=NOW))
    seen = text(world.client("leah").get(f"/people/{person}/risk"))
    assert "Restricted information is held by Northmoor Probation." in seen
    assert "Nobody has assessed" not in seen
    assert "Overall" not in seen


def test_what_one_may_not_see_is_not_found_with_the_same_bytes(world, person):
    hidden = an_assessment(world, person)
    with world.system():
        rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW))
    leah, sam = world.client("leah"), world.client("sam")
    answers = [
        leah.get(f"/people/{person}/risk/assessments/{hidden}"),
        leah.get(f"/people/{person}/risk/assessments/{new_id()}"),
        sam.get(f"/people/{person}/risk"),
        sam.get(f"/people/{new_id()}/risk"),
        sam.get(f"/people/{person}/risk/assess"),
    ]
    assert {each.status_code for each in answers} == {404}
    assert len({text(each) for each in answers[:2]}) == 1
    assert len({text(each) for each in answers[2:]}) == 1


def test_a_reader_who_does_not_assess_is_told_so(world, person):
    priya_form = world.client("priya").get(f"/people/{person}/risk/assess")
    assert priya_form.status_code == 200
    carl = world.client("carl")
    assert carl.get(f"/people/{person}/risk/assess").status_code in (403, 404)
