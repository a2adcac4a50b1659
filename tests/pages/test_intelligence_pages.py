"""The pages of intelligence: whose page shows what, and what a form never loses."""

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Reader, Section
from mappa.audit.models import AuditEntry
from mappa.intelligence.models import IntelligenceDraft, IntelligenceItem
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from tests.factories.intelligence import CONDITION, PROVENANCE, TEXT, an_item, typed
from tests.factories.world import LONG_AGO, NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit

SEALED = "Restricted information is held by Northmoor Police."
GIVEN = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture(autouse=True)
def _friday():
    with clock.at(NOW):
        yield


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    person = a_shared_person(world)
    world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
    return person


@pytest.fixture
def group(world):
    return world.handling_group("police", "owen", "iris")


def url(person, *rest):
    return "/".join([f"/people/{person}/intelligence", *map(str, rest)])


def text_of(answer):
    body = re.sub(r"<(script|style).*?</\1>", "", answer.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def bare(answer):
    """An answer without what is random in it."""
    body = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))
    return re.sub(r'nonce="[^"]*"', "", body)


def entries(world, **wanted):
    with world.system():
        return db.session.scalars(sa.select(AuditEntry).filter_by(**wanted)).all()


def items(world):
    with world.system():
        return count(IntelligenceItem)


class TestIndex:
    def test_a_member_sees_the_items_and_no_sealed_line(self, world, person, group):
        made = an_item(world, person, group)
        answer = world.client("owen").get(url(person))
        page = text_of(answer)
        assert answer.status_code == 200
        assert f'href="{url(person, made)}"' in answer.get_data(as_text=True)
        assert "2-B-C: untested; known indirectly, corroborated" in page
        assert "Reported 20 November 2026 by Owen Marsh" in page
        assert "Add an item" in page
        assert SEALED not in page

    def test_a_member_without_items_is_told_that_there_are_none_yet(self, world, person, group):
        page = text_of(world.client("owen").get(url(person)))
        assert "No items yet." in page

    @pytest.mark.parametrize("who", ["priya", "grace", "leah", "naomi"])
    def test_others_get_one_sealed_line_whatever_is_held(self, world, person, group, who):
        an_item(world, person, group)
        client = world.client(who)
        first = client.get(url(person))
        an_item(world, person, group)
        second = client.get(url(person))

        page = text_of(first)
        assert page.count(SEALED) == 1
        assert "Ring the public protection unit on 01632 960140." in page
        assert "No items yet" not in page
        assert "Add an item" not in page
        assert TEXT not in page
        assert bare(first) == bare(second)

    def test_nothing_is_said_where_nothing_is_held(self, world, person, group):
        page = text_of(world.client("priya").get(url(person)))
        assert "Restricted information" not in page
        assert "No items yet" not in page

    @pytest.mark.parametrize("who", ["sam", "amit", "helen", "carl", "ada", "adam", "sys"])
    def test_there_is_no_page_for_those_who_are_told_nothing(self, world, person, group, who):
        an_item(world, person, group)
        client = world.client(who)
        assert client.get(url(person)).status_code == 404
        assert bare(client.get(url(person))) == bare(client.get(url(new_id())))

    def test_an_excluded_member_finds_nothing(self, world, person, group):
        an_item(world, person, group)
        with world.system():
            rights.exclude(person, GIVEN, user=world.staff["owen"].user_id)
        assert world.client("owen").get(url(person)).status_code == 404

    def test_the_tab_is_there_for_those_who_are_told(self, world, person, group):
        assert f'href="{url(person)}"'.encode() in world.client("priya").get(url(person)).data

    def test_a_share_opens_the_page_to_an_agency_that_is_told_nothing(self, world, person, group):
        an_item(world, person, group)
        assert world.client("sam").get(url(person)).status_code == 404
        world.share(person, "police", "housing", Section.INTELLIGENCE, Level.FULL)
        assert "2-B-C" in text_of(world.client("sam").get(url(person)))

    def test_a_hidden_item_leaves_the_page_as_if_it_were_not(self, world, person, group):
        before = {who: bare(world.client(who).get(url(person))) for who in ("priya", "owen")}
        made = an_item(world, person, group)
        with world.system():
            rights.mark(made, MarkKind.HIDDEN, NOW + timedelta(days=90), GIVEN)
        for who, page in before.items():
            assert bare(world.client(who).get(url(person))) == page

    def test_a_sealed_item_shows_its_line_to_members_it_does_not_name(self, world, person, group):
        made = an_item(world, person, group)
        with world.system():
            rights.mark(made, MarkKind.SEALED, NOW + timedelta(days=90), GIVEN)
            rights.name_reader(
                made,
                Reader.USER,
                world.agencies["police"],
                GIVEN,
                user=world.staff["iris"].user_id,
            )
        assert SEALED in text_of(world.client("owen").get(url(person)))
        assert world.client("owen").get(url(person, made)).status_code == 404
        assert SEALED not in text_of(world.client("iris").get(url(person)))


class TestItem:
    def test_a_member_reads_the_grading_the_conditions_and_the_text(self, world, person, group):
        made = an_item(world, person, group)
        page = text_of(world.client("iris").get(url(person, made)))
        for said in (
            "Event 14 November 2026. Reported 20 November 2026 by Owen Marsh, Northmoor Police.",
            "Source 2 Untested Not known well enough to call reliable",
            "Assessment B Known indirectly, corroborated A second source supports it",
            "Handling C Share with conditions Conditions below must be accepted first",
            CONDITION,
            TEXT,
            "Never leaves the handling group",
            PROVENANCE,
        ):
            assert said in page

    def test_an_agency_it_is_shared_with_reads_no_provenance(self, world, person, group):
        made = an_item(world, person, group)
        world.share(person, "police", "probation", Section.INTELLIGENCE, Level.FULL)
        page = text_of(world.client("priya").get(url(person, made)))
        assert TEXT in page
        assert PROVENANCE not in page
        assert "Provenance is kept apart and is not shown here." in page
        assert "Never leaves the handling group" not in page

    def test_its_reading_is_witnessed(self, world, person, group):
        made = an_item(world, person, group)
        world.client("iris").get(url(person, made))
        (entry,) = entries(world, event="intelligence:read")
        assert entry.actor_id == world.staff["iris"].user_id
        assert entry.records[0] == person.hex
        assert made.hex in entry.records

    @pytest.mark.parametrize("who", ["priya", "leah", "naomi", "sam", "helen", "ada"])
    def test_an_item_one_does_not_see_is_not_found_as_if_it_never_was(
        self, world, person, group, who
    ):
        made = an_item(world, person, group)
        client = world.client(who)
        unseen, unknown = client.get(url(person, made)), client.get(url(person, new_id()))
        assert unseen.status_code == unknown.status_code == 404
        assert bare(unseen) == bare(unknown) == bare(client.get(url(new_id(), made)))

    def test_under_another_person_it_is_not_found(self, world, person, group):
        other = world.person(given="Noel", family="Barton", manager="priya")
        world.on_team(other, "police", Capacity.RESPONSIBLE)
        made = an_item(world, other, group)
        client = world.client("owen")
        assert bare(client.get(url(person, made))) == bare(client.get(url(person, new_id())))
        assert client.get(url(other, made)).status_code == 200


class TestNotice:
    def test_the_others_of_the_group_are_told_without_content(self, world, person, group):
        made = an_item(world, person, group)
        answer = world.client("iris").get("/notices")
        assert "An intelligence item was added for your handling group." in text_of(answer)
        assert TEXT not in text_of(answer)
        assert "intelligence item was added" not in text_of(world.client("naomi").get("/notices"))
        assert world.client("iris").get(url(person, made)).status_code == 200


class TestAdd:
    def test_it_is_checked_and_filed(self, world, person, group):
        client = world.client("owen")
        checked = submit(client, url(person, "add"), typed(group), follow=True)
        page = text_of(checked)
        assert checked.request.path == url(person, "add", "check")
        for said in ("Check your answers", TEXT, CONDITION, PROVENANCE, "Handling group"):
            assert said in page
        assert items(world) == 0

        form = form_on(checked.get_data(as_text=True), {"seen": ""})
        filed = client.post(form.action, data=form.fields, follow_redirects=True)
        assert "Intelligence item added." in text_of(filed)
        assert TEXT in text_of(filed)
        again = client.post(form.action, data=form.fields)
        assert again.location == filed.request.path
        assert items(world) == 1

    def test_what_was_kept_is_only_its_authors_and_gone_once_filed(self, world, person, group):
        client = world.client("owen")
        submit(client, url(person, "add"), typed(group))
        with world.system():
            draft = db.session.scalars(sa.select(IntelligenceDraft)).one()
            assert draft.user_id == world.staff["owen"].user_id
        held = form_on(client.get(url(person, "add")).get_data(as_text=True), {"text": ""}).fields
        assert (held["text"], held["source"]) == ([TEXT], ["2"])

        submit(client, url(person, "add", "check"), {"seen": ""})
        assert items(world) == 0  # with another fingerprint nothing is filed
        submit(client, url(person, "add", "check"))
        assert items(world) == 1
        with world.system():
            assert count(IntelligenceDraft) == 0
        assert client.get(url(person, "add", "check")).location == url(person, "add")

    def test_what_changed_in_another_window_must_be_checked_again(self, world, person, group):
        client = world.client("owen")
        first = submit(client, url(person, "add"), typed(group), follow=True)
        submit(client, url(person, "add"), typed(group, text="Something else."))
        form = form_on(first.get_data(as_text=True), {"seen": ""})
        answer = client.post(form.action, data=form.fields)
        assert answer.status_code == 422
        assert "changed in another window" in text_of(answer)
        assert "Something else." in text_of(answer)
        assert items(world) == 0

    def test_the_check_is_witnessed(self, world, person, group):
        submit(world.client("owen"), url(person, "add"), typed(group), follow=True)
        read = entries(world, event="intelligence:add")
        assert [each.records[0] for each in read] == [person.hex, person.hex]

    def test_what_is_kept_runs_out_after_a_day(self, world, person, group):
        client = world.client("owen")
        submit(client, url(person, "add"), typed(group))
        with world.system():
            db.session.execute(sa.update(IntelligenceDraft).values(ends_at=NOW))
        form = form_on(client.get(url(person, "add")).get_data(as_text=True), {"text": ""})
        assert form.fields["text"] == [""]

    def test_no_grade_is_taken_for_granted(self, world, person, group):
        form = form_on(
            world.client("owen").get(url(person, "add")).get_data(as_text=True), {"text": ""}
        )
        assert not {"source", "assessment", "handling"} & set(form.fields)

    def test_with_two_groups_the_writer_chooses(self, world, person, group):
        second = world.handling_group("police", "owen")
        client = world.client("owen")
        refused = submit(client, url(person, "add"), {**typed(group), "group": ""})
        assert "Choose a handling group" in text_of(refused)
        checked = submit(client, url(person, "add"), typed(second), follow=True)
        assert "Check your answers" in text_of(checked)

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"event_on": "21 11 2026"}, "The event cannot be in the future"),
            ({"event_on": "31 2 2026"}, "Day of the event must be a real date"),
            ({"conditions": ""}, "Code C needs at least one condition"),
            ({"handling": "P"}, "Code P has no conditions."),
            ({"source": "9"}, "Choose how reliable the source is"),
            ({"assessment": ""}, "Choose how the source knows it"),
            ({"handling": "Z"}, "Choose a handling code"),
        ],
        ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
    )
    def test_what_cannot_be_filed_keeps_what_was_typed(self, world, person, group, said, sentence):
        client = world.client("owen")
        form = form_on(client.get(url(person, "add")).get_data(as_text=True), {"text": ""})
        answer = client.post(form.action, data={**form.fields, **typed(group), **said})
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        held = form_on(answer.get_data(as_text=True), {"text": ""}).fields
        assert (held["text"], held["provenance"]) == ([TEXT], [PROVENANCE])
        assert items(world) == 0

    @pytest.mark.parametrize(
        "hostile",
        [
            {"event_on": "9" * 5000},
            {"event_on": "٣/٣/٢٠٢٦"},
            {"text": "a\x00b"},
            {"text": "x" * 8001},
            {"text": "\u202eevil"},
            {"conditions": "y" * 2001},
            {"source": "9" * 5000},
            {"group": "9" * 5000},
            {"group": "not a group"},
            {"group": str(new_id())},
            {"owner_agency_id": str(new_id())},
            {"person_id": str(new_id())},
        ],
        ids=lambda each: " ".join(f"{name} of {len(value)}" for name, value in each.items()),
    )
    def test_hostile_input_is_refused_and_nothing_lost(self, world, person, group, hostile):
        client = world.client("owen")
        form = form_on(client.get(url(person, "add")).get_data(as_text=True), {"text": ""})
        answer = client.post(form.action, data={**form.fields, **typed(group), **hostile})
        assert answer.status_code == 422
        held = form_on(answer.get_data(as_text=True), {"provenance": ""}).fields
        assert held["provenance"] == [PROVENANCE]
        assert items(world) == 0

    def test_bytes_that_are_no_text_break_nothing(self, world, person, group):
        client = world.client("owen")
        form = form_on(client.get(url(person, "add")).get_data(as_text=True), {"text": ""})
        data = {**form.fields, **typed(group), "text": b"\xed\xa0\x80"}
        assert client.post(url(person, "add"), data=data).status_code in (302, 422)

    def test_typed_markup_stays_text(self, world, person, group):
        made = an_item(world, person, group, text="<script>alert(1)</script>")
        body = world.client("owen").get(url(person, made)).get_data(as_text=True)
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert" in body

    def test_those_who_are_only_told_are_refused(self, world, person, group):
        for who in ("priya", "leah", "naomi"):
            client = world.client(who)
            answer = client.get(url(person, "add"))
            assert answer.status_code == 403
            token = form_on_sign_out(answer)
            for action in (url(person, "add"), url(person, "add", "check")):
                data = {**typed(group), "csrf_token": token, "idempotency_key": "k"}
                assert client.post(action, data=data).status_code == 403
        assert items(world) == 0

    def test_those_who_are_told_nothing_find_nothing(self, world, person, group):
        client = world.client("sam")
        answer = client.get(url(person, "add"))
        assert answer.status_code == 404
        token = form_on_sign_out(answer)
        for action in (url(person, "add"), url(person, "add", "check")):
            data = {**typed(group), "csrf_token": token, "idempotency_key": "k"}
            assert client.post(action, data=data).status_code == 404
        assert items(world) == 0


def form_on_sign_out(answer):
    return re.search(r'name="csrf_token" value="([^"]+)"', answer.get_data(as_text=True))[1]
