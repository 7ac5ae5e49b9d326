"""Check that a server of ours may listen, before anything is begun."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Literal, Protocol

from sluice.errors import SluiceError

NAMES = {"dashboard": "dashboard", "api": "HTTP API"}


class Listening(Protocol):
    """Name an address."""

    @property
    def host(self) -> str:
        """Return the address to listen on."""
        ...

    @property
    def port(self) -> int:
        """Return the port to listen on."""
        ...


def refuse_taken_port(key: Literal["dashboard", "api"], where: Listening, config: Path) -> None:
    """Check that a server may listen.

    Args:
        key: Key of sluice.yaml that sets its address.
        where: The address.
        config: Path of sluice.yaml.

    Raises:
        SluiceError: Another program listens there.
    """
    with socket.socket() as probe:
        try:
            taken = probe.connect_ex((where.host, where.port)) == 0
        except OSError as error:
            raise SluiceError(
                f"the {NAMES[key]} cannot listen on {where.host}, port {where.port} ({error.strerror or error}); mend `{key}` in {config}"
            ) from None
        if taken:
            raise SluiceError(f"port {where.port} is taken by another program; end it, or write `{key}: {{port: {where.port + 1}}}` into {config}")
