"""The pages of an import, as the importer goes through them."""

import io

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.importing import jobs
from mappa.offenders.importing.models import ImportRow, ImportRun
from mappa.offenders.models import Person
from mappa.offenders.service import keep_keys
from mappa.web.models import ParkedForm
from tests.factories.imports import a_row, as_csv
from tests.factories.offenders import with_overview
from tests.factories.world import NOW, count, northmoor
from tests.pages.forms import form_on, submit

URL = "/people/import"


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


def send(client, content, name="cases.csv", **typed):
    form = form_on(client.get(URL).get_data(as_text=True), action=URL)
    return post(client, URL, {**form.fields, **typed}, content, name)


def post(client, url, fields, content, name="cases.csv"):
    """Post a file as a browser does; the body is made in memory."""
    file = FileStorage(io.BytesIO(content), filename=name)
    flat = {key: value[0] if isinstance(value, list) else value for key, value in fields.items()}
    boundary, body = encode_multipart({**flat, "file": file})
    return client.post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def check(world, client, *rows):
    answer = send(client, as_csv(rows))
    assert answer.status_code == 302, answer.get_data(as_text=True)
    _work(world)
    return answer.location


def _work(world):
    with world.app.app_context():
        jobs.take_turn(world.app)


def test_from_the_template_to_the_report(world):
    client = world.client("priya")
    template = client.get(URL + "/template")
    assert template.headers["Content-Disposition"].startswith("attachment")
    page = send(client, template.data)
    assert "0 of 1 row checked" in client.get(page.location).text
    _work(world)
    loaded = client.get(page.location).text
    assert "1 person is added, under your name." in loaded
    submit(client, page.location, action=page.location + "/start")
    assert "0 of 1 row added" in client.get(page.location).text
    _work(world)
    assert "The import is done." in client.get(page.location).text
    report = client.get(page.location + "/report").get_data(as_text=True)
    assert "2,Added," in report
    assert "Abernathy" not in report
    assert "Abernathy" in client.get("/people").text


def test_faults_are_said_by_line_and_column(world):
    client = world.client("priya")
    page = client.get(check(world, client, a_row(1, crn="12", category="9"))).text
    assert "Write a letter and six digits, like X123456" in page
    assert "Write 1, 2, 3 or 4" in page
    assert "Add them" not in page


def test_a_refused_file_is_said_at_its_field(world):
    answer = send(world.client("priya"), b"PK\x03\x04", "cases.xlsx")
    assert answer.status_code == 422
    assert "This is a spreadsheet or a zip file, not a CSV file." in answer.text
    assert 'href="#file"' in answer.text


def test_no_file_is_said(world):
    client = world.client("priya")
    assert "Choose the file to upload" in submit(client, URL, action=URL).text


def test_this_address_takes_a_large_file_and_no_other_does(world):
    client = world.client("priya")
    large = as_csv(a_row(n) for n in range(2)) + b"," * (3 * 1024 * 1024)
    assert "longer than 20,000 characters" in send(client, large).text
    too_large = send(client, b"x" * (17 * 1024 * 1024))
    assert too_large.status_code == 413
    form = form_on(client.get(URL).get_data(as_text=True), action=URL)
    assert post(client, "/people/find", form.fields, large).status_code == 413


def test_an_uploaded_file_never_lies_on_a_disk(world, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a temporary file")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    rows = (a_row(n) for n in range(2500))
    assert send(world.client("priya"), as_csv(rows)).status_code == 302


def test_what_is_typed_in_a_lost_session_is_kept_without_the_file(world):
    client = world.client("carl")
    lead = str(world.agencies["probation"])
    form = form_on(client.get(URL).get_data(as_text=True), action=URL)
    with clock.at(NOW.replace(hour=23)):
        post(client, URL, {**form.fields, "lead_agency_id": lead}, b"Abernathy")
    with world.system():
        kept = db.session.scalars(sa.select(ParkedForm.typed)).all()
        assert kept == [f'[["lead_agency_id", "{lead}"]]']
        assert count(ImportRun) == 0


def test_a_match_is_shown_and_decided(world):
    person = world.person(manager="priya", crn="X777777")
    with world.system():
        keep_keys(db.session.get_one(Person, person))
    client = world.client("priya")
    place = check(world, client, a_row(1, crn="X777777"), a_row(2))
    with world.system():
        row = db.session.scalars(sa.select(ImportRow.id).where(ImportRow.line == 2)).one()
    page = f"{place}/rows/{row}"
    loaded = client.get(page).text
    assert "Same CRN" in loaded
    assert "Daniel Wexcombe" in loaded
    refused = submit(client, page, {"choice": "add"}, action=page)
    assert refused.status_code == 422
    assert "Say how you know that it is another person" in refused.text
    assert submit(client, place, action=place + "/start").status_code == 422
    # The only person it may be is chosen already.
    same = submit(client, page, {"choice": "same"}, action=page)
    assert same.location == place
    assert "Here already" in client.get(place).text


@pytest.mark.parametrize("who", ["grace", "leah", "iris", "ada"])
def test_others_are_refused_and_see_no_link(world, who):
    client = world.client(who)
    assert client.get(URL).status_code == 403
    assert "Import existing cases" not in client.get("/people").text


def test_nobody_else_finds_an_import(world):
    place = check(world, world.client("priya"), a_row(1))
    other = world.client("owen")
    for path in (place, place + "/report"):
        assert other.get(path).status_code == 404


def test_giving_up_deletes_what_was_uploaded(world):
    client = world.client("priya")
    place = check(world, client, a_row(1))
    submit(client, place, action=place + "/give-up")
    with world.system():
        assert db.session.scalars(sa.select(ImportRow.cells)).all() == [None]
    assert "Given up by the person who uploaded it" in client.get(place).text
