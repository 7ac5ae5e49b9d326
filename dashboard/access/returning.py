"""Lead people back to the page that they asked for, once they signed in by OpenID Connect: Streamlit leads them to the first page."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote, unquote

from dashboard.access.asgi import AsgiApp, Receive, Scope, Send, address_of, cookie_of, header_values, safe_address
from sluice.config.dashboard import CALLBACK

COOKIE = "sluice_next"
_SECONDS = 600


class Returning:
    """Remember the page that was asked for in a cookie, and lead there after the sign-in."""

    def __init__(self, app: AsgiApp) -> None:
        """Keep the application behind it."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and change the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _changed(scope, list(message["headers"]))
            await send(message)

        await self.app(scope, receive, answer)


def _changed(scope: Scope, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer, with the cookie or the place to go on."""
    if scope["path"] == CALLBACK:
        place = safe_address(unquote(cookie_of(scope, COOKIE)) or "/")
        others = [(key, value if key.lower() != b"location" else place.encode()) for key, value in headers]
        return [*others, (b"set-cookie", _cookie("", 0))]
    asks_page = scope["method"] == "GET" and any("text/html" in value for value in header_values(scope, "accept"))
    if not asks_page or scope["path"].startswith(("/auth/", "/_stcore")):
        return headers
    return [*headers, (b"set-cookie", _cookie(quote(address_of(scope), safe=""), _SECONDS))]


def _cookie(value: str, seconds: int) -> bytes:
    return f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax".encode("latin-1")
