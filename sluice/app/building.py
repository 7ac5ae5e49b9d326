"""Make the application of a configuration file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from sluice.app.app import App, always_complete
from sluice.config import load
from sluice.wiring.stores import open_store_of
from sluice.worker.client import Worker


def build(path: str | Path = "sluice.yaml", environment: Mapping[str, str] | None = None, *, is_complete: Callable[[datetime], bool] = always_complete) -> App:
    """Make the application of a configuration file.

    Args:
        path: Path of sluice.yaml.
        environment: Values of `${NAME}` in it; by default those of the process.
        is_complete: Decides from the time at which a landed file was last written whether it is complete; an incomplete one waits.

    Raises:
        ConfigError: The configuration is wrong.
        MigrationNeeded: The database is older than the program.
    """
    path = Path(path)
    config = load(path, environment)
    worker = Worker(path.resolve(), config.limits.memory)
    return App(path.resolve(), config, open_store_of(config, publisher=worker), worker, is_complete)
