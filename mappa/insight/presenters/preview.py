"""The preview of a share in words, drawn by what draws the real pages. Nothing in it is a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mappa.access.terms import Level, Section
from mappa.insight import words
from mappa.insight.presenters import briefing as briefings
from mappa.insight.queries.preview import Preview, VisitSeen
from mappa.kernel.db import NOBODY
from mappa.offenders.record import presenters as record
from mappa.sharing.shares.rules import MakeShare
from mappa.visits import presenters as visits
from mappa.visits.rules import kind_words
from mappa.web.words import day

Fact = tuple[str, str]
_SHOWN = 5
_IN_THE_LIST = frozenset({"Kind", "When", "Agency", "Outcome"})


@dataclass(frozen=True)
class Entry:
    """One record: when it was or what kind, its title, and the rest."""

    when: str
    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Part:
    """One section."""

    title: str
    note: str
    entries: Sequence[Entry]
    more: str


@dataclass(frozen=True)
class Page:
    """What stands in the frame."""

    name: str
    identity: Sequence[Fact]
    parts: Sequence[Part]


def page(found: Preview, command: MakeShare, own: str, today: date) -> Page:
    """The frame of the preview."""
    told = briefings.page(found.person, today)
    note = f"{'Full' if command.level is Level.FULL else 'Summary'}, of what {own} owns"
    return Page(
        told.name,
        told.identity,
        [_part(section, found, told, note, today) for section in command.sections],
    )


def record_page(found: Preview, sections: Mapping[Section, Level], today: date) -> Page:
    """The frame of a record as an agency sees it: these sections, each at its level."""
    told = briefings.page(found.person, today)
    return Page(
        told.name,
        told.identity,
        [
            _part(section, found, told, words.LEVELS[level].capitalize(), today)
            for section, level in sections.items()
        ],
    )


def _part(section: Section, found: Preview, told: briefings.Page, note: str, today: date) -> Part:
    entries = _entries(section, found, told, today)
    more = len(entries) - _SHOWN
    left = f"{more} more, as far as you see them too" if more > 0 else ""
    return Part(words.SECTIONS[section], note, entries[:_SHOWN], left)


def _entries(
    section: Section, found: Preview, told: briefings.Page, today: date
) -> Sequence[Entry]:
    if section is Section.VISITS:
        return [_visit(each) for each in found.visits]
    if section is Section.INTELLIGENCE:
        return [Entry(day(each.event_on), "Intelligence item", ()) for each in found.items]
    if section is Section.MEETINGS:
        return [Entry("", title, [("", said)]) for title, said in told.meetings]
    if section is Section.PLAN:
        plan = [Entry("", told.plan, ())] if told.plan else []
        parts = [*told.measures, *told.contingencies]
        return [*plan, *(Entry("", first, [("", second)]) for first, second in parts)]
    risk = [Entry("", told.risk, told.groups)] if section is Section.RISK and told.risk else []
    return [*risk, *_of_kinds(section, found, today)]


def _visit(seen: VisitSeen) -> Entry:
    visit = seen.visit
    rows = visits.visit_rows(visit, seen.officers)
    return Entry(
        visits.when(visit),
        f"{kind_words(visit.announced)} visit, {visits.outcome_words(visit).lower()}",
        [(label, value) for label, value in rows if label not in _IN_THE_LIST and value],
    )


def _of_kinds(section: Section, found: Preview, today: date) -> list[Entry]:
    return [
        Entry("", kind.one.capitalize(), [(each.label, each.value) for each in facts])
        for kind, seen in found.kinds
        if kind.section is section
        for each_seen in seen
        if (facts := record.facts_of(kind, each_seen, today))
    ]


def changes(
    command: MakeShare,
    before: Mapping[Section, Level],
    owned: Mapping[Section, Mapping[UUID, int]],
    own_id: UUID,
    own: str,
) -> list[Fact]:
    """The card "What changes": of which section, from what to what, how many records."""
    after = words.LEVELS[command.level]
    said = []
    for section in command.sections:
        now = before.get(section, Level.NONE)
        moves = f"{words.LEVELS[now].capitalize()} becomes {after}"
        moves = f"Stays {after}" if now is command.level else moves
        many = owned.get(section, {}).get(own_id, 0)
        count = "1 record" if command.record_id != NOBODY or many == 1 else f"{many} records"
        title = f"{words.SECTIONS[section]} of {own}"
        said.append((title, f"{moves}, {count}"))
    return said


_LEFT_OUT = {
    Section.VISITS: ("Visits not yet made",),
    Section.INTELLIGENCE: ("Where the item came from",),
    Section.MEETINGS: ("Closed items",),
}


def left_out(command: MakeShare) -> list[str]:
    """The card "Left out of this view"."""
    said = [each for section in command.sections for each in _LEFT_OUT.get(section, ())]
    if command.level is Level.SUM:
        said += [words.NOT_IN_SUMMARY[section] for section in command.sections]
    return [*dict.fromkeys(said), "What is marked sealed", "What other agencies own"]
