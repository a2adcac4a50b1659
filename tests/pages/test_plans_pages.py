"""The plan's pages: written by one agency, read by others, agreed and then fixed."""

import re
from html import unescape

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.plans.models import Contingency, Measure, Plan
from mappa.plans.rules import Pillar
from tests.factories.offenders import with_overview
from tests.factories.plans import a_draft, a_measure, an_agreed_plan
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import form_on, submit

MEASURE = {
    "pillar": "monitoring",
    "what": "Check of phones and computers",
    "who": "Owen Marsh, Northmoor Police",
    "when": "Every visit",
    "due_on": "",
}
CONTINGENCY = {
    "if_text": "Loses the housing",
    "then_text": "Emergency placement; call a level 2 meeting",
    "who": "Northmoor Police",
    "within": "1 working day",
}
_TEXTS = {
    "digits": "9" * 5000,
    "nul": "a\x00b",
    "surrogate": "\ud800",
    "long": "x" * 200_000,
    "direction": "a\u202eb",
    "empty": "",
}
HOSTILE = {name: text.encode("utf-8", "surrogatepass") for name, text in _TEXTS.items()}


@pytest.fixture
def world(app):
    made = northmoor(with_overview(app))
    with clock.at(NOW):
        yield made


@pytest.fixture
def person(world):
    made = a_shared_person(world)
    world.on_team(made, "health", Capacity.COOPERATE)
    world.worker(made, "amit")
    return made


def text(answer):
    page = answer.get_data(as_text=True)
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def rows_of(world, model):
    with world.system():
        return db.session.scalars(sa.select(model)).all()


def started(world, person):
    priya = world.client("priya")
    at = f"/people/{person}/plan"
    submit(priya, at, action=f"{at}/start")
    return priya, at


def test_a_plan_is_written_in_one_go_and_agreed(world, person):
    priya, at = started(world, person)
    again = submit(priya, f"{at}/measures/add", MEASURE, ("then", "another"))
    assert again.location == f"{at}/measures/add?pillar=monitoring"
    page = priya.get(again.location)
    assert "Measure saved." in text(page)
    assert form_on(page.get_data(as_text=True), MEASURE).fields["pillar"] == ["monitoring"]
    assert form_on(page.get_data(as_text=True), MEASURE).fields["what"] == [""]
    submit(priya, f"{at}/contingencies/add", CONTINGENCY, ("then", "plan"))
    seen = text(priya.get(at))
    assert "This version cannot be agreed yet" in seen
    assert "The day of the next review is not set" in seen
    submit(priya, f"{at}/review", {"review_on": "20 May 2027"})
    done = submit(priya, f"{at}/agree", action=f"{at}/agree", follow=True)
    seen = text(done)
    assert "Version 1: agreed" in seen
    assert "Agreed on 20 November 2026 by Priya Sandhurst, Northmoor Probation" in seen
    assert "This text can no longer change." in seen
    assert "Next review by 20 May 2027. Why this date?" in seen
    assert "Start a new version" in seen
    assert "Check of phones and computers" in seen


def test_everything_missing_is_listed_at_once(world, person):
    priya, at = started(world, person)
    seen = text(priya.get(at))
    for said in ("There is no measure yet", "There is no contingency yet", "review is not set"):
        assert said in seen
    assert "Check and agree" not in seen
    forced = submit(priya, f"{at}/review", {"review_on": "today"})
    assert forced.status_code == 422


def test_the_pillars_stand_in_their_order(world, person):
    a_draft(world, person)
    page = world.client("priya").get(f"/people/{person}/plan").get_data(as_text=True)
    found = re.findall(r'id="pillar-(\w+)">([^<]+)<', page)
    assert found == [
        ("supervision", "Supervision"),
        ("monitoring", "Monitoring and control"),
        ("interventions", "Interventions and treatment"),
        ("victim_safety", "Victim safety"),
    ]


def test_a_person_of_scotland_has_the_scottish_headings(world, person):
    from mappa.offenders.models import Person

    a_draft(world, person)
    with world.system():
        db.session.get_one(Person, person).jurisdiction = "scotland"
    seen = text(world.client("priya").get(f"/people/{person}/plan"))
    assert "Victim safety planning" in seen
    assert "Monitoring and control" not in seen


class TestReaders:
    def test_a_cooperating_agency_sees_its_own_part_and_no_more(self, world, person):
        ours = a_measure(world, "amit", "health", what="Community appointments")
        a_draft(world, person, a_measure(world), ours)
        seen = text(world.client("amit").get(f"/people/{person}/plan"))
        assert "You see part of this record." in seen
        assert "Community appointments" in seen
        assert "Office appointment" not in seen
        assert "Interventions and treatment" not in seen
        assert "cannot be agreed" not in seen
        assert "Misses an appointment" not in seen
        assert "If things change" not in seen

    def test_what_others_do_changes_no_byte_for_it(self, world, person):
        ours = a_measure(world, "amit", "health", what="Community appointments")
        a_draft(world, person, ours)
        amit = world.client("amit")
        before = text(amit.get(f"/people/{person}/plan"))
        with world.system():
            plan = db.session.scalars(sa.select(Plan)).one()
            first = db.session.scalars(sa.select(Measure)).one()
            for position in (-5, 9):
                db.session.add(
                    Measure(
                        person_id=person,
                        owner_agency_id=plan.owner_agency_id,
                        subject_id=plan.id,
                        section="plan",
                        pillar=Pillar.SUPERVISION.value,
                        what="Of others",
                        assigned_agency_id=world.agencies["police"],
                        position=position,
                        changed_by_id=first.changed_by_id,
                        changed_at=NOW,
                    )
                )
        assert text(amit.get(f"/people/{person}/plan")) == before

    def test_a_responsible_agency_reads_and_does_not_write(self, world, person):
        a_draft(world, person)
        owen = world.client("owen")
        page = owen.get(f"/people/{person}/plan").get_data(as_text=True)
        assert "Office appointment" in page
        for word in ("Add a measure<", "Withdraw", "Check and agree", "/edit", "/remove"):
            assert word not in page
        assert owen.get(f"/people/{person}/plan/measures/add").status_code == 403

    def test_a_sealed_plan_is_one_line(self, world, person):
        made = an_agreed_plan(world, person)
        amit = world.client("amit")
        with world.system():
            rights.mark(made, MarkKind.SEALED, NOW, Given(at=NOW))
        seen = text(amit.get(f"/people/{person}/plan"))
        assert "Restricted information is held by Northmoor Probation." in seen
        assert "There is no plan yet" not in seen
        assert "Version" not in seen
        assert amit.get(f"/people/{person}/plan/versions/{made}").status_code == 404

    def test_a_hidden_plan_is_as_one_that_never_was(self, world, person):
        amit = world.client("amit")
        before = text(amit.get(f"/people/{person}/plan"))
        made = an_agreed_plan(world, person)
        with world.system():
            rights.mark(made, MarkKind.HIDDEN, NOW, Given(at=NOW))
        assert text(amit.get(f"/people/{person}/plan")) == before

    def test_what_one_may_not_see_is_not_found_with_the_same_bytes(self, world, person):
        hidden = an_agreed_plan(world, person)
        a_draft(world, person)
        measure = next(x for x in rows_of(world, Measure) if x.subject_id != hidden)
        other = world.person("Other", "Person", manager="priya")
        with world.system():
            rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW))
        priya, sam = world.client("priya"), world.client("sam")
        answers = [
            priya.get(f"/people/{person}/plan/versions/{hidden}"),
            priya.get(f"/people/{person}/plan/versions/{new_id()}"),
            priya.get(f"/people/{other}/plan/measures/{measure.id}/edit"),
            priya.get(f"/people/{person}/plan/measures/{new_id()}/edit"),
            priya.get(f"/people/{person}/plan/contingencies/{measure.id}/remove"),
        ]
        assert {each.status_code for each in answers} == {404}
        assert len({text(each) for each in answers}) == 1
        of_sam = [sam.get(f"/people/{each}/plan") for each in (person, new_id())]
        assert {each.status_code for each in of_sam} == {404}
        assert len({text(each) for each in of_sam}) == 1


class TestStaleEdits:
    def edit(self, world, person):
        a_draft(world, person)
        return f"/people/{person}/plan/measures/{rows_of(world, Measure)[0].id}/edit"

    def form(self, client, url, typed):
        return form_on(client.get(url).get_data(as_text=True), typed)

    def conflict(self, world, person):
        url = self.edit(world, person)
        priya, grace = world.client("priya"), world.client("grace")
        mine = {"what": "Office appointment, every Monday"}
        theirs = {"what": "Office appointment with a colleague", "who": "Northmoor Police"}
        form = self.form(grace, url, mine)
        assert submit(priya, url, theirs).status_code == 302
        answer = grace.post(url, data={**form.fields, **mine})
        assert answer.status_code == 409
        return grace, url, answer

    def settle(self, client, url, answer, keep):
        form = form_on(answer.get_data(as_text=True), {"what": ""}, button=("keep", keep))
        return client.post(url, data={**form.fields, "keep": keep})

    def test_both_texts_are_shown(self, world, person):
        _, _, answer = self.conflict(world, person)
        seen = text(answer)
        assert "Office appointment, every Monday" in seen
        assert "Office appointment with a colleague" in seen
        assert "Priya Sandhurst" in seen
        assert "Northmoor Police" in seen

    @pytest.mark.parametrize(
        ("keep", "what"),
        [
            ("mine", "Office appointment, every Monday"),
            ("theirs", "Office appointment with a colleague"),
            ("both", "Office appointment with a colleague\nOffice appointment, every Monday"),
        ],
    )
    def test_what_was_chosen_is_kept(self, world, person, keep, what):
        grace, url, answer = self.conflict(world, person)
        assert self.settle(grace, url, answer, keep).status_code == 302
        assert rows_of(world, Measure)[0].what == what

    def test_an_edit_that_nobody_disturbed_is_saved(self, world, person):
        url = self.edit(world, person)
        assert submit(world.client("priya"), url, {"when": "Daily"}).status_code == 302
        assert rows_of(world, Measure)[0].when_text == "Daily"

    def test_a_plan_that_changed_is_read_again_before_it_is_agreed(self, world, person):
        url = self.edit(world, person)
        priya, grace = world.client("priya"), world.client("grace")
        at = f"/people/{person}/plan/agree"
        form = form_on(grace.get(at).get_data(as_text=True), action=at)
        submit(priya, url, {"when": "Daily"})
        answer = grace.post(at, data=form.fields)
        assert answer.status_code == 422
        assert "The plan has changed since you opened this page" in text(answer)
        assert "Daily" in text(answer)
        assert rows_of(world, Plan)[0].state == "draft"


class TestForms:
    @pytest.mark.parametrize("field", ["pillar", "what", "who", "when"])
    def test_what_is_missing_is_said_and_the_rest_is_kept(self, world, person, field):
        priya, at = started(world, person)
        answer = submit(priya, f"{at}/measures/add", MEASURE | {field: ""})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert f'href="#{field}"' in page
        kept = form_on(page, MEASURE).fields
        for name in {"what", "when", "who"} - {field}:
            assert kept[name] == [MEASURE[name]]
        assert rows_of(world, Measure) == []

    @pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
    def test_hostile_text_is_refused_or_kept_as_text(self, world, person, hostile):
        priya, at = started(world, person)
        for field in MEASURE:
            answer = submit(priya, f"{at}/measures/add", MEASURE | {field: hostile})
            assert answer.status_code in (302, 422), field
        for field in CONTINGENCY:
            answer = submit(priya, f"{at}/contingencies/add", CONTINGENCY | {field: hostile})
            assert answer.status_code in (302, 422), field
        assert submit(priya, f"{at}/review", {"review_on": hostile}).status_code == 422
        assert priya.get(at).status_code == 200

    @pytest.mark.parametrize(
        "extra",
        [
            {"state": "agreed"},
            {"owner_agency_id": str(new_id())},
            {"keep": "everything"},
            {"keep": "mine", "yours.what": "\x00"},
        ],
    )
    def test_what_the_form_does_not_have_is_never_taken(self, world, person, extra):
        a_draft(world, person)
        url = f"/people/{person}/plan/measures/{rows_of(world, Measure)[0].id}/edit"
        answer = submit(world.client("priya"), url, {"what": "Changed"}, extra=extra)
        assert answer.status_code in (302, 422)
        assert rows_of(world, Plan)[0].state == "draft"

    def test_somebody_who_is_not_on_the_case_cannot_be_named(self, world, person):
        priya, at = started(world, person)
        other = {"who": "Sam Ortega, Northmoor Council Housing"}
        answer = submit(priya, f"{at}/measures/add", MEASURE | other)
        assert answer.status_code == 422
        assert "Choose who does this" in text(answer)

    def test_sending_twice_adds_one(self, world, person):
        priya, at = started(world, person)
        page = priya.get(f"{at}/measures/add").get_data(as_text=True)
        sent = {**form_on(page, MEASURE).fields, **MEASURE}
        for _ in range(2):
            assert priya.post(f"{at}/measures/add", data=sent).status_code == 302
        assert len(rows_of(world, Measure)) == 1

    def test_a_measure_is_removed_after_asking(self, world, person):
        a_draft(world, person)
        measure = rows_of(world, Measure)[0]
        url = f"/people/{person}/plan/measures/{measure.id}/remove"
        priya = world.client("priya")
        assert "Office appointment" in text(priya.get(url))
        assert submit(priya, url, action=url).status_code == 302
        assert "Office appointment" not in text(priya.get(f"/people/{person}/plan"))
        assert priya.get(url).status_code == 404

    def test_a_draft_is_withdrawn_after_asking(self, world, person):
        priya, at = started(world, person)
        assert submit(priya, f"{at}/withdraw", action=f"{at}/withdraw").status_code == 302
        assert "There is no plan yet" in text(priya.get(at))


def test_no_route_changes_an_agreed_plan(world, person):
    made = an_agreed_plan(world, person)
    measure, contingency = rows_of(world, Measure)[0], rows_of(world, Contingency)[0]
    priya = world.client("priya")
    at = f"/people/{person}/plan"
    page = priya.get(at).get_data(as_text=True)
    hidden = form_on(page, action=f"{at}/start").hidden
    frozen = rows_of(world, Plan)[0]
    sent = [
        (f"{at}/measures/add", MEASURE),
        (f"{at}/measures/{measure.id}/edit", MEASURE),
        (f"{at}/measures/{measure.id}/remove", {}),
        (f"{at}/contingencies/add", CONTINGENCY),
        (f"{at}/contingencies/{contingency.id}/edit", CONTINGENCY),
        (f"{at}/contingencies/{contingency.id}/remove", {}),
        (f"{at}/review", {"review_on": "1 6 2027"}),
        (f"{at}/agree", {}),
        (f"{at}/withdraw", {}),
    ]
    for number, (url, typed) in enumerate(sent):
        key = {"idempotency_key": f"key-{number}", "csrf_token": hidden["csrf_token"]}
        answer = priya.post(url, data={**typed, **key, "seen": "0" * 32})
        assert answer.status_code == 422, url
        assert priya.get(url).status_code == 422, url
    now = rows_of(world, Plan)[0]
    assert (now.frozen, now.digest, now.version) == (frozen.frozen, frozen.digest, frozen.version)
    assert len(rows_of(world, Measure)) == 1
    assert rows_of(world, Measure)[0].version == measure.version
    assert made == now.id
