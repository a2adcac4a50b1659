"""The three ways in which the platform says no; ``web`` turns each into a page, in one place."""

from collections.abc import Mapping, Sequence
from uuid import UUID


class MappaError(Exception):
    """Any refusal that is not a bug."""


class NotFound(MappaError):
    """Nothing is there that this reader can see. The same answer as for an id that never was."""


class NotPermitted(MappaError):
    """The reader sees the thing, but may not do this with it. ``reason`` is for the log."""

    def __init__(self, reason: str, *, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class RuleBroken(MappaError):
    """A rule of the field says no. ``sentences`` are for the reader; nothing was written."""

    def __init__(self, rule: str, *sentences: str, field: str | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.sentences = sentences
        self.field = field


class FieldErrors(MappaError):
    """What was typed cannot be understood: field name to sentences."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = {name: list(said) for name, said in errors.items()}


class StaleEdit(MappaError):
    """Somebody changed the same fields in the meantime: field to (label, theirs, mine).

    ``seen`` is the fingerprint for the next try; ``by`` and ``at_words`` say whose is saved.
    """

    def __init__(
        self,
        fields: Mapping[str, tuple[str, str, str]],
        seen: str,
        *,
        by: str = "Somebody else",
        at_words: str = "the same time",
    ) -> None:
        super().__init__(", ".join(fields))
        self.fields = dict(fields)
        self.seen = seen
        self.by = by
        self.at_words = at_words


class UnscopedQuery(RuntimeError):
    """A query on a protected table does not start from the policy. Always a bug."""


class WritesWhileReading(RuntimeError):
    """A unit of work that only reads was asked to write. Always a bug."""


class NotWitnessed(RuntimeError):
    """Personal data was read outside a witnessed request. Always a bug."""

    def __init__(self, records: Sequence[UUID]) -> None:
        super().__init__(f"{len(records)} records read without a witness")
