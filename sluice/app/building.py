"""Make the application of a configuration file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sluice.app.app import App
from sluice.config import load
from sluice.sources.settling import Settling
from sluice.wiring import clock
from sluice.wiring.stores import open_store_of
from sluice.worker.client import Worker


def build(path: str | Path = "sluice.yaml", environment: Mapping[str, str] | None = None, *, settling: Settling | None = None) -> App:
    """Make the application of a configuration file.

    Args:
        path: Path of sluice.yaml.
        environment: Values of `${NAME}` in it; by default those of the process.
        settling: Decides which landed files wait until they are whole; by default those whose last line has no end yet, and that were just written.

    Raises:
        ConfigError: The configuration is wrong.
        MigrationNeeded: The database is older than the program.
    """
    path = Path(path)
    config = load(path, environment)
    worker = Worker(path.resolve(), config.limits.memory)
    return App(path.resolve(), config, open_store_of(config, publisher=worker), worker, settling or Settling(clock.wall))
