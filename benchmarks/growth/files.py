"""Measure the CPU time of many small files that land at once.

The floor reads each file with Polars, writes its rows and its bad rows as Parquet, commits both to Delta tables as add actions and records them in two
transactions of SQLite, each of them synchronous.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from benchmarks.alone import alone
from benchmarks.events import events
from benchmarks.figures import Figure, main
from benchmarks.growth.cpu import cpu_of
from benchmarks.pipeline import CONFIG
from sluice.app import App, build
from sluice.domain import Run

FILES, QUICK, ROWS = 300, 20, 500
EDGE = 50  # files at either end, whose mean is compared
FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def write_files(folder: Path, files: int) -> None:
    """Write files of an hour each."""
    folder.mkdir()
    for number in range(files):
        start = FIRST + timedelta(hours=number)
        hour = [(start + (pl.col(name).dt.replace_time_zone("UTC") - FIRST) / 24).alias(name) for name in ("ts", "received_at")]
        events(ROWS, seed=number).with_columns(hour).write_parquet(folder / f"events-{start:%Y-%m-%dT%H}.parquet")


@contextmanager
def shop(landing: Path) -> Iterator[Iterator[float]]:
    """Open a shop with a warm worker; each step publishes the next file and yields its CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "landing").symlink_to(landing)
        config = Path(folder) / "sluice.yaml"
        config.write_text(CONFIG, encoding="utf-8")
        with build(config) as app:
            app.worker.validate_steps()
            with closing(app.run(app.pending_arrivals())) as runs:
                yield _published(app, runs)


def _published(app: App, runs: Iterator[Run]) -> Iterator[float]:
    while True:
        before = cpu_of(app)
        run = next(runs, None)
        if run is None:
            return
        assert run.good + run.bad + run.copies + run.superseded == ROWS  # a benchmark that loses rows is none
        yield cpu_of(app) - before


def ours(landing: Path, edge: int) -> tuple[list[float], list[float]]:
    """Publish all files; the last ones in turn with the first ones of another shop, so that a machine that becomes slower slows both.

    Returns:
        The CPU seconds of each file, and those of the other shop's files after its first, which creates the tables.
    """
    files = len(list(landing.iterdir()))
    with shop(landing) as old, shop(landing) as young:
        seconds = list(islice(old, files - edge))
        next(young)
        pairs = [(next(old), next(young)) for _ in range(edge)]
    return [*seconds, *(last for last, _ in pairs)], [first for _, first in pairs]


def by_hand(landing: Path) -> list[float]:
    """Read, write, commit and record every file by hand; return the CPU seconds of each."""
    with tempfile.TemporaryDirectory() as folder:
        root, seconds = Path(folder), []
        records = sqlite3.connect(root / "records.db", isolation_level=None)
        records.execute("PRAGMA journal_mode=WAL")
        records.execute("PRAGMA synchronous=FULL")
        records.execute("CREATE TABLE runs (id TEXT PRIMARY KEY, state TEXT, rows INTEGER)")
        for path in sorted(landing.iterdir()):
            start = time.process_time()
            rows = pl.read_parquet(path)
            records.execute("INSERT INTO runs VALUES (?, 'intent', ?)", (path.name, rows.height))
            for table, part in {"clean": rows, "quarantine": rows.head(2)}.items():
                commit_file(root / table, path.name, part)
            records.execute("UPDATE runs SET state = 'published' WHERE id = ?", (path.name,))
            seconds.append(time.process_time() - start)
        records.close()
        return seconds


def commit_file(table: Path, name: str, rows: pl.DataFrame) -> None:
    """Write rows as a file of a Delta table, and commit it."""
    handle = DeltaTable(str(table)) if table.exists() else DeltaTable.create(str(table), rows.schema)
    rows.write_parquet(table / name, compression="zstd", compression_level=1)
    status = (table / name).stat()
    action = AddAction(name, status.st_size, {}, int(status.st_mtime * 1000), data_change=True, stats=json.dumps({"numRecords": rows.height}))
    handle.create_write_transaction([action], "append", handle.schema())


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure both, one after the other in fresh processes, on the same files."""
    files = QUICK if options.quick else FILES
    edge = min(EDGE, files // 3)
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder) / "landing"
        alone(write_files, landing, files)
        floor, (seconds, young) = alone(by_hand, landing), alone(ours, landing, edge)
    mean_floor, first, last = sum(floor) / files, sum(young) / edge, sum(seconds[-edge:]) / edge
    return [
        Figure(f"{files} files of {ROWS} rows, a file", sum(seconds) / files, "CPU s", f"by hand: {mean_floor:.3g}", sum(seconds) / files / mean_floor),
        Figure(f"the last {edge} of these files, a file", last, "CPU s", f"the first {edge} of another shop, in turn: {first:.3g}", last / first),
        Figure(f"the last {edge} by hand, a file", sum(floor[-edge:]) / edge, "CPU s", f"the first {edge}", sum(floor[-edge:]) / sum(floor[:edge])),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
