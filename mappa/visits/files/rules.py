"""How large a file of a visit may be. Pure; what a file is, is told as for every other file."""

from dataclasses import dataclass

from mappa.offenders.files.rules import MEGABYTE, Kind

LARGEST = 25 * MEGABYTE
"""Bytes of one file: a photograph as a telephone takes it."""
LARGEST_FORM = LARGEST + MEGABYTE // 2
KINDS = (Kind.PHOTOGRAPH, Kind.OTHER)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A file with what its adder says of it; its day is that of the visit."""

    kind: Kind
    title: str
    name: str
    data: bytes
