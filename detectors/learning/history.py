"""The accepted past that a detector learns from."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain import ROW, RUN, Schema, counted
from sluice.errors import ModelError
from sluice.ports import Snapshot

MIN_SPLIT_ROWS = 30  # rows that can be parted at all
TRAIN_END, SCALE_END = 0.7, 0.85  # up to which place in (0, 1) a row is learned from, and up to which cells are scaled on it


@dataclass(frozen=True, slots=True, eq=False)
class HistorySplit:
    """Three disjoint parts of the accepted rows: what is used twice would make thresholds too low.

    The part of a row is decided by its row id alone, so that it is the same in every fit and update: no row that was learned from
    is ever calibrated on.

    Attributes:
        train: What the model learns from (70 %).
        scale: What cells are scaled on (15 %).
        threshold: What the threshold of a row is calibrated on (15 %).
    """

    train: pl.DataFrame
    scale: pl.DataFrame
    threshold: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame) -> HistorySplit:
        """Part rows that have their ids."""
        place = compute_checksums(rows) / 2**32  # in [0, 1), evenly spread
        order = np.argsort(place, kind="stable")  # so that the first rows of a part are as good as drawn at random
        first, second = np.searchsorted(place[order], (TRAIN_END, SCALE_END))
        return cls(rows[order[:first]], rows[order[first:second]], rows[order[second:]])


def compute_checksums(rows: pl.DataFrame) -> NDArray[np.uint32]:
    """CRC-32 of each row's id."""
    return np.fromiter((zlib.crc32(each.encode()) for each in rows[ROW]), np.uint32, rows.height)


def count_accepted(snapshot: Snapshot, schema: Schema) -> int:
    """How many rows are accepted: those of the newest batch of a snapshot, of all batches otherwise."""
    runs = [run for run in snapshot.runs(schema.dataset) if run.kind != "audit" and run.state == "published"]
    return (runs[-1].good if runs else 0) if schema.mode == "snapshot" else sum(run.good for run in runs)


def count_published(snapshot: Snapshot, schema: Schema) -> int:
    """How many published rows there are to read."""
    return int(snapshot.published(schema.dataset).select(pl.len()).collect().item())


def read_accepted(snapshot: Snapshot, schema: Schema, columns: Sequence[str], *, needs: int, sample: int) -> pl.DataFrame:
    """The newest accepted rows.

    Args:
        snapshot: What was published.
        schema: The dataset.
        columns: The columns wanted.
        needs: The fewest rows to learn from.
        sample: The most rows to give.

    Raises:
        ModelError: There are too few; the text says how many rows it waits for.
    """
    published = snapshot.published(schema.dataset)
    present = published.collect_schema().names()
    wanted = dict.fromkeys([*columns, *([schema.time] if schema.time else []), ROW, RUN])
    order = [name for name in (schema.time, ROW) if name in present]
    rows = published.select([name for name in wanted if name in present]).sort(order, nulls_last=False).tail(sample).collect() if present else pl.DataFrame()
    if rows.height < max(needs, MIN_SPLIT_ROWS):
        raise ModelError(waiting_message(max(needs, MIN_SPLIT_ROWS) - rows.height))
    return rows


def read_newest_batch(snapshot: Snapshot, schema: Schema, columns: Sequence[str]) -> pl.DataFrame:
    """The published rows of the newest batch that has some; `columns`, the time and `_row_id`."""
    runs = [run.id for run in snapshot.runs(schema.dataset) if run.kind == "ingest" and run.good]
    published = snapshot.published(schema.dataset)
    present = published.collect_schema().names()
    wanted = [name for name in dict.fromkeys([*columns, *([schema.time] if schema.time else []), ROW]) if name in present]
    if ROW not in present:
        return pl.DataFrame(schema={**{column.name: column.dtype for column in schema.columns if column.name in columns}, ROW: pl.String()})
    rows = published.filter(pl.col(RUN) == runs[-1]) if runs and RUN in present else published.clear()
    return rows.select(wanted).collect()


def is_from_runs(rows: pl.DataFrame, runs: Iterable[str]) -> NDArray[np.bool_]:
    """Which rows some runs published, [rows]."""
    return rows[RUN].is_in(list(runs)).fill_null(value=False).to_numpy() if RUN in rows.columns else np.zeros(rows.height, bool)


def is_released(snapshot: Snapshot, schema: Schema, rows: pl.DataFrame) -> NDArray[np.bool_]:
    """Which rows a steward let through, [rows]."""
    return is_from_runs(rows, [run.id for run in snapshot.runs(schema.dataset) if run.kind == "release"])


def waiting_message(rows: int) -> str:
    """What a detector says that has too little history."""
    return f"waits for {counted(max(rows, 0), 'more row')} of accepted history"
