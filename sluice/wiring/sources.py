"""Make a dataset's source from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sluice.config import Config, LogSource, SqlSource
from sluice.config import FileSource as FileSettings
from sluice.ports import Source
from sluice.sources import DeltaSource, FileSource
from sluice.sources import SqlSource as SqlTable
from sluice.sources.landing import Suppress
from sluice.sources.marked import Marks
from sluice.sources.settling import Completeness, Settling

_LOG_DELAY = timedelta(hours=1)  # after which a log is written at the latest, where its database was away


def source_of(config: Config, dataset: str, settling: Settling | None = None, marks: Marks | None = None, suppress: Suppress | None = None) -> Source:
    """Make the source of a dataset's batches.

    Args:
        config: The configuration.
        dataset: Name of a configured dataset.
        settling: Remembers which files wait until they are whole; None: none waits.
        marks: What was read of SQL tables, by whichever machine; needed where new rows are to be found.
        suppress: Takes people who were forgotten out of rows that are landed; None: nobody was.
    """
    settings = config.datasets[dataset]
    schema = settings.schema_of(dataset)
    landing = Path(config.path(".sluice/landing")) / dataset
    if isinstance(settings.source, SqlSource):
        table = settings.source
        return SqlTable(schema, table.url, table.table, table.watermark, landing, config.limits, look_back=table.look_back, marks=marks, suppress=suppress)
    if isinstance(settings.source, LogSource):
        in_utc = replace(schema, columns=tuple(replace(column, zone=None) for column in schema.columns))  # SQLite's times name no zone
        return SqlTable(in_utc, config.database_url, settings.source.log, "time", landing, config.limits, look_back=_LOG_DELAY, marks=marks, suppress=suppress)
    if settings.source.format == "delta":
        return DeltaSource(schema, config.root / settings.source.files, landing, config.limits, settings.source.options(), marks, suppress)
    others = tuple(other.source.files for name, other in config.datasets.items() if name != dataset and isinstance(other.source, FileSettings))
    return FileSource(schema, settings.source.files, config.root, config.limits, settings.source.options(), _completeness(settings.source, settling), others)


def _completeness(source: FileSettings, settling: Settling | None) -> Callable[[Path], bool]:
    """Return what decides whether a file of a dataset is a batch and may be read."""
    how = Completeness(source.settle, source.done, source.format)
    return lambda path: not how.is_marker(path.name) and (settling is None or settling.is_complete(path, how))
