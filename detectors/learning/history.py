"""Read the accepted history that a detector learns from."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain import ROW, RUN, Message, Schema
from sluice.errors import ModelError
from sluice.messages.failures import make_error
from sluice.ports import Snapshot

MIN_SPLIT_ROWS = 30  # rows that can be split at all
TRAIN_END, SCALE_END = 0.7, 0.85  # ends of the train part and of the scale part in (0, 1)


@dataclass(frozen=True, slots=True, eq=False)
class HistorySplit:
    """Split accepted rows into three disjoint parts: rows used twice would make thresholds too low.

    A row's part depends on its row id alone, so that it is the same in every fit and update: no row that was learned from is ever used for
    calibration.

    Attributes:
        train: Rows that the model learns from (70 %).
        scale: Rows that cells are scaled on (15 %).
        calibration: Rows that the threshold is calibrated on (15 %).
    """

    train: pl.DataFrame
    scale: pl.DataFrame
    calibration: pl.DataFrame

    @classmethod
    def from_rows(cls, rows: pl.DataFrame) -> HistorySplit:
        """Split rows that have their ids."""
        place = compute_checksums(rows) / 2**32  # in [0, 1), evenly spread
        order = np.argsort(place, kind="stable")  # so that the first rows of a part are as good as drawn at random
        first, second = np.searchsorted(place[order], (TRAIN_END, SCALE_END))
        return cls(rows[order[:first]], rows[order[first:second]], rows[order[second:]])


def compute_checksums(rows: pl.DataFrame) -> NDArray[np.uint32]:
    """Compute the CRC-32 of each row's id."""
    return np.fromiter((zlib.crc32(row_id.encode()) for row_id in rows[ROW]), np.uint32, rows.height)


def count_accepted(snapshot: Snapshot, schema: Schema) -> int:
    """Count the accepted rows: of the newest batch of a dataset in snapshot mode, of all batches otherwise."""
    runs = [run for run in snapshot.runs(schema.dataset) if run.adds_rows and run.state == "published"]
    return (runs[-1].good if runs else 0) if schema.mode == "snapshot" else sum(run.good for run in runs)


def count_published(snapshot: Snapshot, schema: Schema) -> int:
    """Count the published rows."""
    return int(snapshot.published(schema.dataset).select(pl.len()).collect().item())


def read_accepted(snapshot: Snapshot, schema: Schema, columns: Sequence[str], *, min_rows: int, max_rows: int) -> pl.DataFrame:
    """Read the newest accepted rows.

    Args:
        snapshot: Where to read.
        schema: The dataset.
        columns: The columns to read.
        min_rows: The smallest number of rows to learn from.
        max_rows: The largest number of rows to return.

    Raises:
        ModelError: There are too few; the message says how many are missing.
    """
    published = snapshot.published(schema.dataset)
    present = published.collect_schema().names()
    names = dict.fromkeys([*columns, *([schema.time] if schema.time else []), ROW, RUN])
    order = [name for name in (schema.time, ROW) if name in present]
    rows = published.select([name for name in names if name in present]).sort(order, nulls_last=False).tail(max_rows).collect() if present else pl.DataFrame()
    if rows.height < max(min_rows, MIN_SPLIT_ROWS):
        raise waiting_error(max(min_rows, MIN_SPLIT_ROWS) - rows.height)
    return rows


def read_newest_batch(snapshot: Snapshot, schema: Schema, columns: Sequence[str]) -> pl.DataFrame:
    """Read the published rows of the newest batch that has some: `columns`, the time and `_row_id`."""
    runs = [run.id for run in snapshot.runs(schema.dataset) if run.kind == "ingest" and run.good]
    published = snapshot.published(schema.dataset)
    present = published.collect_schema().names()
    names = [name for name in dict.fromkeys([*columns, *([schema.time] if schema.time else []), ROW]) if name in present]
    if ROW not in present:
        return pl.DataFrame(schema={**{column.name: column.dtype for column in schema.columns if column.name in columns}, ROW: pl.String()})
    rows = published.filter(pl.col(RUN) == runs[-1]) if runs and RUN in present else published.clear()
    return rows.select(names).collect()


def is_from_runs(rows: pl.DataFrame, runs: Iterable[str]) -> NDArray[np.bool_]:
    """Return which rows were published by some runs, [rows]."""
    return rows[RUN].is_in(list(runs)).fill_null(value=False).to_numpy() if RUN in rows.columns else np.zeros(rows.height, bool)


def is_released(snapshot: Snapshot, schema: Schema, rows: pl.DataFrame) -> NDArray[np.bool_]:
    """Return which rows a steward released from quarantine, [rows]."""
    return is_from_runs(rows, [run.id for run in snapshot.runs(schema.dataset) if run.kind == "release"])


def waiting_message(rows: int) -> Message:
    """Say how many rows of history are missing."""
    return Message.of("waits_for_history", rows=max(rows, 0))


def waiting_error(rows: int) -> ModelError:
    """Return the error that says how many rows of history are missing."""
    return make_error(ModelError, "waits_for_history", rows=max(rows, 0))
