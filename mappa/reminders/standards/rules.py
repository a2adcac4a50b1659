"""Pure rules of local standards: which rule an area may set, and what then governs which day.

A day is governed by the version in the file that holds on it, unless the area has set a standard
that holds on it and that version is no more than a local standard itself::

    version in the file   standard of the area     the day is governed by
    none                  any                      nothing: the rule is unknown then
    verified, weak, plan  any                      the file
    local standard        none, or not begun       the file
    local standard        set, same kind of count  the area's
    local standard        set, another kind        the file
    local standard        ended                    the file

Of several standards the one that was set last holds from its first day on, whatever was set before.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta

from mappa.rules.calendar import day_words
from mappa.rules.deadlines import Confidence, DeadlineRule, Kind, RuleBook, Unit, UnknownRule
from mappa.rules.explanation import interval_words

FIRST_VERSION = 1001
"""Local versions are numbered from here, so that none is ever taken for one of the file."""

YEARS_BACK, YEARS_AHEAD = 1, 2
_DAYS_A_YEAR = 366

_KINDS = {
    Unit.HOURS: "hours",
    Unit.WORKING_DAYS: "working days",
    Unit.CALENDAR_DAYS: "the calendar",
    Unit.WEEKS: "the calendar",
    Unit.MONTHS: "the calendar",
    Unit.YEARS: "the calendar",
}
LONGEST = {
    Unit.HOURS: 23,
    Unit.WORKING_DAYS: 500,
    Unit.CALENDAR_DAYS: 731,
    Unit.WEEKS: 104,
    Unit.MONTHS: 24,
    Unit.YEARS: 2,
}
"""Two years: a longer wait is more likely a slip than a standard. Hours stay below a day."""


@dataclass(frozen=True, kw_only=True)
class SetStandard:
    """What an area sets: so much of a unit, for duties whose count starts ``from_on`` or later."""

    amount: int
    unit: Unit
    from_on: date
    reason: str
    source: str


@dataclass(frozen=True, kw_only=True)
class EndStandard:
    """The rule of the file is to hold again for what starts ``from_on`` or later."""

    from_on: date
    reason: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Standard:
    """What an area has set about one rule; without ``amount`` it ended what was set before.

    ``of_version`` is the version in the file on which it stands.
    """

    area: str
    area_name: str
    rule_id: str
    version: int
    of_version: int
    amount: int | None
    unit: Unit | None
    from_on: date
    reason: str
    source: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, kw_only=True)
class LocalRule(DeadlineRule):
    """A rule as an area has set it, with who did so and why."""

    area: str
    area_name: str
    reason: str
    decided_by: str
    decided_at: datetime


def kind_of(unit: Unit) -> str | None:
    """In what a unit is counted, in words; None for a set date."""
    return _KINDS.get(unit)


def units_of(rule: DeadlineRule) -> list[Unit]:
    """The units that count as the rule does."""
    return [unit for unit in LONGEST if kind_of(unit) == kind_of(rule.unit)]


def settable(rule: DeadlineRule) -> bool:
    """Whether an area may set the rule otherwise: no number with a better source is ever edited."""
    if rule.confidence is not Confidence.LOCAL_STANDARD or kind_of(rule.unit) is None:
        return False
    # For how long something counts is an area's to say as well, but not for a lifetime.
    short = rule.kind is Kind.DURATION and rule.amount <= LONGEST[rule.unit]
    # Open dates are days: what is due in hours cannot be shown before it moves.
    return short or (rule.kind is Kind.DEADLINE and rule.unit is not Unit.HOURS)


def fault_of_day(from_on: date, today: date) -> str | None:
    """Why a standard cannot begin on this day, as a sentence, or None."""
    first = today - timedelta(days=YEARS_BACK * _DAYS_A_YEAR)
    last = today + timedelta(days=YEARS_AHEAD * _DAYS_A_YEAR)
    if first <= from_on <= last:
        return None
    return f"Enter a day from {day_words(first)} to {day_words(last)}"


def faults_of(wanted: SetStandard, file: RuleBook, rule_id: str, today: date) -> dict[str, str]:
    """What is wrong with a standard, by field; empty if it may be set."""
    if fault := fault_of_day(wanted.from_on, today):
        return {"from_on": fault}
    try:
        base = file.rule(rule_id, wanted.from_on)
    except UnknownRule:
        return {"from_on": "There is no rule yet on that day. Choose a later day"}
    if not settable(base):
        return {
            "from_on": f"From {day_words(base.in_force_from)} on this rule is no local standard"
        }
    if kind_of(wanted.unit) != kind_of(base.unit):
        return {"unit": f"This rule counts in {kind_of(base.unit)}. Choose a unit of that kind"}
    if not 1 <= wanted.amount <= LONGEST[wanted.unit]:
        longest = interval_words(LONGEST[wanted.unit], wanted.unit)
        return {"amount": f"Enter a whole number from 1 up to {longest}"}
    return {}


def windows(standards: Iterable[Standard]) -> list[tuple[Standard, date, date | None]]:
    """First and last day of each standard of one rule in one area, in the order of their setting.

    The last day is None while nothing was set for later; a standard that something set afterwards
    replaces from its very first day is left out.
    """
    ordered = sorted(standards, key=lambda each: each.version)
    found: list[tuple[Standard, date, date | None]] = []
    until: date | None = None
    for each in reversed(ordered):
        if until is None or each.from_on <= until:
            found.append((each, each.from_on, until))
            until = each.from_on - timedelta(days=1)
    return found[::-1]


def fault_of_end(from_on: date, standards: Iterable[Standard]) -> str | None:
    """Why what was set about a rule cannot end on this day, as a sentence, or None."""
    held = [
        (first, last)
        for by, first, last in windows(standards)
        if by.amount is not None and (last is None or last >= from_on)
    ]
    if not held:
        return f"No local standard holds on {day_words(from_on)} or later"
    begins = min(first for first, _ in held)
    if from_on < begins:
        return f"The local standard begins on {day_words(begins)}. Choose that day or a later one"
    return None


def local_rule(base: DeadlineRule, by: Standard, first: date, last: date | None) -> LocalRule:
    """The rule ``base`` as the area has set it, in force from ``first`` to ``last``."""
    if by.amount is None or by.unit is None:
        raise ValueError(f"{by.rule_id}: version {by.version} ends a standard, it sets none")
    same = {each.name: getattr(base, each.name) for each in fields(DeadlineRule)}
    return LocalRule(
        **same
        | {
            "version": by.version,
            "amount": by.amount,
            "unit": by.unit,
            "source": by.source,
            "in_force_from": first,
            "in_force_to": last,
        },
        area=by.area,
        area_name=by.area_name,
        reason=by.reason,
        decided_by=by.set_by,
        decided_at=by.set_at,
    )


def _days_shared(
    rule: DeadlineRule, first: date, last: date | None
) -> tuple[date, date | None] | None:
    """The days on which both the rule and a window from ``first`` to ``last`` hold."""
    begin = max(rule.in_force_from, first)
    ends = [each for each in (rule.in_force_to, last) if each is not None]
    end = min(ends, default=None)
    return None if end is not None and end < begin else (begin, end)


def pieces_of(
    rule: DeadlineRule, standards: Sequence[Standard], file: RuleBook
) -> Iterator[DeadlineRule]:
    """One version of the file cut up by what an area has set, in the order of the days."""
    taken: list[LocalRule] = []
    for by, first, last in windows(standards) if settable(rule) else ():
        shared = _days_shared(rule, first, last)
        if shared and by.unit is not None and kind_of(by.unit) == kind_of(rule.unit):
            taken.append(local_rule(_base(by, file) or rule, by, *shared))
    begin: date | None = rule.in_force_from
    for local in taken:
        if begin is not None and begin < local.in_force_from:
            before = local.in_force_from - timedelta(days=1)
            yield replace(rule, in_force_from=begin, in_force_to=before)
        yield local
        begin = local.in_force_to and local.in_force_to + timedelta(days=1)
    if begin is not None and (rule.in_force_to is None or begin <= rule.in_force_to):
        yield replace(rule, in_force_from=begin)


def _base(by: Standard, file: RuleBook) -> DeadlineRule | None:
    """The version on which a standard was set: its words stay the same for good."""
    try:
        return file.version(by.rule_id, by.of_version)
    except UnknownRule:
        return None


class AreaBook(RuleBook):
    """The rules of a jurisdiction as one area has set them.

    ``standards`` are those of the whole jurisdiction: a duty that was handed over from another area
    is still explained by the version under which it was opened. Iterating gives each version with
    the days on which it holds here; ``version`` gives one of the file as the file has it.
    """

    def __init__(self, file: RuleBook, standards: Iterable[Standard], area: str) -> None:
        super().__init__(())
        by_rule: dict[str, list[Standard]] = {}
        for each in standards:
            by_rule.setdefault(each.rule_id, []).append(each)
        self._pieces: list[DeadlineRule] = []
        self._known = {(rule.id, rule.version): rule for rule in file}
        for rule in file:
            mine = [each for each in by_rule.get(rule.id, ()) if each.area == area]
            self._pieces.extend(pieces_of(rule, mine, file))
        for each in (one for several in by_rule.values() for one in several):
            self._know(each, by_rule[each.rule_id], file)

    def _know(self, by: Standard, of_rule: Collection[Standard], file: RuleBook) -> None:
        base = _base(by, file)
        if base is None or by.amount is None:
            return
        beside = [each for each in of_rule if each.area == by.area]
        last = next((last for each, _, last in windows(beside) if each is by), None)
        self._known[by.rule_id, by.version] = local_rule(base, by, by.from_on, last)

    def __iter__(self) -> Iterator[DeadlineRule]:
        return iter(self._pieces)

    def rule(self, rule_id: str, on: date) -> DeadlineRule:
        """The version that governs here what started on a day; ``UnknownRule`` if there is none."""
        for rule in self._pieces:
            if rule.id == rule_id and rule.governs(on):
                return rule
        raise UnknownRule(f"no rule {rule_id} is in force on {on}")

    def version(self, rule_id: str, version: int) -> DeadlineRule:
        """One version of the file or of any area; ``UnknownRule`` if there is none."""
        try:
            return self._known[rule_id, version]
        except KeyError:
            raise UnknownRule(f"there is no version {version} of rule {rule_id}") from None

    def versions(self) -> Iterator[DeadlineRule]:
        """Every version of the file and of all areas."""
        return iter(self._known.values())

    def in_force(self, on: date) -> tuple[DeadlineRule, ...]:
        """All rules that govern here what starts on a day, one version of each."""
        return tuple(rule for rule in self._pieces if rule.governs(on))


@dataclass(frozen=True)
class Group:
    """Open dates that were counted from one day to one day, and how many they are.

    ``away`` are the absences that their count knows of, as it is kept.
    """

    starts_on: date
    away: str
    due_on: date
    count: int


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a change moves, in numbers.

    ``pairs`` are (counted from, absences, due) with the new day.
    """

    sooner: int
    later: int
    overdue: int
    pairs: dict[tuple[date, str, date], date]

    @property
    def moved(self) -> int:
        """How many dates move."""
        return self.sooner + self.later


def effect_of(groups: Iterable[Group], anew: dict[tuple[date, str], date], today: date) -> Effect:
    """What moves if what started on a day falls due on the day that ``anew`` gives for it.

    ``anew`` is asked by the day and the absences that the count knows of.
    """
    sooner = later = overdue = 0
    pairs = {}
    for each in groups:
        becomes = anew.get((each.starts_on, each.away), each.due_on)
        if becomes == each.due_on:
            continue
        pairs[each.starts_on, each.away, each.due_on] = becomes
        sooner += each.count if becomes < each.due_on else 0
        later += each.count if becomes > each.due_on else 0
        overdue += each.count if becomes < today <= each.due_on else 0
    return Effect(sooner=sooner, later=later, overdue=overdue, pairs=pairs)


def words_of(standard: Standard) -> str:
    """What was set, in a clause that follows "because"."""
    since = day_words(standard.from_on)
    if standard.amount is None or standard.unit is None:
        return f"{standard.area_name} ended its local standard from {since} on"
    interval = interval_words(standard.amount, standard.unit)
    return f"{standard.area_name} set a local standard of {interval} from {since} on"
