"""Sharing with an agency, page by page: the preview leaves nothing and shows nothing too much."""

import re

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import Share
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import Model, db
from tests.factories.sharing import PURPOSE, a_share
from tests.factories.visited import PLACE, a_visited_person
from tests.factories.visits import a_made_visit, a_planned_visit
from tests.factories.world import NOW, count, northmoor
from tests.pages.forms import submit


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def person(world):
    return a_visited_person(world)


@pytest.fixture
def iris(world, person):
    return world.client("iris")


def text(answer):
    return answer.get_data(as_text=True)


WHY = {
    "purpose": PURPOSE,
    "statutes": ["cja-2003-325-4"],
    "regime": "part-3",
    "part_3": "sch8-4",
    "why": "A child of the family lives two streets away.",
    "starts_on": "23 11 2026",
    "ends_on": "23 5 2027",
    "review_on": "23 2 2027",
}


def what(world, **said):
    typed = {"agency_id": str(world.agencies["children"]), "sections": ["visits"], "level": "full"}
    return typed | said


def fill_in(world, iris, person, *, ask=(), **said):
    """Iris types the first two pages; the answer to the second."""
    base = f"/people/{person}/sharing/share"
    typed = what(world)
    first = submit(iris, base, typed | {k: v for k, v in said.items() if k in typed})
    assert first.status_code == 302, text(first)
    why = WHY | {k: v for k, v in said.items() if k not in typed}
    return submit(iris, f"{base}/why", why | ({"ask": list(ask)} if ask else {}))


def frame_of(page):
    return page.split('class="m-preview"')[1].split("</section>")[0]


def seen_by_leah(world, person):
    """The visit as the social worker opens it."""
    leah = world.client("leah")
    visits = text(leah.get(f"/people/{person}/visits"))
    return text(leah.get(re.search(rf"/people/{person}/visits/[0-9a-f-]{{36}}", visits)[0]))


def everything(world):
    """How many rows each table has, but for what a reading writes itself."""
    with world.system():
        return {
            name: db.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in Model.metadata.tables.items()
            if not name.startswith(("audit_", "session"))
        }


class TestSharing:
    def test_four_pages_lead_to_a_share_which_the_receiver_sees(self, world, iris, person):
        answer = fill_in(world, iris, person, starts_on="today")
        assert answer.location.endswith("/sharing/share/preview")
        check = f"/people/{person}/sharing/share/check"
        page = text(iris.get(check))
        assert "Check your answers" in page
        assert "Criminal Justice Act 2003, section 325(4)" in page
        assert PLACE not in seen_by_leah(world, person)
        done = submit(iris, check, {}, follow=True)
        assert "can see it from 20 November 2026" in text(done)
        assert PLACE in seen_by_leah(world, person)
        assert "shares more of a person’s record" in text(world.client("leah").get("/notices"))

    def test_what_was_typed_stays_with_each_error(self, world, iris, person):
        answer = fill_in(world, iris, person, ends_on="20 11 2026", why="Because of a plan")
        assert answer.status_code == 422
        page = text(answer)
        assert '<a href="#ends_on">The share must end after it starts</a>' in page
        assert "Because of a plan" in page
        assert 'value="23 2 2027"' in page

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"why": ""}, "Say why this is necessary"),
            ({"statutes": []}, "Choose the law, or name another"),
            ({"statutes": [], "other": "The consent of the family"}, "Consent is no basis here"),
            ({"part_3": "gdpr-6-1-c"}, "Choose the condition of this regime"),
            ({"purpose": "to find out"}, "Choose a purpose of the agreement"),
            ({"starts_on": "1 11 2026"}, "The share must start today or later"),
            ({"review_on": "23 6 2027"}, "The review must be after the share starts"),
            ({"ends_on": "23 5 2031"}, "cannot last longer than the agreement"),
        ],
        ids=["why", "law", "consent", "condition", "purpose", "past", "review", "agreement"],
    )
    def test_each_mistake_is_told_and_recorded(self, world, iris, person, said, sentence):
        answer = fill_in(world, iris, person, **said)
        assert answer.status_code == 422
        assert sentence in text(answer)
        with world.system():
            refused = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.outcome == "refused")
            ).all()
            assert [each.event for each in refused] == ["share:make"]

    @pytest.mark.parametrize("sections", [["nonsense"], ["sharing"], []])
    def test_an_unknown_section_is_refused(self, world, iris, person, sections):
        page = f"/people/{person}/sharing/share"
        answer = submit(iris, page, what(world, sections=sections))
        assert answer.status_code == 422
        assert "Choose what to share" in text(answer)

    def test_forged_ids_are_refused_and_recorded(self, world, iris, person):
        page = f"/people/{person}/sharing/share"
        own = what(world, agency_id=str(world.agencies["police"]))
        assert "Choose another agency" in text(submit(iris, page, own))
        answer = submit(iris, page, what(world, agency_id=str(person)))
        assert "Choose an agency of the area" in text(answer)
        share = a_share(world, person)
        before = everything(world)
        leah = world.client("owen")
        from tests.worlds.walking import UNKNOWN

        for who, path in ((leah, f"/shares/{share}/end"), (iris, f"/shares/{UNKNOWN}/end")):
            assert who.get(path).status_code in (403, 404)
        assert everything(world) == before

    def test_only_the_information_officer_has_the_pages(self, world, person):
        for who in ("owen", "priya", "leah", "sam", "carl"):
            answer = world.client(who).get(f"/people/{person}/sharing/share")
            assert answer.status_code in (403, 404), who


class TestPreview:
    def test_it_shows_what_the_receiver_would_see_and_leaves_nothing(self, world, iris, person):
        a_planned_visit(world, "owen", person)
        fill_in(world, iris, person)
        before = everything(world)
        page = text(iris.get(f"/people/{person}/sharing/share/preview"))
        assert everything(world) == before
        frame = frame_of(page)
        assert PLACE in frame
        assert "Nothing here can be clicked" in frame
        assert "<a " not in frame
        assert "Summary becomes full, 1 record" in page
        assert "until you confirm on the next page" in page
        assert PLACE not in seen_by_leah(world, person)

    def test_it_never_shows_the_sharer_what_she_may_not_see(self, world, iris, person):
        a_made_visit(world, "priya", person, place="Only for probation")
        sealed = a_made_visit(world, "owen", person, place="Kept from the office")
        with world.system():
            rights.mark(sealed, MarkKind.SEALED, NOW, Given(at=NOW))
        fill_in(world, iris, person)
        frame = frame_of(text(iris.get(f"/people/{person}/sharing/share/preview")))
        assert frame.count("visit, seen and spoken to") == 1
        assert "Only for probation" not in frame
        assert "Kept from the office" not in frame

    def test_a_summary_is_drawn_as_a_summary(self, world, iris, person):
        world.on_team(person, "health", Capacity.ASSOCIATE)
        fill_in(world, iris, person, agency_id=str(world.agencies["health"]), level="summary")
        frame = frame_of(text(iris.get(f"/people/{person}/sharing/share/preview")))
        assert "visit, seen and spoken to" in frame
        assert PLACE not in frame

    def test_it_is_witnessed(self, world, iris, person):
        fill_in(world, iris, person)
        iris.get(f"/people/{person}/sharing/share/preview")
        with world.system():
            entry = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.event == "share:make")
            ).all()
            assert any(person.hex in each.records for each in entry)

    def test_without_the_pages_before_there_is_none(self, iris, person):
        answer = iris.get(f"/people/{person}/sharing/share/preview")
        assert answer.location.endswith("/sharing/share")


class TestGrid:
    def test_a_cell_offers_to_share_more_and_then_to_end_it(self, world, iris, person):
        cell = f"/people/{person}/sharing/{world.agencies['children']}/visits"
        before = text(iris.get(cell))
        assert "Share more" in before
        assert "End or limit this" not in before
        assert "Criminal Justice Act 2003, section 325(4)" in before
        share = a_share(world, person)
        after = text(iris.get(cell))
        assert f'href="/shares/{share}">End or limit this' in after
        assert "Share more" not in after
        assert "until 21 May 2027" not in after
        assert "until 20 May 2027" in after

    def test_the_cards_say_what_is_empty(self, iris, person):
        page = text(iris.get(f"/people/{person}/sharing"))
        assert "No agency asks for anything at the moment." in page
        assert "No share ends in the next 14 days." in page
        assert "Share with an agency" in page

    def test_nobody_else_has_them(self, world, person):
        page = text(world.client("priya").get(f"/people/{person}/sharing"))
        assert "Share with an agency" not in page
        assert "Ending soon" not in page


class TestHub:
    def test_it_lists_what_ends_and_what_the_own_agency_shares(self, world, iris, person):
        from datetime import date

        a_share(world, person, ends_on=date(2026, 12, 1), review_on=date(2026, 11, 27))
        page = text(iris.get("/sharing"))
        assert "Ends in 11 days, 1 December 2026" in page
        assert "No share is due for review." in page
        assert "Daniel Wexcombe" in page
        assert text(iris.get(f"/sharing?agency={world.agencies['health']}")).count("Nothing is sh")

    def test_empty_it_says_so(self, iris):
        page = text(iris.get("/sharing"))
        assert "No share ends in the next 14 days." in page
        assert "Nothing is shared." in page

    def test_ending_from_its_page(self, world, iris, person):
        share = a_share(world, person)
        empty = submit(iris, f"/shares/{share}/end", {})
        assert "Say why it ends" in text(empty)
        done = submit(iris, f"/shares/{share}/end", {"reason": "Not needed"}, follow=True)
        assert "From now on nothing is open by this share" in text(done)
        assert "Not needed" in text(done)


class TestAskingOthers:
    def test_what_others_own_is_asked_of_them_in_the_same_step(self, world, person):
        from mappa.access.terms import Role
        from mappa.sharing.requests.models import AskedRequest

        world.user("nadia", "probation", Role.INFORMATION_OFFICER, name="Nadia Orme")
        iris = world.client("iris")
        probation = str(world.agencies["probation"])
        assert fill_in(world, iris, person, ask=[probation]).status_code == 302
        check = f"/people/{person}/sharing/share/check"
        assert "Northmoor Probation is asked for what they hold" in text(iris.get(check))
        submit(iris, check, {})
        with world.system():
            (asked,) = db.session.scalars(sa.select(AskedRequest)).all()
            assert str(asked.owner_agency_id) == probation
            assert asked.sections == ["visits"]
            assert count(Share) == 1

    def test_nobody_is_asked_who_was_not_offered(self, world, iris, person):
        health = str(world.agencies["health"])
        assert fill_in(world, iris, person).status_code == 302
        why = f"/people/{person}/sharing/share/why"
        answer = submit(iris, why, WHY, extra={"ask": [health]})
        assert "Choose agencies from the list" in text(answer)


def test_all_that_the_first_two_pages_lack_is_said_at_once(world, person, iris):
    base = f"/people/{person}/sharing/share"
    page = text(submit(iris, base, {}))
    for sentence in ("Choose an agency", "Choose what to share", "Choose summary or full"):
        assert sentence in page
    submit(iris, base, what(world))
    page = text(submit(iris, f"{base}/why", {"regime": "uk-gdpr", "ends_on": "soon"}))
    for sentence in (
        "Choose a purpose of the agreement",
        "Choose the law, or name another",
        "Choose the condition of this regime",
        "Say why this is necessary",
    ):
        assert sentence in page


def test_a_law_that_nobody_has_verified_is_marked_wherever_it_stands(world, person, iris):
    base = f"/people/{person}/sharing/share"
    submit(iris, base, what(world))
    assert "(not yet verified)" in text(iris.get(f"{base}/why"))
    submit(iris, f"{base}/why", WHY)
    assert "(not yet verified)" in text(iris.get(f"{base}/check"))
    leah = world.client("leah")
    assert "(not yet verified)" in text(leah.get(f"/people/{person}/ask"))
