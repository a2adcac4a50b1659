"""The hash chain over audit entries: pure, so that anybody can recompute it.

An entry's digest covers every column and the digest before it in the same partition; the partition
follows from the first subject, else from the actor.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

PARTITIONS = 64
START = "0" * 64
COVERED = (
    "actor_agency_id",
    "actor_id",
    "at",
    "basis",
    "event",
    "fields",
    "id",
    "operation",
    "outcome",
    "partition",
    "recipients",
    "records",
    "request_id",
    "sequence",
    "session_id",
)
"""What a digest covers, in the order in which it is spelled."""
_SPELLED = "%s\n{" + ",".join(f'"{name}":%s' for name in COVERED) + "}"


def partition_of(subject: UUID) -> int:
    """The partition (0 to 63) in which acts on ``subject`` are chained."""
    return hashlib.sha256(subject.bytes).digest()[0] % PARTITIONS


def digest_of(entry: Mapping[str, Any], previous: str) -> str:
    """SHA-256 over the entry in one canonical spelling, chained to ``previous``."""
    spelled = json.dumps(
        {key: _plain(value) for key, value in entry.items()},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(f"{previous}\n{spelled}".encode()).hexdigest()


def digest_of_spelled(previous: str, spelled: tuple[object, ...]) -> str:
    """The same digest, from the values of ``COVERED`` as JSON spells them: for whole histories."""
    return hashlib.sha256((_SPELLED % (previous, *spelled)).encode()).hexdigest()


def digest_of_plain(previous: str, partition: int, sequence: int, row: Sequence[str]) -> str:
    """The same digest, of texts in which JSON escapes nothing; the moment and lists are spelled.

    ``row`` has the values of ``COVERED`` in that order, without the two numbers.
    """
    agency, actor, at, basis, event, fields, entry, operation, outcome, *more = row
    recipients, records, request, session = more
    spelled = (
        f'{previous}\n{{"actor_agency_id":"{agency}","actor_id":"{actor}","at":{at},'
        f'"basis":"{basis}","event":"{event}","fields":{fields},"id":"{entry}",'
        f'"operation":"{operation}","outcome":"{outcome}","partition":{partition},'
        f'"recipients":{recipients},"records":{records},"request_id":"{request}",'
        f'"sequence":{sequence},"session_id":"{session}"}}'
    )
    return hashlib.sha256(spelled.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # the same moment, however it was written
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
