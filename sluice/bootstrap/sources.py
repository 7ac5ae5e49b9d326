"""Makes the store, and a dataset's source, from the configuration."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sluice.bootstrap import clock
from sluice.config import Config, SqlSource
from sluice.ports import Source
from sluice.sources import FileSource
from sluice.sources import SqlSource as SqlTable
from sluice.store import SqlStore, connect, open_store, upgrade
from sluice.store.migrate import is_new


def source_of(config: Config, dataset: str, settled: Callable[[datetime], bool] = lambda _: True) -> Source:
    """Where a dataset's batches come from; `settled` says of a file, by when it was last written, whether it is whole."""
    each = config.datasets[dataset]
    schema = each.schema_of(dataset)
    if isinstance(each.source, SqlSource):
        landing = Path(config.path(".sluice/landing")) / dataset
        return SqlTable(schema, each.source.url, each.source.table, each.source.watermark, landing, config.limits)
    return FileSource(schema, each.source.files, config.root, config.limits, each.source.format, each.source.separator, settled)


def store_of(config: Config) -> SqlStore:
    """The configured store."""
    create_if_new(config.database_url)
    return open_store(
        config.database_url,
        config.path(config.lake),
        schemas={name: each.schema_of(name) for name, each in config.datasets.items()},
        policies={name: each.gate.policy() for name, each in config.datasets.items()},
        clock=functools.partial(clock.now, config),
        stage=Path(config.path(".sluice/stage")),
    )


def create_if_new(url: str) -> None:
    """Make the database of records where there is none yet; an old one is left for `sluice db upgrade`."""
    engine = connect(url)
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    if is_new(engine):
        upgrade(engine)
