"""Check that a server of ours may listen, before anything is begun."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Literal, Protocol

from sluice.cli.language import tr
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
            problem = error.strerror or error
            raise SluiceError(
                tr(
                    "the {server} cannot listen on {host}, port {port} ({problem}); mend `{key}` in {config}",
                    server=tr(NAMES[key]),
                    host=where.host,
                    port=where.port,
                    problem=problem,
                    key=key,
                    config=config,
                )
            ) from None
        if taken:
            raise SluiceError(
                tr(
                    "port {port} is taken by another program; end it, or write `{key}: {{port: {next}}}` into {config}",
                    port=where.port,
                    key=key,
                    next=where.port + 1,
                    config=config,
                )
            )
