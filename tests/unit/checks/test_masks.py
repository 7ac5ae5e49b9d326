"""The masks are those that plain Python gives, whatever nulls and NaN a frame holds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.polars_engine import CompiledSuite

gxe: Any = import_module("great_expectations.expectations")
NUMBERS = st.one_of(st.none(), st.just(math.nan), st.integers(-3, 3).map(float))
TEXTS = st.one_of(st.none(), st.sampled_from(["", "a", "ab", "b1", "é"]))
FRAMES = st.lists(st.tuples(NUMBERS, NUMBERS, TEXTS), max_size=12)


def missing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def cell_by_cell(wrong: Callable[[Any], bool]) -> Callable[[list[Any]], list[bool]]:
    return lambda cells: [not missing(cell) and wrong(cell) for cell in cells]


def repeated(cells: list[Any]) -> list[bool]:
    counts = Counter(cell for cell in cells if not missing(cell))
    return [not missing(cell) and counts[cell] > 1 for cell in cells]


def falling(cells: list[Any]) -> list[bool]:
    out, before = [], None
    for cell in cells:
        out.append(not missing(cell) and before is not None and cell < before)
        before = before if missing(cell) else cell
    return out


ORACLES: list[tuple[Any, str, Callable[[list[Any]], list[bool]]]] = [
    (gxe.ExpectColumnValuesToNotBeNull(column="x"), "x", lambda cells: [missing(cell) for cell in cells]),
    (gxe.ExpectColumnValuesToBeNull(column="x"), "x", lambda cells: [not missing(cell) for cell in cells]),
    (gxe.ExpectColumnValuesToBeBetween(column="x", min_value=-1, max_value=2), "x", cell_by_cell(lambda cell: not -1 <= cell <= 2)),
    (gxe.ExpectColumnValuesToBeInSet(column="x", value_set=[0, 1]), "x", cell_by_cell(lambda cell: cell not in (0, 1))),
    (gxe.ExpectColumnValuesToBeInSet(column="t", value_set=["a", 3]), "t", cell_by_cell(lambda cell: cell != "a")),
    (gxe.ExpectColumnValuesToBeUnique(column="x"), "x", repeated),
    (gxe.ExpectColumnValuesToBeUnique(column="t"), "t", repeated),
    (gxe.ExpectColumnValuesToBeIncreasing(column="x"), "x", falling),
    (gxe.ExpectColumnValuesToMatchRegex(column="t", regex="[ab]"), "t", cell_by_cell(lambda cell: not re.search("[ab]", cell))),
    (gxe.ExpectColumnValueLengthsToEqual(column="t", value=1), "t", cell_by_cell(lambda cell: len(cell) != 1)),
]
SUITE = CompiledSuite([expectation for expectation, _, _ in ORACLES])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FRAMES)
def test_masks_of_cells(rows: list[tuple[Any, Any, Any]]) -> None:
    frame = pl.DataFrame(rows, schema={"x": pl.Float64, "y": pl.Float64, "t": pl.String}, orient="row")
    for (_, column, oracle), finding in zip(ORACLES, SUITE.evaluate(frame), strict=True):
        expected = oracle([row["xyt".index(column)] for row in rows])
        assert finding.error is None
        assert finding.unexpected is not None
        assert finding.unexpected.to_list() == expected
        assert finding.failed == sum(expected)


PAIRS = CompiledSuite(
    [
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="x", column_B="y"),
        gxe.ExpectColumnPairValuesToBeEqual(column_A="x", column_B="y"),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["x", "t"]),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FRAMES)
def test_masks_of_records(rows: list[tuple[Any, Any, Any]]) -> None:
    frame = pl.DataFrame(rows, schema={"x": pl.Float64, "y": pl.Float64, "t": pl.String}, orient="row")
    pairs = [(None if missing(x) else x, None if missing(y) else y) for x, y, _ in rows]
    keys = Counter((None if missing(x) else x, t) for x, _, t in rows)
    greater = [pair != (None, None) and (None in pair or not pair[0] > pair[1]) for pair in pairs]  # type: ignore[operator]  # None was looked for before
    equal = [pair != (None, None) and (None in pair or pair[0] != pair[1]) for pair in pairs]
    unique = [keys[(None if missing(x) else x, t)] > 1 and not (missing(x) and t is None) for x, _, t in rows]
    masks = [finding.unexpected.to_list() for finding in PAIRS.evaluate(frame) if finding.unexpected is not None]
    assert masks == [greater, equal, unique]
