"""The rows of a batch are given back once they are split, whoever evaluates it."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
import pytest

from sluice.config import load
from sluice.domain import REPAIRS, Batch, Cleaned, Column, Guesses, Schema, Verdict
from sluice.partitions import RecordedPart
from sluice.ports import Snapshot, Steps
from sluice.testing import MemorySnapshot, make_batch
from sluice.worker.exchange import FolderExchange
from sluice.worker.profiling import make_evaluator

SCHEMA = Schema("items", columns=(Column("price", "number"),))
CONFIG = "datasets: {items: {source: {files: 'landing/*.csv'}, columns: {price: {type: number}}}}"


@dataclass
class Watching:
    """Clean nothing, hold the first row, and note at each judgement which rows that were cleaned or judged before are still held."""

    frames: list[weakref.ref[pl.DataFrame]] = field(default_factory=list)
    held: list[list[bool]] = field(default_factory=list)

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        cleaned = replace(batch, rows=batch.rows.with_columns(pl.col("price") + 1))
        self.frames.append(weakref.ref(cleaned.rows))
        first = pl.Series([True, *[False] * (batch.rows.height - 1)])
        return Cleaned(cleaned, REPAIRS.to_frame(), [Verdict("held", "cleaner", "validity", "warning", "quarantine", "failed", first, first.len(), 1)])

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        self.held.append([frame() is not None for frame in self.frames])
        self.frames.append(weakref.ref(batch.rows))
        failing = batch.rows["price"] == batch.rows["price"].max()
        return [Verdict("rule", "expectation", "validity", "critical", "quarantine", "failed", failing, failing.len(), 1)]


@pytest.mark.parametrize("in_part", [False, True])
def test_rows_that_were_split_are_held_by_nobody(tmp_path: Path, *, in_part: bool) -> None:
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    watching = Watching()
    evaluate = make_evaluator(load(tmp_path / "sluice.yaml"), "items", Steps([watching], watching), MemorySnapshot(), lambda _: pl.DataFrame())
    if in_part:
        outcome = RecordedPart((), Guesses(), 0, FolderExchange(tmp_path, 0, 1, ())).run(
            evaluate, lambda: make_batch(SCHEMA, {"price": [1.0, 2.0, 3.0, 4.0, 5.0]})
        )
    else:
        outcome = evaluate(make_batch(SCHEMA, {"price": [1.0, 2.0, 3.0, 4.0, 5.0]}))
    assert outcome is not None
    assert outcome.split.good.rows.height == 2
    assert watching.held == [[], [False] * 2, [False] * 3], "as it arrived, once cleaned, once split again"
