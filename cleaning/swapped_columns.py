"""Puts values back that stand in another column of their row: the brand in the product line's place."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.history import published
from cleaning.repair import NEW, SURE, WHY, Proposal, mend, untouched
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict
from sluice.ports import Snapshot


@dataclass(frozen=True)
class SwappedColumns:
    """Compares cells with the vocabularies of the columns: the values that were published, or stand often in the batch.

    Two cells of a row are exchanged where neither is of its own column's vocabulary and each is of the other's. A cell is
    moved where its value is only of another column's vocabulary and the cell there is empty. A title that holds words is left alone:
    whole cells are compared.

    Attributes:
        schema: The dataset's.
        columns: The text columns whose values may be mixed up; at least two.
        min_count: How often a value must stand in a column, published or arrived, to be of its vocabulary.
        min_confidence: Lowest confidence that is applied.
    """

    schema: Schema
    columns: tuple[str, ...]
    min_count: int = 2
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Refuse fewer than two columns, and those that are not declared as text."""
        texts = [each.name for each in self.schema.columns if each.type == "string"]
        wrong = [name for name in self.columns if name not in texts]
        if wrong or len(set(self.columns)) < 2:
            raise ValueError(f"columns must name two or more text columns; {', '.join(wrong) or 'fewer'} is not enough of {', '.join(texts)}")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Exchange and move values; each cell at most once."""
        here = [name for name in self.columns if name in batch.rows.columns]
        if len(here) < 2:
            return untouched(batch)
        words = {name: self._vocabulary(batch.rows, name, snapshot) for name in here}
        found = [cells for one, other in itertools.permutations(here, 2) for cells in _found(batch.rows, one, other, words)]
        cells = pl.concat(found).unique([ROW, "column"], keep="none", maintain_order=True)  # a cell with two homes has none
        whole = cells.filter(pl.len().over(ROW) == 2)
        return mend(batch, [Proposal(name, whole.filter(pl.col("column") == name).drop("column")) for name in here], "swapped_columns", self.min_confidence)

    def _vocabulary(self, rows: pl.DataFrame, name: str, snapshot: Snapshot) -> pl.Series:
        known = published(snapshot, self.schema.dataset, [name])
        seen = rows[name] if known is None else pl.concat([rows[name], known[name]])
        return seen.drop_nulls().value_counts().filter(pl.col("count") >= self.min_count)[name]


def _found(rows: pl.DataFrame, one: str, other: str, words: dict[str, pl.Series]) -> Iterator[pl.DataFrame]:
    """The two cells of each row whose `one` belongs into `other`."""
    away = ~pl.col(one).is_in(words[one].implode()) & pl.col(one).is_in(words[other].implode())
    back = pl.col(other).is_in(words[one].implode()) & ~pl.col(other).is_in(words[other].implode())
    exchanged = rows.filter(away & back) if one < other else rows.clear()  # each pair once
    moved = rows.filter(away & pl.col(other).is_null())
    for part, sure, why in ((exchanged, 0.97, "stands in the place of"), (moved, 0.92, "stands, alone, in the place of")):
        yield _cells(part, other, pl.col(one), sure, f"{other} {why} {one}")
        yield _cells(part, one, pl.col(other), sure, f"{other} {why} {one}")


def _cells(rows: pl.DataFrame, column: str, new: pl.Expr, sure: float, why: str) -> pl.DataFrame:
    return rows.select(ROW, pl.lit(column).alias("column"), new.alias(NEW), pl.lit(sure).alias(SURE), pl.lit(why).alias(WHY))
