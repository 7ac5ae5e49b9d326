"""Name the types of ASGI, read requests, and answer those that may not reach the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

HEALTH = "/_stcore/health"  # says whether the process is up, and nothing else
MAX_BODY = 8192  # bytes of a form


def is_request(scope: Scope) -> bool:
    """Return True for what a browser sends, but for the question whether the process is up."""
    return scope["type"] in ("http", "websocket") and scope["path"] != HEALTH


def header_values(scope: Scope, name: str) -> list[str]:
    """Return the values of a header, one for each time that it was sent."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key.decode("latin-1").lower() == name.lower()]


def cookie_of(scope: Scope, name: str) -> str:
    """Return a cookie of a request; empty where there is none."""
    try:
        cookie = SimpleCookie("; ".join(header_values(scope, "cookie"))).get(name)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def address_of(scope: Scope) -> str:
    """Return the address that was asked for, with its query."""
    query = scope.get("query_string", b"").decode("latin-1")
    return safe_address(scope["path"] + (f"?{query}" if query else ""))


def safe_address(address: str) -> str:
    r"""Return an address of this dashboard; the first page where it leads elsewhere.

    Example:
        >>> [safe_address(address) for address in ("/runs?run=1", "//evil.example", "/\\evil.example", "https://evil.example")]
        ['/runs?run=1', '/', '/', '/']
    """
    harmless = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isascii() and address.isprintable()
    return address if harmless else "/"


async def answer(
    scope: Scope, send: Send, status: int, text: str, *, headers: Mapping[str, str] | None = None, kind: str = "text/plain; charset=utf-8"
) -> None:
    """Answer a request; a web socket is refused."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    body = text.encode()
    safe = {"content-type": kind, "content-length": str(len(body)), "cache-control": "no-store", "x-content-type-options": "nosniff", "x-frame-options": "DENY"}
    lines = [(key.encode(), value.encode("latin-1")) for key, value in {**safe, **(headers or {})}.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


async def read_body(receive: Receive) -> bytes | None:
    """Return the body of a request; None where it is longer than a form may be."""
    body = b""
    while True:
        part = await receive()
        body += bytes(part.get("body", b""))
        if len(body) > MAX_BODY or part["type"] == "http.disconnect":
            return None
        if not part.get("more_body"):
            return body
