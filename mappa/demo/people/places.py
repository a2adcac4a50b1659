"""Made-up towns and streets; no postcode here can exist, since no area NM or SX is in use."""

from mappa.demo.people.person import NORTHMOOR, STRATHANNAN

TOWNS = {
    NORTHMOOR: (
        ("Northmoor", "NM1"), ("Northmoor", "NM2"), ("Cold Wexley", "NM3"), ("Thornemere", "NM4"),
        ("Saltby Quay", "NM5"), ("Ashlow", "NM6"), ("Netherfold", "NM7"), ("Brackle Mills", "NM8"),
        ("Easterhaven", "NM9"),
    ),
    STRATHANNAN: (
        ("Kirkannan", "SX1"), ("Inverlathe", "SX2"), ("Balnadorrie", "SX3"), ("Portlaggin", "SX4"),
        ("Glenmarrow", "SX5"), ("Auchtervane", "SX6"),
    ),
}  # fmt: skip
VISOR_PREFIXES = {NORTHMOOR: "NM", STRATHANNAN: "SX"}
OTHER_AREAS = ("Eastvale", "Westerham Vale", "Carrowshire", "Lorne and Islay Sound")

STREETS = tuple(
    f"{name} {kind}"
    for name in (
        "Tallow", "Cooper", "Lantern", "Weaver", "Orchard", "Mill", "Kiln", "Rope", "Heron",
        "Alder", "Beacon", "Chandler", "Foundry", "Saddler", "Tanner", "Quarry", "Rowan", "Sluice",
    )
    for kind in ("Row", "Street", "Lane", "Road", "Close", "Terrace", "Court", "Way")
)  # fmt: skip
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
ADDRESS_KINDS = ("home", "home", "home", "home", "with family", "hostel", "approved premises")
