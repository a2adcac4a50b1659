"""The hard cases that every demo begins with, and the people whom the pictures show."""

from datetime import date

from mappa.demo.people.person import (
    STRATHANNAN,
    SyntheticAddress,
    SyntheticAlias,
    SyntheticPerson,
)


def _at(
    line: str, town: str, postcode: str, from_on: date, until_on: date | None = None
) -> SyntheticAddress:
    return SyntheticAddress(
        line=line, town=town, postcode=postcode, kind="home", from_on=from_on, until_on=until_on
    )


DANIEL_WEXCOMBE = SyntheticPerson(
    index=0, given="Daniel", family="Wexcombe", gender="Man", born_on=date(1979, 3, 14),
    aliases=(SyntheticAlias(name="Dan Wexcombe", kind="nickname"),),
    crn="Z900412", pnc="2012/0900412Q", visor="NM-009041", prison_number="A9041ZW",
    addresses=(
        _at("31 Kiln Terrace", "Northmoor", "NM2 7ZX", date(2021, 6, 4), date(2026, 6, 2)),
        _at("7 Beacon Court", "Northmoor", "NM1 9ZQ", date(2026, 6, 3), date(2026, 11, 18)),
        _at("Flat 4, 18 Tallow Row", "Northmoor", "NM1 4ZZ", date(2026, 11, 19)),
    ),
    offence="Sexual offence against a child", sentence="8 years’ imprisonment",
    sentenced_on=date(2021, 6, 4), licence_ends_on=date(2029, 6, 3),
    category=1, level=2, risk="high", lead="probation",
)  # fmt: skip
ISHAAN_COLBECK = SyntheticPerson(
    index=1, given="Ishaan", family="Colbeck", gender="Man", born_on=date(1988, 8, 2),
    crn="Z900417", pnc="2015/0900417R", visor="NM-009044", prison_number="A9044ZC",
    addresses=(_at("52 Cooper Lane", "Thornemere", "NM4 2ZL", date(2025, 2, 10)),),
    offence="Wounding with intent", sentence="6 years’ imprisonment",
    sentenced_on=date(2022, 2, 11), licence_ends_on=date(2028, 2, 10),
    category=2, level=1, risk="medium", lead="probation",
)  # fmt: skip
MARGARET_OYELARAN_FITZWILLIAM = SyntheticPerson(
    index=2, given="Margaret", family="Oyelaran-Fitzwilliam", gender="Woman",
    born_on=date(1967, 11, 30),
    aliases=(SyntheticAlias(name="Margaret Oyelaran", kind="birth name"),),
    crn="Z900421", pnc="2019/0900421G",
    addresses=(_at("3 Orchard Close", "Ashlow", "NM6 1ZB", date(2017, 4, 1)),),
    offence="Arson endangering life", sentence="5 years’ imprisonment",
    sentenced_on=date(2023, 9, 1), licence_ends_on=date(2028, 8, 31),
    category=2, level=1, risk="low", lead="probation",
)  # fmt: skip
GWEN_ARKWRIGHT = SyntheticPerson(
    index=3, given="Gwen", family="Arkwright", gender="Woman", born_on=date(1992, 1, 19),
    crn="Z900433", pnc="2026/0900433B",
    addresses=(_at("90 Mill Road", "Northmoor", "NM2 3ZG", date(2024, 8, 12)),),
    offence="Sexual communication with a child", sentence="Community order, 3 years",
    sentenced_on=date(2026, 10, 30), category=1, level=1, lead="probation",
)  # fmt: skip
TOBIAS_RENWICK = SyntheticPerson(
    index=4, given="Tobias", family="Renwick", gender="Man", born_on=date(1973, 5, 6),
    crn="Z900440", pnc="2004/0900440Z", visor="NM-009052",
    addresses=(_at("16 Heron Way", "Saltby Quay", "NM5 8ZJ", date(2020, 1, 15)),),
    offence="Possessing indecent images of children", sentence="Community order, 3 years",
    sentenced_on=date(2024, 6, 21), category=1, level=1, risk="medium", lead="police",
)  # fmt: skip
NO_FIXED_ADDRESS = SyntheticPerson(
    index=5, given="Neil", family="Daniels-Waxham", gender="Man", born_about=1966,
    crn="Z900109", pnc="1986/0900109M", visor="NM-009060", no_fixed_address=True,
    addresses=(
        _at("Room 12, 5 Rope Street", "Northmoor", "NM1 6ZH", date(2025, 3, 1), date(2026, 7, 30)),
    ),
    offence="Robbery", sentence="7 years’ imprisonment",
    sentenced_on=date(2021, 12, 3), licence_ends_on=date(2028, 12, 2),
    category=2, level=1, lead="police",
)  # fmt: skip
SEVERAL_ALIASES = SyntheticPerson(
    index=6, given="Danielle", family="Wexham", gender="Woman", born_on=date(1991, 7, 12),
    aliases=(
        SyntheticAlias(name="Dani Wexcomb", kind="alias"),
        SyntheticAlias(name="Ellie Marsworth", kind="alias"),
        SyntheticAlias(name="Danielle Rooksby", kind="birth name"),
        SyntheticAlias(name="Smudge", kind="nickname"),
    ),
    crn="Z900388", pnc="2011/0900388Z",
    addresses=(_at("22 Lantern Street", "Thornemere", "NM4 5ZD", date(2023, 5, 9)),),
    offence="Causing grievous bodily harm", sentence="4 years’ imprisonment",
    sentenced_on=date(2024, 4, 12), licence_ends_on=date(2028, 4, 11),
    category=2, level=1, risk="low", lead="probation",
)  # fmt: skip
TRANSFERRED_IN = SyntheticPerson(
    index=7, given="Ruaridh", family="MacOrrachan", area=STRATHANNAN, gender="Man",
    born_on=date(1984, 2, 29), pnc="2009/0900451M", visor="SX-009063",
    transferred_from="Northmoor", transferred_on=date(2026, 9, 14),
    addresses=(
        _at("8 Weaver Row", "Cold Wexley", "NM3 3ZE", date(2022, 10, 1), date(2026, 9, 13)),
        _at("Flat 2/1, 40 Rowan Terrace", "Kirkannan", "SX1 2ZP", date(2026, 9, 14)),
    ),
    offence="Rape", sentence="10 years’ imprisonment", sentenced_on=date(2017, 3, 8),
    licence_ends_on=date(2027, 3, 7), category=1, level=2, risk="high", lead="police",
)  # fmt: skip
DECEASED = SyntheticPerson(
    index=8, given="Terence", family="Grisledge", gender="Man", born_on=date(1941, 10, 8),
    died_on=date(2026, 5, 3), crn="Z900466", pnc="1998/0900466H", visor="NM-009071",
    addresses=(_at("1 Quarry Way", "Netherfold", "NM7 7ZT", date(2009, 1, 1), date(2026, 5, 3)),),
    offence="Sexual assault of an adult", sentence="3 years’ imprisonment",
    sentenced_on=date(1999, 5, 20), category=1, level=1, risk="low", lead="police",
)  # fmt: skip
VERY_LONG_NAME = SyntheticPerson(
    index=9,
    given="Krishnamurthy Venkatasubramanian Chukwuemeka-Oluwaseun",
    family="Featherstonehaugh-Oyelaran van der Wolkenstein-Trostburghausen",
    gender="Non-binary", born_on=date(1995, 12, 31),
    crn="Z900478", pnc="2018/0900478D",
    addresses=(
        _at(
            "Flat 114b, The Old Chandlers’ and Saddlers’ Warehouse, 201 to 209 Foundry Terrace",
            "Brackle Mills", "NM8 8ZW", date(2024, 1, 31),
        ),
    ),
    offence="Stalking", sentence="18 months’ imprisonment",
    sentenced_on=date(2026, 3, 2), licence_ends_on=date(2027, 9, 1),
    category=3, level=2, risk="high", lead="probation",
)  # fmt: skip
NON_LATIN_NAME = SyntheticPerson(
    index=10, given="小明", family="王", gender="Man", born_on=date(1990, 6, 1),
    aliases=(
        SyntheticAlias(name="Wang Xiaoming", kind="alias"),
        SyntheticAlias(name="Simon Wong", kind="nickname"),
    ),
    crn="Z900480", pnc="2020/0900480L", visor="NM-009083",
    addresses=(_at("66 Alder Road", "Easterhaven", "NM9 4ZY", date(2023, 11, 20)),),
    offence="Voyeurism", sentence="Community order, 2 years",
    sentenced_on=date(2025, 7, 18), category=1, level=1, risk="medium", lead="police",
)  # fmt: skip
NOTHING_KNOWN = SyntheticPerson(index=11, given="Kit", family="Tarnmere")

FIXED: tuple[SyntheticPerson, ...] = (
    DANIEL_WEXCOMBE,
    ISHAAN_COLBECK,
    MARGARET_OYELARAN_FITZWILLIAM,
    GWEN_ARKWRIGHT,
    TOBIAS_RENWICK,
    NO_FIXED_ADDRESS,
    SEVERAL_ALIASES,
    TRANSFERRED_IN,
    DECEASED,
    VERY_LONG_NAME,
    NON_LATIN_NAME,
    NOTHING_KNOWN,
)
