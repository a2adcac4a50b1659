"""Small files of every kind, and files of a person added by one of the world's staff."""

import io
import struct
import zipfile
import zlib
from datetime import date
from uuid import UUID

from PIL import Image

from mappa.kernel.uow import Kind as Unit
from mappa.offenders.files import service
from mappa.offenders.files.rules import AddFile, Kind
from mappa.offenders.files.store import Store
from tests.factories.world import NOW, World

WHERE = b"51.4545N 2.5879W"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n"
TEXT = b"The court makes the order as asked for.\n"


def picture(
    format_: str = "JPEG", size: tuple[int, int] = (60, 80), *, exif: bool = False, **more: object
) -> bytes:
    """A plain picture; with ``exif`` it tells where, when and by which device it was taken."""
    out = io.BytesIO()
    sheet = Image.new("RGB", size, "#5694ca")
    if exif:
        data = Image.Exif()
        data[0x010F] = "Maker of the telephone"
        data[0x0132] = "2026:11:19 14:15:00"
        data[0x0112] = 6  # turned by a quarter
        data.get_ifd(0x8825).update({1: "N", 2: (51.0, 27.0, 16.0), 3: "W", 4: (2.0, 35.0, 16.0)})
        more |= {"exif": data, "comment": WHERE}
    sheet.save(out, format_, **more)
    return out.getvalue()


def docx(*more: str) -> bytes:
    """A Word file as far as its packing goes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            packed.writestr(name, "<x/>")
    return out.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A small PNG that says it unfolds to a great many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack("!I", zlib.crc32(name + body))
        return struct.pack("!I", len(body)) + name + body + crc

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def store_of(world: World) -> Store:
    """The store of the world's application."""
    return Store(world.app.config["SETTINGS"].uploads)


def a_file(
    world: World,
    who: str,
    person: UUID,
    *,
    kind: Kind = Kind.PHOTOGRAPH,
    data: bytes | None = None,
    title: str = "Custody photograph",
    name: str = "IMG_2041.JPG",
) -> UUID:
    """A file that ``who`` added."""
    given = AddFile(
        kind=kind, title=title, dated_on=date(2026, 11, 19), name=name,
        data=picture(exif=True) if data is None else data,
    )  # fmt: skip
    with world.as_reader(who, Unit.WRITE) as actor:
        return service.add_file(actor, person, given, store=store_of(world), now=NOW).id
