"""Keep what the tasks of one worker process share: configuration, store and every dataset's steps, each made once."""

from __future__ import annotations

import functools
from pathlib import Path

from sluice.config import Config, load
from sluice.config.texts import read_texts
from sluice.store import SqlStore
from sluice.wiring.steps import DatasetSteps, build_steps
from sluice.wiring.stores import open_store_of


@functools.lru_cache(maxsize=4)
def open_session(path: str) -> tuple[Config, SqlStore]:
    """Load the configuration and open its store."""
    configuration_digest(path)
    config = load(path, quiet=True)
    return config, open_store_of(config)


@functools.lru_cache(maxsize=4)
def configuration_digest(path: str) -> str:
    """Return the digest of the configuration as it was when the session was opened, by which its version is known."""
    return read_texts(Path(path)).digest


@functools.lru_cache(maxsize=64)
def require_layout(path: str, dataset: str) -> None:
    """Pass only where a dataset's stored rows fit its declaration; once they do, this process keeps them so.

    Raises:
        RebuildNeeded: They do not.
    """
    open_session(path)[1].require_layout(dataset)


@functools.lru_cache(maxsize=64)
def steps_of(path: str, dataset: str) -> DatasetSteps:
    """Build a dataset's steps; importing Great Expectations and torch costs more than a batch."""
    return build_steps(open_session(path)[0], Path(path), dataset)


def close_session(path: str) -> None:
    """Close the store of a configuration, and forget all that was loaded."""
    open_session(path)[1].close()
    for cached in (open_session, configuration_digest, require_layout, steps_of):
        cached.cache_clear()
