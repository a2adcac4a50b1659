"""What a kind of record is, and the fields that many kinds share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from mappa.access.terms import Level, Section
from mappa.offenders.record.rules import checks
from mappa.offenders.record.rules.fields import Field, Values, day, line, text

ADD, CORRECT, END = "add", "correct", "end"
ALL = frozenset({ADD, CORRECT, END})
ONLY_CORRECT = frozenset({CORRECT})

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "who": "Who they are",
        "contact": "Addresses and contact",
        "life": "Work, vehicles, devices and accounts",
        "others": "Associates",
        "victims": "Victims and children",
        "orders": "Orders and conditions",
        "offences": "Offences, sentences and custody",
        "warnings": "Warnings to staff",
    }
)
"""Key of a group of kinds to its heading."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of record: its words, its section, its fields, and what may be done with it."""

    key: str
    one: str
    """As in "Add a vehicle"."""
    title: str
    group: str
    section: Section
    fields: tuple[Field, ...]
    said: tuple[str, ...]
    """The fields that make up its line in the history."""
    empty: str
    """What would stand here."""
    check: Callable[[Values, date], None] = checks.period
    ways: frozenset[str] = ALL
    least: Level = Level.FULL
    """From which level of the section a reader gets anything of it."""
    until: str = "until_on"
    """The column that is empty while it holds."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Where something is done on a page of its own: "add" or "end" to the endpoint."""
    begins: str = "from_on"
    """The column with the day on which it began."""
    ends: str = "When did it end?"
    advice: str = ""
    one_at_a_time: bool = False
    of_lead: bool = False
    """A fact of the person, which belongs to the lead agency."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(each.name for each in self.fields)

    @property
    def asks_why(self) -> bool:
        """Whether a field asks for the reason, so that the form of a new one does not ask again."""
        return "reason" in self.names

    def line_of(self) -> tuple[Field, ...]:
        """The fields that make up its line."""
        by_name = {each.name: each for each in self.fields}
        return tuple(by_name[name] for name in self.said)

    @property
    def article(self) -> str:
        """Say "a vehicle" or "an address"."""
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"


FROM = day("from_on", "From", "the day from which it holds", hint="Leave it empty if not known")
UNTIL = day("until_on", "Until", "the last day", hint="Leave it empty if it still holds")
NOTE = text("note", "Note", hint="How it is known, and what to keep in mind")
NO_CONTACT = text("no_contact", "No-contact conditions", hint="Shown in the summary")
LIAISON = line(
    "liaison_officer", "Liaison officer",
    hint="Name and telephone number. Agencies that see a summary see this",
)  # fmt: skip
