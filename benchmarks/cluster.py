"""Measure `engine: spark` on a local Sail server: CPU seconds of server and `sluice run` together, against the same functions by hand in `mapInArrow`.

By hand, Spark reads the file, repartitions it by the key and hands each partition to `mapInArrow`, which casts it, evaluates it by the same steps and writes
good and bad rows as Parquet: without positions as row ids, summaries of the whole batch, records or a commit. The events are those of
`python -m benchmarks.pipeline`. `--rows` sets another number of them.
"""

from __future__ import annotations

import argparse
import functools
import os
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.alone import alone
from benchmarks.figures import Figure, main
from benchmarks.partitions_by_hand import evaluate_by_hand
from benchmarks.pipeline import FILE, shop
from benchmarks.scale import write
from benchmarks.usage import measured
from sluice.app import build

ROWS, QUICK, PARTS = 4_000_000, 200_000, 8
_SETTINGS = "\nengine: spark\nspark: {{remote: '{}', rows: {}}}\n"


@contextmanager
def sail() -> Iterator[str]:
    """Serve Spark Connect for the time of the context; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "pysail", "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                time.sleep(0.05)
            yield f"sc://127.0.0.1:{port}"
        finally:
            server.terminate()


def publish(path: Path, rows: int) -> tuple[float, int]:
    """Publish the file in a new shop; return wall seconds and held rows."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, sail() as remote:
        config, start = shop(Path(folder), path), time.perf_counter()
        config.write_text(config.read_text(encoding="utf-8") + _SETTINGS.format(remote, -(-rows // PARTS)), encoding="utf-8")
        with build(config) as app:
            (run,) = app.run(app.pending_arrivals())
            assert (run.rows, run.state) == (rows, "published")
            return time.perf_counter() - start, run.bad


def by_hand(path: Path, _rows: int) -> tuple[float, int]:
    """Evaluate partitions of the file by the same steps; return wall seconds and held rows."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, sail() as remote, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        from pyspark.sql import SparkSession

        config, start = shop(Path(folder), path), time.perf_counter()
        spark = SparkSession.builder.remote(remote).getOrCreate()
        rows = spark.read.parquet(str(path)).repartition(PARTS, "event_id")
        held = rows.mapInArrow(functools.partial(evaluate_by_hand, config), "bad long").toArrow()["bad"].to_pylist()
        spark.stop()
        return time.perf_counter() - start, sum(held)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure both on the same file."""
    rows = QUICK if options.quick else options.rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        alone(write, path, rows)
        (seconds, bad), used = measured(publish, path, rows)
        (floor_seconds, bad_by_hand), floor = measured(by_hand, path, rows)
    assert bad == bad_by_hand
    name, against = f"`sluice run` with `engine: spark`, {rows:,} events, {PARTS} parts", "the same functions by hand"
    return [
        Figure.over(name, [used.cpu], "CPU s", against, floor.cpu),
        Figure.over(f"{name}, peak memory of all processes", [used.peak], "GiB", against, floor.peak),
        Figure.over(f"{name}, wall time", [seconds], "s", against, floor_seconds),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure, lambda parser: parser.add_argument("--rows", type=int, default=ROWS, help="number of events"))
