"""Refuse requests that may not reach the pages: of other hosts where nobody signs in, of other addresses than the proxy's."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.access.asgi import AsgiApp, Receive, Scope, Send, answer, header_values, is_request
from sluice.rules.addresses import is_among, is_local


class LocalGuard:
    """Answer only requests for this machine by its own name: a page elsewhere could else point a name of its own at 127.0.0.1."""

    def __init__(self, app: AsgiApp) -> None:
        """Keep the application behind it."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if is_request(scope) and not all(is_local(_without_port(host)) for host in header_values(scope, "host")):
            await answer(scope, send, 421, "This dashboard answers on this machine alone: open it as http://127.0.0.1 with its port.")
            return
        await self.app(scope, receive, send)


class ProxyGuard:
    """Answer only the proxy, whose header names who signed in."""

    def __init__(self, app: AsgiApp, header: str, groups: str | None, addresses: Sequence[str]) -> None:
        """Keep the application behind it, the headers, and the networks of the proxy."""
        self.app, self.headers, self.addresses = app, [header, *([groups] if groups else [])], addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if is_request(scope):
            peer = scope.get("client")
            if peer is None or not is_among(peer[0], self.addresses):
                await answer(scope, send, 403, "This dashboard answers its proxy alone: open it at the address of the proxy (dashboard.proxy in sluice.yaml).")
                return
            if any(len(header_values(scope, name)) > 1 for name in self.headers):
                await answer(scope, send, 400, "A header that names who signed in came twice: let the proxy drop it from what browsers send.")
                return
        await self.app(scope, receive, send)


def _without_port(host: str) -> str:
    """Return a host without its port: of `[::1]:8501`, `[::1]`."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and (not name.count(":") or name.endswith("]")) else host
