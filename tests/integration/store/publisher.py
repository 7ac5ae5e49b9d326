"""Publishes numbered batches, in a process that may be killed.

Each batch has the kind that its number calls for: mostly arrivals, but every fourth releases what the one before holds, every
seventh undoes a row, and every fifth holds published ones by a rule that judges them late. A second attempt at a batch splits
otherwise: only what was promised first may count.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from sluice.domain import RAW_TYPE, REASON_TYPE, REPAIRS, ROW, RUN, Batch, Column, Outcome, RunKind, Schema, Score, Split, Verdict
from sluice.store import SqlStore, open_store

NOW = datetime(2026, 3, 15, tzinfo=UTC)
SIZE = 40
SCHEMAS = {"events": Schema("events", "append", ("id",), (Column("id"), Column("price", "number")))}


def open_shop(url: str, lake: str) -> SqlStore:
    """The store that is published into."""
    return open_store(url, lake, schemas=SCHEMAS, policies={}, clock=lambda: NOW)


def outcome(batch: str, kind: RunKind, good: list[str], bad: list[str]) -> Outcome:
    """An outcome of named rows, each good one with a repair."""
    held = rows(bad).with_columns(pl.lit([{"name": "present:price"}], dtype=REASON_TYPE).alias("_reasons"))
    repairs = pl.DataFrame([{"repair_id": f"{row}/price/{batch}", ROW: row, "column": "price", "applied": True} for row in good], schema=REPAIRS)
    verdict = Verdict("present:price", "expectation", "completeness", "critical", "quarantine", "failed", rows=len(good) + len(bad), failed=len(bad))
    score = Score(100.0, {"completeness": 100.0})
    split = Split(Batch("events", batch, rows(good), NOW), Batch("events", batch, held, NOW))
    return Outcome(kind, score, score, split, repairs, {"arrival": [verdict], "cleaned": [verdict], "published": [verdict]}, "0")


def rows(ids: list[str]) -> pl.DataFrame:
    """Rows as a batch has them."""
    frame = pl.DataFrame({"id": ids, "price": [1.0] * len(ids), ROW: ids}, schema={"id": pl.String, "price": pl.Float64, ROW: pl.String})
    return frame.with_columns(pl.lit(None, dtype=RAW_TYPE).alias("_raw"), pl.lit("keep").alias("_action"))


def planned(store: SqlStore, number: int, cut: int) -> Outcome:
    """What batch `number` does, given what is published."""
    name = f"b{number:05}"
    if number % 4 == 3:
        held = store.quarantine.held("events")[ROW].sort().to_list()
        return outcome(name, "release", held[: len(held) // 2], held[len(held) // 2 :])
    if number % 7 == 6:
        clean = store.snapshot().published("events").select(ROW).sort(ROW).head(4).collect()[ROW].to_list()
        return outcome(name, "undo", clean[:2], clean[2:])
    if number % 5 == 4:
        newest = store.snapshot().published("events").filter(pl.col(RUN) == pl.col(RUN).max()).sort(ROW).head(4).collect()
        chosen = newest[ROW].to_list()
        return replace(outcome(name, "recheck", chosen[:2], chosen[2:]), rechecks=newest[RUN].item(0) if chosen else "")
    ids = [f"{name}.{row}" for row in range(SIZE)]
    return outcome(name, "ingest", ids[cut:], ids[:cut])


def work(url: str, lake: str, batches: int) -> None:
    """Publish that many batches more."""
    store = open_shop(url, lake)
    with store.lease("events") as lease:
        store.recover()
        for number in range(len(store.runs.of("events")), len(store.runs.of("events")) + batches):
            store.publish(lease, store.stage(planned(store, number, 5 + os.getpid() % 20)))
