"""Eighteen of Great Expectations' expectations on five million events, read from Parquet and judged: our Polars engine against its own pandas and SQL engines.

All run through Great Expectations' own calls on the same file, each time in a fresh process, imports not counted; what counts is CPU time (user and
system, all threads; figures in s instead of CPU s were recorded as wall time).
The floor is the counts alone, written by hand in Polars. Its SQL engine reads a table of DuckDB that holds the file already, and judges
all but the pattern and the type. pandas compares timestamps one by one unless they are of nanoseconds, and few files have those: so the peer
is measured on both kinds of file.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any, Literal

import polars as pl

from benchmarks.alone import alone, peak
from benchmarks.checks_on_duckdb import judge_on_duckdb
from benchmarks.events import events
from benchmarks.figures import Figure, main

Counts = dict[str, int]
ROWS, QUICK = 5_000_000, 1_000_000
TYPES = ["view", "cart", "purchase"]
FIRST, LAST = datetime(2026, 3, 1), datetime(2026, 3, 2)  # noqa: DTZ001  # the file's timestamps bear no time zone
COLUMNS = ["event_id", "user_id", "item_id", "event_type", "ts", "received_at", "price", "quantity"]
THING = ["user_id", "item_id", "ts"]
QUANTILES: Mapping[str, list[Any]] = {"quantiles": [0.05, 0.5, 0.95], "value_ranges": [[0, 50], [0, 500], [0, 5000]]}
SUITE: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("expect_table_row_count_to_be_between", {"min_value": 1, "max_value": 50_000_000}),
    ("expect_table_columns_to_match_set", {"column_set": COLUMNS}),
    ("expect_column_values_to_not_be_null", {"column": "event_id"}),
    ("expect_column_values_to_be_unique", {"column": "event_id"}),
    ("expect_column_values_to_not_be_null", {"column": "user_id"}),
    ("expect_column_values_to_be_in_set", {"column": "event_type", "value_set": TYPES}),
    ("expect_column_values_to_be_between", {"column": "price", "min_value": 0, "max_value": 100_000}),
    ("expect_column_values_to_be_between", {"column": "quantity", "min_value": 1, "max_value": 99}),
    ("expect_column_values_to_match_regex", {"column": "item_id", "regex": "^i[0-9]{6}$"}),
    ("expect_column_value_lengths_to_equal", {"column": "user_id", "value": 8}),
    ("expect_column_values_to_be_between", {"column": "ts", "min_value": FIRST, "max_value": LAST}),
    ("expect_column_values_to_be_in_type_list", {"column": "price", "type_list": ["float64", "Float64"]}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "received_at", "column_B": "ts"}),
    ("expect_compound_columns_to_be_unique", {"column_list": THING}),
    ("expect_column_mean_to_be_between", {"column": "price", "min_value": 1, "max_value": 1000}),
    ("expect_column_quantile_values_to_be_between", {"column": "price", "quantile_ranges": QUANTILES}),
    ("expect_column_stdev_to_be_between", {"column": "price", "min_value": 0, "max_value": 5000}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "user_id", "min_value": 0.001, "max_value": 1}),
)


@dataclass(frozen=True)
class Judged:
    """Hold what a contestant took (seconds, CPU seconds, GiB), and the failing rows that it counted by expectation."""

    seconds: float
    cpu: float
    memory: float
    failing: Counts


Runs = Mapping[str, Sequence[Judged]]


def through_great(engine: str, path: str) -> Callable[[], Counts]:
    """Great Expectations' own calls, with one of the engines: `polars` is ours, `pandas` its own."""
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    import checks.polars_engine  # noqa: F401  # makes add_polars appear

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    definition = getattr(context.data_sources, f"add_{engine}")("shop").add_parquet_asset("events", path=path).add_batch_definition("whole")
    suite = gx.ExpectationSuite("events", expectations=[ExpectationConfiguration(type=name, kwargs=dict(kwargs)) for name, kwargs in SUITE])

    def judge() -> Counts:
        answers = definition.get_batch().validate(suite, result_format="SUMMARY").results
        assert all(answer.result for answer in answers)  # one that could not be judged has none
        counts = [(answer.expectation_config, answer.result.get("unexpected_count")) for answer in answers]
        return {_key(config.type, config.kwargs): failed for config, failed in counts if failed is not None}

    return judge


def compiled(path: str) -> Callable[[], Counts]:
    """Prepare our engine as Sluice calls it: the compiled suite, and a mask of the failing rows for each expectation."""
    from checks.polars_engine import CompiledSuite  # isort: skip  # it imports Great Expectations, and keeps it quiet
    from great_expectations.expectations.registry import get_expectation_impl

    expectations: Any = [get_expectation_impl(name)(**kwargs) for name, kwargs in SUITE]
    suite = CompiledSuite(expectations)

    def judge() -> Counts:
        results = suite.evaluate(pl.scan_parquet(path))
        assert all(result.success is not None for result in results)
        return {_key(*rule): result.failed for rule, result in zip(SUITE, results, strict=True) if result.unexpected is not None}

    return judge


def by_hand(path: str) -> Callable[[], Counts]:
    """Measure the floor: one query that counts the failing rows of each rule and computes the statistics."""
    column = pl.col
    failing = {
        2: column("event_id").is_null(),
        3: column("event_id").is_duplicated(),
        4: column("user_id").is_null(),
        5: ~column("event_type").is_in(TYPES),
        6: ~column("price").is_between(0, 100_000),
        7: ~column("quantity").is_between(1, 99),
        8: ~column("item_id").str.contains("^i[0-9]{6}$"),
        9: column("user_id").str.len_chars() != 8,
        10: ~column("ts").is_between(FIRST, LAST),
        12: column("received_at") <= column("ts"),
        13: pl.struct(THING).is_duplicated(),
    }
    counts = {_key(*SUITE[place]): mask.sum() for place, mask in failing.items()}
    price = column("price")
    quantiles = [price.quantile(share).alias(f"quantile {share}") for share in QUANTILES["quantiles"]]
    statistics = [pl.len(), price.mean().alias("mean"), price.std().alias("stdev"), *quantiles, column("user_id").n_unique()]

    def judge() -> Counts:
        counts_by_rule = pl.scan_parquet(path).select(*statistics, **counts).collect()
        return counts_by_rule.select(*counts).row(0, named=True)

    return judge


def _key(name: str, kwargs: Mapping[str, Any]) -> str:
    pair = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return f"{name}:{','.join(pair or kwargs['column_list'])}"


OURS, PEER, SQL, MASKS, FLOOR = "our engine", "its pandas engine", "its SQL engine on DuckDB", "our engine by itself", "Polars by hand"
CONTESTANTS: Mapping[str, Callable[[str], Callable[[], Counts]]] = {
    OURS: lambda path: through_great("polars", path),
    PEER: lambda path: through_great("pandas", path),
    MASKS: compiled,
    FLOOR: by_hand,
}


def judged(contestant: str, path: Path) -> Judged:
    """Let one contestant judge a file; what it imports and prepares is not counted."""
    judge = CONTESTANTS[contestant](str(path))
    start, used = time.perf_counter(), time.process_time()
    failing = judge()
    return Judged(time.perf_counter() - start, time.process_time() - used, peak(), failing)


def on_duckdb(path: Path) -> Judged | None:
    """Let Great Expectations' SQL engine judge a file; None where DuckDB cannot be installed."""
    answer = judge_on_duckdb(path, SUITE)
    if answer is None:
        return None
    failing = {_key(name, kwargs): failed for name, kwargs, failed in answer["failing"]}
    return Judged(answer["seconds"], answer["cpu"], answer["memory"], failing)


def write(rows: int, path: Path, unit: Literal["us", "ns"]) -> None:
    """Write the log, its timestamps in a unit."""
    events(rows, seed=7).with_columns(pl.col("ts", "received_at").dt.cast_time_unit(unit)).write_parquet(path)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Let all of them judge the same files."""
    rows, repeats = (QUICK, 1) if options.quick else (ROWS, options.seeds)
    with tempfile.TemporaryDirectory() as folder:
        nano, micro = (Path(folder) / f"{unit}.parquet" for unit in ("ns", "us"))
        alone(write, rows, nano, "ns")
        alone(write, rows, micro, "us")
        runs, micro_runs = (_in_turn(path, repeats) for path in (nano, micro))
        sql_runs = [run for _ in range(repeats) if (run := on_duckdb(micro)) is not None]
    failing = runs[FLOOR][0].failing
    assert all(run.failing == failing for repeats_of in (*runs.values(), *micro_runs.values()) for run in repeats_of)
    assert all(run.failing.items() <= failing.items() for run in sql_runs)
    title, failing_rows = f"18 expectations, {rows:,} rows", sum(failing.values())
    return [
        _cpu(f"{title}, timestamps of ns", runs[OURS], PEER, runs[PEER]),
        _cpu(f"{title}, timestamps of us", micro_runs[OURS], PEER, micro_runs[PEER]),
        *([_cpu("the same by its SQL engine, 16 of the 18", micro_runs[OURS], SQL, sql_runs)] if sql_runs else []),
        _cpu("the same by the floor", micro_runs[OURS], FLOOR, micro_runs[FLOOR]),
        _cpu("as Sluice asks, a mask of every failing row and no samples", micro_runs[MASKS], FLOOR, micro_runs[FLOOR]),
        Figure.over("wall time of the same", [run.seconds for run in micro_runs[MASKS]], "s", FLOOR, mean(run.seconds for run in micro_runs[FLOOR])),
        _memory("peak memory", runs, OURS, PEER),
        _memory("peak memory, by the floor", runs, OURS, FLOOR),
        Figure.over("failing rows found, by all the same", [failing_rows], "", PEER, failing_rows),
    ]


def _in_turn(path: Path, repeats: int) -> Mapping[str, Sequence[Judged]]:
    """Return the runs of each contestant; they run one after the other, so that all meet the same load."""
    rounds = [{name: alone(judged, name, path) for name in CONTESTANTS} for _ in range(repeats)]
    return {name: [runs[name] for runs in rounds] for name in CONTESTANTS}


def _cpu(figure: str, runs: Sequence[Judged], peer: str, peer_runs: Sequence[Judged]) -> Figure:
    return Figure.over(figure, [run.cpu for run in runs], "CPU s", peer, mean(run.cpu for run in peer_runs))


def _memory(figure: str, runs: Runs, name: str, peer: str) -> Figure:
    return Figure.over(figure, [run.memory for run in runs[name]], "GiB", peer, mean(run.memory for run in runs[peer]))


if __name__ == "__main__":
    main(__doc__ or "", measure)
