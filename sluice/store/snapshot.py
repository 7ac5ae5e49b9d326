"""Read what was published at one moment, with its Delta versions pinned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import polars as pl

from sluice.domain import ACTION, FLAGS, OTHER, RAW, REPAIRS, REPEATS, ROW, RUN, STATE, Artifact, Message, Run, Schema
from sluice.store.lake import Lake
from sluice.store.lake_tables import Table


class RunRecords(Protocol):
    """Know which runs are published, and what they said."""

    def published(self, dataset: str, seq: int) -> Sequence[Run]:
        """Return a dataset's published runs up to a snapshot, the oldest first."""
        ...

    def metrics(self, dataset: str, seq: int, runs: Collection[str] | None = None) -> pl.DataFrame:
        """Return the verdicts of the runs, or of some, up to a snapshot (schema METRICS)."""
        ...

    def versions(self, dataset: str, seq: int, without: Collection[str] = ()) -> Mapping[str, int]:
        """Return the Delta versions that the newest run of a snapshot names, but for some runs."""
        ...


class Champions(Protocol):
    """Know which version of a model served when."""

    def champion(self, name: str, seq: int) -> Artifact | None:
        """Load the version that was the champion at a snapshot; None where there is none."""
        ...


class SqlSnapshot:
    """Read only the versions that published runs name, so that the same snapshot gives the same rows for ever, unless a value was erased since."""

    def __init__(
        self, runs: RunRecords, lake: Lake, registry: Champions, schemas: Mapping[str, Schema], seq: int, excluded: frozenset[str] = frozenset()
    ) -> None:
        """Pin a snapshot.

        Args:
            runs: The records of runs.
            lake: The rows.
            registry: The models.
            schemas: Every dataset's declared columns.
            seq: The snapshot's number.
            excluded: Batches that are left out.
        """
        self._records = runs
        self._lake = lake
        self._registry = registry
        self._schemas = schemas
        self._seq = seq
        self._excluded = excluded
        self._runs: dict[str, Sequence[Run]] = {}
        self._versions: dict[str, Mapping[str, int]] = {}

    @property
    def id(self) -> str:
        """Return the name of the snapshot; "0" is the empty one."""
        return str(self._seq)

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the published rows: declared columns, `_row_id`, `_raw`, `_action`, `_run_id`."""
        rows = self._rows("clean", dataset)
        stored = set(rows.collect_schema().names())
        if not stored or dataset not in self._schemas:
            return rows
        was = {column.name: column.was for column in self._schemas[dataset].columns if column.was}
        columns = {**self._schemas[dataset].dtypes, ROW: pl.String(), RAW: None, ACTION: None, RUN: None}
        return rows.select(_stored_column(name, was.get(name), stored, dtype) for name, dtype in columns.items())

    def published_row(self, dataset: str, row_id: str) -> pl.DataFrame:
        """Return one published row; a frame without rows where it is not published. Files that cannot hold its id are not read."""
        rows = self.published(dataset)
        return rows.filter(pl.col(ROW) == row_id).head(1).collect() if ROW in rows.collect_schema() else pl.DataFrame()

    def stored(self, table: Table, dataset: str) -> pl.LazyFrame:
        """Return a table of the lake with all its columns, those among them that are declared no longer; a frame without columns where there is none."""
        return self._rows(table, dataset)

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return every row that was ever held, with its newest `_reasons` and `_run_id`; released ones included."""
        return self._rows("quarantine", dataset)

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return the repairs of the runs (schema REPAIRS, and `_run_id`), proposed ones and those undone since among them."""
        rows = self._rows("repairs", dataset)
        return rows if rows.collect_schema() else pl.LazyFrame(schema={**REPAIRS, RUN: pl.String()})

    def repeats(self, dataset: str) -> pl.LazyFrame:
        """Return the rows that are copies or superseded (schema REPEATS, `_run_id`, and their cells where no other table has them)."""
        rows = self._rows("repeats", dataset)
        return rows if rows.collect_schema() else pl.LazyFrame(schema={**REPEATS, RUN: pl.String()})

    def repeat_of(self, dataset: str, row_id: str) -> Message | None:
        """Say of a copy or superseded row which row it repeats, or which stands in its place, and which run found that; None for another row."""
        rows = self.repeats(dataset).filter(pl.col(ROW) == row_id).select(STATE, OTHER, RUN).collect()
        if rows.is_empty():
            return None
        state, other, run = rows.row(0)
        if other is None:
            return Message.of("row_superseded_by_table", row=row_id, run=run)
        code = "row_copy" if state == "copy" else "row_superseded"
        return Message.of(code, row=row_id, other=other, run=run)

    def copies_within(self, run: Run) -> int:
        """Return how many copies of a run repeat a row of their own batch; the others repeat one that was published before."""
        if not run.copies:
            return 0
        batches = [pl.col(name).str.replace(r"\.[^.]*$", "") for name in (ROW, OTHER)]
        copies = self.repeats(run.dataset).filter((pl.col(RUN) == run.id) & (pl.col(STATE) == "copy"))
        return int(copies.filter(batches[0] == batches[1]).select(pl.len()).collect().item())

    def flags(self, dataset: str) -> pl.LazyFrame:
        """Return the detectors' flags on published rows (schema FLAGS, and `_run_id` of the run that published them)."""
        rows = self._rows("flags", dataset)
        return rows if rows.collect_schema() else pl.LazyFrame(schema={**FLAGS, RUN: pl.String()})

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return the published runs, the oldest first."""
        if dataset not in self._runs:
            self._runs[dataset] = [run for run in self._records.published(dataset, self._seq) if run.id not in self._excluded]
        return self._runs[dataset]

    def metrics(self, dataset: str, runs: Collection[str] | None = None) -> pl.DataFrame:
        """Return the verdicts of the runs, or of some, one row for each run, phase and rule (schema METRICS)."""
        return self._records.metrics(dataset, self._seq, runs).filter(~pl.col("run_id").is_in(list(self._excluded)))

    def model(self, name: str) -> Artifact | None:
        """Return the champion of that name as it was at this snapshot."""
        return self._registry.champion(name, self._seq)

    def without(self, batch_id: str) -> SqlSnapshot:
        """Return the same snapshot without the rows and runs of one batch."""
        return SqlSnapshot(self._records, self._lake, self._registry, self._schemas, self._seq, self._excluded | {batch_id})

    def _rows(self, table: Table, dataset: str) -> pl.LazyFrame:
        if dataset not in self._versions:
            self._versions[dataset] = self._records.versions(dataset, self._seq, self._excluded)
        pinned = self._versions[dataset].get(table)
        rows = self._lake.scan(table, dataset, pinned)
        if pinned is None or not self._excluded:
            return rows
        arrived = pl.any_horizontal(pl.col(ROW).str.starts_with(f"{batch}.") for batch in sorted(self._excluded))
        return rows.filter(~arrived, ~pl.col(RUN).is_in(sorted(self._excluded)))


def _stored_column(name: str, was: str | None, stored: Collection[str], dtype: pl.DataType | None) -> pl.Expr:
    """Return a column of an older version too, where it may have another name, or not be there yet."""
    if name in stored:
        return pl.col(name)
    return pl.col(was).alias(name) if was and was in stored else pl.lit(None, dtype=dtype).alias(name)
