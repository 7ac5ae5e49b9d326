"""Make a dataset's source from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sluice.config import Config, SqlSource
from sluice.ports import Source
from sluice.sources import DeltaSource, FileSource
from sluice.sources import SqlSource as SqlTable


def source_of(config: Config, dataset: str, is_complete: Callable[[datetime], bool] = lambda _: True) -> Source:
    """Make the source of a dataset's batches.

    Args:
        config: The configuration.
        dataset: Name of a configured dataset.
        is_complete: Decides from the time at which a file was last written whether it is complete.
    """
    settings = config.datasets[dataset]
    schema = settings.schema_of(dataset)
    landing = Path(config.path(".sluice/landing")) / dataset
    if isinstance(settings.source, SqlSource):
        return SqlTable(schema, settings.source.url, settings.source.table, settings.source.watermark, landing, config.limits)
    if settings.source.format == "delta":
        return DeltaSource(schema, config.root / settings.source.files, landing, config.limits, settings.source.options())
    others = tuple(other.source.files for name, other in config.datasets.items() if name != dataset and not isinstance(other.source, SqlSource))
    return FileSource(schema, settings.source.files, config.root, config.limits, settings.source.options(), is_complete, others)
