"""Serve the HTTP API in a process of its own, for as long as its starter lives; `sluice serve` starts it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import uvicorn

from dashboard.launch import exit_with
from sluice.api.access import tokens_of
from sluice.api.application import Service
from sluice.api.shop import Shop
from sluice.config import Config, load
from sluice.config.api import Api
from sluice.errors import SluiceError, UsageError
from sluice.messages import make_error

MAX_CONNECTIONS = 512  # at the same time; further ones are refused with 503
_MAX_HEAD = 16 * 1024  # bytes of request line and headers


def command(config: Path) -> list[str]:
    """Return the command line that serves until it, or the process that starts it, ends."""
    return [sys.executable, "-m", "sluice.api.server", str(os.getpid()), str(config.resolve())]


def require_api(config: Config, path: Path) -> Api:
    """Return the settings of the HTTP API.

    Raises:
        UsageError: There are none.
    """
    if config.api is None:
        raise make_error(UsageError, "api_unconfigured", path=str(path))
    return config.api


def serve(path: Path, environment: Mapping[str, str], *, needs_worker: bool = False) -> None:
    """Serve until interrupted.

    Args:
        path: Path of sluice.yaml.
        environment: Variables by name, for the tokens.
        needs_worker: Whether the service is healthy only where a worker is alive.

    Raises:
        SluiceError: The configuration is wrong, or the store does not open.
    """
    api = require_api(load(path, environment), path)
    tokens = tokens_of(api, environment)
    shop = Shop(path)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)  # uvicorn raises it again once it has shut down, which ended the process before the shop was closed
    try:
        app = Service(shop, api, tokens, needs_worker).application()
        settings = uvicorn.Config(
            app,
            host=api.host,
            port=api.port,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="on" if api.mcp else "off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # the peer of a connection is who it is, not whom a header names
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            h11_max_incomplete_event_size=_MAX_HEAD,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=5,
        )
        uvicorn.Server(settings).run()
    finally:
        shop.close()


def _end(_number: int, _frame: object) -> None:
    """End the process as usual, so that what waits to be logged is written."""
    raise SystemExit(0)


def main() -> None:
    """Serve beside the process that started this one."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    parent, path = int(sys.argv[1]), Path(sys.argv[2])
    threading.Thread(target=exit_with, args=(parent,), daemon=True).start()
    try:
        serve(path, os.environ, needs_worker=True)
    except SluiceError as error:
        raise SystemExit(f"sluice: {error}") from None


if __name__ == "__main__":
    main()
