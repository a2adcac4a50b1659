"""MAPPA categories and levels by jurisdiction, bands of risk of serious harm, groups at risk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Jurisdiction(StrEnum):
    """Whose law and guidance a case is under."""

    ENGLAND_WALES = "england-wales"
    SCOTLAND = "scotland"

    @property
    def words(self) -> str:
        """Name as pages show it."""
        return "Scotland" if self is Jurisdiction.SCOTLAND else "England and Wales"

    @property
    def subject(self) -> str:
        """What the managed person is called: the Scottish guidance of 2022 says "individual"."""
        return "individual" if self is Jurisdiction.SCOTLAND else "offender"


class MappaLevel(IntEnum):
    """How many agencies, and how senior, it takes to manage the risk."""

    ONE = 1
    TWO = 2
    THREE = 3


LEVEL_NAMES: Mapping[Jurisdiction, Mapping[MappaLevel, str]] = MappingProxyType(
    {
        Jurisdiction.ENGLAND_WALES: MappingProxyType(
            {
                MappaLevel.ONE: "Level 1: lead agency management",
                MappaLevel.TWO: "Level 2: multi-agency meetings",
                MappaLevel.THREE: "Level 3: enhanced multi-agency meetings",
            }
        ),
        Jurisdiction.SCOTLAND: MappingProxyType(
            {
                MappaLevel.ONE: "Level 1: routine risk management",
                MappaLevel.TWO: "Level 2: multi-agency risk management",
                MappaLevel.THREE: "Level 3: multi-agency public protection panel",
            }
        ),
    }
)


@dataclass(frozen=True, kw_only=True)
class Category:
    """Who is managed under MAPPA and why, in one jurisdiction.

    ``levels`` are those at which the category may be managed.
    """

    number: int
    name: str
    identified: str
    source: str
    levels: tuple[MappaLevel, ...] = (MappaLevel.ONE, MappaLevel.TWO, MappaLevel.THREE)

    @property
    def words(self) -> str:
        """Number and name as pages show them."""
        return f"Category {self.number}: {self.name}"


_NOT_LEVEL_1 = (MappaLevel.TWO, MappaLevel.THREE)

_ENGLAND_WALES = (
    Category(
        number=1,
        name="registered sexual offender",
        identified="by law, while the notification requirements last",
        source="Sexual Offences Act 2003 Part 2; Criminal Justice Act 2003 s327",
    ),
    Category(
        number=2,
        name="violent or other sexual offender",
        identified="by law, from the offence and a sentence of at least 12 months",
        source="Criminal Justice Act 2003 s327(3) and Schedule 15 Parts 1 and 2",
    ),
    Category(
        number=3,
        name="other dangerous offender",
        identified="by a decision of the responsible authority on referral",
        source="Criminal Justice Act 2003 s325(2)(b)",
        levels=_NOT_LEVEL_1,
    ),
    Category(
        number=4,
        name="terrorist or terrorism-risk offender",
        identified="by law, or by a decision of the responsible authority",
        source="Criminal Justice Act 2003 s325(2)(aa) and (c)",
    ),
)

_SCOTLAND = (
    Category(
        number=1,
        name="subject to sex offender notification requirements",
        identified="by law, while the notification requirements last",
        source="Management of Offenders etc. (Scotland) Act 2005 s10(1)(a)",
    ),
    Category(
        number=2,
        name="restricted patient",
        identified="by law, while the restriction lasts",
        source="Management of Offenders etc. (Scotland) Act 2005 s10; CEL 19",
    ),
    Category(
        number=3,
        name="other risk of serious harm",
        identified="by a decision of the responsible authorities on referral",
        source="MAPPA national guidance (Scotland) 2022",
        levels=_NOT_LEVEL_1,
    ),
)

CATEGORIES: Mapping[Jurisdiction, tuple[Category, ...]] = MappingProxyType(
    {Jurisdiction.ENGLAND_WALES: _ENGLAND_WALES, Jurisdiction.SCOTLAND: _SCOTLAND}
)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A rule that what was asked would break, with a sentence for the user."""

    rule_id: str
    sentence: str


def category(jurisdiction: Jurisdiction, number: int) -> Category | None:
    """The category of that number, or None where the jurisdiction has none."""
    return next((c for c in CATEGORIES[jurisdiction] if c.number == number), None)


def check_category_and_level(
    jurisdiction: Jurisdiction, category_number: int, level: int
) -> Broken | None:
    """What stands against this category at this level; None if nothing does.

    Source: England and Wales, Criminal Justice Act 2003 s325(2)(b) and the nDelius note on
    category 3; Scotland, MAPPA national guidance 2022 (rule CAT3-NOL1).
    """
    found = category(jurisdiction, category_number)
    if found is None:
        numbers = ", ".join(str(c.number) for c in CATEGORIES[jurisdiction])
        return Broken(
            rule_id="CATEGORY-KNOWN",
            sentence=f"{jurisdiction.words} has categories {numbers}. Choose one of them.",
        )
    if level not in tuple(MappaLevel):
        return Broken(rule_id="LEVEL-KNOWN", sentence="Choose level 1, 2 or 3.")
    if level not in found.levels:
        return Broken(
            rule_id="CAT3-NOL1",
            sentence=(
                "Category 3 is managed at level 2 or 3 only. Choose level 2 or 3, "
                "or record that the person leaves MAPPA."
            ),
        )
    return None


class RiskBand(StrEnum):
    """Risk of serious harm in words; "not assessed" is said, never left blank."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOT_ASSESSED = "not_assessed"

    @property
    def words(self) -> str:
        """Band as pages show it."""
        return self.value.replace("_", " ").capitalize()

    @property
    def rank(self) -> int:
        """Order for sorting: 4 for very high down to 1 for low, 0 for not assessed."""
        return _RANKS[self]


_RANKS: Mapping[RiskBand, int] = MappingProxyType(
    {
        RiskBand.VERY_HIGH: 4,
        RiskBand.HIGH: 3,
        RiskBand.MEDIUM: 2,
        RiskBand.LOW: 1,
        RiskBand.NOT_ASSESSED: 0,
    }
)


def overall_band(bands: Iterable[RiskBand]) -> RiskBand:
    """Highest band among the groups at risk; not assessed if none of them is rated."""
    return max(bands, key=lambda band: band.rank, default=RiskBand.NOT_ASSESSED)


class GroupAtRisk(StrEnum):
    """To whom serious harm might be done; each group is rated by itself."""

    CHILDREN = "children"
    PUBLIC = "public"
    KNOWN_ADULT = "known_adult"
    STAFF = "staff"
    PRISONERS = "prisoners"

    @property
    def words(self) -> str:
        """Group as pages show it."""
        return self.value.replace("_", " ").capitalize()
