"""Count lost, doubled and half-published rows by reading Delta tables and the database, without Sluice's own store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import polars as pl
import sqlalchemy as sa
from deltalake import DeltaTable

from sluice.config.address import engine_at

_GONE = ("released", "copy", "superseded")  # states of a row that has left the quarantine


@dataclass(frozen=True, slots=True)
class Losses:
    """Count what is wrong with a shop.

    Attributes:
        rows: Rows that arrived.
        lost: Rows that are nowhere.
        twice: Places of a row beyond its first one.
        half: Runs that are promised and not published, and rows of runs that are not published.
        changed: Rows with another id than that in their file.
    """

    rows: int = 0
    lost: int = 0
    twice: int = 0
    half: int = 0
    changed: int = 0

    def __add__(self, other: Self) -> Self:
        """Return both together."""
        return type(self)(*(getattr(self, name.name) + getattr(other, name.name) for name in fields(self)))

    @property
    def wrong(self) -> int:
        """Return how much is wrong."""
        return self.lost + self.twice + self.half + self.changed


def check(database: str, lake: str, options: Mapping[str, str], files: Mapping[str, Mapping[str, list[str]]]) -> Losses:
    """Count what is wrong, once no run is under way.

    Args:
        database: Address of the database.
        lake: Address of the lake.
        options: How the lake is reached.
        files: Ids in each file that landed, by dataset and name of the file.
    """
    engine = engine_at(database, poolclass=sa.NullPool)
    with engine.connect() as connection:
        runs = [row._mapping for row in connection.execute(sa.text("SELECT id, dataset, kind, state, uri, versions, seq FROM runs ORDER BY seq"))]  # noqa: SLF001  # its name in SQLAlchemy
        states = connection.execute(sa.text("SELECT dataset, row_id, state FROM quarantine_status")).all()
    return sum(
        (
            _check(dataset, listed, runs, {row.row_id: row.state for row in states if row.dataset == dataset}, lake, options)
            for dataset, listed in files.items()
        ),
        Losses(),
    )


def _check(dataset: str, listed: Mapping[str, list[str]], runs: list[Any], states: Mapping[str, str], lake: str, options: Mapping[str, str]) -> Losses:
    own = [run for run in runs if run["dataset"] == dataset]
    published = [run for run in own if run["state"] == "published"]
    batches = {Path(run["uri"]).name: run["id"] for run in published if run["kind"] == "ingest"}
    ids = {f"{batches.get(name, name)}.{position}": text for name, texts in listed.items() for position, text in enumerate(texts)}
    tables = {table: _rows(f"{lake}/{table}/{dataset}", _version(published, table), options) for table in ("clean", "quarantine", "repeats")}
    tables["quarantine"] = tables["quarantine"].filter(~pl.col("_row_id").is_in([row for row, state in states.items() if state in _GONE]))
    places = Counter(row for rows in tables.values() for row in rows["_row_id"])
    cells = pl.concat([rows.select("_row_id", "id") for name, rows in tables.items() if name != "repeats"]).rows()
    unpublished = {run["id"] for run in published}
    return Losses(
        rows=len(ids),
        lost=sum(row not in places for row in ids),
        twice=sum(number - 1 for number in places.values()) + sum(row not in ids for row in places),
        half=sum(run["state"] == "intent" for run in own) + sum(run not in unpublished for rows in tables.values() for run in rows["_run_id"]),
        changed=sum(ids.get(row, text) != text for row, text in cells),
    )


def _version(published: list[Any], table: str) -> int | None:
    versions = [json.loads(run["versions"]) if isinstance(run["versions"], str) else run["versions"] for run in published]
    return next((tables[table] for tables in reversed(versions) if table in tables), None)


def _rows(address: str, version: int | None, options: Mapping[str, str]) -> pl.DataFrame:
    """Return the rows of a table: as of the version that is published, and of the newest one, where they differ."""
    empty = pl.DataFrame(schema={"_row_id": pl.String, "id": pl.String, "_run_id": pl.String})
    if version is None:
        return empty
    newest = DeltaTable(address, storage_options=dict(options))
    rows = pl.scan_delta(newest, storage_options=dict(options) or None).select(*empty.columns).collect()
    if newest.version() == version:
        return rows
    pinned = pl.scan_delta(address, version=version, storage_options=dict(options) or None).select(*empty.columns).collect()
    beyond = rows.join(pinned, on="_row_id", how="anti").with_columns(_run_id=pl.lit("newer than the published version"))
    return pl.concat([pinned, beyond])
