"""What the demo records of a person beyond the beginning: everything of Daniel, little of most."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from mappa.demo.cases import DANIEL, NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel import clock
from mappa.offenders.record import service
from mappa.offenders.record.rules import KINDS, Entry

ISHAAN = 1
DANIELS_CRN = "Z900412"
MAKES = ("Blue estate car", "Silver van", "Red hatchback", "Black motorcycle")
WORK = ("Warehouse work", "Kitchen porter", "Bricklayer", "Gardening")

Record = tuple[str, dict[str, Any]]

OF_DANIEL: tuple[Record, ...] = (
    ("alias", {"name": "Danny Wex", "kind": "nickname"}),
    (
        "description",
        {
            "height_cm": 181, "build": "medium", "hair": "Brown, short", "eyes": "Grey",
            "marks": "Tattoo of a swallow on the left hand",
        },
    ),
    ("contact", {"kind": "mobile", "value": "07700 900123", "note": "Answers after work"}),
    ("contact", {"kind": "email", "value": "d.wexcombe@example.org"}),
    (
        "employment",
        {"kind": "paid", "employer": "Northmoor Pallets", "work": "Forklift driver",
         "place": "Unit 4, Dock Road, Northmoor"},
    ),
    (
        "vehicle",
        {"registration": "NM70ZZZ", "make": "Estate car", "colour": "Blue", "use": "own"},
    ),
    ("device", {"kind": "phone", "make": "Smartphone, black", "number": "350000000000001"}),
    ("account", {"service": "A photograph service", "user_name": "dan_w_example"}),
    (
        "associate",
        {"name": "Kerry Wexcombe", "relation": "Sister", "note": "In touch weekly; steadies him"},
    ),
    (
        "victim",
        {"name": "A. Example", "relation": "Known through family", "reached_by": "By letter only",
         "no_contact": "No contact, direct or indirect",
         "liaison_officer": "Mary Colefax, 01632 960150"},
    ),
    (
        "child",
        {"name": "B. Example", "born_on": date(2016, 5, 4), "relation": "Sister’s child",
         "lives_with": "Mother", "no_contact": "No unsupervised contact",
         "liaison_officer": "Leah Tarrant, 01632 960171"},
    ),
    (
        "condition",
        {"kind": "additional", "text": "Not to enter the area shown on the map of the licence",
         "from_on": date(2024, 12, 2), "ends_on": date(2027, 3, 1)},
    ),
    (
        "custody",
        {"kind": "sentence", "place": "Prison at Coldmarsh", "from_on": date(2019, 3, 2),
         "release_due_on": date(2023, 3, 1), "until_on": date(2023, 3, 1),
         "released_how": "licence"},
    ),
)  # fmt: skip
"""One of each kind, and two ways to reach him."""


def detail(stage: Stage, case: Case, *, now: datetime) -> None:
    """Record what is known of a person; of a person of whom nobody knows anything, nothing."""
    if case.person.index == NOBODY_KNOWS or case.person.died_on:
        return
    today = clock.day_of(now)
    on = min(case.opened_on + timedelta(days=3), today)
    if case.person.index == DANIEL:
        _everything(stage, case, on, today)
        return
    rng = Random(f"details-{case.person.index}")
    chances: list[tuple[float, Record]] = [
        (0.5, ("contact", {"kind": "mobile", "value": f"07700 900{rng.randrange(1000):03}"})),
        (0.2, ("employment", {"kind": "paid", "employer": rng.choice(WORK)})),
        (0.2, ("vehicle", _vehicle(rng))),
        (0.1, ("child", {"name": "C. Example", "born_about": today.year - rng.randrange(2, 15)})),
    ]
    for chance, (key, values) in chances:
        if rng.random() < chance:
            _add(stage, case, key, values, on)
    if case.person.index == ISHAAN:
        link = {"number": DANIELS_CRN, "relation": "Shared a landing in custody"}
        _add(stage, case, "associate", link, on)


def _vehicle(rng: Random) -> dict[str, Any]:
    number = f"NM{rng.randrange(10, 75)}ZZ{rng.choice('ABCDEF')}"
    return {"registration": number, "make": rng.choice(MAKES), "use": "own"}


def _everything(stage: Stage, case: Case, on: date, today: date) -> None:
    made = {key: _add(stage, case, key, values, on) for key, values in OF_DANIEL}
    later = case.on(max(on, today - timedelta(days=21)), 11)
    with stage.act(case.manager, later) as actor:
        tall = dict(OF_DANIEL[1][1]) | {"height_cm": 183, "from_on": None, "note": ""}
        entry = Entry(values=tall, why="Measured at the office")
        kind = KINDS["description"]
        service.correct(actor, case.id, kind, made["description"], entry, now=later)
    with stage.act(case.manager, later) as actor:
        service.end(
            actor, case.id, KINDS["employment"], made["employment"],
            until_on=clock.day_of(later), why="The contract ran out", now=later,
        )  # fmt: skip


def _add(stage: Stage, case: Case, key: str, values: dict[str, Any], on: date) -> Any:
    kind, at = KINDS[key], case.on(on, 11)
    empty = {each.name: None if each.shape in ("day", "number") else "" for each in kind.fields}
    with stage.act(case.manager, at) as actor:
        return service.add(actor, case.id, kind, Entry(values=empty | values), now=at).id
