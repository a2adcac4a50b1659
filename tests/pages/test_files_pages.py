"""Pages of photographs and documents, and what a browser is given of them."""

import io
import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.files.models import PersonFile
from mappa.offenders.files.rules import LARGEST, Kind
from tests.factories.files import PDF, TEXT, WHERE, a_file, bomb, picture
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit

TYPED = {"kind": "photograph", "title": "Custody photograph", "dated_on": "19 11 2026"}


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def post_file(client, page, typed, data, name="x.jpg"):
    """As a browser does; the body is made here, for the test client would put it into a file."""
    fields = form_on(client.get(page).text, typed, action=page).fields
    parts = {key: value for key, value in {**fields, **typed}.items() if value != []}
    parts["file"] = FileStorage(io.BytesIO(data), name)
    boundary, body = encode_multipart(parts)
    return client.post(page, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def send(client, person, data, name="x.jpg", **other):
    return post_file(client, f"/people/{person}/files/add", TYPED | other, data, name)


def test_a_photograph_is_added_shown_and_downloaded_as_it_was_sent(world, person):
    owen, priya = world.client("owen"), world.client("priya")
    sent = picture(exif=True)
    with clock.at(NOW):
        assert f"/people/{person}/files/add" in owen.get(f"/people/{person}/report-a-change").text
        assert "There is no photograph or document" in owen.get(f"/people/{person}/files").text
        made = send(owen, person, sent, "../../IMG 2041.exe")
        assert made.status_code == 302
        page = priya.get(made.location).text
        assert "Not scanned" in page
        shown = re.search(r'<img[^>]+src="([^"]+/picture)"', page)[1]
        assert f"{made.location}/original" not in page
        assert priya.get(f"{made.location}/original").status_code == 422
        small, whole = priya.get(shown), owen.get(f"{made.location}/original")
    assert whole.data == sent
    assert WHERE not in small.data
    for answer, name in ((small, "Custody photograph.jpg"), (whole, "IMG 2041.jpg")):
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "script" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_every_opening_of_the_bytes_is_on_record(world, person):
    made = a_file(world, "priya", person)
    base = f"/people/{person}/files"
    priya = world.client("priya")
    with clock.at(NOW):
        for path in (base, f"{base}/{made}", f"{base}/{made}/picture", f"{base}/{made}/original"):
            assert priya.get(path).status_code == 200
    with world.system():
        read = db.session.scalars(
            sa.select(AuditEntry.records).where(AuditEntry.event == "file:read")
        ).all()
    assert len(read) == 4
    assert all(made.hex in records for records in read)


@pytest.mark.parametrize(
    ("data", "kind", "name", "mimetype"),
    [
        (PDF, "court_document", "order.html", "application/pdf"),
        (TEXT, "other", "x.svg", "text/plain"),
        (picture(comment=b"<script>alert(1)</script>"), "other", "x.html", "image/jpeg"),
    ],
    ids=["pdf with script", "text", "page in a picture"],
)
def test_what_could_run_is_an_attachment_in_a_sandbox(world, person, data, kind, name, mimetype):
    owen = world.client("owen")
    with clock.at(NOW):
        made = send(owen, person, data, name, kind=kind)
        answer = owen.get(f"{made.location}/original")
    assert (answer.data, answer.mimetype) == (data, mimetype)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert ".html" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


def test_what_cannot_be_taken_is_422_in_words_and_keeps_the_rest(world, person):
    owen = world.client("owen")
    cases = [
        (PDF, {}, "A photograph must be a JPEG"),
        (b"<html>", {"kind": "other"}, "A document must be a PDF"),
        (bomb(), {}, "too many pixels"),
        (b"", {}, "The file is empty"),
        (b"x" * (LARGEST + 1), {"kind": "other"}, "larger than 15 MB"),
        (picture(), {"kind": ""}, "Choose what it is"),
        (picture(), {"dated_on": "31 2 2026"}, "must be a real date"),
    ]
    with clock.at(NOW):
        for data, other, said in cases:
            answer = send(owen, person, data, **other)
            assert answer.status_code == 422, said
            assert said in answer.text
            assert 'value="Custody photograph"' in answer.text
            assert "Choose it again" in answer.text
        page = f"/people/{person}/files/add"
        assert "Choose a file" in submit(owen, page, TYPED, action=page).text
        extra = {"file": (io.BytesIO(picture()), "x.jpg"), "owner_agency_id": str(uuid4())}
        assert submit(owen, page, TYPED, action=page, extra=extra).status_code == 422
    with world.system():
        assert count(PersonFile) == 0


def test_only_this_address_takes_a_large_body(world, person):
    owen = world.client("owen")
    large = b"x" * (3 * 1024 * 1024)
    with clock.at(NOW):
        page = f"/people/{person}/warnings/add"
        assert post_file(owen, page, {}, large).status_code == 413
        assert send(owen, person, large, "x.txt", kind="other").status_code == 302
        assert send(owen, person, b"x" * (LARGEST * 2), kind="other").status_code == 413


def test_what_is_not_theirs_is_not_found_like_nothing(world, person):
    other = world.person(family="Marsworth", manager="priya")
    foreign = a_file(world, "priya", other)
    hidden = a_file(world, "owen", person)
    with world.system():
        rights.mark(hidden, MarkKind.HIDDEN, NOW, Given(at=NOW))
    priya, leah = world.client("priya"), world.client("leah")
    shown = a_file(world, "owen", person, title="Shown")
    with clock.at(NOW):
        for path in ("", "/picture", "/original", "/end"):
            pages = {
                re.sub(r'(csrf_token" value="|nonce-)[^"]+', "", answer.text)
                for each in (foreign, hidden, uuid4())
                for answer in (priya.get(f"/people/{person}/files/{each}{path}"),)
                if answer.status_code == 404 or pytest.fail(path)
            }
            assert len(pages) == 1
            assert leah.get(f"/people/{person}/files/{shown}{path}").status_code in (403, 404)
        assert "Shown" not in leah.get(f"/people/{person}/files").text
        assert leah.get(f"/people/{other}/files").status_code == 404


def test_a_file_is_ended_with_a_reason_and_stays_in_the_list(world, person):
    made = a_file(world, "owen", person)
    page = f"/people/{person}/files/{made}"
    owen, priya = world.client("owen"), world.client("priya")
    with clock.at(NOW):
        assert "/end" not in priya.get(page).text
        assert priya.get(f"{page}/end").status_code == 403
        assert submit(owen, f"{page}/end", {"reason": ""}).status_code == 422
        ended = submit(owen, f"{page}/end", {"reason": "Another person"}, follow=True)
        assert "Files that were ended" in ended.text
        assert "<img" not in ended.text
        assert "Only Northmoor Police still opens it" in priya.get(page).text
        assert priya.get(f"{page}/original").status_code == 422
        assert owen.get(f"{page}/original").status_code == 200


def test_a_refused_file_is_said_to_be_refused_and_not_linked(world, person):
    made = a_file(world, "owen", person, kind=Kind.OTHER, data=TEXT)
    with world.system():
        db.session.get_one(PersonFile, made).scan = "refused"
    owen = world.client("owen")
    with clock.at(NOW):
        page = owen.get(f"/people/{person}/files/{made}").text
        assert "The scanner refused this file." in page
        assert "/original" not in page
        answer = owen.get(f"/people/{person}/files/{made}/original")
    assert answer.status_code == 422
    assert TEXT not in answer.data
