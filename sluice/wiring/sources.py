"""Make a dataset's source from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sluice.config import Config, KafkaSource, LogSource, SqlSource
from sluice.config import FileSource as FileSettings
from sluice.domain import Schema
from sluice.ports import Source
from sluice.sources import DeltaSource, FileSource
from sluice.sources import KafkaSource as KafkaTopic
from sluice.sources import SqlSource as SqlTable
from sluice.sources.kafka_reading import Topic
from sluice.sources.landing import Suppress
from sluice.sources.marked import Marks
from sluice.sources.settling import Completeness, Settling
from sluice.wiring import clock
from sluice.wiring.forget_key import read_digests

_LOG_DELAY = timedelta(hours=1)  # after which a log is written at the latest, where its database was away


def source_of(config: Config, dataset: str, settling: Settling | None = None, marks: Marks | None = None, suppress: Suppress | None = None) -> Source:
    """Make the source of a dataset's batches.

    Args:
        config: The configuration.
        dataset: Name of a configured dataset.
        settling: Remembers which files wait until they are whole; None: none waits.
        marks: What was read of tables and topics, by whichever machine; needed where new rows are to be found.
        suppress: Takes people who were forgotten out of rows that are landed; None: nobody was.
    """
    settings = config.datasets[dataset]
    schema = settings.schema_of(dataset)
    landing = Path(config.path(".sluice/landing")) / dataset
    if isinstance(settings.source, SqlSource):
        table = settings.source
        return SqlTable(
            schema,
            table.url,
            table.table,
            table.watermark,
            landing,
            config.limits,
            look_back=table.look_back,
            marks=marks,
            suppress=suppress,
            digests=read_digests(),
        )
    if isinstance(settings.source, KafkaSource):
        return _topic_of(config, schema, settings.source, landing, marks, suppress)
    if isinstance(settings.source, LogSource):
        in_utc = replace(schema, columns=tuple(replace(column, zone=None) for column in schema.columns))  # SQLite's times name no zone
        return SqlTable(
            in_utc,
            config.database_url,
            settings.source.log,
            "time",
            landing,
            config.limits,
            look_back=_LOG_DELAY,
            marks=marks,
            suppress=suppress,
            digests=read_digests(),
        )
    if settings.source.format == "delta":
        return DeltaSource(schema, config.root / settings.source.files, landing, config.limits, settings.source.options(), marks, suppress)
    others = tuple(other.source.files for name, other in config.datasets.items() if name != dataset and isinstance(other.source, FileSettings))
    return FileSource(schema, settings.source.files, config.root, config.limits, settings.source.options(), _completeness(settings.source, settling), others)


def _completeness(source: FileSettings, settling: Settling | None) -> Callable[[Path], bool]:
    """Return what decides whether a file of a dataset is a batch and may be read."""
    how = Completeness(source.settle, source.done, source.format)
    return lambda path: not how.is_marker(path.name) and (settling is None or settling.is_complete(path, how))


def _topic_of(config: Config, schema: Schema, settings: KafkaSource, landing: Path, marks: Marks | None, suppress: Suppress | None) -> Source:
    """Return the source that reads a topic; librdkafka needs the name of a group, also where no offset is committed to it."""
    options = {**settings.options, "bootstrap.servers": settings.kafka, "group.id": settings.group or f"sluice-{schema.dataset}"}
    topic = Topic(schema.dataset, settings.topic, options)
    since = settings.since if settings.since is None or settings.since.tzinfo else settings.since.replace(tzinfo=ZoneInfo(config.shop_zone))
    return KafkaTopic(
        schema,
        topic,
        landing,
        config.limits,
        clock.wall,
        since=since,
        skips=settings.gone == "skip",
        commits=bool(settings.group),
        marks=marks,
        suppress=suppress,
    )
