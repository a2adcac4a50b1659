"""Random questions to the evaluator and to the reference, and what each answers."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.read import bank_holidays, rule_book
from mappa.rules.away import Absence, Away
from mappa.rules.counts import reached
from mappa.rules.deadlines import (
    CountedInHours,
    DateNotSet,
    NeverEnds,
    NothingToCount,
    StandsStill,
    due,
    due_at,
)
from mappa.rules.levels import Jurisdiction
from mappa.rules.rule import IN_DAYS, Ceiling, Counting, Kind, RunOn, Unit, for_under_18
from tests.reference import day_walk

LONDON = ZoneInfo("Europe/London")
ABSENCES = tuple(Absence)
RULES = [rule for where in Jurisdiction for rule in rule_book(where)]
HOLIDAYS = {where: dict(bank_holidays(where, range(2003, 2071))) for where in Jurisdiction}
TRIPLES = {where: {day_walk.triple(on) for on in HOLIDAYS[where]} for where in Jurisdiction}
LONGEST = {
    Unit.CALENDAR_DAYS: 60,
    Unit.WORKING_DAYS: 40,
    Unit.WEEKS: 12,
    Unit.MONTHS: 9,
    Unit.YEARS: 1,
}
_SAID = {
    DateNotSet: "not set",
    NeverEnds: "no end",
    CountedInHours: "hours",
    NothingToCount: "nothing",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
# Days around which calendars go wrong.
_EDGES = ((2, 27), (2, 28), (3, 1), (3, 27), (3, 31), (10, 30), (11, 29), (12, 24), (12, 31))


def a_day(random):
    """Any day from 2004 to 2060, more often one at an edge."""
    year = random.randrange(2004, 2061)
    if random.random() < 0.3:
        return date(year, *random.choice(_EDGES)) + timedelta(days=random.randrange(3))
    return date(year, 1, 1) + timedelta(days=random.randrange(366))


def a_rule(random):
    """One of the files', or one that nobody has written yet."""
    rule = random.choice(RULES)
    if random.random() < 0.1:
        rule = for_under_18(rule)
    # A century takes the walk as long as a hundred short periods, so it comes up seldom.
    if rule.unit is Unit.YEARS and rule.amount > 2 and random.random() < 0.97:
        rule = replace(rule, amount=random.choice((1, 1, 1, 2)))
    if random.random() < 0.45 or rule.kind is Kind.COUNT:
        return rule
    unit = random.choice(IN_DAYS)
    counting = random.choice((*Counting, Counting.AFTER, Counting.BEGINNING_WITH))
    ahead = counting is not Counting.BEFORE
    disregards = _some(random, 3) if ahead and random.random() < 0.7 else ()
    return replace(
        rule,
        kind=random.choice((Kind.DEADLINE, Kind.DURATION)),
        unit=unit,
        amount=random.randint(1, LONGEST[unit]),
        counting=counting,
        and_days=random.randint(1, 20) if not ahead and random.random() < 0.3 else 0,
        disregards=disregards,
        run_on=_a_run_on(random, disregards) if ahead and random.random() < 0.6 else None,
        at_once_if_past=not ahead and random.random() < 0.5,
        set_by="the plan" if random.random() < 0.4 else "",
        ceiling=Ceiling(random.randint(1, 12), random.choice(IN_DAYS[:4]))
        if random.random() < 0.3
        else None,
    )


def _some(random, most):
    return tuple(random.sample(ABSENCES, random.randint(1, most)))


def _a_run_on(random, disregards):
    kinds = tuple(kind for kind in _some(random, 4) if kind not in disregards)
    counting = random.choice((Counting.AFTER, Counting.BEGINNING_WITH))
    again = _some(random, 3) if random.random() < 0.4 else ()
    return RunOn(kinds, random.randint(1, 7), counting, again) if kinds else None


def absences(random, rule, start):
    """Up to five, about where the count begins or would end; some touch, some never end."""
    days = {Unit.WEEKS: 7, Unit.MONTHS: 30, Unit.YEARS: 365}.get(rule.unit, 1) * rule.amount
    matter = (*rule.disregards, *(rule.run_on.kinds if rule.run_on else ())) or ABSENCES
    found, touching = [], None
    for _ in range(random.choice((0, 1, 1, 2, 2, 3, 5))):
        about = start + timedelta(days=random.choice((0, 0, days, random.randint(0, days))))
        began_on = about + timedelta(days=random.randint(-9, 6))
        if touching is not None and random.random() < 0.3:
            began_on = touching
        length = random.choice((0, 1, 2, random.randint(1, 12), random.randint(1, 120)))
        touching = None if random.random() < 0.06 else began_on + timedelta(days=length)
        kind = random.choice(matter if random.random() < 0.8 else ABSENCES)
        found.append(Away(kind, began_on, touching))
    return found


def disagreement(random):
    """What the two say to a random question where they differ, or None."""
    rule = a_rule(random)
    start = a_day(random)
    away = absences(random, rule, start)
    plain = [
        (each.kind.value, *map(day_walk.triple, (each.began_on, each.ended_on))) for each in away
    ]
    if rule.kind is Kind.COUNT:
        return _differ(rule, *_counts(random, rule, start, away, plain))
    if rule.unit is Unit.HOURS and random.random() < 0.8:
        return _differ(rule, *_moments(random, rule, start))
    holidays, triples = HOLIDAYS[rule.jurisdiction], TRIPLES[rule.jurisdiction]
    set_on = known_on = None
    if random.random() < (0.25 if rule.set_by else 0.02):
        set_on = start + timedelta(days=random.randint(-20, 120))
    if random.random() < 0.3:
        known_on = start - timedelta(days=random.randint(0, 200))
    ours = _answer(rule, start, holidays, set_on, away, known_on)
    theirs = day_walk.due(
        rule, day_walk.triple(start), triples, day_walk.triple(set_on), plain,
        day_walk.triple(known_on),
    )  # fmt: skip
    return _differ(rule, ours, theirs, (start, set_on, away, known_on))


def _plainly(away):
    return away.kind.value, day_walk.triple(away.began_on), day_walk.triple(away.ended_on)


def _differ(rule, ours, theirs, asked):
    return None if ours == theirs else (rule.id, asked, ours, theirs, rule)


def _answer(rule, start, holidays, set_on, away, known_on):
    try:
        found = due(rule, start, holidays, set_on, away, known_on=known_on)
    except StandsStill as still:
        return ("still", day_walk.triple(still.since))
    except tuple(_SAID) as none:
        return ("none", _SAID[type(none)])
    except ValueError:
        return ("refused",)
    days = (found.due_on, found.instead_of, found.latest_on)
    return ("day", *map(day_walk.triple, days))


def _counts(random, rule, start, away, plain):
    days = [start + timedelta(days=random.randint(0, 500)) for _ in range(random.randint(0, 4))]
    runs = [start + timedelta(days=random.randint(0, 400)) for _ in range(random.randint(0, 2))]
    days += [on + timedelta(days=n) for on in runs for n in range(random.randint(1, 5))]
    found = reached(rule, days, away)
    ours = ("reached", found and day_walk.triple(found.on))
    return ours, day_walk.reached(rule, [day_walk.triple(on) for on in days], plain), (days, away)


def _moments(random, rule, start):
    hour, minute = random.randrange(24), random.randrange(60)
    if (start.month, hour) == (3, 1):
        hour = 3  # the hour that the clocks leave out
    at = datetime(start.year, start.month, start.day, hour, minute, tzinfo=LONDON)
    ours = int((due_at(rule, at) - _EPOCH).total_seconds()) // 60
    shown = day_walk.london_minute(day_walk.triple(start), hour, minute)
    return ("moment", ours), day_walk.due_at(rule, shown), at
