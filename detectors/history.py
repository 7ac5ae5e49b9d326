"""The accepted past that a detector learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sluice.domain import ROW, Schema
from sluice.errors import ModelError
from sluice.ports import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Three disjoint parts of the accepted rows, parted at random: what is used twice would make thresholds too low.

    Attributes:
        train: What the model learns from (60 %).
        scale: What cells are calibrated on (20 %).
        threshold: What the threshold of a row is calibrated on (20 %).
    """

    train: pl.DataFrame
    scale: pl.DataFrame
    threshold: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame, seed: int) -> Parts:
        """Part rows; the same rows and seed give the same parts."""
        order = np.random.default_rng(seed).permutation(rows.height)
        first, second = int(rows.height * 0.6), int(rows.height * 0.8)
        return cls(rows[order[:first]], rows[order[first:second]], rows[order[second:]])


def count(past: Snapshot, schema: Schema) -> int:
    """How many rows are accepted: those of the newest batch of a snapshot, of all batches otherwise."""
    runs = [run for run in past.runs(schema.dataset) if run.kind != "audit" and run.state == "published"]
    return (runs[-1].good if runs else 0) if schema.mode == "snapshot" else sum(run.good for run in runs)


def accepted(past: Snapshot, schema: Schema, columns: Sequence[str], *, needs: int, sample: int) -> pl.DataFrame:
    """The newest accepted rows.

    Args:
        past: What was published.
        schema: The dataset.
        columns: The columns wanted.
        needs: The fewest rows to learn from.
        sample: The most rows to give.

    Raises:
        ModelError: There are too few; the text says how many rows it waits for.
    """
    published = past.clean(schema.dataset)
    present = published.collect_schema().names()
    wanted = dict.fromkeys([*columns, *([schema.time] if schema.time else []), ROW])
    order = [name for name in (schema.time, ROW) if name in present]
    rows = published.select([name for name in wanted if name in present]).sort(order, nulls_last=False).tail(sample).collect() if present else pl.DataFrame()
    if rows.height < needs:
        raise ModelError(waits_for(needs - rows.height))
    return rows


def waits_for(rows: int) -> str:
    """What a detector says that has too little history."""
    return f"waits for {max(rows, 0):,} more rows of accepted history"
