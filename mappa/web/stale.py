"""Stale edits are judged on the fields that this reader may see, by what the form was made from."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from flask import current_app

from mappa.kernel.errors import StaleEdit


def fingerprint(fields: Mapping[str, Any]) -> str:
    """What a form carries as ``seen``: a keyed digest of the fields it was made from."""
    spelled = json.dumps(fields, sort_keys=True, default=str).encode()
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, spelled, hashlib.sha256).hexdigest()[:32]


def check_not_stale(
    seen: str,
    stored: Mapping[str, Any],
    typed: Mapping[str, Any],
    labels: Mapping[str, str],
    *,
    by: str,
    at_words: str,
) -> None:
    """Raise ``StaleEdit`` with both texts if the stored fields changed since the form was made."""
    now = fingerprint(stored)
    if hmac.compare_digest(seen, now):
        return
    both = {
        name: (labels[name], str(stored[name] or ""), str(typed[name] or ""))
        for name in labels
        if str(stored[name] or "") != str(typed[name] or "")
    }
    if both:
        raise StaleEdit(both, now, by=by, at_words=at_words)
