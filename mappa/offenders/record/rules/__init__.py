"""The table of kinds: what may be recorded of a person, field by field. Pure data and checks."""

from mappa.offenders.record.rules.fields import Entry, Field, Shape, Value, Values
from mappa.offenders.record.rules.kind import ADD, CORRECT, END, GROUPS, Kind
from mappa.offenders.record.rules.kinds import KINDS, of_group
from mappa.offenders.record.rules.words import changed, said, spelled, told

__all__ = [
    "ADD",
    "CORRECT",
    "END",
    "GROUPS",
    "KINDS",
    "Entry",
    "Field",
    "Kind",
    "Shape",
    "Value",
    "Values",
    "changed",
    "of_group",
    "said",
    "spelled",
    "told",
]
