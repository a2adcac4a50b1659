"""What every answer carries: a strict content policy, no caching; and the host check."""

from flask import Flask, Response, abort, g, request

from config.settings import Settings
from mappa.audit import log
from mappa.kernel import crypto
from mappa.web.pages import nonce

_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def install(app: Flask, settings: Settings) -> None:
    """Check the host before, and set the headers after, every request."""

    @app.before_request
    def _known_host() -> None:
        g.pop("csp_nonce", None)
        log.request_id.set(crypto.token(9))
        if request.host not in settings.hosts:
            abort(400)

    @app.after_request
    def _headers(answer: Response) -> Response:
        if request.endpoint == "static" and request.args.get("v"):
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            answer.headers["Cache-Control"] = "no-store"
            # A file brings a stricter one of its own.
            answer.headers.setdefault("Content-Security-Policy", _policy(settings))
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["X-Frame-Options"] = "DENY"
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["Permissions-Policy"] = _PERMISSIONS
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.secure_cookies:
            answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        return answer


def _policy(settings: Settings) -> str:
    parts = [
        "default-src 'none'",
        f"script-src 'self' 'nonce-{nonce()}'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    if settings.secure_cookies:
        parts.append("upgrade-insecure-requests")
    return "; ".join(parts)
