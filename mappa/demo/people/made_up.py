"""The rest of the demo's people, drawn one after the other from one seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mappa.demo.people.case import case
from mappa.demo.people.fixed import FIXED
from mappa.demo.people.lists import NICKNAMES, ORIGINS, SHORT_FORMS, Origin
from mappa.demo.people.person import (
    ENGLAND_WALES,
    NORTHMOOR,
    SCOTLAND,
    STRATHANNAN,
    SyntheticAddress,
    SyntheticAlias,
    SyntheticPerson,
)
from mappa.demo.people.places import (
    ADDRESS_KINDS,
    OTHER_AREAS,
    STREETS,
    TOWNS,
    UNIT_LETTERS,
    VISOR_PREFIXES,
)
from mappa.offenders.names import pnc_check_letter

DEMO_DAY = date(2026, 11, 20)
YOUNGEST_DAYS, OLDEST_DAYS = 19 * 365, 82 * 365
SHARE_IN_SCOTLAND = 0.2
WOMEN, NON_BINARY = 0.10, 0.01
SHARE_WITHOUT_ADDRESS = 0.02
SHARE_TRANSFERRED = 0.03
SHARE_DECEASED = 0.005
SHARE_BORN_ABOUT = 0.01
SHARE_DOUBLE_NAME = 0.03
# Past the numbers of the fixed people, in the last tenth of each range.
FIRST_NUMBER = 901_000
FIRST_VISOR = 10_000
ADULT_DAYS = 18 * 365 + 5
NUMBERS_OF_A_LETTER = 1_000_000
CRN_LETTERS = "ZYXWVUTSRQ"
PRISON_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_SHARES = [origin.share for origin in ORIGINS]


def _origin(rng: Random) -> Origin:
    return rng.choices(ORIGINS, _SHARES)[0]


def _name(rng: Random, origin: Origin, *, woman: bool) -> tuple[str, str]:
    families = origin.women_families if woman and origin.women_families else origin.families
    family = rng.choice(families)
    if rng.random() < SHARE_DOUBLE_NAME and not origin.scripts:
        family = f"{family}-{rng.choice(families)}"
    return rng.choice(origin.women if woman else origin.men), family


def _in_script(origin: Origin, given: str, family: str) -> str:
    letters = dict(origin.scripts)
    return letters[family] + letters[given]


def _aliases(
    rng: Random, origin: Origin, given: str, family: str, *, woman: bool
) -> tuple[SyntheticAlias, ...]:
    found = []
    if origin.scripts:
        found.append(SyntheticAlias(name=_in_script(origin, given, family), kind="original script"))
    if given in SHORT_FORMS and rng.random() < 0.5:
        found.append(SyntheticAlias(name=f"{SHORT_FORMS[given]} {family}", kind="nickname"))
    for _ in range(rng.choices((0, 1, 2, 3), (25, 45, 20, 10))[0]):
        if rng.random() < 0.15:
            found.append(SyntheticAlias(name=rng.choice(NICKNAMES), kind="nickname"))
            continue
        first, last = _name(rng, origin, woman=woman)
        kept = rng.random() < 0.6
        found.append(SyntheticAlias(name=f"{given if kept else first} {last}", kind="alias"))
    return tuple(found)


def _address(rng: Random, area: str, from_on: date, until_on: date | None) -> SyntheticAddress:
    town, district = rng.choice(TOWNS[area])
    house = f"{rng.randint(1, 220)} {rng.choice(STREETS)}"
    return SyntheticAddress(
        line=f"Flat {rng.randint(1, 30)}, {house}" if rng.random() < 0.3 else house,
        town=town,
        postcode=f"{district} {rng.randint(1, 9)}Z{rng.choice(UNIT_LETTERS)}",
        kind=rng.choice(ADDRESS_KINDS),
        from_on=from_on,
        until_on=until_on,
    )


def _addresses(
    rng: Random, area: str, on: date, last_on: date | None
) -> tuple[SyntheticAddress, ...]:
    """Oldest first, without gaps; the newest ends on ``last_on``, or not at all."""
    found = []
    until_on, end = last_on, last_on or on
    for _ in range(rng.choices((1, 2, 3, 4, 5), (40, 30, 17, 9, 4))[0]):
        from_on = end - timedelta(days=rng.randint(30, 1100))
        found.append(_address(rng, area, from_on, until_on))
        until_on = end = from_on - timedelta(days=1)
    return tuple(reversed(found))


def _pnc(index: int, year: int) -> str:
    serial = FIRST_NUMBER + index
    return f"{year}/{serial:07}{pnc_check_letter(year, serial)}"


def _crn(index: int) -> str:
    number = FIRST_NUMBER + index
    letter = CRN_LETTERS[number // NUMBERS_OF_A_LETTER]
    return f"{letter}{number % NUMBERS_OF_A_LETTER:06}"


def _prison_number(index: int) -> str:
    block, number = divmod(index, 9_000)
    return f"A{number + 1_000:04}{PRISON_LETTERS[block % 23]}{PRISON_LETTERS[block // 23 % 23]}"


@dataclass(frozen=True, slots=True)
class _Life:
    born_on: date | None
    born_about: int | None
    died_on: date | None
    no_fixed_address: bool
    transferred_on: date | None


def _life(rng: Random, on: date, known_since: date) -> _Life:
    """Birth, death and moves; an adult on the day of sentence."""
    oldest = on - timedelta(days=OLDEST_DAYS)
    youngest = min(on - timedelta(days=YOUNGEST_DAYS), known_since - timedelta(days=ADULT_DAYS))
    born_on = oldest + timedelta(days=rng.randint(0, max(0, (youngest - oldest).days)))
    about = rng.random() < SHARE_BORN_ABOUT
    died = rng.random() < SHARE_DECEASED
    moved = rng.random() < SHARE_TRANSFERRED
    return _Life(
        born_on=None if about else born_on,
        born_about=born_on.year if about else None,
        died_on=on - timedelta(days=rng.randint(5, 300)) if died else None,
        no_fixed_address=not died and rng.random() < SHARE_WITHOUT_ADDRESS,
        transferred_on=on - timedelta(days=rng.randint(10, 700)) if moved else None,
    )


def _gender(rng: Random) -> str:
    drawn = rng.random()
    if drawn < NON_BINARY:
        return "Non-binary"
    return "Woman" if drawn < NON_BINARY + WOMEN else "Man"


def _person(rng: Random, index: int, on: date) -> SyntheticPerson:
    area = STRATHANNAN if rng.random() < SHARE_IN_SCOTLAND else NORTHMOOR
    jurisdiction = SCOTLAND if area == STRATHANNAN else ENGLAND_WALES
    origin, gender = _origin(rng), _gender(rng)
    woman = gender == "Woman"
    given, family = _name(rng, origin, woman=woman)
    managed = case(rng, jurisdiction, on)
    life = _life(rng, on, managed.sentenced_on)
    last_on = life.died_on
    if life.no_fixed_address:
        last_on = on - timedelta(days=rng.randint(1, 200))
    in_england = jurisdiction != SCOTLAND
    registered = managed.category == 1 or managed.level > 1
    return SyntheticPerson(
        index=index,
        given=given,
        family=family,
        area=area,
        aliases=_aliases(rng, origin, given, family, woman=woman),
        gender=gender,
        born_on=life.born_on,
        born_about=life.born_about,
        died_on=life.died_on,
        crn=_crn(index) if in_england else None,
        pnc=_pnc(index, managed.sentenced_on.year),
        visor=f"{VISOR_PREFIXES[area]}-{FIRST_VISOR + index:06}" if registered else None,
        prison_number=_prison_number(index) if managed.licence_ends_on and in_england else None,
        addresses=_addresses(rng, area, on, last_on),
        no_fixed_address=life.no_fixed_address,
        transferred_from=rng.choice(OTHER_AREAS) if life.transferred_on else None,
        transferred_on=life.transferred_on,
        offence=managed.offence,
        sentence=managed.sentence,
        sentenced_on=managed.sentenced_on,
        licence_ends_on=managed.licence_ends_on,
        category=managed.category,
        level=managed.level,
        risk=managed.risk,
        lead=managed.lead,
    )


def people(count: int, seed: int, *, on: date = DEMO_DAY) -> Iterator[SyntheticPerson]:
    """The demo's people one by one, the fixed hard cases first; the same seed gives the same.

    A larger count begins with the people of a smaller one. ``on`` is the day they are seen on:
    ages, licences and addresses of the drawn people are told from it.
    """
    yield from FIXED[:count]
    rng = Random(seed)
    for index in range(len(FIXED), count):
        yield _person(rng, index, on)
