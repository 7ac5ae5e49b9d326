"""Pin what the database knows of a snapshot, for processes of other machines, which read the lake and do not reach the database."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sluice.domain import ROW, Run, Schema, Split
from sluice.store.lake import Lake
from sluice.store.pinned_models import PinnedModels
from sluice.store.quarantine_store import ever_held_of_keys
from sluice.store.snapshot import SqlSnapshot
from sluice.store.store import SqlStore

_VERDICTS, _SETTLED = "verdicts.parquet", "settled.parquet"


@dataclass(frozen=True, slots=True, eq=False)
class PinnedRecords:
    """Answer as the records of runs do, up to one snapshot.

    Attributes:
        runs: Published runs by dataset, the oldest first.
        dataset: The dataset of which verdicts are at hand.
        folder: Where they are.
    """

    runs: Mapping[str, Sequence[Run]]
    dataset: str
    folder: Path

    def published(self, dataset: str, seq: int) -> Sequence[Run]:
        """Return a dataset's published runs, the oldest first."""
        return [run for run in self.runs.get(dataset, ()) if (run.seq or 0) <= seq]

    def metrics(self, dataset: str, seq: int, runs: Collection[str] | None = None) -> pl.DataFrame:
        """Return the verdicts of the runs, or of some.

        Raises:
            KeyError: They are those of another dataset.
        """
        if dataset != self.dataset:
            raise KeyError(dataset)
        published = {run.id for run in self.published(dataset, seq)}
        return _read(self.folder / _VERDICTS).filter(pl.col("run_id").is_in(sorted(published if runs is None else published & {*runs})))

    def versions(self, dataset: str, seq: int, without: Collection[str] = ()) -> Mapping[str, int]:
        """Return the Delta versions that the newest run names."""
        return next((run.versions for run in reversed(self.published(dataset, seq)) if run.id not in without), {})


@dataclass(frozen=True, slots=True, eq=False)
class PinnedStore:
    """Hold what the steps of one dataset may ask of a store; the rows stay in the lake.

    Attributes:
        seq: Number of the snapshot.
        lake: Address of the lake.
        schemas: Every dataset's declared columns, by name.
        records: The records of runs.
        quarantine: Version of the dataset's quarantine; None where there is none.
        models: The models that serve the dataset.
    """

    seq: int
    lake: str
    schemas: Mapping[str, Schema]
    records: PinnedRecords
    quarantine: int | None
    models: PinnedModels

    @classmethod
    def of(cls, store: SqlStore, snapshot: SqlSnapshot, dataset: str, folder: Path) -> PinnedStore:
        """Pin a snapshot.

        Args:
            store: The store.
            snapshot: The snapshot.
            dataset: The dataset that a batch is of.
            folder: An empty folder that the other machines read.
        """
        snapshot.metrics(dataset).write_parquet(folder / _VERDICTS)
        store.quarantine.all_settled(dataset).write_parquet(folder / _SETTLED)
        records = PinnedRecords({name: list(snapshot.runs(name)) for name in store.schemas}, dataset, folder)
        version = store.runs.versions(dataset, store.runs.newest()).get("quarantine")
        models = PinnedModels.of(store.models, dataset, int(snapshot.id), folder)
        return cls(int(snapshot.id), store.lake.root, store.schemas, records, version, models)

    def open_lake(self) -> Lake:
        """Open the lake; what a program may read of S3 its environment says."""
        return Lake(self.lake, schemas=self.schemas)

    def snapshot(self, lake: Lake) -> SqlSnapshot:
        """Return the snapshot."""
        return SqlSnapshot(self.records, lake, self.models, self.schemas, self.seq)

    def held_rows(self, lake: Lake) -> Callable[[Split], pl.DataFrame]:
        """Return what reads the rows that are held now and have the keys of a batch."""
        return functools.partial(self._held_rows, lake)

    def _held_rows(self, lake: Lake, parts: Split) -> pl.DataFrame:
        held = ever_held_of_keys(lake, self.schemas[self.records.dataset], self.quarantine, parts)
        return held.join(_read(self.records.folder / _SETTLED), on=ROW, how="anti", maintain_order="left")


@functools.lru_cache(maxsize=4)
def _read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path)
