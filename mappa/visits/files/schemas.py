"""The form of a file of a visit."""

from mappa.offenders.files.schemas import FileName, Upload
from mappa.visits.files.rules import KINDS, LARGEST, Chosen
from mappa.web.typed import Choice, CommandSchema, Line


class VisitFileSchema(CommandSchema):
    """Adding a file to a visit."""

    command = Chosen

    kind = Choice({each.value: each for each in KINDS}, missing="Choose what it is")
    title = Line(missing="Say what it shows, like The front room", longest=120)
    name = FileName(load_default="file")
    data = Upload(LARGEST)
