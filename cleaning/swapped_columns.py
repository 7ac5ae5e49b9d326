"""Move values back that stand in another column of their row: the brand in place of the product line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.history import read_published
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unchanged
from cleaning.value_counts import count_column, count_values
from sluice.domain import ROW, Batch, Cleaned, Message, Schema, Verdict
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot
from sluice.rules.value_kinds import COUNT, VALUE


@dataclass(frozen=True)
class SwappedColumns:
    """Compare cells with the vocabularies of the columns: the values that were published, or occur often in the batch.

    Two cells of a row are swapped where neither is in the vocabulary of its own column and each is in that of the other. A cell is
    moved where its value is only in the vocabulary of another column and the cell there is empty. Whole cells are compared, so a
    title that contains words of a vocabulary is left alone.

    Attributes:
        schema: Schema of the dataset.
        columns: Text columns whose values may be swapped; two or more.
        min_count: How often a value must occur in a column, published or in the batch, to be in its vocabulary.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("brand"), Column("line")))
        >>> batch = make_batch(schema, {"brand": ["Tarn", "Tarn", "Amber Bay"], "line": ["Amber Bay", "Amber Bay", "Tarn"]})
        >>> cleaned = SwappedColumns(schema, ("brand", "line")).clean(batch, [], MemorySnapshot())
        >>> cleaned.batch.rows.select("brand", "line").row(2)
        ('Tarn', 'Amber Bay')
    """

    schema: Schema
    columns: tuple[str, ...]
    min_count: int = 2
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Reject fewer than two columns, and columns that are not declared as text."""
        texts = [column.name for column in self.schema.columns if column.type == "string"]
        wrong = [name for name in self.columns if name not in texts]
        if wrong or len(set(self.columns)) < 2:
            raise make_error(InvalidValue, "swapped_columns_too_few", names=tuple(wrong) or Message.of("fewer"), columns=tuple(texts))

    @property
    def needs(self) -> Needs:
        """Return that it asks for the counts of values, which it holds in memory."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Swap and move values; each cell at most once."""
        columns = [name for name in self.columns if name in batch.rows.columns]
        if len(columns) < 2:
            return unchanged(batch)
        vocabularies = {name: self._vocabulary(batch, name, snapshot) for name in columns}
        batch.part.wait()  # the words of some parts are hardly ever those of all
        moves = [cells for first, second in itertools.permutations(columns, 2) for cells in _moves(batch.rows, first, second, vocabularies)]
        cells = pl.concat(moves).unique([ROW, "column"], keep="none", maintain_order=True)  # a cell that fits two columns is ambiguous
        complete = cells.filter(pl.len().over(ROW) == 2)
        proposals = [Proposal(name, complete.filter(pl.col("column") == name).drop("column")) for name in columns]
        return apply_proposals(batch, proposals, "swapped_columns", self.min_confidence)

    def _vocabulary(self, batch: Batch, name: str, snapshot: Snapshot) -> pl.Series:
        published = read_published(snapshot, self.schema.dataset, [name])
        counts = [count_column(batch, f"{name} before swaps", batch.rows[name]), *([] if published is None else [count_values(published[name])])]
        total = pl.concat(counts).group_by(VALUE).agg(pl.col(COUNT).sum())
        return total.filter(pl.col(COUNT) >= self.min_count)[VALUE]


def _moves(rows: pl.DataFrame, source: str, target: str, vocabularies: Mapping[str, pl.Series]) -> Iterator[pl.DataFrame]:
    """Yield the two new cells of each row whose `source` value belongs into `target`."""
    forth = ~pl.col(source).is_in(vocabularies[source].implode()) & pl.col(source).is_in(vocabularies[target].implode())
    back = pl.col(target).is_in(vocabularies[source].implode()) & ~pl.col(target).is_in(vocabularies[target].implode())
    swapped = rows.filter(forth & back) if source < target else rows.clear()  # each pair once
    moved = rows.filter(forth & pl.col(target).is_null())
    for part, confidence, message in (
        (swapped, 0.97, Message.of("columns_swapped", first=source, second=target)),
        (moved, 0.92, Message.of("value_of_other_column", source=source, target=target)),
    ):
        yield _cells(part, target, pl.col(source), confidence, message)
        yield _cells(part, source, pl.col(target), confidence, message)


def _cells(rows: pl.DataFrame, column: str, new: pl.Expr, confidence: float, message: Message) -> pl.DataFrame:
    return rows.select(ROW, pl.lit(column).alias("column"), new.alias(NEW), pl.lit(confidence).alias(CONFIDENCE), pl.lit(message.dumps()).alias(MESSAGE))
