"""Judge stored rows that were cast to a new declaration: what does not cast, and what a new key no longer tells apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import polars as pl

from checks.schema import SchemaJudge
from sluice.domain import ROW, Batch, Schema, Verdict
from sluice.ports import Snapshot


def judge_rebuilt(schema: Schema, batch: Batch, snapshot: Snapshot, *, changed: Collection[str], key_changed: bool) -> list[Verdict]:
    """Judge rows by the rules of the schema that a rebuild can break: `cast:<column>`, `key_present`, `key_unique`.

    Args:
        schema: The new declaration.
        batch: The rows, the oldest first; of rows with the same key the newest stays, by `time` where there is one.
        snapshot: What is published; not read.
        changed: Columns that were cast.
        key_changed: Whether the key, or what identifies a row by it, changed.

    Example:
        >>> from sluice.domain import Column
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", "upsert", ("id",), (Column("id"),))
        >>> batch = make_batch(schema, {"id": ["7", "8", "7"]})
        >>> [verdict.failing.to_list() for verdict in judge_rebuilt(schema, batch, MemorySnapshot(), changed=[], key_changed=True)]
        [[False, False, False], [True, False, False]]
    """
    rules = {f"cast:{name}" for name in changed} | ({"key_present", "key_unique"} if key_changed else set())
    verdicts = SchemaJudge(replace(schema, mode="upsert")).judge(batch, snapshot)  # in any mode the newest row stays
    return [_within_window(verdict, schema, batch.rows) for verdict in verdicts if verdict.rule in rules]


def _within_window(verdict: Verdict, schema: Schema, rows: pl.DataFrame) -> Verdict:
    """Return the verdict without rows of an event log whose key comes again only after its window."""
    if verdict.rule != "key_unique" or schema.mode != "append" or not schema.time or verdict.failing is None:
        return verdict
    time = pl.col(schema.time)
    ordered = rows.lazy().with_row_index("_position").sort(schema.time, nulls_last=False, maintain_order=True)
    gaps = ordered.select("_position", (time.shift(-1) - time).over(schema.key).alias("_gap")).sort("_position").collect()["_gap"]
    failing = verdict.failing & ~(gaps > schema.window).fill_null(value=False)
    failed = int(failing.sum())
    evidence = verdict.evidence.join(rows.filter(failing), on=ROW, how="semi") if verdict.evidence is not None else None
    return replace(verdict, failing=failing, failed=failed, status="failed" if failed else "passed", evidence=evidence)


def fails_in(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Return the number of rows that fail each rule, where any does."""
    return {verdict.rule: verdict.failed for verdict in verdicts if verdict.failed}
