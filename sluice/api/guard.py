"""Stand before the HTTP API: refuse requests that name another host, and add the headers of security to every answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, MutableMapping
from typing import Any

from dashboard.access.asgi import AsgiApp, Receive, Scope, Send
from dashboard.access.guards import names_service
from sluice.api.errors import ApiError

HEADERS: Mapping[str, str] = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Headers of every answer that has no such header of its own."""

_WRONG_HOST = ApiError(421, "wrong_host", "this service does not answer for that host; name it in api.hosts in sluice.yaml")


class Guard:
    """Pass requests on that name this service as their host."""

    def __init__(self, app: AsgiApp, hosts: Collection[str]) -> None:
        """Keep the application behind it, and the names beside those of this machine."""
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif names_service(scope, self.hosts):
            await self.app(scope, receive, _with_headers(send))
        else:
            await _refuse(_with_headers(send))


async def _refuse(send: Send) -> None:
    body = json.dumps(_WRONG_HOST.body()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": _WRONG_HOST.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {key.lower() for key, _ in message["headers"]}
            added = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in there]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return send_with_headers
