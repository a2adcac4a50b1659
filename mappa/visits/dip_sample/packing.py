"""Ids as text, to be kept encrypted. Pure."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from uuid import UUID

from mappa.visits.dip_sample.drawing import thawed


def packed(population: bytes) -> str:
    """A frozen list as text."""
    return b64encode(population).decode()


def unpacked(text: str) -> bytes:
    """The frozen list again."""
    return b64decode(text)


def in_order(people: Iterable[UUID]) -> str:
    """People in the order in which they were drawn."""
    return packed(b"".join(each.bytes for each in people))


def ids(text: str) -> list[UUID]:
    """The people again, in that order."""
    return list(thawed(unpacked(text)))
