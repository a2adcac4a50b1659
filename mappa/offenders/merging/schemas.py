"""Forms of merging to frozen commands."""

from mappa.offenders.merging import rules
from mappa.web.typed import CommandSchema, Text

_LONGEST = 1000


class MergeRecordsSchema(CommandSchema):
    """Why two records are merged."""

    command = rules.MergeRecords

    reason = Text(missing="Say why the two records are one person", longest=_LONGEST)


class AskToMergeSchema(CommandSchema):
    """Why somebody asks for a merge."""

    command = rules.AskToMerge

    reason = Text(missing="Say why you think the two records are one person", longest=_LONGEST)


class UndoMergeSchema(CommandSchema):
    """Why a merge is undone."""

    command = rules.UndoMerge

    reason = Text(missing="Say why the two records are not one person", longest=_LONGEST)


class DeclineRequestSchema(CommandSchema):
    """Why a request is declined."""

    command = rules.DeclineRequest

    decision = Text(missing="Say why the records stay apart", longest=_LONGEST)
