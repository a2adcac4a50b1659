"""Say who sees what, and who may do what, from the tables by which it is decided.

``python tools/tell_who_sees.py`` writes ``docs/who-sees-what.md``; a law test compares it with the
policy, the acts and the default agreement.
"""

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

from config.read import default_agreement
from mappa.access import policy
from mappa.access.actions import GRANTS, Action
from mappa.access.policy import Line
from mappa.access.predicates import Predicate
from mappa.access.terms import CASE_ROLES, Capacity, Level, Role, Section
from mappa.insight.words import LEVELS, NOT_IN_SUMMARY, SECTIONS, SUMMARY_FIELDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "who-sees-what.md"

COLUMNS = {
    Capacity.LEAD: "lead",
    Capacity.RESPONSIBLE: "responsible authority",
    Capacity.COOPERATE: "duty to co-operate",
    Capacity.COOPERATE_CHILDREN: "children's services",
    Capacity.COOPERATE_HOUSING: "housing",
    Capacity.ASSOCIATE: "associate",
}
MEANINGS = {
    Level.FULL: "Everything of it.",
    Level.SUM: "The fields of the summary, below.",
    Level.SEALED: "That something is held, and whom to ask. Nothing else.",
    Level.NONE: "Not even that it exists.",
}


def said(test: Predicate) -> str:
    """A predicate in a sentence: its own, or the roles or kinds of agency that it names."""
    held = inspect.getclosurevars(test).nonlocals
    if "roles" in held:
        return _acting(held["roles"])
    if "types" in held:
        kinds = _either(each.replace("-", " ") for each in held["types"])
        return f"The reader's agency is {kinds}."
    return inspect.getdoc(test) or test.__name__


def _acting(roles: tuple[Role, ...]) -> str:
    if set(roles) == set(Role):
        return "Everybody who is signed in."
    words = [each.words for each in roles]
    if set(CASE_ROLES) <= set(roles):
        others = [each.words for each in roles if each not in CASE_ROLES]
        words = ["somebody with a case role", *others]
    return f"The reader acts as {_either(words)}."


def _either(words: Iterable[str]) -> str:
    *before, last = (f"{each[:1].lower()}{each[1:]}" for each in words)
    told = f"{', '.join(before)} or {last}" if before else last
    return told.replace("mAPPA", "MAPPA")


def _line(line: Line) -> str:
    return " ".join(said(test) for test in line)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def _agreement() -> str:
    agreed = default_agreement()
    rows = (
        [
            SECTIONS[section],
            *(LEVELS[Level[agreed.grid[section.value][each.value].upper()]] for each in COLUMNS),
        ]
        for section in Section
    )
    return _table(["section", *COLUMNS.values()], rows)


def _roles() -> str:
    """What those roles get that do not use their agency's grid, if they get anything."""
    agreed = default_agreement()
    grids = {Role(name).words: each.levels for name, each in agreed.roles.items()}
    some = {name: held for name, held in grids.items() if set(held.values()) != {"none"}}
    preparing = agreed.roles[Role.COORDINATOR.value]
    some["co-ordinator preparing a meeting"] = {**preparing.levels, **preparing.preparing}
    rows = (
        [SECTIONS[section], *(LEVELS[Level[held[section.value].upper()]] for held in some.values())]
        for section in Section
    )
    return _table(["section", *some], rows)


def _summaries() -> str:
    rows = ([SECTIONS[each], SUMMARY_FIELDS[each], NOT_IN_SUMMARY[each]] for each in Section)
    return _table(["section", "the summary", "left out of it"], rows)


def _reading() -> Iterator[str]:
    """The lines of each section; sections with the same lines are told together."""
    alike: dict[tuple[Line, ...], list[Section]] = {}
    for section in Section:
        alike.setdefault(policy.READ[section], []).append(section)
    for lines, sections in alike.items():
        yield f"### {', '.join(SECTIONS[each] for each in sections)}"
        yield "\n".join(f"{n}. {_line(line)}" for n, line in enumerate(lines, start=1))


def _acts() -> str:
    rows = []
    for action, grant in GRANTS.items():
        if grant.section is not None and grant.lines == GRANTS[Action.PERSON_READ].lines:
            continue
        about = SECTIONS[grant.section] if grant.section else "–"
        rows.append([f"`{action.value}`", about, " **or** ".join(map(_line, grant.lines))])
    return _table(["act", "about", "allowed if"], rows)


_AUDITOR = (
    "No person is open to an auditor. A record is named by a reference where the auditor's agency "
    "owns it and nothing keeps it from the agency or the auditor: on the audit page with who did "
    "what, and in a dip sample that an auditor drew, of people whom the agency leads, with whether "
    "each is in order. Of any other sample of the agency an auditor reads counts alone."
)


def page() -> str:
    """The whole page."""
    parts = [
        "# Who sees what",
        "Generated by `tools/tell_who_sees.py` from the tables by which the platform decides: "
        "`policy.READ`, `policy.DENY` and `GRANTS` in `mappa/access`, and the default agreement in "
        "`config/agreements/default.toml`. Do not edit: change the table and tell it again. An "
        "area's signed agreement takes the place of the default one.",
        "## Four levels",
        _table(["level", "what the reader gets"], ([LEVELS[k], v] for k, v in MEANINGS.items())),
        "## What an agency gets by the default agreement",
        "While it is on the person's case team, in the capacity at the head of the column. An "
        "agency with two capacities gets the better one. What it owns is open to it besides.",
        _agreement(),
        "## What the other roles get",
        "Of the records of others; what opens them is said below. A chair gets this column as a "
        "responsible authority does, by the seat. A role that is not here gets nothing.",
        _roles(),
        "## What a summary holds",
        _summaries(),
        "## What beats everything",
        "\n".join(f"- {said(test)}" for test in policy.DENY),
        "## What opens a record",
        "One line is enough, and all of a line must hold. No line means no. Each line is asked at "
        "the level that the reader wants.",
        f"Case roles are {_either(each.words for each in CASE_ROLES)}.",
        *_reading(),
        "### Records for named readers only",
        f"{_line(policy.NAMED)} No other line opens them: a planned unannounced visit, a closed "
        "item of a meeting.",
        "## What an auditor is told by reference",
        _AUDITOR,
        "## Who may do what",
        "Reading a section is decided above. For an act besides, one of these must hold; where it "
        "is about a person, what beats everything beats it too.",
        _acts(),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
