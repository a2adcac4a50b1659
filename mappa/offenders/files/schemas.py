"""From the forms of files to commands."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields
from werkzeug.datastructures import FileStorage

from mappa.offenders.files.rules import LARGEST, AddFile, EndFile, Kind
from mappa.web.typed import Choice, CommandSchema, Day, Line


class Upload(fields.Field[bytes]):
    """The bytes of a chosen file, one more than may be at most."""

    def __init__(self, largest: int = LARGEST) -> None:
        super().__init__(
            required=True, data_key="file", error_messages={"required": "Choose a file"}
        )
        self.largest = largest

    def _deserialize(self, value: object, attr: object, data: object, **_: object) -> bytes:
        if not isinstance(value, FileStorage) or not value.filename:
            raise ValidationError("Choose a file")
        return value.stream.read(self.largest + 1)


class FileName(fields.Field[str]):
    """What the browser calls the file; it is cleaned before it is kept."""

    def _deserialize(self, value: object, attr: object, data: object, **_: object) -> str:
        return str(value)[:1000]


class AddFileSchema(CommandSchema):
    """Adding a file."""

    command = AddFile

    kind = Choice(Kind, missing="Choose what it is")
    title = Line(missing="Enter a title, like Custody photograph", longest=120)
    dated_on = Day("the date")
    name = FileName(load_default="file")
    data = Upload()


def with_file(form: Mapping[str, str], files: Mapping[str, FileStorage]) -> dict[str, Any]:
    """The parts of a form and its one file, for the schema."""
    given: dict[str, Any] = {name: form[name] for name in form if name not in ("file", "name")}
    chosen = files.get("file")
    if chosen is not None:
        given |= {"file": chosen, "name": chosen.filename or ""}
    return given


class EndFileSchema(CommandSchema):
    """Ending a file."""

    command = EndFile

    reason = Line(missing="Say why. It goes on record", longest=300)
