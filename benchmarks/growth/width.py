"""Measure judging, cleaning and splitting a wide table and a long suite, against the same checks and the same split written by hand in Polars.

200 columns with a rule each on 200,000 rows, and 300 rules on 10 columns. The rules are built already, the rows are in memory; the floor computes
the same masks, splits the rows by them, and looks for repeated keys and for text to clean by one pattern a column.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from benchmarks.alone import alone
from benchmarks.figures import Figure, main
from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.normalize_text import NormalizeText
from cleaning.parse import Parse
from cleaning.reconcile import Reconcile
from sluice.config import Step
from sluice.domain import Batch, Column, Schema
from sluice.pipeline import evaluate
from sluice.ports import Steps
from sluice.testing import AT, MemorySnapshot, make_rows

ROWS, QUICK = 200_000, 20_000
WIDE, LONG = "200 columns, 200 rules", "10 columns, 300 rules"
_TO_CLEAN = r"[^\x20-\x7e]|^ | $|  |&#?[0-9a-zA-Z]+;|^=\"|^'[=+\-@\t\r]|^(?i:n/a|null|none|nan|-)$"
_SPOILT = 1e-5  # share of the cells that are empty


def table(columns: int, rows: int) -> pl.DataFrame:
    """Draw a table with a key, texts and numbers."""
    rng = np.random.default_rng(0)
    cells: dict[str, pl.Series] = {"id": "r" + pl.Series(range(rows)).cast(pl.String)}
    for number in range(1, columns):
        text = pl.Series(rng.integers(0, 5000, rows)).cast(pl.String).str.zfill(6)
        drawn = text if number % 4 == 0 else pl.Series(rng.random(rows) * 100)
        cells[f"c{number}"] = drawn.set(pl.Series(rng.random(rows) < _SPOILT), None)
    return pl.DataFrame(cells)


def rules(name: str, frame: pl.DataFrame) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the rules of a figure: one a column, or 300 on the numbers of a table."""
    if name == WIDE:
        return [("expect_column_values_to_not_be_null", {"column": column}) for column in frame.columns]
    numbers = [column for column, dtype in frame.schema.items() if dtype == pl.Float64]
    between = "expect_column_values_to_be_between"
    return [(between, {"column": numbers[place % len(numbers)], "min_value": 0, "max_value": 99.99 + place}) for place in range(300)]


def sluice(name: str, rows: int) -> tuple[float, int]:
    """Judge, clean and split by Sluice; CPU seconds, and rows held."""
    frame = table(200 if name == WIDE else 10, rows)
    columns = tuple(Column(column, "string" if dtype == pl.String else "number") for column, dtype in frame.schema.items())
    schema = Schema("wide", "append", ("id",), columns)
    checker = Checker.build(schema, [Step(name=rule, settings=dict(settings)) for rule, settings in rules(name, frame)])
    steps = Steps([SchemaJudge(schema), checker], Chain([Parse(schema), NormalizeText(schema), Deduplicate(schema)]), Reconcile(schema))
    snapshot = MemorySnapshot()
    evaluate(
        Batch("wide", "b", make_rows(schema, {name: cells.to_list() for name, cells in frame.head(100).to_dict().items()}), AT, schema.names), steps, snapshot
    )  # the suite is compiled at its first batch
    batch = Batch("wide", "b", frame.with_columns(reserved_columns(rows)), AT, schema.names)
    start = time.process_time()
    outcome = evaluate(batch, steps, snapshot)
    return time.process_time() - start, outcome.split.bad.rows.height


def reserved_columns(rows: int) -> list[pl.Expr]:
    """Return the columns that a batch has beside the declared ones."""
    raw = make_rows(Schema("none"), {}).schema["_raw"]
    return [pl.format("b.{}", pl.int_range(rows)).alias("_row_id"), pl.lit(None, dtype=raw).alias("_raw")]


def by_hand(name: str, rows: int) -> tuple[float, int]:
    """Measure the floor; CPU seconds, and rows held."""
    frame = table(200 if name == WIDE else 10, rows)
    column = pl.col
    masks = [
        column(str(settings["column"])).is_null() if name == WIDE else ~column(str(settings["column"])).is_between(settings["min_value"], settings["max_value"])
        for _, settings in rules(name, frame)
    ]
    start = time.process_time()
    failing = frame.select(mask.fill_null(value=False).alias(str(place)) for place, mask in enumerate(masks))
    counts = failing.select(pl.all().sum()).row(0)
    changeable = frame.select((column(text).str.contains(_TO_CLEAN)).any() for text, dtype in frame.schema.items() if dtype == pl.String).row(0)
    held = failing.select(pl.any_horizontal(pl.all())).to_series() | frame["id"].is_duplicated()
    good, bad = frame.filter(~held), frame.filter(held)
    spent = time.process_time() - start
    assert good.height + bad.height == rows
    assert not any(changeable)
    assert sum(counts) >= bad.height
    return spent, bad.height


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure both, each time in a fresh process."""
    rows = QUICK if options.quick else ROWS
    figures = []
    for name in (WIDE, LONG):
        ours, floors = ([alone(contestant, name, rows) for _ in range(options.seeds)] for contestant in (sluice, by_hand))
        assert {held for _, held in ours} == {held for _, held in floors}  # the same rows are held
        floor = sum(seconds for seconds, _ in floors) / len(floors)
        figures.append(Figure.over(f"{name}, {rows:,} rows", [seconds for seconds, _ in ours], "CPU s", "Polars by hand", floor))
    return figures


if __name__ == "__main__":
    main(__doc__ or "", measure)
