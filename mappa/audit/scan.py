"""Whether a long history is in order: every entry read once, in whatever order it lies.

That is several times sooner than partition by partition, which jumps about in the file. It only
says whether all is well; what is wrong, and where, is for ``verify``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mappa.audit.chain import PARTITIONS, START, digest_of_plain, digest_of_spelled
from mappa.audit.models import AuditEntry, AuditHead
from mappa.audit.verify import Pairs, list_of, moment, spelled, stored, strangers
from mappa.kernel.db import Query, db

_AT_ONCE = 5000
_IDS = re.compile(r'\["[0-9a-f]{32}"(?:, "[0-9a-f]{32}")*\]').fullmatch
_PLAIN = re.compile(r"[ !#-\[\]-~]*").fullmatch
"""Characters that JSON spells as they are."""


@dataclass(frozen=True)
class Scanned:
    """What a part of the history says: entries, how many were altered, and sums over the rest.

    The sum of ``linked`` over all parts is what the heads say (``linked_by_heads``), and the sum
    of ``named`` what the look-up table says, exactly if the history is in order.
    """

    entries: int
    altered: int
    linked: int
    named: int


class Links:
    """A sum over which entry follows which, under a key of this run alone.

    Each entry leads from the place before it to its own; a place that is reached and left cancels
    out. Places number upwards, so what is left over is the first and the last of each partition if,
    and only if, its entries are one unbroken row.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._sum = 0
        self._ends: dict[int, tuple[int, str]] = {}

    def add(self, partition: int, sequence: int, previous: str, digest: str) -> None:
        """Count an entry. One that follows the last of its partition costs nothing."""
        before = (sequence - 1, previous)
        end = self._ends.get(partition)
        if end != before:
            self._sum -= self.place(partition, *before)
            if end is not None:
                self._sum += self.place(partition, *end)
        self._ends[partition] = (sequence, digest)

    def place(self, partition: int, sequence: int, digest: str) -> int:
        """A place in a partition as a number that nobody can guess without the key."""
        return hash(f"{self._key}:{partition}:{sequence}:{digest}")

    @property
    def sum(self) -> int:
        """The sum so far."""
        return self._sum + sum(self.place(each, *end) for each, end in self._ends.items())


def linked_by_heads(key: str) -> tuple[int, int] | None:
    """How many entries the heads speak of, and their sum of links; None if a head is missing."""
    heads = {row.partition: row for row in db.session.scalars(sa.select(AuditHead))}
    if set(heads) != set(range(PARTITIONS)) or list(strangers()):
        return None
    links = Links(key)
    total = sum(
        links.place(each, head.sequence, head.digest) - links.place(each, 0, START)
        for each, head in heads.items()
    )
    return sum(head.sequence for head in heads.values()), total


def halves() -> tuple[Query, Query]:
    """The whole history in two parts, for two who read at once, each without jumping about."""
    of = AuditEntry.__table__.c
    everything = sa.select(of.partition, *stored())
    if db.engine.dialect.name == "postgresql":
        return (
            everything.where(of.partition % 2 == 0),
            everything.where(sa.func.coalesce(of.partition % 2, 1) != 0),
        )
    row = sa.literal_column("audit_entry.rowid", sa.Integer)
    middle = (
        db.session.execute(sa.select(sa.func.max(row)).select_from(AuditEntry)).scalar() or 0
    ) // 2
    return everything.where(row <= middle), everything.where(row > middle)


def scan(part: Query, key: str) -> Scanned:
    """Read a part of the history."""
    pairs, links = Pairs(key), Links(key)
    entries = altered = 0
    found = db.session.execute(part.execution_options(yield_per=_AT_ONCE))
    for rows in found.partitions():
        entries += len(rows)
        altered += _altered(rows, pairs, links)
    return Scanned(entries, altered, links.sum, pairs.named)


def _altered(rows: Iterable[Sequence[Any]], pairs: Pairs, links: Links) -> int:
    """How many of these entries do not have the digest that they should."""
    count = 0
    for partition, *row in rows:
        sequence, previous, digest = row[:3]
        links.add(partition, sequence, previous, digest)
        if _digest(partition, row, pairs) != digest:
            count += 1
    return count


def _digest(partition: int, row: Sequence[Any], pairs: Pairs) -> str:
    (
        sequence, previous, _, agency, actor, at, basis, event, fields, entry, operation, outcome,
        recipients, records, request, session,
    ) = row  # fmt: skip
    texts = agency + actor + basis + event + entry + operation + outcome + request + session
    if not _IDS(records) or not _PLAIN(texts):
        return digest_of_spelled(previous, spelled(partition, row, pairs))
    if len(records) == _ONE_ID:
        pairs.add_one(entry, records[2:-2])
    else:
        pairs.add(entry, records[2:-2].split('", "'))
        records = records.replace(", ", ",")
    plain = (
        agency, actor, moment(at), basis, event, list_of(fields), entry, operation, outcome,
        list_of(recipients), records, request, session,
    )  # fmt: skip
    return digest_of_plain(previous, partition, sequence, plain)


_ONE_ID = len('[""]') + 32
