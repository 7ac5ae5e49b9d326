"""Measure `sluice run` on a file that is larger than what fits into memory: CPU seconds a million rows, and memory of all its processes.

The file has the events of `python -m benchmarks.pipeline` and is published with its configuration under `limits: {memory: 4294967296}`, part by part. It is
compared with a file of five million events that is published at once, in the same run. Memory is the highest sum of the proportional set sizes of all
processes, sampled every 50 ms, without pages of files. `--rows` sets another number of events.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from benchmarks.alone import alone
from benchmarks.events import events
from benchmarks.figures import Figure, main
from benchmarks.pipeline import FILE, shop
from benchmarks.usage import measured
from sluice.app import build

ROWS, QUICK, FLOOR_ROWS, QUICK_FLOOR_ROWS = 20_000_000, 400_000, 5_000_000, 100_000
LIMIT, NO_LIMIT = 4 * 2**30, 64 * 2**30
_CHUNK = 1_000_000


def write(path: Path, rows: int) -> None:
    """Write the log, a million events at a time."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for number, first in enumerate(range(0, rows, _CHUNK)):
            events(min(_CHUNK, rows - first), seed=number).write_parquet(Path(folder) / f"{number:04}.parquet")
        pl.scan_parquet(Path(folder) / "*.parquet").sink_parquet(path)


def publish(path: Path, memory: int) -> tuple[float, int, int]:
    """Publish the file in a new shop; return wall seconds, rows and held rows."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        config, start = shop(Path(folder), path), time.perf_counter()
        config.write_text(f"{config.read_text(encoding='utf-8')}\nlimits: {{memory: {memory}}}\n", encoding="utf-8")
        with build(config) as app:
            (run,) = app.run(app.pending_arrivals())
            assert run.good + run.bad + run.copies + run.superseded == run.rows  # a benchmark that loses rows is none
            return time.perf_counter() - start, run.rows, run.bad


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure both files."""
    fewer, rows = (QUICK_FLOOR_ROWS, QUICK) if options.quick else (FLOOR_ROWS, options.rows)
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small" / FILE, Path(folder) / "large" / FILE
        for path, number in ((small, fewer), (large, rows)):
            path.parent.mkdir()
            alone(write, path, number)
        (_, at_once, _), floor = measured(publish, small, NO_LIMIT)
        (seconds, published, _), used = measured(publish, large, LIMIT)
    assert (at_once, published) == (fewer, rows)
    name, against = f"`sluice run`, {rows:,} events, limit of {LIMIT / 2**30:.0f} GiB", f"{fewer:,} events at once"
    return [
        Figure.over(f"{name}, a million events", [used.cpu * 1e6 / rows], "CPU s", against, floor.cpu * 1e6 / fewer),
        Figure.over(f"{name}, peak memory of all processes", [used.peak], "GiB", against, floor.peak),
        Figure.over(f"{name}, wall time", [seconds], "s"),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure, lambda parser: parser.add_argument("--rows", type=int, default=ROWS, help="number of events"))
