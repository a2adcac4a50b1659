"""Files that come and go: an upload never lies in clear on a disk, a download is an attachment."""

import io
from typing import IO

from flask import Request, Response


class MemoryRequest(Request):
    """A request whose uploaded files stay in memory: ``max_content_length`` bounds them."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


def attachment(name: str, text: str) -> Response:
    """A CSV file to be saved under ``name``."""
    answer = Response(text.encode(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
