"""The deadline rules in a TOML file: read, checked one by one and together, placed by line."""

from pathlib import Path

from config.document import Document, Entry
from config.roles import OTHERS_WHO_ACT, ROLES
from mappa.rules.away import Absence
from mappa.rules.book import RuleBook, faults
from mappa.rules.levels import Jurisdiction
from mappa.rules.rule import (
    IN_DAYS,
    Bound,
    Ceiling,
    Confidence,
    Counting,
    DeadlineRule,
    Escalation,
    Kind,
    RunOn,
    Subject,
    Unit,
)

UNITS = {
    Kind.DEADLINE: (Unit.HOURS, *IN_DAYS, Unit.SET_DATE),
    Kind.DURATION: (Unit.HOURS, *IN_DAYS, Unit.SET_DATE, Unit.WITHOUT_END),
    Kind.COUNT: (Unit.TIMES, Unit.CALENDAR_DAYS),
    Kind.DUTY: (Unit.NONE,),
}
"""In what each kind of rule may count."""

_UNCOUNTED = (Unit.SET_DATE, Unit.WITHOUT_END, Unit.NONE)
_KEYS = tuple(name for name in DeadlineRule.__dataclass_fields__ if name != "jurisdiction")
_OF_TIME = ("counting", "set_by", "ceiling", "and_days", "run_on", "at_once_if_past")
"""Keys that a rule which counts occurrences, or nothing, may not have."""


def read_rule_book(path: Path, jurisdiction: Jurisdiction) -> RuleBook:
    """The deadline rules in a file; raises ``ConfigurationError``."""
    document = Document.open(path)
    entries = document.entries("rule")
    rules = [_rule(entry, jurisdiction) for entry in entries]
    place = {id(rule): entry for rule, entry in zip(rules, entries, strict=True)}
    # A file with faults in its rules is not searched for clashes between them.
    if not document.problems:
        for fault in faults(rules):
            place[id(fault.rule)].problem(fault.sentence, "version")
    document.finish()
    return RuleBook(rules)


def _rule(entry: Entry, jurisdiction: Jurisdiction) -> DeadlineRule:
    noted = len(entry.document.problems)
    entry.only(*_KEYS)
    kind = entry.choice("kind", Kind)
    unit = _unit(entry, kind)
    rule = DeadlineRule(
        id=entry.text("id"),
        version=entry.number("version", 1),
        jurisdiction=jurisdiction,
        kind=kind,
        subject=entry.choice("subject", Subject),
        title=entry.text("title"),
        trigger=entry.text("trigger"),
        start_word=entry.text("start_word", "" if kind in (Kind.COUNT, Kind.DUTY) else None),
        amount=0 if unit in _UNCOUNTED else entry.number("amount", 1),
        unit=unit,
        counting=_counting(entry, kind),
        bound=entry.choice("bound", Bound) if "bound" in entry.values else Bound.EXACTLY,
        within=_interval(entry, "within"),
        and_days=entry.number("and_days", 1) if "and_days" in entry.values else 0,
        disregards=_absences(entry, "disregards"),
        run_on=_run_on(entry),
        halved_under_18=entry.flag("halved_under_18"),
        at_once_if_past=entry.flag("at_once_if_past"),
        responsible=entry.one_of("responsible", (*ROLES, *OTHERS_WHO_ACT)),
        escalation=tuple(_escalation(step) for step in entry.tables("escalation")),
        source=entry.text("source"),
        confidence=entry.choice("confidence", Confidence),
        in_force_from=entry.day("in_force_from"),
        in_force_to=entry.day_or_none("in_force_to"),
        set_by=entry.text("set_by", ""),
        ceiling=_interval(entry, "ceiling"),
        note=entry.text("note", ""),
    )
    # What cannot be read has a stand-in, which would contradict things that are right.
    is_read = len(entry.document.problems) == noted
    _check(entry, rule)
    if is_read:
        _check_together(entry, rule)
    return rule


def _unit(entry: Entry, kind: Kind) -> Unit:
    if kind is Kind.DUTY and "unit" not in entry.values:
        return Unit.NONE
    unit = entry.choice("unit", Unit)
    if unit not in UNITS[kind]:
        words = ", ".join(UNITS[kind])
        entry.problem(f"a {kind.value} is not counted in {unit.value}, but in {words}", "unit")
    return unit


def _counting(entry: Entry, kind: Kind) -> Counting:
    if kind in (Kind.COUNT, Kind.DUTY) and "counting" not in entry.values:
        return Counting.AFTER
    return entry.choice("counting", Counting)


def _interval(entry: Entry, key: str) -> Ceiling | None:
    inner = entry.table(key)
    if inner is None:
        return None
    inner.only("amount", "unit")
    unit = inner.choice("unit", Unit)
    if unit not in IN_DAYS:
        inner.problem(f"a {key} is an interval in {', '.join(IN_DAYS)}, not {unit.value}")
    return Ceiling(inner.number("amount", 1), unit)


def _absences(entry: Entry, key: str) -> tuple[Absence, ...]:
    names = entry.texts(key) if key in entry.values else ()
    known = [absence.value for absence in Absence]
    for name in names:
        if name not in known:
            entry.problem(f"{key} names {name!r}; it must be one of {', '.join(known)}", key)
    if len(set(names)) < len(names):
        entry.problem(f"{key} names the same absence twice", key)
    return tuple(Absence(name) for name in names if name in known)


def _run_on(entry: Entry) -> RunOn | None:
    inner = entry.table("run_on")
    if inner is None:
        return None
    inner.only("while", "amount", "counting", "disregards")
    if "while" not in inner.values:
        inner.problem("while is missing; it must be a list of absences")
    counting = inner.choice("counting", Counting)
    if counting is Counting.BEFORE:
        inner.problem("a period runs on after an absence, or beginning with the day that it ends")
    return RunOn(
        kinds=_absences(inner, "while"),
        amount=inner.number("amount", 1),
        counting=counting,
        disregards=_absences(inner, "disregards"),
    )


def _escalation(entry: Entry) -> Escalation:
    entry.only("to", "after_working_days")
    return Escalation(entry.one_of("to", ROLES), entry.number("after_working_days", 1))


def _check(entry: Entry, rule: DeadlineRule) -> None:
    """Note what is missing, or out of order."""
    if rule.in_force_to is not None and rule.in_force_to < rule.in_force_from:
        entry.problem("in_force_to is before in_force_from", "in_force_to")
    if rule.unit is Unit.SET_DATE and not rule.set_by:
        entry.problem("set_by is missing; a set date must say who sets it")
    days = [step.after_working_days for step in rule.escalation]
    if days != sorted(set(days)):
        entry.problem("escalation must rise from step to step", "escalation")


def _check_together(entry: Entry, rule: DeadlineRule) -> None:
    """Note what contradicts itself."""
    for key, reason in _contradictions(entry, rule):
        entry.problem(f"{key} {reason}", key)


def _contradictions(entry: Entry, rule: DeadlineRule) -> list[tuple[str, str]]:
    given = set(entry.values)
    in_months = rule.unit in (Unit.MONTHS, Unit.YEARS)
    counts_time = rule.kind in (Kind.DEADLINE, Kind.DURATION)
    reason = f"does not go with a {rule.kind.value}, which counts no time"
    wrong = [(key, not counts_time and key in given, reason) for key in _OF_TIME]
    wrong += [
        ("amount", rule.unit in _UNCOUNTED and "amount" in given,
         f"is there, and {rule.unit.value} counts nothing"),
        ("within", rule.kind is not Kind.COUNT and "within" in given,
         "goes only with a count of occurrences"),
        ("bound", rule.kind in (Kind.DEADLINE, Kind.DUTY) and rule.bound is Bound.AT_MOST,
         f"at_most does not go with a {rule.kind.value}"),
        ("halved_under_18", rule.halved_under_18 and not in_months,
         "goes only with months or years"),
        ("and_days", bool(rule.and_days) and not in_months, "goes only with months or years"),
        ("ceiling", rule.ceiling is not None and not rule.set_by,
         "limits a set date, and nobody may set one here"),
        ("at_once_if_past", rule.at_once_if_past and rule.counting is not Counting.BEFORE,
         "goes only with counting = before"),
    ]  # fmt: skip
    found = [(key, reason) for key, is_wrong, reason in wrong if is_wrong]
    return found + _contradictory_absences(rule)


def _contradictory_absences(rule: DeadlineRule) -> list[tuple[str, str]]:
    found = []
    leaves_out = bool(rule.disregards)
    if rule.counting is Counting.BEFORE or rule.unit in (Unit.HOURS, *_UNCOUNTED):
        reason = "goes only with days, weeks, months or years that are counted forwards"
        found += [("disregards", reason)] * leaves_out
        found += [("run_on", reason)] * (rule.run_on is not None)
    if rule.unit is Unit.HOURS and rule.counting is Counting.BEGINNING_WITH:
        found.append(("counting", "beginning_with counts days; hours pass after a moment"))
    if rule.run_on is not None and set(rule.run_on.kinds) & set(rule.disregards):
        found.append(("run_on", "names an absence whose days are not counted at all"))
    return found
