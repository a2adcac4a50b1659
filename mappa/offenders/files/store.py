"""Where the bytes of files lie: encrypted, under random names, outside the web root.

A file is there before the row that names it is committed; one that no row names is swept later.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mappa.kernel import crypto

_HEX = frozenset("0123456789abcdef")
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class NotStored(Exception):
    """The bytes that a row names are not there, or were tampered with."""


@dataclass(frozen=True)
class Store:
    """A folder of encrypted files."""

    folder: Path

    def keep(self, data: bytes) -> str:
        """Write the bytes, wait until they are on the disk, and give their random name."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = crypto.new_id().hex
        partial = self.folder / f"{name}.part"
        with os.fdopen(os.open(partial, _NEW, 0o600), "wb") as file:
            file.write(crypto.seal_bytes(data, _purpose(name)))
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self.folder / name)
        return name

    def read(self, name: str) -> bytes:
        """The bytes of a name. Raises ``NotStored``."""
        try:
            return crypto.open_bytes(self._path(name).read_bytes(), _purpose(name))
        except (OSError, crypto.InvalidTag, KeyError) as error:
            raise NotStored(name) from error

    def names(self, *, older_than: float) -> Iterator[str]:
        """Names of what was written before a moment (seconds since 1970), in their order."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            if path.stat().st_mtime < older_than:
                yield path.name

    def remove(self, name: str) -> None:
        """Remove what is of no row."""
        (self.folder / Path(name).name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if len(name) != 32 or not set(name) <= _HEX:
            raise NotStored(name)
        return self.folder / name


def _purpose(name: str) -> str:
    return f"upload:{name}"
