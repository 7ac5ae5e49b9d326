"""Measure the CPU time of a release of 10,000 of five million held rows, against copying these rows by hand with Polars.

The floor reads the rows by their ids, writes them as Parquet, commits the file to a Delta table as an add action, and records the run and the rows' release in
one transaction of SQLite. The release judges the rows again, publishes them, and records a revision of their batch.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import polars as pl
from deltalake import DeltaTable

from benchmarks.figures import Figure, main
from benchmarks.growth.cpu import cpu_of
from benchmarks.growth.files import commit_file
from benchmarks.growth.pages import AT, hold
from sluice import jobs
from sluice.app import build
from sluice.domain import ROW, Request

HELD, RELEASED, REPEATS = 5_000_000, 10_000, 5
CONFIG = """
database: sqlite:///sluice.db
lake: lake
datasets:
  events:
    source: {files: "landing/*.parquet"}
    key: [event_id]
    time: ts
    columns:
      event_id: {type: string, required: true}
      user_id: {type: string}
      item_id: {type: string}
      event_type: {type: string}
      ts: {type: timestamp}
      price: {type: number}
      quantity: {type: integer}
    suite: [expect_column_values_to_be_between: {column: quantity, min_value: 1}]
"""


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Release rows several times, each time others, and copy the same rows by hand."""
    held, released, repeats = (HELD // 50, RELEASED // 50, 2) if options.quick else (HELD, RELEASED, REPEATS)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
        with build(Path(folder) / "sluice.yaml") as app:
            app.worker.validate_steps()
            hold(app.store, 0, held)
            seconds, by_hand = [], []
            for number in range(repeats + 1):
                rows = tuple(f"b{number % 5:011}.{row}" for row in range(number * released, (number + 1) * released))
                before = cpu_of(app)
                jobs.release(Request(f"r{number}", "release", "events", "Ada", "fine", AT, rows), app.store, app.worker, now=AT)
                seconds.append(cpu_of(app) - before)
                by_hand.append(_copied(Path(folder), f"copy{number}", rows))
            states = app.store.quarantine.held("events", columns=[]).height
    assert states < held  # rows are released, but for those of a key that was published before
    ours, floor = median(seconds[1:]), median(by_hand[1:])
    return [Figure(f"release of {released:,} of {held:,} held rows", ours, "CPU s", f"copied by hand: {floor:.3g}", ours / floor, repeats)]


def _copied(folder: Path, name: str, ids: Sequence[str]) -> float:
    files = DeltaTable(str(folder / "lake" / "quarantine" / "events")).file_uris()
    start = time.process_time()
    rows = pl.scan_parquet(files).filter(pl.col(ROW).is_in(list(ids))).collect()
    commit_file(folder / "copied", f"{name}.parquet", rows.drop("_raw", "_reasons"))
    with sqlite3.connect(folder / "copied.db") as records:
        records.execute("CREATE TABLE IF NOT EXISTS released (id TEXT PRIMARY KEY, run TEXT)")
        records.executemany("INSERT INTO released VALUES (?, ?)", [(row, name) for row in rows[ROW]])
    records.close()
    assert rows.height == len(ids)
    return time.process_time() - start


if __name__ == "__main__":
    main(__doc__ or "", measure)
