"""What is sent to the platform stays in memory: no file of a person in a temporary folder."""

import io
from typing import IO

from flask import Request


class MemoryRequest(Request):
    """A request whose files are kept in memory; their size is bounded by the address."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()
