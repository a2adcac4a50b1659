"""What is no such file is refused in words, without reading more of it than must be."""

import codecs
import io

import pytest

from mappa.offenders.importing import parsing, rules
from mappa.offenders.importing.parsing import NotTaken
from mappa.rules.sheets import BOM, as_csv
from tests.factories.imports import a_row
from tests.factories.imports import as_csv as file_of

GOOD = file_of([a_row(1), a_row(2)])
HEAD = "family_name,given_name,category,level\n"


def read(content: bytes):
    return list(parsing.read(io.BytesIO(content)))


def refused(content: bytes) -> str:
    with pytest.raises(NotTaken) as found:
        read(content)
    return " ".join(found.value.errors["file"])


def test_rows_come_with_their_line_and_without_empty_cells():
    first, second = read(GOOD)
    assert (first.line, second.line) == (2, 3)
    assert first.cells["crn"] == "X000002"
    assert "other_names" not in first.cells


def test_a_byte_order_mark_and_every_kind_of_line_end_are_fine():
    for content in (
        codecs.BOM_UTF8 + GOOD,
        GOOD.replace(b"\r\n", b"\n"),
        GOOD.replace(b"\r\n", b"\r"),
        BOM.encode() + GOOD,
    ):
        assert len(read(content)) == 2


def test_headings_may_be_written_with_spaces_and_capitals():
    assert read(b"Family name,Category,LEVEL\nOsthowe,2,1\n")[0].cells["family_name"] == "Osthowe"


def test_lines_are_counted_over_cells_of_several_lines_and_empty_lines():
    rows = read(f'{HEAD}"Ost\nhowe",A,2,1\n\n,,,\nBeck,B,2,1\n'.encode())
    assert [row.line for row in rows] == [2, 6]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"PK\x03\x04rest of a spreadsheet", "spreadsheet or a zip file"),
        (b"\xd0\xcf\x11\xe0old", "old spreadsheet"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"%PDF-1.7", "PDF"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (b"\xfe\xff\0f\0a", "UTF-16"),
        ((HEAD + "Jos\u00e9,A,2,1\n").encode("cp1252"), "Windows-1252"),
        ((HEAD + "A\ud800,B,2,1\n").encode("utf-8", "surrogatepass"), "not UTF-8"),
        ((HEAD + "A\0B,C,2,1\n").encode(), "bytes in it that no text has"),
        (GOOD + b"x" * 600 + b"\0", "bytes in it that no text has"),
        (HEAD.replace(",", ";").encode() + b"A;B;2;1\n", "separated by semicolons"),
        (HEAD.replace(",", "\t").encode() + b"A\tB\t2\t1\n", "separated by tabs"),
        (b"family_name,family_name,category,level\nA,B,2,1\n", "family_name is there twice"),
        (b"given_name,category\nA,2\n", "column level is missing"),
        (b"category,level\n2,1\n", "column family_name is missing"),
        (b"family_name,category,level,shoe_size\nA,2,1,9\n", "not in the template"),
        (b"family_name,,category,level\nA,x,2,1\n", "no heading"),
        (HEAD.encode(), "no row below its headings"),
        (HEAD.encode() + b'"never closed,A,2,1\n' * 3, "quotation mark"),
        (HEAD.encode() + b'a"b"c,"x"y,2,1\n', "quotation mark"),
        (("c," * 200).encode() + b"\n", "columns"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(content, says):
    assert says in refused(content)


def test_no_sentence_repeats_what_may_be_a_name():
    assert "Osthowe" not in refused(b"Osthowe,Rowan,2,1\nBeck,Casey,2,1\n")


class Endless:
    """A file that gives the same bytes for ever, and counts how many it gave."""

    def __init__(self, start: bytes, sign: bytes) -> None:
        self.start, self.sign, self.given = start, sign, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "nobody reads it whole"
        block, self.start = self.start[:size], self.start[size:]
        block = block or (self.sign * (size // len(self.sign) + 1))[:size]
        self.given += len(block)
        return block


@pytest.mark.parametrize("sign", [b"x", b",", b'"', b" "])
def test_a_line_without_end_is_refused_after_its_beginning(sign):
    endless = Endless(HEAD.encode() + b"A,", sign)
    with pytest.raises(NotTaken) as found:
        list(parsing.read(endless))
    assert "longer than 20,000 characters" in str(found.value.errors) or sign == b'"'
    assert endless.given < 1024 * 1024


def test_a_record_of_endless_lines_is_refused_after_its_beginning():
    endless = Endless(HEAD.encode() + b'"', b"y" * 99 + b"\n")
    with pytest.raises(NotTaken):
        list(parsing.read(endless))
    assert endless.given < 1024 * 1024


def test_a_file_over_the_limit_is_refused_when_the_limit_is_reached():
    endless = Endless(HEAD.encode(), b"A" * 999 + b"\n")
    with pytest.raises(NotTaken) as found:
        list(parsing.read(endless))
    assert "larger than 16 MB" in str(found.value.errors)
    assert endless.given < rules.MOST_BYTES + 1024 * 1024


def test_nothing_but_line_ends_is_refused_long_before_the_limit():
    endless = Endless(HEAD.encode(), b"\n")
    with pytest.raises(NotTaken):
        list(parsing.read(endless))
    assert endless.given < 1024 * 1024


def test_more_rows_than_may_be_are_refused_in_words():
    content = HEAD.encode() + b"A,B,2,1\n" * 200_000
    assert "more than 20,000 rows" in refused(content)


def test_a_row_with_too_many_cells_says_so():
    rows = read(HEAD.encode() + b"A,B,2,1,,\nC,D,2,1,extra\n")
    assert rows[0].fault == ""
    assert "quotation marks" in rows[1].fault


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_a_spreadsheet_would_run_is_guarded_on_the_way_out(sign):
    assert f"'{sign}cmd" in as_csv([[f"{sign}cmd|' /C calc'!A0"]])
