"""The audit of a history that is loaded at once: gathered by partition, then chained in order.

The chain is that of ``audit.chain``; ``mappa audit verify`` finds nothing.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from mappa.audit.chain import PARTITIONS, digest_of_spelled, partition_of
from mappa.audit.models import AuditHead
from mappa.kernel.bulk import Load, Stored
from mappa.kernel.crypto import many_ids
from mappa.kernel.db import NOBODY

_HEAD = AuditHead.__table__
_AT_ONCE = 10_000
_NOBODY = NOBODY.hex

Acts = list[str]
"""Acts on the people of one partition, each a line that sorts by its time."""


@dataclass
class History:
    """What happened, by partition; acts and actors are named by their place in a list."""

    load: Load
    _acts: list[Acts] = field(default_factory=lambda: [[] for _ in range(PARTITIONS)])
    _kinds: list[tuple[str, str, str]] = field(default_factory=list)
    _actors: list[tuple[str, str]] = field(default_factory=list)

    def kind(self, operation: str, event: str, fields: Sequence[str]) -> int:
        """A new kind of act: its number in ``act``."""
        self._kinds.append((operation, event, json.dumps(sorted(fields))))
        return len(self._kinds) - 1

    def actor(self, user: str, agency: str) -> int:
        """A new actor: the number in ``act``."""
        self._actors.append((user, agency))
        return len(self._actors) - 1

    def of(self, person: str) -> Acts:
        """Where acts on a person are gathered."""
        return self._acts[partition_of(UUID(person))]

    def partitions(self) -> Sequence[Acts]:
        """All acts, to add the readings to."""
        return self._acts

    def write(self) -> Iterator[int]:
        """Chain and load one partition after the other; gives how many entries each had."""
        heads = {
            head.partition: (head.sequence, head.digest)
            for head in self.load.select(sa.select(_HEAD))
        }
        for partition, acts in enumerate(self._acts):
            acts.sort()
            sequence, digest = heads[partition]
            for start in range(0, len(acts), _AT_ONCE):
                chunk = acts[start : start + _AT_ONCE]
                sequence, digest = self._chain(partition, chunk, sequence, digest)
            self.load.change(
                sa.update(AuditHead)
                .where(_HEAD.c.partition == partition)
                .values(sequence=sequence, digest=digest)
            )
            yield len(acts)
            acts.clear()

    def _chain(self, partition: int, acts: Acts, sequence: int, digest: str) -> tuple[int, str]:
        ids = many_ids()
        place = str(partition)
        entries: list[tuple[Stored, ...]] = []
        subjects: list[tuple[Stored, ...]] = []
        for act in acts:
            at, actor, kind, named = act.split(";")
            user, agency = self._actors[int(actor)]
            operation, event, fields = self._kinds[int(kind)]
            records, entry, before = named.split(","), next(ids), digest
            sequence += 1
            digest = digest_of_spelled(
                before,
                (
                    f'"{agency}"', f'"{user}"', f'"{at[:10]}T{at[11:]}+00:00"', '""', f'"{event}"',
                    fields.replace(", ", ","), f'"{entry}"', f'"{operation}"', '"done"', place,
                    "[]", '["' + '","'.join(records) + '"]', '""', sequence, f'"{_NOBODY}"',
                ),
            )  # fmt: skip
            entries.append((
                entry, place, str(sequence), at + ".000000", user, agency, _NOBODY, operation,
                event, '["' + '", "'.join(records) + '"]', fields, "", "[]", "done", "", before,
                digest,
            ))  # fmt: skip
            subjects += [(entry, record) for record in dict.fromkeys(records)]
        self.load.sheet("audit_entry").extend(entries)
        self.load.sheet("audit_subject").extend(subjects)
        return sequence, digest


def act(at: str, actor: int, kind: int, records: str) -> str:
    """One act: at the second ``at`` (UTC), on records whose ids are joined by commas."""
    return f"{at};{actor};{kind};{records}"
