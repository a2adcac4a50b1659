"""Pure rules of files: what a file is by its content, what may be added, what may be opened."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mappa.access.terms import Section

MEGABYTE = 1024 * 1024
LARGEST = 15 * MEGABYTE
"""Bytes of one file; the form may be a little larger."""
LARGEST_FORM = LARGEST + MEGABYTE // 2
_LONGEST_NAME = 80
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


class Kind(StrEnum):
    """What a file is of; it decides the section."""

    PHOTOGRAPH = "photograph"
    COURT_DOCUMENT = "court_document"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The kind on pages."""
        return _WORDS[self]


_WORDS = {
    Kind.PHOTOGRAPH: "Photograph",
    Kind.COURT_DOCUMENT: "Court document",
    Kind.OTHER: "Other document",
}

SECTIONS = {
    Kind.PHOTOGRAPH: Section.IDENTITY,
    Kind.COURT_DOCUMENT: Section.ORDERS,
    Kind.OTHER: Section.IDENTITY,
}
"""In whose section a file of a kind stands: readers of the whole section see it, nobody else."""


class Content(StrEnum):
    """What a file is, told by its bytes alone; the value is its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    TEXT = "text/plain"

    @property
    def extension(self) -> str:
        """How the name of such a file ends."""
        return "txt" if self is Content.TEXT else self.name.lower().replace("jpeg", "jpg")

    @property
    def is_picture(self) -> bool:
        """Whether there is a viewing copy."""
        return self.value.startswith("image/")


_PICTURES = frozenset({Content.JPEG, Content.PNG, Content.WEBP})
_DOCUMENTS = frozenset({Content.PDF, Content.DOCX, Content.TEXT, Content.JPEG, Content.PNG})
ALLOWED = {
    Kind.PHOTOGRAPH: _PICTURES,
    Kind.COURT_DOCUMENT: _DOCUMENTS,
    Kind.OTHER: _DOCUMENTS,
}

REFUSED = {
    Kind.PHOTOGRAPH: "A photograph must be a JPEG, PNG or WebP picture. Choose another file",
    Kind.COURT_DOCUMENT: (
        "A document must be a PDF, a Word file (DOCX) without macros, plain text, or a JPEG or PNG"
        " picture. Choose another file"
    ),
}
REFUSED[Kind.OTHER] = REFUSED[Kind.COURT_DOCUMENT]


class Scan(StrEnum):
    """What the scanner said."""

    NOT_SCANNED = "not_scanned"
    CLEAN = "clean"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """The state on pages."""
        return {"not_scanned": "Not scanned", "clean": "Clean", "refused": "Refused"}[self.value]


@dataclass(frozen=True, kw_only=True)
class AddFile:
    """A file with what its adder says of it; ``name`` is what the browser called it."""

    kind: Kind
    title: str
    dated_on: date
    name: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class EndFile:
    """Why a file no longer belongs to what is shown."""

    reason: str


def content_of(data: bytes) -> Content | None:
    """What the bytes are; None for anything that is not taken, whatever its name says."""
    if data.startswith(b"\xff\xd8\xff"):
        return Content.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Content.WEBP
    if data.startswith(b"%PDF-"):
        return Content.PDF
    if data.startswith(b"PK\x03\x04"):
        return Content.DOCX if _is_docx(data) else None
    return Content.TEXT if _is_text(data) else None


def _is_docx(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return {"[Content_Types].xml", "word/document.xml"} <= names and not macros


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    shown = text.strip()
    return bool(shown) and not shown.startswith("<") and not _CONTROLS.search(text)


def fault_of(kind: Kind, data: bytes, largest: int = LARGEST) -> str | None:
    """Why this file is not taken, as a sentence, or None. ``largest`` is in bytes."""
    if not data:
        return "The file is empty. Choose another file"
    if len(data) > largest:
        return f"The file is larger than {largest // MEGABYTE} MB. Choose a smaller file"
    if content_of(data) not in ALLOWED[kind]:
        return REFUSED[kind]
    return None


def clean_name(given: str) -> str:
    """What a browser called the file, in plain words: no path, no extension, no signs."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    stem = last.rpartition(".")[0] or last
    kept = re.sub(r"[^\w -]+", " ", stem)
    return " ".join(kept.split())[:_LONGEST_NAME].strip() or "file"


def download_name(name: str, content: Content) -> str:
    """What a download is called: its extension follows the content, whatever it was called."""
    return f"{clean_name(name)}.{content.extension}"
