"""Measure the CPU time of one batch of a warm worker after a long history, against one when the windows of 28 days have just become full.

Batches have a key, are compared with the batches before by uniqueness, near duplicates and row counts of the weekday, and refer to a catalog. The history
is published by the store, batch after batch, from the outcome of one real evaluation. Ten batches after it are read, judged, cleaned and published by the
worker of each shop, in turn, so that a machine that becomes slower meanwhile slows both; their medians count.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import polars as pl

from benchmarks.events import ITEMS, events
from benchmarks.figures import Figure, main
from benchmarks.growth.cpu import cpu_of
from sluice.app import App, build
from sluice.domain import Batch, Outcome
from sluice.pipeline import evaluate
from sluice.wiring.sources import source_of
from sluice.wiring.steps import build_steps

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
MEASURED, DAILY_ROWS = 10, 20_000
_WARM_UP = 2  # batches, in which a worker reads what the store published
CONFIG = """
clock: 2028-01-01
database: sqlite:///sluice.db
lake: lake
datasets:
  catalog:
    source: {files: "catalog/*.parquet"}
    mode: snapshot
    key: [item_id]
    columns: {item_id: {type: string, required: true}}
    suite: [expect_column_values_to_not_be_null: {column: item_id}]
  events:
    source: {files: "landing/*.parquet"}
    key: [event_id]
    time: ts
    every: EVERY
    columns:
      event_id: {type: string, required: true}
      user_id: {type: string, required: true}
      item_id: {type: string, required: true}
      event_type: {type: string, required: true}
      ts: {type: timestamp, required: true}
      received_at: {type: timestamp}
      price: {type: number}
      quantity: {type: integer}
    suite:
      - expect_column_values_to_not_be_null: {column: user_id}
      - expect_column_values_to_be_between: {column: price, min_value: 0, max_value: 10000}
      - expect_column_values_to_be_unique_across_batches: {columns: [event_id]}
      - expect_column_values_to_exist_in_dataset: {column: item_id, dataset: catalog}
      - expect_table_row_count_to_match_weekday: {}
    clean:
      - parse
      - deduplicate: {subset: [user_id, item_id, event_type], window: 1s}
"""


class Shop:
    """Publish batches of one interval, some by the store alone and some by the worker.

    Attributes:
        app: The application.
        every: Interval between the batches.
        rows: Rows of a batch.
    """

    def __init__(self, folder: Path, every: timedelta) -> None:
        """Write the catalog, and publish it."""
        self.every, self.rows, self._folder, self._number = every, round(DAILY_ROWS * (every / timedelta(days=1))), folder, 0
        (folder / "landing").mkdir()
        (folder / "catalog").mkdir()
        config = folder / "sluice.yaml"
        config.write_text(CONFIG.replace("EVERY", "1d" if every >= timedelta(days=1) else "1h"), encoding="utf-8")
        items = pl.DataFrame({"item_id": [f"i{number:06}" for number in range(ITEMS)]})
        items.write_parquet(folder / "catalog" / f"catalog-{FIRST - timedelta(days=1):%Y-%m-%d}.parquet")
        self.app: App = build(config)
        list(self.app.run(self.app.pending_arrivals(["catalog"])))

    def land(self) -> Path:
        """Write the next file."""
        start = FIRST + self._number * self.every
        share = self.every / timedelta(days=1)
        moved = [(start + (pl.col(name).dt.replace_time_zone("UTC") - FIRST) * share).alias(name) for name in ("ts", "received_at")]
        path = self._folder / "landing" / f"events-{start:{'%Y-%m-%d' if share >= 1 else '%Y-%m-%dT%H'}}.parquet"
        events(self.rows, seed=self._number).with_columns(moved).write_parquet(path)
        self._number += 1
        return path

    def publish(self) -> float:
        """Publish the next file by the worker; return its CPU seconds."""
        path, before = self.land(), cpu_of(self.app)
        (run,) = self.app.run(self.app.pending_arrivals(["events"]))
        seconds = cpu_of(self.app) - before
        assert run.good + run.bad + run.copies + run.superseded == run.rows == self.rows  # a benchmark that loses rows is none
        path.unlink()
        return seconds

    def grow(self, batches: int) -> None:
        """Publish batches by the store alone, until there are so many."""
        template = self._template() if self._number < batches else None
        with self.app.store.lease("events") as lease:
            while template is not None and self._number < batches:
                outcome = self._next(template)
                staged = self.app.store.staging.write(outcome, uri=f"{outcome.split.good.id}.parquet")
                self.app.store.publisher.publish(lease, staged)

    def _template(self) -> Outcome:
        """Return the outcome of the next file, which is read and judged but not published."""
        path = self.land()
        self._number -= 1
        steps, source = build_steps(self.app.config, self.app.path, "events").steps, source_of(self.app.config, "events")
        outcome = evaluate(source.read(next(iter(source.arrivals()))), steps, self.app.store.snapshot())
        path.unlink()
        return replace(outcome, repairs=outcome.repairs.clear(), repeats=outcome.repeats.clear(), replaced=outcome.replaced.clear())

    def _next(self, template: Outcome) -> Outcome:
        """Return an outcome like another one, with keys, times and row ids of its own."""
        name, shift = f"{self._number:012x}", self._number * self.every - (template.split.good.at - FIRST - self.every)
        self._number += 1
        return replace(template, split=replace(template.split, good=_moved(template.split.good, name, shift), bad=_moved(template.split.bad, name, shift)))


def _moved(batch: Batch, name: str, shift: timedelta) -> Batch:
    rows = batch.rows.with_columns(
        pl.col("event_id") + f"-{name}",
        pl.col("ts", "received_at") + shift,
        (name + "." + pl.col("_row_id").str.split(".").list.last()).alias("_row_id"),
    )
    return replace(batch, rows=rows, id=name, at=batch.at + shift)


def figure(every: timedelta, name: str, first: int, last: int, batches: int) -> Figure:
    """Measure batches after a short history and after a long one, in two shops."""
    with tempfile.TemporaryDirectory() as young, tempfile.TemporaryDirectory() as old:
        shops = [Shop(Path(folder), every) for folder in (young, old)]
        with shops[0].app, shops[1].app:
            for shop, history in zip(shops, (first, last), strict=True):
                shop.grow(history)
            seconds = [[shop.publish() for shop in shops] for _ in range(batches + _WARM_UP)][_WARM_UP:]
    before, after = map(median, zip(*seconds, strict=True))
    return Figure(f"{name} batch {last:,} of {shops[0].rows:,} rows", after, "CPU s", f"batch {first:,}: {before:.3g}", after / before, batches)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure daily batches."""
    first, last, batches = (30, 60, 3) if options.quick else (30, 400, MEASURED)
    return [figure(timedelta(days=1), "daily", first, last, batches)]


if __name__ == "__main__":
    main(__doc__ or "", measure)
