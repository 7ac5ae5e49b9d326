"""Add the headers by which a browser keeps pages of other sites, and addresses elsewhere, away from these pages."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from dashboard.access.asgi import AsgiApp, Receive, Scope, Send

HEADERS: Mapping[str, str] = {  # Streamlit's own scripts are inline, and its charts compile what they draw
    "content-security-policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class SafeHeaders:
    """Add them to each answer that has no such header of its own."""

    def __init__(self, app: AsgiApp) -> None:
        """Keep the application behind it."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                names = {bytes(name).lower() for name, _ in own}
                message["headers"] = [*own, *((name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in names)]
            await send(message)

        await self.app(scope, receive, send_with_headers)
