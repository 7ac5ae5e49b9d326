"""Evaluate a partition of a Spark table by the steps of a dataset, as one would by hand: the floor of `python -m benchmarks.cluster`.

It is a module of its own, since the executors import it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sluice.config import load
from sluice.domain import Batch
from sluice.pipeline import evaluate
from sluice.sources.cast import cast
from sluice.testing import AT, MemorySnapshot
from sluice.wiring.steps import build_steps

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # it has none


def evaluate_by_hand(config: Path, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Evaluate a partition, and write its rows."""
    import pyarrow as pa

    schema = load(config).datasets["events"].schema_of("events")
    cells = pl.concat([pl.DataFrame(pl.from_arrow(batch)) for batch in batches])
    batch = Batch("events", "hand", cast(cells, schema, "hand"), AT, tuple(cells.columns))
    split = evaluate(batch, build_steps(load(config), config, "events").steps, MemorySnapshot()).split
    for name, rows in (("good", split.good.rows), ("bad", split.bad.rows)):
        rows.write_parquet(config.parent / f"{name}-{cells['event_id'][0]}.parquet", compression="zstd", compression_level=1)
    yield pa.RecordBatch.from_arrays([pa.array([split.bad.rows.height], pa.int64())], ["bad"])
