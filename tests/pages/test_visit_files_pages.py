"""Photographs and documents of a visit: who adds them, who gets what of them, what is refused."""

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.offenders.files import jobs, queries
from mappa.offenders.files.rules import Scan
from mappa.visits.correcting import service as correcting
from mappa.visits.correcting.rules import Withdraw
from mappa.visits.files.models import VisitFile
from mappa.visits.files.rules import LARGEST
from tests.factories.files import PDF, WHERE, picture, store_of
from tests.factories.offenders import with_overview
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import submit
from tests.pages.test_files_pages import post_file

TYPED = {"kind": "photograph", "title": "The front room"}


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def visit(world, person):
    return a_made_visit(world, "owen", person)


def of(person, visit, *more):
    return "/".join(("/people", str(person), "visits", str(visit), *map(str, more)))


def add(world, person, visit, data=None, who="owen", name="IMG_1.jpg", **typed):
    page = of(person, visit, "files/add")
    data = picture(exif=True) if data is None else data
    return post_file(world.client(who), page, TYPED | typed, data, name)


def only(world):
    with world.system():
        return db.session.scalars(sa.select(VisitFile.id)).one()


@pytest.mark.sql
def test_a_photograph_stands_on_the_visit_and_is_given_as_a_copy(world, person, visit):
    assert add(world, person, visit).status_code == 302
    file = only(world)
    said = world.client("owen").get(of(person, visit)).text
    for words in ("Photographs and documents", "The front room", "Not scanned"):
        assert words in said
    shown = of(person, visit, "files", file)
    assert "The front room" in world.client("priya").get(shown).text
    copy = world.client("priya").get(f"{shown}/picture")
    assert (copy.status_code, WHERE in copy.data) == (200, False)
    assert world.client("priya").get(f"{shown}/original").status_code == 422
    own = world.client("owen").get(f"{shown}/original")
    assert WHERE in own.data
    assert own.headers["Content-Disposition"].startswith("attachment")
    with world.system():
        assert "visit-file:added" in set(db.session.scalars(sa.select(AuditEntry.event)))


@pytest.mark.sql
@pytest.mark.parametrize("who", ["leah", "sam"])
def test_who_may_not_read_the_details_finds_none_of_it(world, person, visit, who):
    add(world, person, visit)
    shown = of(person, visit, "files", only(world))
    for address in (shown, f"{shown}/picture", f"{shown}/original"):
        assert world.client(who).get(address).status_code == 404
    assert "The front room" not in world.client(who).get(of(person, visit)).text


@pytest.mark.sql
def test_a_hidden_visit_hides_its_files_and_a_withdrawn_one_keeps_them(world, person, visit):
    add(world, person, visit)
    shown = of(person, visit, "files", only(world))
    with world.as_reader("owen", Kind.WRITE) as actor:
        correcting.withdraw_visit(actor, visit, Withdraw(reason="Another person"), now=NOW)
    assert world.client("owen").get(shown).status_code == 200
    assert world.client("owen").get(of(person, visit, "files/add")).status_code == 422
    with world.system():
        rights.mark(visit, MarkKind.HIDDEN, NOW, Given(at=NOW, reason="hidden"))
    assert world.client("owen").get(shown).status_code == 404


@pytest.mark.parametrize("who", ["naomi", "priya"])
def test_only_the_author_adds(world, person, visit, who):
    answer = world.client(who).get(of(person, visit, "files/add"))
    assert answer.status_code in (403, 404)
    with world.system():
        assert count(VisitFile) == 0


class TestRefused:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            pytest.param(PDF, "must be a JPEG, PNG or WebP", id="a document called a picture"),
            pytest.param(b"MZ\x90\x00\x03", "must be a JPEG, PNG or WebP", id="a program"),
            pytest.param(b"", "The file is empty", id="empty"),
            pytest.param(
                b"\xff\xd8\xff" + b"0" * LARGEST, "larger than 25 MB", id="a byte over 25 MB"
            ),
        ],
    )
    def test_it_says_why_and_keeps_what_was_typed(self, world, person, visit, data, words):
        answer = add(world, person, visit, data, title="Seen in the hall")
        assert answer.status_code == 422
        assert words in answer.text
        assert "Seen in the hall" in answer.text
        with world.system():
            assert count(VisitFile) == 0

    def test_all_that_is_missing_is_said_at_once(self, world, person, visit):
        page = of(person, visit, "files/add")
        said = submit(world.client("owen"), page, action=page, typed={"title": ""}).text
        for words in ("Choose a file", "Choose what it is", "Say what it shows"):
            assert words in said


def test_a_photograph_of_25_megabytes_is_taken(world, person, visit):
    data = picture(exif=True)
    data += b"\x00" * (LARGEST - len(data))
    assert add(world, person, visit, data).status_code == 302
    with world.system():
        assert db.session.scalars(sa.select(VisitFile.size)).one() == LARGEST


def test_a_file_is_ended_with_a_reason_and_kept(world, person, visit):
    add(world, person, visit)
    file = only(world)
    page = of(person, visit, "files", file, "end")
    owen = world.client("owen")
    assert submit(owen, page, action=page, typed={"reason": ""}).status_code == 422
    assert submit(owen, page, action=page, typed={"reason": "Blurred"}).status_code == 302
    shown = of(person, visit, "files", file)
    assert "Blurred" in owen.get(shown).text
    assert owen.get(f"{shown}/original").status_code == 200
    assert world.client("priya").get(f"{shown}/picture").status_code == 422


@pytest.mark.sql
def test_the_scanner_and_the_sweep_mind_them(app, world, person, visit):
    add(world, person, visit)
    with world.system():
        assert queries.not_scanned(5) == [
            only_id := db.session.scalars(sa.select(VisitFile.id)).one()
        ]
        assert queries.waiting(only_id).scan == Scan.NOT_SCANNED.value
        kept = db.session.execute(sa.select(VisitFile.stored_as, VisitFile.view_as)).one()
        assert set(kept) <= queries.stored_names()
    jobs.sweep_orphans(app)
    assert store_of(world).read(kept.stored_as)
