"""Decide which addresses the dashboard may listen on, and whom it may answer."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

LOCAL_NAMES = ("localhost",)


def is_local(host: str) -> bool:
    """Return True for a name or address that only this machine can reach.

    Example:
        >>> [is_local(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", "shop.example")]
        [True, True, True, False, False, False]
    """
    bare = host.removeprefix("[").removesuffix("]").lower()
    try:
        return bare in LOCAL_NAMES or ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def is_among(address: str, networks: Iterable[str]) -> bool:
    """Return True where an address is one of some networks; an IPv4 address may come as IPv6 writes it.

    Example:
        >>> is_among("::ffff:10.1.2.3", ["10.1.0.0/16"]), is_among("10.2.2.3", ["10.1.0.0/16"]), is_among("", ["0.0.0.0/0"])
        (True, False, False)
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return any((mapped or parsed) in ipaddress.ip_network(network) for network in networks)
