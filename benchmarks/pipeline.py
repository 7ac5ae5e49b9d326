"""`sluice run` on one file of five million events: rows a second, the share of each stage, and peak memory.

The floor is the same checks and the same split written by hand in Polars, without records, repairs or exactly-once publishing.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from benchmarks.figures import Figure, main
from sluice import rules
from sluice.bootstrap import build
from sluice.bootstrap.sources import source_of
from sluice.bootstrap.steps import steps_of
from sluice.domain import Batch, Outcome, Split

T = TypeVar("T")
ROWS, QUICK, ITEMS, SHARE = 5_000_000, 200_000, 50_000, 0.001
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
      - normalise
      - deduplicate
"""


def events(rows: int, seed: int) -> pl.DataFrame:
    """A log of events, one in a thousand of which breaks each rule."""
    rng = np.random.default_rng(seed)
    at = np.datetime64("2026-03-01T00:00:00", "us") + rng.integers(0, 86_400_000_000, rows).astype("timedelta64[us]")
    frame = pl.DataFrame(
        {
            "event_id": pl.Series(rng.integers(0, 2**62, rows)).cast(pl.String),
            "user_id": pl.Series(rng.integers(0, 500_000, rows)).cast(pl.String).str.zfill(7).str.replace("^", "u"),
            "item_id": pl.Series(rng.integers(0, ITEMS, rows)).cast(pl.String).str.zfill(6).str.replace("^", "i"),
            "event_type": pl.Series(rng.choice(3, rows, p=[0.9, 0.07, 0.03])).replace_strict({0: "view", 1: "cart", 2: "purchase"}),
            "ts": at,
            "received_at": at + rng.integers(0, 2_000_000, rows).astype("timedelta64[us]"),
            "price": np.exp(rng.normal(3, 1, rows)).round(2),
            "quantity": rng.integers(1, 5, rows),
        }
    )
    spoilt = {"user_id": None, "item_id": "x", "event_type": "veiw", "price": -1.0, "quantity": 0}
    return frame.with_columns(
        pl.when(pl.Series(rng.random(rows) < SHARE)).then(pl.lit(bad)).otherwise(pl.col(name)).alias(name) for name, bad in spoilt.items()
    )


def by_hand(path: Path, folder: Path) -> None:
    """The floor: the same checks as one Polars query, the rows split by their masks and written."""
    rows = pl.read_parquet(path)
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
    masks = rows.select(mask.fill_null(value=False).alias(str(number)) for number, mask in enumerate(bad))
    held = masks.select(pl.any_horizontal(pl.all())).to_series()
    rows.filter(~held).write_parquet(folder / "clean.parquet", compression="zstd", compression_level=1)
    rows.filter(held).write_parquet(folder / "held.parquet", compression="zstd", compression_level=1)


def timed(seconds: dict[str, float], stage: str, action: Callable[[], T]) -> T:
    """Add what an action took to its stage."""
    start = time.perf_counter()
    result = action()
    seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start
    return result


def stages(config: Path) -> Mapping[str, float]:
    """Seconds of each stage of the main flow, in one process."""
    seconds: dict[str, float] = {}
    with build(config) as app:
        steps = timed(seconds, "load the rooms", lambda: steps_of(app.config, config, "events"))
        source, past = source_of(app.config, "events"), app.store.snapshot()
        arrival = timed(seconds, "hash", lambda: next(iter(source.arrivals())))
        batch = timed(seconds, "read and cast", lambda: source.read(arrival))

        def judge(rows: Batch) -> list[object]:
            return timed(seconds, "judge", lambda: [verdict for each in steps.judges for verdict in each.judge(rows, past)])

        arrived = judge(batch)
        cleaned = timed(seconds, "clean", lambda: steps.cleaner.clean(batch, arrived, past))  # type: ignore[arg-type]  # verdicts
        kept = timed(seconds, "split", lambda: rules.split(cleaned.batch, cleaned.held))
        verdicts = judge(kept.good)
        final = timed(seconds, "split", lambda: rules.split(kept.good, verdicts))  # type: ignore[arg-type]  # verdicts
        published = judge(final.good)
        phases = {"arrival": arrived, "cleaned": [*cleaned.held, *verdicts], "published": published}
        score = rules.score(map(rules.count, published))  # type: ignore[arg-type]  # verdicts
        outcome = Outcome("ingest", score, score, Split(final.good, rules.join(kept.bad, final.bad)), cleaned.repairs, phases, past.id)  # type: ignore[arg-type]  # verdicts
        staged = timed(seconds, "stage", lambda: app.store.stage(outcome, uri=arrival.uri))
        with app.store.claim("events") as claim:
            timed(seconds, "publish", lambda: app.store.publish(claim, staged))
    return seconds


def whole(config: Path) -> float:
    """Seconds of `sluice run`, the child process and all."""
    start = time.perf_counter()
    with build(config) as app:
        runs = list(app.run(app.waiting()))
    assert runs[0].good + runs[0].bad == runs[0].rows  # a benchmark that loses rows is none
    return time.perf_counter() - start


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure the whole command, its stages and the floor on the same file."""
    rows = QUICK if options.quick else ROWS
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / part for part in ("whole", "stages")]
        for folder in folders:
            (folder / "landing").mkdir(parents=True)
            (folder / "sluice.yaml").write_text(CONFIG)
            events(rows, seed=0).write_parquet(folder / "landing" / "events-2026-03-01.parquet")
        seconds = whole(folders[0] / "sluice.yaml")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        floor: dict[str, float] = {}
        timed(floor, "floor", lambda: by_hand(folders[0] / "landing" / "events-2026-03-01.parquet", Path(name)))
        shares = stages(folders[1] / "sluice.yaml")
    figures = [
        Figure(f"`sluice run`, {rows:,} events", seconds, "s", f"Polars by hand, {floor['floor']:.1f} s", seconds / floor["floor"]),
        Figure("the same", rows / seconds, "rows/s"),
        Figure("peak memory of its child process", peak, "GiB"),
    ]
    total = sum(shares.values())
    return figures + [Figure(f"  {stage}", value, "s", f"{value / total:.0%} of {total:.1f} s") for stage, value in shares.items()]


if __name__ == "__main__":
    main(__doc__ or "", measure)
