"""The pages of the record: cards by what one may see, forms that keep what was typed."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from mappa.kernel import clock
from mappa.kernel.uow import Kind as UnitKind
from mappa.offenders.record import service
from mappa.offenders.record.models import Vehicle
from mappa.offenders.record.presenters import NOT_IN_SUMMARY
from mappa.offenders.record.rules import ADD, KINDS, Entry
from tests.factories.offenders import an_offence, an_order
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.feature.test_record import SOME, entry
from tests.pages.forms import form_on, submit
from tests.pages.insight import statements

VEHICLE = {
    "registration": "nm70 zzz", "make": "Estate car", "colour": "Blue", "use": "own",
    "from_on": "1 2 2025", "until_on": "", "note": "Seen outside", "why": "Told at a visit",
}  # fmt: skip
HOSTILE = ("9" * 5000, "a\x00b", "\ud800", "\u202eabc", "<script>alert(1)</script>" * 90, "")


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def text(answer):
    return answer.get_data(as_text=True)


def add(world, person, key, who="priya", **values):
    with world.as_reader(who, UnitKind.WRITE) as actor:
        typed = entry(key, **(values or SOME[key]))
        made = service.add(actor, person, KINDS[key], typed, now=NOW - timedelta(minutes=5))
        return made.id


class TestCards:
    def test_a_person_with_nothing_says_what_would_be_here(self, world, daniel):
        page = text(world.client("priya").get(f"/people/{daniel}/record"))
        for key in ("vehicle", "contact", "associate", "victim", "child", "description"):
            assert KINDS[key].empty in page
            assert f"Add {KINDS[key].article}" in page

    def test_a_person_with_everything_shows_it_all(self, world, daniel):
        for key in SOME:
            add(world, daniel, key)
        client = world.client("priya")
        page = text(client.get(f"/people/{daniel}/record"))
        for words in ("NM70ZZZ", "07700 900123", "Kerry", "A. Example", "181 cm", "Photographs"):
            assert words in page
        page = text(client.get(f"/people/{daniel}/orders"))
        for words in ("Prevention order", "Not to enter the park", "Robbery", "Coldmarsh"):
            assert words in page

    def test_the_summary_has_no_card_of_what_is_not_in_it(self, world, daniel):
        for key in SOME:
            add(world, daniel, key)
        page = text(world.client("leah").get(f"/people/{daniel}/record"))
        for words in ("NM70ZZZ", "07700", "Kerry", "Example", "181 cm", "4 May 2016", "Decided"):
            assert words not in page
        assert KINDS["identifiers"].empty not in page
        assert KINDS["vehicle"].empty not in page
        assert page.count(NOT_IN_SUMMARY) == 7
        for words in ("Danny Wex", "Mary Colefax", "None alone", "about 10", "Level 3"):
            assert words in page

    def test_what_has_ended_is_folded(self, world, daniel):
        record = add(world, daniel, "vehicle")
        with world.as_reader("priya", UnitKind.WRITE) as actor:
            service.end(
                actor, daniel, KINDS["vehicle"], record, until_on=date(2026, 11, 20), why="Sold",
                now=NOW,
            )  # fmt: skip
        page = text(world.client("priya").get(f"/people/{daniel}/record"))
        assert "NM70ZZZ" in page.split("Earlier (1)")[1]

    def test_links_to_change_are_for_the_owner(self, world, daniel):
        record = add(world, daniel, "vehicle")
        pages = {
            who: text(world.client(who).get(f"/people/{daniel}/record"))
            for who in ("priya", "owen", "grace")
        }
        for act in ("correct", "end"):
            assert [f"{record}/{act}" in pages[who] for who in pages] == [True, False, True]

    def test_who_is_told_of_victims_gets_one_line(self, world, daniel):
        add(world, daniel, "victim")
        page = text(world.client("grace").get(f"/people/{daniel}/record"))
        assert "Restricted information is held by Northmoor Probation." in page
        assert "A. Example" not in page

    def test_the_number_of_statements_does_not_grow(self, world, daniel):
        client, sent = world.client("priya"), []
        for _ in range(2):
            for key in ("vehicle", "contact", "alias", "child"):
                add(world, daniel, key)
            for page in ("record", "orders"):
                with statements(world.app) as found:
                    client.get(f"/people/{daniel}/{page}")
                sent.append(len(found))
        assert sent[:2] == sent[2:]


class TestForms:
    def test_what_is_typed_is_kept_in_its_standard_spelling(self, world, daniel):
        client = world.client("priya")
        page = text(submit(client, f"/people/{daniel}/record/vehicle/add", VEHICLE, follow=True))
        assert "Vehicle added." in page
        assert "NM70ZZZ" in page
        history = text(client.get(f"/people/{daniel}/history?kind=vehicle"))
        assert "Told at a visit" in history
        assert "Vehicle added" in history

    def test_nothing_typed_is_lost(self, world, daniel):
        client = world.client("priya")
        typed = VEHICLE | {"registration": "?", "until_on": "31 2 2026"}
        answer = submit(client, f"/people/{daniel}/record/vehicle/add", typed)
        page = text(answer)
        assert answer.status_code == 422
        assert "Enter a registration number like NM70 ZZZ" in page
        assert "Seen outside" in page
        assert 'value="31 2 2026"' in page
        with world.system():
            assert count(Vehicle) == 0

    @pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
    def test_hostile_text_is_answered(self, world, daniel, value):
        client = world.client("priya")
        at = f"/people/{daniel}/record/description/add"
        for field in ("height_cm", "build", "hair", "from_on"):
            form = form_on(text(client.get(at)), {})
            sent = form.fields | {field: value.encode("utf-8", "surrogatepass")}
            assert client.post(at, data=sent).status_code in (302, 422), field

    def test_every_form_opens(self, world, daniel):
        client = world.client("priya")
        for key, kind in KINDS.items():
            if ADD in kind.ways:
                answer = client.get(f"/people/{daniel}/record/{key}/add")
                assert answer.status_code == 200, key
                for field in kind.fields:
                    assert f'name="{field.name}"' in text(answer), (key, field.name)

    def test_a_correction_starts_from_what_is_there(self, world, daniel):
        record = add(world, daniel, "vehicle", **(SOME["vehicle"] | {"colour": "Blue"}))
        client = world.client("priya")
        at = f"/people/{daniel}/record/vehicle/{record}/correct"
        assert 'value="Blue"' in text(client.get(at))
        assert submit(client, at, {"colour": "Red"}).status_code == 422  # why?
        page = text(submit(client, at, {"colour": "Red", "why": "Resprayed"}, follow=True))
        assert "Corrected." in page
        history = text(client.get(f"/people/{daniel}/history"))
        assert "Colour: Blue" in history
        assert "Colour: Red" in history
        assert "Resprayed" in history

    def test_who_corrects_at_the_same_time_sees_both_texts(self, world, daniel):
        record = add(world, daniel, "vehicle", **(SOME["vehicle"] | {"colour": "Blue"}))
        at = f"/people/{daniel}/record/vehicle/{record}/correct"
        mine, theirs = world.client("priya"), world.client("grace")
        form = form_on(text(mine.get(at)), {}, action=at)
        assert submit(theirs, at, {"colour": "Green", "why": "Seen"}).status_code == 302
        answer = mine.post(at, data=form.fields | {"colour": "Red", "why": "Seen too"})
        page = text(answer)
        assert answer.status_code == 409
        assert "Grace Ilford saved this" in page.replace("\n", " ")
        settled = form_on(page, {}, action=at, button=("keep", "mine"))
        assert mine.post(at, data=settled.fields | {"keep": "mine"}).status_code == 302
        assert "Red" in text(mine.get(f"/people/{daniel}/record"))

    def test_an_end_asks_when_and_why(self, world, daniel):
        record = add(world, daniel, "vehicle")
        client = world.client("priya")
        at = f"/people/{daniel}/record/vehicle/{record}/end"
        assert submit(client, at, {"until_on": "today", "why": ""}).status_code == 422
        page = text(submit(client, at, {"until_on": "today", "why": "Sold"}, follow=True))
        assert "Vehicle ended." in page
        assert client.get(at).status_code == 422

    @pytest.mark.parametrize("who", ["carl", "iris"])
    def test_who_may_not_write_is_refused(self, world, daniel, who):
        assert world.client(who).get(f"/people/{daniel}/record/vehicle/add").status_code == 403

    def test_a_warning_is_corrected_and_an_unknown_kind_is_not_found(self, world, daniel):
        client = world.client("priya")
        assert client.get(f"/people/{daniel}/record/warning/add").status_code == 404
        assert client.get(f"/people/{daniel}/record/secret/add").status_code == 404


class TestHistory:
    def test_it_is_filtered_by_kind(self, world, daniel):
        for key in ("vehicle", "device"):
            add(world, daniel, key)
        client = world.client("priya")
        page = text(client.get(f"/people/{daniel}/history?kind=device")).split("<tbody")[1]
        assert "Device added" in page
        assert "Vehicle added" not in page
        assert client.get(f"/people/{daniel}/history?kind=nonsense").status_code == 404

    def test_it_is_for_readers_of_the_section(self, world, daniel):
        add(world, daniel, "victim")
        assert "Record of a victim added" in text(
            world.client("priya").get(f"/people/{daniel}/history")
        )
        assert "Record of a victim added" not in text(
            world.client("grace").get(f"/people/{daniel}/history")
        )


class TestTimeline:
    def titles(self, world, who, daniel, more=""):
        page = text(world.client(who).get(f"/people/{daniel}/timeline{more}"))
        return re.findall(r'm-timeline__title">([^<]+)<', page)

    def test_it_tells_orders_sentences_custody_and_levels(self, world, daniel):
        an_order(world, daniel)
        an_offence(world, daniel)
        add(world, daniel, "custody", **(SOME["custody"] | {"until_on": date(2026, 1, 2)}))
        add(world, daniel, "level")
        found = self.titles(world, "priya", daniel)
        for words in (
            "Order made", "Convicted", "Custody began", "Released", "Category and level"
        ):  # fmt: skip
            assert found.count(words) == 1, words
        assert self.titles(world, "priya", daniel, "?kind=custody") == ["Released", "Custody began"]
        assert self.titles(world, "leah", daniel) == ["Category and level"]

    def test_time_abroad_is_told_as_what_it_is(self, world, daniel):
        abroad = {"kind": "abroad", "place": "Spain", "until_on": date(2025, 1, 9)}
        add(world, daniel, "custody", **(SOME["custody"] | abroad))
        assert self.titles(world, "priya", daniel) == [
            "Back in the United Kingdom", "Left the United Kingdom"
        ]  # fmt: skip

    def test_entries_of_one_day_stand_on_one_page_each(self, world, daniel):
        """A reader of the summary knows the day only: it must still page by its key."""
        for number in range(30):
            a_made_visit(
                world, "owen", daniel,
                arrived_at=datetime(2026, 11, 18 + number % 2, 14, number, tzinfo=UTC),
            )  # fmt: skip
        client, url, seen = world.client("leah"), f"/people/{daniel}/timeline?kind=visits", []
        while url:
            page = text(client.get(url))
            seen += re.findall(r'm-timeline__title">([^<]+)<', page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            url = following.group(1).replace("&amp;", "&") if following else None
        assert len(seen) == 30

    def test_two_hundred_rows_take_no_more_statements_than_two(self, world, daniel):
        client, sent = world.client("priya"), []
        for many in (2, 200):
            for number in range(many):
                add_change(world, daniel, number)
            with statements(world.app) as found:
                page = text(client.get(f"/people/{daniel}/timeline?rows=200"))
            sent.append(len([each for each in found if each.startswith(("SELECT", "WITH"))]))
        assert page.count("m-timeline__item") == 200
        assert sent[0] == sent[1]


def add_change(world, person, number):
    from mappa.kernel.db import db
    from mappa.offenders.changes import record_change
    from mappa.offenders.models import Person
    from mappa.offenders.periods import label_of_person

    with world.as_reader("priya", UnitKind.WRITE) as actor:
        pass
    with world.system():
        record_change(
            actor, label_of_person(db.session.get_one(Person, person)), kind="birth:corrected",
            what="Birth", now=NOW - timedelta(hours=number),
        )  # fmt: skip


def test_an_entry_is_frozen():
    with pytest.raises(AttributeError):
        Entry(values={}).why = "changed"
