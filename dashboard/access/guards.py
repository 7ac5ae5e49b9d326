"""Refuse requests that may not reach the pages: for other hosts, from other addresses than the proxy's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dashboard.access.asgi import AsgiApp, Receive, Scope, Send, answer, header_values, is_request
from sluice.rules.addresses import is_among, is_local


class HostGuard:
    """Answer only requests that name this service as their host: a page elsewhere could else point a name of its own at its address."""

    def __init__(self, app: AsgiApp, hosts: Collection[str] = ()) -> None:
        """Keep the application behind it, and the names beside those of this machine."""
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if is_request(scope) and not names_service(scope, self.hosts):
            where = (
                f"dashboard.hosts in sluice.yaml: {', '.join(self.hosts)}" if self.hosts else "this machine alone: open it as http://127.0.0.1 with its port"
            )
            await answer(scope, send, 421, f"This dashboard answers for {where}.")
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


def names_service(scope: Scope, hosts: Collection[str]) -> bool:
    """Return True where a request names this machine, or one of some names, as its host.

    Example:
        >>> names_service({"headers": [(b"host", b"Sluice.example:8600")]}, ["sluice.example"]), names_service({"headers": [(b"host", b"a.example")]}, [])
        (True, False)
    """
    allowed = {host.lower() for host in hosts}
    return all(is_local(name) or name.lower() in allowed for name in map(_without_port, header_values(scope, "host")))


def _without_port(host: str) -> str:
    """Return a host without its port: of `[::1]:8501`, `[::1]`."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and (not name.count(":") or name.endswith("]")) else host
