"""Offence kinds, sentences, category, level and risk in a mix like that of a real area."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from mappa.demo.people.person import SCOTLAND

SEXUAL = (
    "Sexual assault of an adult", "Sexual offence against a child",
    "Possessing indecent images of children", "Sexual communication with a child", "Rape",
    "Exposure", "Voyeurism", "Breach of a sexual harm prevention order",
)  # fmt: skip
LESSER_SEXUAL = (
    "Possessing indecent images of children", "Sexual communication with a child", "Exposure",
    "Voyeurism", "Breach of a sexual harm prevention order",
)  # fmt: skip
VIOLENT = (
    "Wounding with intent", "Causing grievous bodily harm", "Robbery", "Aggravated burglary",
    "Arson endangering life", "Manslaughter", "Threats to kill", "Kidnap",
)  # fmt: skip
OTHER = ("Stalking", "Controlling or coercive behaviour", "Assault", "Harassment", "Affray")
TERRORIST = (
    "Collecting information useful to terrorism", "Encouraging terrorism",
    "Spreading a terrorist publication", "Preparing acts of terrorism",
)  # fmt: skip
OFFENCES = {1: SEXUAL, 2: VIOLENT, 3: OTHER, 4: TERRORIST}

# Category 1 is nearly three in four, categories 3 and 4 are rare; Scotland has no fourth.
CATEGORIES = {
    "england-wales": ((1, 2, 3, 4), (720, 262, 15, 3)),
    "scotland": ((1, 2, 3), (930, 50, 20)),
}
LEVELS = ((1, 2, 3), (920, 72, 8))
LEVELS_OF_CATEGORY_3 = ((2, 3), (85, 15))
RISKS = {
    1: (("low", "medium", "high", "not_assessed"), (38, 46, 11, 5)),
    2: (("medium", "high", "very_high"), (12, 66, 22)),
    3: (("high", "very_high"), (30, 70)),
}
DAYS_IN_YEAR = 365
REGISTERED = 1
VIOLENT_OR_OTHER = RESTRICTED_PATIENT = 2
NEVER_LEVEL_1 = 3
LIFE_AT = 14
LICENCE_OVER = 0.55
COMMUNITY_SHARE = 0.45

Chosen = TypeVar("Chosen")


@dataclass(frozen=True, slots=True)
class Case:
    """Why a person is here, and how they are managed."""

    offence: str
    sentence: str
    sentenced_on: date
    licence_ends_on: date | None
    category: int
    level: int
    risk: str
    lead: str


def _pick(rng: Random, choices: tuple[tuple[Chosen, ...], tuple[int, ...]]) -> Chosen:
    values, weights = choices
    return rng.choices(values, weights)[0]


def _custody(
    rng: Random, on: date, *, still_on_licence: bool, may_be_life: bool
) -> tuple[str, date, date | None]:
    """Words, day of sentence and end of licence; a life licence has no end."""
    years = rng.randint(2, 14 if may_be_life else 6)
    if years == LIFE_AT:
        sentence = f"Life imprisonment, at least {rng.randint(8, 20)} years"
        return sentence, on - timedelta(days=rng.randint(9, 25) * DAYS_IN_YEAR), None
    left = rng.randint(1, years * DAYS_IN_YEAR // 2)
    if not still_on_licence and rng.random() < LICENCE_OVER:
        left = -rng.randint(1, 8 * DAYS_IN_YEAR)
    ends_on = on + timedelta(days=left)
    sentenced_on = ends_on - timedelta(days=years * DAYS_IN_YEAR)
    return f"{years} years’ imprisonment", sentenced_on, ends_on


def _community(rng: Random, on: date, order: str) -> tuple[str, date, None]:
    sentenced_on = on - timedelta(days=rng.randint(20, 3 * DAYS_IN_YEAR))
    return f"{order}, {rng.randint(2, 3)} years", sentenced_on, None


def _sentence(
    rng: Random, category: int, jurisdiction: str, on: date
) -> tuple[str, date, date | None]:
    if jurisdiction == SCOTLAND and category == RESTRICTED_PATIENT:
        since = on - timedelta(days=rng.randint(400, 6000))
        return "Compulsion order and restriction order", since, None
    if category == REGISTERED and rng.random() < COMMUNITY_SHARE:
        order = "Community payback order" if jurisdiction == SCOTLAND else "Community order"
        return _community(rng, on, order)
    return _custody(
        rng,
        on,
        still_on_licence=category == VIOLENT_OR_OTHER,
        may_be_life=category != NEVER_LEVEL_1,
    )


def _lead(rng: Random, category: int, level: int, jurisdiction: str, *, on_licence: bool) -> str:
    if jurisdiction == SCOTLAND:
        if category == RESTRICTED_PATIENT:
            return "health"
        return "police" if category == REGISTERED else "justice social work"
    if category == REGISTERED and not on_licence:
        return "police"
    return "police" if category == REGISTERED and rng.random() < level / 10 else "probation"


def _offence(rng: Random, category: int, sentence: str) -> str:
    if sentence.startswith("Life"):
        return {REGISTERED: "Rape", VIOLENT_OR_OTHER: "Murder"}.get(
            category, OFFENCES[category][-1]
        )
    if category == REGISTERED and "imprisonment" not in sentence:
        return rng.choice(LESSER_SEXUAL)
    return rng.choice(OFFENCES[category])


def case(rng: Random, jurisdiction: str, on: date) -> Case:
    """A case as it stands on a day; category 3 is never level 1, category 2 is still on licence."""
    category = _pick(rng, CATEGORIES[jurisdiction])
    level = _pick(rng, LEVELS_OF_CATEGORY_3 if category == NEVER_LEVEL_1 else LEVELS)
    risk = _pick(rng, RISKS[level])
    if jurisdiction == SCOTLAND and category == NEVER_LEVEL_1 and risk == "medium":
        risk = "high"  # only high or very high enters this category in Scotland
    sentence, sentenced_on, licence_ends_on = _sentence(rng, category, jurisdiction, on)
    offence = _offence(rng, category, sentence)
    on_licence = licence_ends_on is not None and licence_ends_on > on
    lead = _lead(rng, category, level, jurisdiction, on_licence=on_licence)
    return Case(offence, sentence, sentenced_on, licence_ends_on, category, level, risk, lead)
