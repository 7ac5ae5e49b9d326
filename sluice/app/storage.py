"""Measure what an installation stores, and how fast that grows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from sluice.config import Config
from sluice.store import SqlStore
from sluice.store.blobs import Blobs
from sluice.store.tables import RUNS
from sluice.wiring import clock

MONTH = timedelta(days=30)
_OTHER = "copies"  # landing copies, stages and caches


@dataclass(frozen=True, slots=True)
class Storage:
    """Hold sizes in bytes.

    Attributes:
        sizes: By part: each table of the lake, its models, `database`, and `copies`, which are landing copies, stages and caches.
        grown: What the last 30 days added, of what is there still.
    """

    sizes: Mapping[str, int]
    grown: int


def measure_storage(config: Config, store: SqlStore) -> Storage:
    """Measure the lake, the state folder and the database.

    Files are dated by the file system. Records of a database bear no date, so that those of the last 30 days count by their share of the runs.

    Args:
        config: The configuration.
        store: The store.
    """
    since = (clock.wall() - MONTH).timestamp()
    sizes: Counter[str] = Counter()
    grown = 0
    for part, size, written in (*_lake(store), *_state(config)):
        sizes[part] += size
        grown += size if written >= since else 0
    sizes["database"] = _database_size(store)
    return Storage(dict(sizes.most_common()), grown + round(sizes["database"] * _share_of_runs(config, store)))


def _lake(store: SqlStore) -> Iterator[tuple[str, int, float]]:
    for name, size, written in Blobs(store.lake.root, store.lake.options).written():
        yield name.partition("/")[0], size, written


def _state(config: Config) -> Iterator[tuple[str, int, float]]:
    state = Path(config.path(".sluice"))
    if not state.is_dir():
        return
    apart = {Path(config.path(config.lake)), *(Path(f"{config.database_url.partition(':///')[2]}{ending}") for ending in ("", "-wal", "-shm"))}
    for folder, folders, files in os.walk(state):
        folders[:] = [name for name in folders if Path(folder, name) not in apart]
        for path in (Path(folder, name) for name in files):
            if path not in apart and path.is_file():
                yield _OTHER, path.stat().st_size, path.stat().st_mtime


def _database_size(store: SqlStore) -> int:
    url = store.database.engine.url
    if url.get_backend_name() == "sqlite":
        files = (Path(f"{url.database}{ending}") for ending in ("", "-wal"))
        return sum(path.stat().st_size for path in files if path.is_file())
    with store.database.read() as connection:
        return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())


def _share_of_runs(config: Config, store: SqlStore) -> float:
    """Return which share of the runs the last 30 days brought."""
    recent = func.coalesce(RUNS.c.finished, RUNS.c.at) >= clock.now(config) - MONTH
    with store.database.read() as connection:
        runs = connection.execute(select(func.count()).select_from(RUNS)).scalar_one()
        return connection.execute(select(func.count()).select_from(RUNS).where(recent)).scalar_one() / max(runs, 1)
