"""The twelve agencies and the staff of the demo: data. Nobody here exists."""

from dataclasses import dataclass

from mappa.access.terms import Role

AREAS = (
    ("northmoor", "Northmoor", "england-wales"),
    ("strathannan", "Strathannan", "scotland"),
)
"""Made-up areas; the real ones are not opened."""


@dataclass(frozen=True)
class DemoAgency:
    """The columns of an agency."""

    area_id: str
    type: str
    name: str
    short_name: str
    phone: str
    desk: str


def _north(type_: str, name: str, short: str, phone: str, desk: str) -> DemoAgency:
    return DemoAgency("northmoor", type_, name, short, phone, desk)


def _scot(type_: str, name: str, short: str, phone: str, desk: str) -> DemoAgency:
    return DemoAgency("strathannan", type_, name, short, phone, desk)


AGENCIES: dict[str, DemoAgency] = {
    "probation": _north(
        "probation", "Northmoor Probation", "Probation", "01632 960100", "the duty manager"
    ),
    "police": _north(
        "police", "Northmoor Police", "Police", "01632 960140", "the public protection unit"
    ),
    "prison": _north(
        "prison", "HMP Northmoor", "Prison", "01632 960150", "the offender management unit"
    ),
    "children": _north(
        "childrens-services", "Northmoor Council Children’s services", "Children’s services",
        "01632 960171", "the front door team",
    ),
    "adults": _north(
        "adult-services", "Northmoor Council Adult services", "Adult services",
        "01632 960176", "the safeguarding adults team",
    ),
    "housing": _north(
        "housing", "Northmoor Council Housing", "Housing", "01632 960181",
        "the housing options team",
    ),
    "health": _north(
        "mental-health", "Northmoor Mental Health Trust", "Mental Health Trust",
        "01632 960190", "the forensic community team",
    ),
    "sc-police": _scot(
        "police", "Police Service Strathannan", "Police", "01632 960340",
        "the sex offender policing unit",
    ),
    "sc-justice": _scot(
        "justice-social-work", "Strathannan Council Justice social work", "Justice social work",
        "01632 960310", "the duty social worker",
    ),
    "sc-children": _scot(
        "childrens-services", "Strathannan Council Children and families", "Children and families",
        "01632 960371", "the reception team",
    ),
    "sc-housing": _scot(
        "housing", "Strathannan Council Housing", "Housing", "01632 960381",
        "the sex offender liaison officer",
    ),
    "sc-health": _scot(
        "health", "NHS Strathannan", "Health board", "01632 960390", "the MAPPA health liaison"
    ),
}  # fmt: skip

TEAMS: dict[str, tuple[str, str]] = {
    "probation-one": ("probation", "Northmoor one"),
    "probation-two": ("probation", "Northmoor two"),
    "police-one": ("police", "Public protection east"),
    "police-two": ("police", "Public protection west"),
    "sc-police-one": ("sc-police", "Offender policing"),
    "sc-justice-one": ("sc-justice", "Justice team"),
    "children-one": ("children", "Front door"),
}


@dataclass(frozen=True)
class Member:
    """One of the staff: the key is also the e-mail's first part."""

    key: str
    name: str
    agency: str
    role: Role
    team: str = ""
    phone: str = ""


_OM, _PPO, _SW = Role.OFFENDER_MANAGER, Role.PROTECTION_OFFICER, Role.SOCIAL_WORKER
_REP, _SUP = Role.REPRESENTATIVE, Role.SUPERVISOR

STAFF: tuple[Member, ...] = (
    Member("priya.sandhurst", "Priya Sandhurst", "probation", _OM, "probation-one", "01632 960112"),
    Member("marek.dolny", "Marek Dolny", "probation", _OM, "probation-one", "01632 960113"),
    Member("joy.adeyemi-cross", "Joy Adeyemi-Cross", "probation", _OM, "probation-two",
           "01632 960114"),
    Member("wendy.sorrel", "Wendy Sorrel", "probation", _OM, "probation-one"),
    Member("grace.ilford", "Grace Ilford", "probation", _SUP, "probation-one", "01632 960115"),
    Member("tom.harrowgate", "Tom Harrowgate", "probation", _SUP, "probation-two", "01632 960116"),
    Member("helen.carswell", "Helen Carswell", "probation", Role.CHAIR, "", "01632 960117"),
    Member("carl.estover", "Carl Estover", "probation", Role.COORDINATOR, "", "01632 960118"),
    Member("ruth.ambleby", "Ruth Ambleby", "probation", Role.AGENCY_LEAD, "", "01632 960119"),
    Member("nell.ashby", "Nell Ashby", "probation", Role.INFORMATION_OFFICER, "",
           "01632 960120"),
    Member("ada.kestrel", "Ada Kestrel", "probation", Role.AUDITOR),
    Member("adam.rook", "Adam Rook", "probation", Role.AGENCY_ADMINISTRATOR),
    Member("rosa.quill", "Rosa Quill", "probation", Role.RULES_ADMINISTRATOR),
    Member("lena.fairlie", "Lena Fairlie", "probation", Role.LAY_ADVISER),
    Member("susan.merrow", "Susan Merrow", "probation", Role.SYSTEM_ADMINISTRATOR),
    Member("owen.marsh", "Owen Marsh", "police", _PPO, "police-one", "01632 960140"),
    Member("bethan.pryce", "Bethan Pryce", "police", _PPO, "police-one", "01632 960141"),
    Member("dev.malhotra", "Dev Malhotra", "police", _PPO, "police-two", "01632 960142"),
    Member("naomi.pell", "Naomi Pell", "police", _SUP, "police-one", "01632 960143"),
    Member("iris.venn", "Iris Venn", "police", Role.INFORMATION_OFFICER, "", "01632 960144"),
    Member("kit.lansdown", "Kit Lansdown", "police", Role.DUTY_OFFICER, "", "01632 960145"),
    Member("colin.drury", "Colin Drury", "police", Role.AUDITOR),
    Member("petra.wray", "Petra Wray", "police", Role.AGENCY_ADMINISTRATOR),
    Member("hugh.pennant", "Hugh Pennant", "prison", _REP, "", "01632 960151"),
    Member("leah.tarrant", "Leah Tarrant", "children", _SW, "children-one", "01632 960171"),
    Member("femi.oduya", "Femi Oduya", "children", _SW, "children-one", "01632 960172"),
    Member("clare.venning", "Clare Venning", "children", _SUP, "children-one", "01632 960173"),
    Member("nadia.hartwell", "Nadia Hartwell", "children", Role.DUTY_OFFICER, "", "01632 960174"),
    Member("oona.reeve", "Oona Reeve", "children", Role.INFORMATION_OFFICER, "", "01632 960175"),
    Member("anil.bhaskar", "Anil Bhaskar", "adults", _SW, "", "01632 960176"),
    Member("sam.ortega", "Sam Ortega", "housing", _REP, "", "01632 960181"),
    Member("amit.solanke", "Dr Amit Solanke", "health", _REP, "", "01632 960191"),
    Member("isla.kerrigan", "Isla Kerrigan", "sc-police", _PPO, "sc-police-one", "01632 960341"),
    Member("fergus.tolmie", "Fergus Tolmie", "sc-police", _PPO, "sc-police-one", "01632 960342"),
    Member("moira.laidlaw", "Moira Laidlaw", "sc-police", _SUP, "sc-police-one", "01632 960343"),
    Member("ewan.strachan", "Ewan Strachan", "sc-police", Role.INFORMATION_OFFICER),
    Member("ailsa.braid", "Ailsa Braid", "sc-justice", _SW, "sc-justice-one", "01632 960311"),
    Member("rory.gilfillan", "Rory Gilfillan", "sc-justice", _SUP, "sc-justice-one",
           "01632 960312"),
    Member("iona.frew", "Iona Frew", "sc-justice", Role.INFORMATION_OFFICER, "", "01632 960315"),
    Member("una.macaskill", "Una MacAskill", "sc-justice", Role.CHAIR, "", "01632 960313"),
    Member("neil.torrance", "Neil Torrance", "sc-justice", Role.COORDINATOR, "", "01632 960314"),
    Member("jean.corrie", "Jean Corrie", "sc-justice", Role.AUDITOR),
    Member("skye.buchan", "Skye Buchan", "sc-children", _SW, "", "01632 960371"),
    Member("gavin.ure", "Gavin Ure", "sc-housing", _REP, "", "01632 960381"),
    Member("mhairi.lorne", "Dr Mhairi Lorne", "sc-health", _REP, "", "01632 960391"),
)  # fmt: skip

HANDLING: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "police": (
        "police", "Public protection intelligence", ("owen.marsh", "bethan.pryce", "naomi.pell")
    ),
    "sc-police": (
        "sc-police", "Offender policing intelligence", ("isla.kerrigan", "moira.laidlaw")
    ),
}  # fmt: skip

MANAGERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("northmoor", "probation"): ("priya.sandhurst", "marek.dolny", "joy.adeyemi-cross"),
    ("northmoor", "police"): ("owen.marsh", "bethan.pryce", "dev.malhotra"),
    ("strathannan", "police"): ("isla.kerrigan", "fergus.tolmie"),
    ("strathannan", "justice"): ("ailsa.braid",),
}
"""Who leads cases, by area and leading service."""

FIRST = (
    "priya.sandhurst",
    "owen.marsh",
    "helen.carswell",
    "leah.tarrant",
    "ada.kestrel",
    "carl.estover",
    "grace.ilford",
    "naomi.pell",
    "iris.venn",
    "sam.ortega",
    "amit.solanke",
    "kit.lansdown",
    "ruth.ambleby",
    "rosa.quill",
    "lena.fairlie",
    "adam.rook",
    "susan.merrow",
    "ailsa.braid",
    "una.macaskill",
)
"""Who stands on the sign-in page at once: the people of the pictures, then one of each role."""
