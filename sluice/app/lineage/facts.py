"""Read what the events of a run are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import polars as pl
from sqlalchemy import make_url

from sluice.app.app import App
from sluice.app.lineage.events import Assertion, ColumnCounts, DatasetName, RunFacts
from sluice.config import FileSource, KafkaSource, SqlSource
from sluice.domain import RUN, Run
from sluice.messages import render
from sluice.store.dashboard_queries import run_verdicts


def facts_of(app: App, run: Run, namespace: str) -> RunFacts:
    """Return what is recorded of a run; of a dataset that is configured no longer, without its columns.

    Args:
        app: The application.
        run: The run.
        namespace: Namespace of the jobs.
    """
    settings = app.config.datasets.get(run.dataset)
    lake = app.config.path(app.config.lake)
    return RunFacts(
        namespace,
        run,
        _source(app, run),
        name_of_path(f"{lake}/clean/{run.dataset}"),
        name_of_path(f"{lake}/quarantine/{run.dataset}"),
        settings.schema_of(run.dataset).columns if settings else (),
        _assertions(app, run),
        _counts(app, run),
        _repairs(app, run),
        render(run.error),
    )


def name_of_path(path: str) -> DatasetName:
    """Return the name of a file, folder or table by its path or address, as OpenLineage names them.

    Example:
        >>> name_of_path("s3://lake/shop/clean/events"), name_of_path("/srv/shop/events.csv").name
        (DatasetName(namespace='s3://lake', name='shop/clean/events'), '/srv/shop/events.csv')
    """
    if "://" not in path:
        return DatasetName("file", path)
    parts = urlsplit(path)
    return DatasetName(f"{parts.scheme}://{parts.hostname or ''}", parts.path.lstrip("/"))


def _source(app: App, run: Run) -> DatasetName | None:
    source = app.config.datasets[run.dataset].source if run.kind == "ingest" and run.dataset in app.config.datasets else None
    if isinstance(source, SqlSource):
        return name_of_table(source.url, source.table)
    if isinstance(source, KafkaSource):
        return DatasetName(f"kafka://{source.kafka.partition(',')[0]}", source.topic)
    if isinstance(source, FileSource) and source.format == "delta":
        return name_of_path(app.config.path(source.files))
    return name_of_path(run.uri) if run.uri else None


def name_of_table(address: str, table: str) -> DatasetName:
    """Return the name of a table of a database, without the account that reads it.

    Example:
        >>> name_of_table("postgresql://sluice:secret@db.example:5432/shop", "sales.orders")
        DatasetName(namespace='postgresql://db.example:5432', name='shop.sales.orders')
    """
    url = make_url(address)
    backend = url.get_backend_name()
    if backend in ("sqlite", "duckdb"):
        return DatasetName("file", f"{url.database or ''}#{table}")
    port = f":{url.port}" if url.port else ""
    return DatasetName(f"{backend}://{url.host or ''}{port}", ".".join(part for part in (url.database, table) if part))


def _assertions(app: App, run: Run) -> Sequence[Assertion]:
    """Return what each rule found of the rows that arrived, of those that could be evaluated; of an audit, of the published rows."""
    verdicts = run_verdicts(app.store, run.id)
    phase = "arrival" if any(verdict.phase == "arrival" for verdict in verdicts) else "published"
    return [
        Assertion(one.rule, tuple(one.columns), one.severity, render(one.message), one.rows, one.failed, one.status == "passed")
        for one in verdicts
        if one.phase == phase and one.status in ("passed", "failed")
    ]


def _counts(app: App, run: Run) -> Mapping[str, ColumnCounts]:
    profiles = app.store.profiles.batches(run.dataset, runs=[run.id])
    return {one.column: ColumnCounts(one.rows, one.nulls, one.distinct) for profile in profiles for one in profile.columns}


def _repairs(app: App, run: Run) -> Mapping[tuple[str, str], int]:
    if not run.repaired or run.seq is None:
        return {}
    repairs = app.store.snapshot(str(run.seq)).repairs(run.dataset).filter(pl.col("applied"), pl.col(RUN) == run.id)
    counts = repairs.group_by("column", "cleaner").len().collect()
    return {(column, cleaner): count for column, cleaner, count in counts.select("column", "cleaner", "len").iter_rows()}
