"""What the demo knows about a made-up person, before any record is written."""

from dataclasses import dataclass
from datetime import date

NORTHMOOR = "northmoor"
STRATHANNAN = "strathannan"
ENGLAND_WALES = "england-wales"
SCOTLAND = "scotland"
FIRST_EAST_ASIAN_LETTER = "\u2e80"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticAlias:
    """Another name: ``kind`` is "alias", "nickname", "birth name" or "original script"."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticAddress:
    """A place in a made-up town; ``until_on`` is None while the person lives there."""

    line: str
    town: str
    postcode: str
    kind: str
    from_on: date
    until_on: date | None = None

    @property
    def district(self) -> str:
        """The first half of the postcode."""
        return self.postcode.split()[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticPerson:
    """A made-up person; whatever is None, empty or "not_assessed" is not known about them.

    ``risk`` is "very_high", "high", "medium", "low" or "not_assessed". The offence is its kind in
    plain words, never what happened. Addresses stand oldest first.
    """

    index: int
    given: str
    family: str
    area: str = NORTHMOOR
    aliases: tuple[SyntheticAlias, ...] = ()
    gender: str | None = None
    born_on: date | None = None
    born_about: int | None = None
    died_on: date | None = None
    crn: str | None = None
    pnc: str | None = None
    visor: str | None = None
    prison_number: str | None = None
    addresses: tuple[SyntheticAddress, ...] = ()
    no_fixed_address: bool = False
    transferred_from: str | None = None
    transferred_on: date | None = None
    offence: str | None = None
    sentence: str | None = None
    sentenced_on: date | None = None
    licence_ends_on: date | None = None
    category: int | None = None
    level: int | None = None
    risk: str = "not_assessed"
    lead: str | None = None

    @property
    def name(self) -> str:
        """The name as pages show it: given name first, but Chinese characters family first."""
        if self.family >= FIRST_EAST_ASIAN_LETTER:
            return f"{self.family}{self.given}"
        return f"{self.given} {self.family}".strip()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the one on the record first."""
        return (self.name, *(alias.name for alias in self.aliases))

    @property
    def jurisdiction(self) -> str:
        """The jurisdiction of the person's area."""
        return SCOTLAND if self.area == STRATHANNAN else ENGLAND_WALES

    @property
    def lives_at(self) -> SyntheticAddress | None:
        """The address of today; None without a fixed address or when none is known."""
        if self.addresses and self.addresses[-1].until_on is None:
            return self.addresses[-1]
        return None
