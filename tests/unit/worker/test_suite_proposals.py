"""Evidence for proposals: the published rows of open runs."""

from __future__ import annotations

import polars as pl

from sluice.domain import RUN, Column, GateState, Run, Schema
from sluice.testing import AT, MemorySnapshot, make_rows
from sluice.worker.suite_proposals import accepted_batches

SCHEMA = Schema("sales", "append", (), (Column("price", "number"),))


def test_a_batch_whose_run_is_not_open_is_no_evidence() -> None:
    decisions: dict[str, GateState] = {"a": "open", "b": "closed", "c": "unknown", "d": "open"}
    rows = pl.concat(make_rows(SCHEMA, {"price": [1.0, 2.0]}, batch_id=name).with_columns(pl.lit(name).alias(RUN)) for name in decisions)
    runs = [Run(name, "sales", "ingest", seq, AT, "published", rows=2, good=2, decision=decision) for seq, (name, decision) in enumerate(decisions.items())]
    assert [batch.id for batch in accepted_batches(MemorySnapshot({"sales": rows}, records=runs), "sales")] == ["d", "a"]
