"""Discover which columns nearly determine others, and which cells are the exceptions.

The strength of a dependency is how often two rows with equal determinants agree, beyond chance (Goodman and Kruskal's tau, 1954, on pairs of rows).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cleaning.cell_errors.table import Floats, Table, is_missing

FEATURES = ("violation", "support", "blamed", "determined_missing", "violations", "determined")
MIN_STRENGTH = 0.35  # from which a dependency is used at all; weak ones count little, by their strength
_MOST_DISTINCT, _MOST_DETERMINED = 0.8, 0.95  # distinct values a row of the determinant, and of the dependent
_MIN_ROWS, _MIN_COVERED = 20, 0.2  # rows that state both, and share of the rows in groups of two or more
_CLEAR = 0.2  # violation from which a dependency counts among those that are violated


@dataclass(frozen=True, eq=False)
class Dependency:
    """Describe that one column nearly determines another.

    Attributes:
        determinant: Place of the determining column.
        dependent: Place of the other.
        strength: Agreement of pairs of rows with one determinant, beyond chance (0 to 1).
        groups: For each value of the determinant: `key`, `most` (its most frequent dependent), `most_rows`, `group_rows`.
        pairs: Rows of each pair of values: `key`, `value`, `own`.
    """

    determinant: int
    dependent: int
    strength: float
    groups: pl.DataFrame
    pairs: pl.DataFrame


def discover(table: Table) -> list[Dependency]:
    """Find all approximate dependencies between two columns of a table.

    Example:
        >>> table = Table(("zip", "city"), (("1", "2") * 20, ("Kiel", "Bonn") * 19 + ("Kiel", "Bxnn")))
        >>> [(each.determinant, each.dependent, round(each.strength, 2)) for each in discover(table)]
        [(1, 0, 1.0), (0, 1, 0.91)]
    """
    frame = stated_frame(table)
    return [dependency for determinant, dependent in _candidates(table) if (dependency := _measure(frame, table.height, determinant, dependent)) is not None]


def stated_frame(table: Table) -> pl.DataFrame:
    """Return the cells by place of their column, with null for missing ones."""
    cells = {str(place): [None if is_missing(value) else value for value in column] for place, column in enumerate(table.columns)}
    return pl.DataFrame(cells, schema={str(place): pl.String for place in range(table.width)})


def features(table: Table, dependencies: Sequence[Dependency], *, new: bool) -> tuple[Floats, list[list[str | None]]]:
    """Return the features of each cell (rows x columns x `FEATURES`), and the value that its strongest dependency gives it (by column, then row).

    Args:
        table: Rows to describe.
        dependencies: What was discovered.
        new: Whether the rows are none of those that were learned.
    """
    frame = stated_frame(table)
    cells = np.zeros((table.height, table.width, len(FEATURES)))
    best: list[list[str | None]] = [[None] * table.height for _ in range(table.width)]
    for dependency in dependencies:
        _add(cells, best, _looked_up(frame, dependency, new=new), dependency)
    return cells, best


def _candidates(table: Table) -> Iterator[tuple[int, int]]:
    distinct = [len(counts) for counts in table.counts]
    for dependent in range(table.width):
        for determinant in range(table.width):
            usable = 2 <= distinct[dependent] <= _MOST_DETERMINED * table.height and 2 <= distinct[determinant] <= _MOST_DISTINCT * table.height
            if usable and dependent != determinant:
                yield determinant, dependent


def _measure(frame: pl.DataFrame, height: int, determinant: int, dependent: int) -> Dependency | None:
    stated = frame.select(pl.col(str(determinant)).alias("key"), pl.col(str(dependent)).alias("value")).drop_nulls()
    if stated.height < _MIN_ROWS:
        return None
    pairs = stated.group_by("key", "value").agg(pl.len().alias("own"))
    ordered = pairs.sort("own", "value", descending=[True, False])
    groups = ordered.group_by("key", maintain_order=True).agg(
        pl.col("value").first().alias("most"), pl.col("own").first().alias("most_rows"), pl.col("own").sum().alias("group_rows")
    )
    strength = _strength(pairs.join(groups, on="key"), stated["value"], height)
    return Dependency(determinant, dependent, strength, groups, pairs) if strength >= MIN_STRENGTH else None


def _strength(pairs: pl.DataFrame, values: pl.Series, height: int) -> float:
    several = pairs.filter(pl.col("group_rows") >= 2)
    sizes = several.unique("key")["group_rows"]
    if int(sizes.sum()) < _MIN_COVERED * height:
        return 0.0
    agreeing = _pairs_in(several["own"]) / _pairs_in(sizes)
    chance = _pairs_in(values.value_counts()["count"]) / (len(values) * (len(values) - 1))
    return (agreeing - chance) / (1 - chance + 1e-9)


def _pairs_in(counts: pl.Series) -> float:
    """Return the number of ordered pairs of rows within groups of these sizes."""
    sizes = counts.to_numpy().astype(np.float64)
    return float((sizes * (sizes - 1)).sum())


def _looked_up(frame: pl.DataFrame, dependency: Dependency, *, new: bool) -> pl.DataFrame:
    """Return for each row what its group holds, the row itself counted: `value`, `most`, `most_rows`, `group_rows`, `own`."""
    rows = frame.select(pl.col(str(dependency.determinant)).alias("key"), pl.col(str(dependency.dependent)).alias("value"))
    joined = rows.join(dependency.groups, on="key", how="left", maintain_order="left").join(
        dependency.pairs, on=["key", "value"], how="left", maintain_order="left"
    )
    filled = joined.with_columns(pl.col("most_rows", "group_rows", "own").fill_null(0).cast(pl.Float64))
    if not new:
        return filled
    counted, same = pl.col("value").is_not_null().cast(pl.Float64), (pl.col("value") == pl.col("most")).fill_null(value=False).cast(pl.Float64)
    return filled.with_columns(pl.col("own") + counted, pl.col("group_rows") + counted, pl.col("most_rows") + same)


def _add(cells: Floats, best: list[list[str | None]], rows: pl.DataFrame, dependency: Dependency) -> None:
    most, size, own = (rows[name].to_numpy() for name in ("most_rows", "group_rows", "own"))
    strength, column = dependency.strength, dependency.dependent
    grouped = (rows["most"].is_not_null() & (rows["group_rows"] >= 2)).to_numpy()
    stated = rows["value"].is_not_null().to_numpy()
    sizes = np.maximum(size, 1)
    violation = np.where(grouped & stated & (own < most), strength * (most - own) / sizes, 0.0)
    support = np.where(grouped & stated, strength * (own - 1) / np.maximum(size - 1, 1), 0.0)
    determined = np.where(~stated & (most >= 2), strength * most / sizes, 0.0)
    score = np.where(grouped & (stated | (most >= 2)), strength * most / sizes, 0.0)
    for place, signal in ((0, violation), (1, support), (3, determined)):
        cells[:, column, place] = np.maximum(cells[:, column, place], signal)
    cells[:, dependency.determinant, 2] += violation
    cells[:, column, 4] += violation > _CLEAR
    winners = rows["most"].to_list()
    for row in np.flatnonzero(score > cells[:, column, 5]):
        best[column][row] = winners[row]
    cells[:, column, 5] = np.maximum(cells[:, column, 5], score)
