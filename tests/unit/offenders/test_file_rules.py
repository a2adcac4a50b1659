"""What a file is by its bytes, whatever its name says; and what is drawn anew of a picture."""

import io

import pytest
from PIL import Image

from mappa.offenders.files import rules
from mappa.offenders.files.pictures import LONGEST_SIDE, NoPicture, viewing_copy
from mappa.offenders.files.rules import Content, Kind
from tests.factories.files import PDF, TEXT, WHERE, bomb, docx, picture

HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (picture("JPEG"), Content.JPEG),
        (picture("PNG"), Content.PNG),
        (picture("WEBP"), Content.WEBP),
        (PDF, Content.PDF),
        (docx(), Content.DOCX),
        (TEXT, Content.TEXT),
        ("Zażółć gęślą jaźń".encode(), Content.TEXT),
        (HTML, None),
        (b"\n\t <svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"MZ\x90\x00" + b"\0" * 60, None),
        (b"GIF89a" + b"\0" * 30, None),
        (b"junk before %PDF-1.7", Content.TEXT),
        (b"\xff\xfe<\0h\0", None),
        (b"a\0b", None),
        (b"\x1b[31mred", None),
        (b"   \n", None),
        (b"PK\x03\x04 and nothing else", None),
        (docx("word/vbaProject.bin"), None),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"", None),
    ],
)
def test_the_bytes_decide(data, content):
    assert rules.content_of(data) is content


@pytest.mark.parametrize(
    ("kind", "data", "taken"),
    [
        (Kind.PHOTOGRAPH, picture("WEBP"), True),
        (Kind.PHOTOGRAPH, PDF, False),
        (Kind.PHOTOGRAPH, TEXT, False),
        (Kind.COURT_DOCUMENT, picture("WEBP"), False),
        (Kind.COURT_DOCUMENT, PDF, True),
        (Kind.OTHER, docx(), True),
        (Kind.OTHER, HTML, False),
        (Kind.OTHER, b"", False),
        (Kind.OTHER, b"x" * (rules.LARGEST + 1), False),
        (Kind.OTHER, b"x" * rules.LARGEST, True),
    ],
)
def test_what_is_not_taken_is_refused_in_words(kind, data, taken):
    fault = rules.fault_of(kind, data)
    assert (fault is None) is taken
    assert fault is None or "Choose" in fault


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system"),
        ("C:\\fakepath\\IMG_2041.JPG", "IMG_2041"),
        ('evil";\r\nX-Header: 1.pdf', "evil X-Header 1"),
        ("\u202egpj.exe", "gpj"),
        ("....", "file"),
        ("", "file"),
        ("Łódź 2026.pdf", "Łódź 2026"),
        ("a" * 500 + ".txt", "a" * 80),
    ],
)
def test_a_name_loses_path_extension_and_signs(given, kept):
    assert rules.clean_name(given) == kept
    assert rules.download_name(given, Content.PDF) == f"{kept}.pdf"


class TestViewingCopy:
    def test_nothing_comes_along_but_the_pixels(self):
        sent = picture(exif=True, icc_profile=b"profile of somebody")
        for told in (b"Maker of the telephone", WHERE, b"2026:11:19", b"profile of somebody"):
            assert told in sent
        shown = viewing_copy(sent)
        with Image.open(io.BytesIO(shown)) as drawn:
            assert drawn.format == "JPEG"
            assert not drawn.getexif()
            assert set(drawn.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert drawn.size == (80, 60), "turned as the camera said before that is forgotten"
        for told in (b"Maker", WHERE, b"2026", b"Exif", b"profile of somebody"):
            assert told not in shown

    def test_a_page_hidden_in_a_picture_is_not_in_the_copy(self):
        sent = picture(comment=HTML) + HTML
        assert rules.content_of(sent) is Content.JPEG
        assert b"script" not in viewing_copy(sent)

    @pytest.mark.parametrize("format_", ["PNG", "WEBP"])
    def test_every_kind_becomes_a_bounded_jpeg(self, format_):
        shown = viewing_copy(picture(format_, (3000, 40)))
        with Image.open(io.BytesIO(shown)) as drawn:
            assert (drawn.format, drawn.width) == ("JPEG", LONGEST_SIDE)

    @pytest.mark.parametrize("size", [(30_000, 30_000), (7_000, 6_000), (60_000, 1_000)])
    def test_a_bomb_is_refused_before_it_unfolds(self, size):
        with pytest.raises(NoPicture, match="too many pixels"):
            viewing_copy(bomb(*size))

    @pytest.mark.parametrize("data", [picture()[:80], b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", PDF])
    def test_what_is_broken_is_refused(self, data):
        with pytest.raises(NoPicture, match="cannot be read"):
            viewing_copy(data)
