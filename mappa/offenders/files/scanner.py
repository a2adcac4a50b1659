"""Asking a virus scanner on a socket: ClamAV's INSTREAM, and nothing else of it."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

from mappa.offenders.files.rules import Scan

_CHUNK = 64 * 1024
_SECONDS = 60.0
_LONGEST_ANSWER = 1024


class ScannerSilent(Exception):
    """The scanner did not answer, or not in words that are known: the file stays not scanned."""


def ask(address: str, data: bytes) -> Scan:
    """What the scanner at ``address`` (``tcp://host:port`` or ``unix:///path``) says of a file.

    Raises ``ScannerSilent``.
    """
    try:
        with closing(_connect(address)) as line:
            line.sendall(b"zINSTREAM\0")
            for part in _parts(data):
                line.sendall(struct.pack("!I", len(part)) + part)
            answer = _answer(line)
    except OSError as error:
        raise ScannerSilent(type(error).__name__) from error
    if answer == b"stream: OK":
        return Scan.CLEAN
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return Scan.REFUSED
    raise ScannerSilent("unknown answer")


def _connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname, parts.port), timeout=_SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(_SECONDS)
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line


def _parts(data: bytes) -> Iterator[bytes]:
    """The file in parts, and the empty one that ends it."""
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]
    yield b""


def _answer(line: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER:
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            break
        said += part
    return said.rstrip(b"\0\n")
