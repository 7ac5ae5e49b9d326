"""Measure `sluice run` on one file of five million events: CPU seconds and memory of all its processes, wall seconds, and the share of each stage.

The floor is the same checks and the same split written by hand in Polars, without records, repairs or exactly-once publishing.
Both read the same file, each time in a fresh process. Memory is the highest sum of the proportional set sizes of all processes, sampled every
50 ms, without pages of files. The stages are CPU seconds in one process, without the child.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl

from benchmarks.alone import alone
from benchmarks.events import events
from benchmarks.figures import Figure, main
from benchmarks.usage import measured
from sluice.app import build
from sluice.domain import Batch, Cleaned, Verdict
from sluice.pipeline import evaluate
from sluice.ports import Cleaner, Judge, Snapshot, Steps
from sluice.wiring.sources import source_of
from sluice.wiring.steps import build_steps

T = TypeVar("T")
ROWS, QUICK, FILE = 5_000_000, 200_000, "events-2026-03-01.parquet"
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
      user_id: {type: string, required: true}
      item_id: {type: string, required: true}
      event_type: {type: string, required: true}
      ts: {type: timestamp, required: true}
      received_at: {type: timestamp}
      price: {type: number}
      quantity: {type: integer}
    suite:
      - expect_column_values_to_not_be_null: {column: user_id}
      - expect_column_values_to_not_be_null: {column: item_id}
      - expect_column_values_to_be_in_set: {column: event_type, value_set: [view, cart, purchase]}
      - expect_column_values_to_be_between: {column: price, min_value: 0, max_value: 10000}
      - expect_column_values_to_be_between: {column: quantity, min_value: 1, max_value: 99}
      - expect_column_values_to_match_regex: {column: item_id, regex: "^i[0-9]{6}$"}
      - expect_column_value_lengths_to_be_between: {column: user_id, min_value: 8, max_value: 8}
      - expect_column_pair_values_a_to_be_greater_than_b: {column_A: received_at, column_B: ts, or_equal: true}
      - expect_table_row_count_to_be_between: {min_value: 1}
      - expect_column_mean_to_be_between: {column: price, min_value: 1, max_value: 1000}
    clean:
      - parse
      - normalize_text
      - deduplicate
"""


def whole(path: Path) -> tuple[float, int]:
    """Do with a file what `sluice run` does, the child process and all; return wall seconds, and rows held."""
    with tempfile.TemporaryDirectory() as folder:
        config, start = shop(Path(folder), path), time.perf_counter()
        with build(config) as app:
            (run,) = app.run(app.pending_arrivals())
            assert run.good + run.bad + run.copies + run.superseded == run.rows  # a benchmark that loses rows is none
            return time.perf_counter() - start, run.bad


def by_hand(path: Path) -> tuple[float, int]:
    """Check by hand: the same checks as one Polars query, the rows split by their masks and written; return wall seconds, and rows held."""
    column = pl.col
    bad = [
        column("user_id").is_null(),
        column("item_id").is_null(),
        ~column("event_type").is_in(["view", "cart", "purchase"]),
        ~column("price").is_between(0, 10000),
        ~column("quantity").is_between(1, 99),
        ~column("item_id").str.contains("^i[0-9]{6}$"),
        column("user_id").str.len_chars() != 8,
        column("received_at") < column("ts"),
        ~column("event_id").is_first_distinct(),
    ]
    start = time.perf_counter()
    rows = pl.read_parquet(path).sort("ts", maintain_order=True)  # of two copies the earlier one is kept
    masks = rows.select(mask.fill_null(value=False).alias(str(number)) for number, mask in enumerate(bad))
    held = masks.select(pl.any_horizontal(pl.all())).to_series()
    with tempfile.TemporaryDirectory() as folder:
        rows.filter(~held).write_parquet(Path(folder) / "clean.parquet", compression="zstd", compression_level=1)
        rows.filter(held).write_parquet(Path(folder) / "held.parquet", compression="zstd", compression_level=1)
        return time.perf_counter() - start, int(held.sum())


class Watch:
    """Record CPU seconds by stage."""

    def __init__(self) -> None:
        """Start with no stage."""
        self.seconds: dict[str, float] = {}

    def __call__(self, stage: str, action: Callable[..., T], *args: object) -> T:
        """Return what an action returns; add its time to its stage."""
        start = time.process_time()
        result = action(*args)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - start
        return result


@dataclass(frozen=True)
class Watched:
    """Time a judge or a cleaner."""

    step: Judge | Cleaner
    watch: Watch

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Judge as the judge does."""
        assert isinstance(self.step, Judge)
        return self.watch("judge three times", self.step.judge, batch, snapshot)

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Clean as the cleaner does."""
        assert isinstance(self.step, Cleaner)
        return self.watch("clean", self.step.clean, batch, verdicts, snapshot)


def stages(path: Path) -> Mapping[str, float]:
    """Measure the CPU seconds of each stage of the main flow, in one process."""
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder, build(shop(Path(folder), path)) as app:
        steps = watch("load Great Expectations and the rest", build_steps, app.config, app.path, "events").steps
        source, snapshot = source_of(app.config, "events"), app.store.snapshot()
        arrival = watch("hash the file", lambda: next(iter(source.arrivals())))
        batch = watch("read and cast", source.read, arrival)
        watched = Steps([Watched(judge, watch) for judge in steps.judges], Watched(steps.cleaner, watch))
        outcome = watch("split and score", evaluate, batch, watched, snapshot)
        watch.seconds["split and score"] -= watch.seconds["judge three times"] + watch.seconds["clean"]
        staged = watch("stage", lambda: app.store.stage(outcome, uri=arrival.uri))
        with app.store.lease("events") as lease:
            watch("publish", app.store.publisher.publish, lease, staged)
    return watch.seconds


def shop(folder: Path, path: Path) -> Path:
    """Set up a new shop in which one file has landed; return its configuration."""
    (folder / "landing").mkdir()
    (folder / "landing" / FILE).hardlink_to(path)
    config = folder / "sluice.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return config


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure the whole command, its stages and the floor on the same file."""
    rows, repeats = (QUICK, 1) if options.quick else (ROWS, options.seeds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        alone(write, path, rows)
        pairs = [(measured(whole, path), measured(by_hand, path)) for _ in range(repeats)]  # in turn: both meet the same load
        shares = alone(stages, path)
    jobs, floors = zip(*pairs, strict=True)
    assert {held for (_, held), _ in jobs} == {held for (_, held), _ in floors}  # the same rows are held
    total, name = sum(shares.values()), f"`sluice run`, {rows:,} events"
    return [
        _compare(name, "CPU s", [used.cpu for _, used in jobs], [used.cpu for _, used in floors]),
        _compare(f"{name}, peak memory of all processes", "GiB", [used.peak for _, used in jobs], [used.peak for _, used in floors]),
        _compare(f"{name}, wall time", "s", [seconds for (seconds, _), _ in jobs], [seconds for (seconds, _), _ in floors]),
        *(Figure(f"of which, {stage}", seconds, "CPU s", f"{seconds / total:.0%} of the stages") for stage, seconds in shares.items()),
    ]


def _compare(name: str, unit: str, ours: Sequence[float], floors: Sequence[float]) -> Figure:
    return Figure.over(name, ours, unit, "Polars by hand", sum(floors) / len(floors))


def write(path: Path, rows: int) -> None:
    """Write the log."""
    events(rows, seed=0).write_parquet(path)


if __name__ == "__main__":
    main(__doc__ or "", measure)
