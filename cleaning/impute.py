"""Fill missing cells with the median, the mean or the most frequent value of the column, or with a constant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import polars as pl

from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unchanged, unparsed_cells
from cleaning.typical_values import COUNT, ROWS, SHARE, VALUE, typical_values
from sluice.domain import ROW, Batch, Cleaned, Message, Schema, Tally, Verdict
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_ALL = "_all"  # a column that puts all rows into one group, where no other column does
_LEAST = 0.001  # confidence of a value that no known one equals, such as a mean: at 0 nothing is applied
_NUMERIC = frozenset({"number", "integer"})


@dataclass(frozen=True)
class Impute:
    """Fill missing cells with a value that the other cells of the batch suggest, or with a constant. Nothing is imputed unless a dataset asks for it.

    An imputed value is a guess: each is a repair with the message "imputed", by which it can be found and undone. Its confidence is the share of the known
    values that are equal to it. A cell whose text did not cast is not missing, and stays.

    Attributes:
        schema: Schema of the dataset.
        column: Column to fill; neither a key nor personal.
        strategy: `median` or `mean` (numbers), `most_frequent`, or `constant`.
        by: Columns by which rows are grouped: the value is that of the row's group.
        value: The constant, as text.
        min_rows: Least number of known values, in the group where there are groups, from which one is computed.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("kind"), Column("weight", "number")))
        >>> batch = make_batch(schema, {"kind": ["mug", "mug", "mug", "sofa"], "weight": [0.3, 0.4, None, None]})
        >>> cleaned = Impute(schema, "weight", "median", by=("kind",), min_rows=2).clean(batch, [], MemorySnapshot())
        >>> cleaned.batch.rows["weight"].to_list()
        [0.3, 0.4, 0.35, None]
    """

    schema: Schema
    column: str
    strategy: Literal["median", "mean", "most_frequent", "constant"]
    by: tuple[str, ...] = ()
    value: str | None = None
    min_rows: int = 20

    def __post_init__(self) -> None:
        """Reject columns that cannot be imputed, and a constant without a value."""
        columns = {column.name: column for column in self.schema.columns}
        if unknown := [name for name in (self.column, *self.by) if name not in columns]:
            raise make_error(InvalidValue, "impute_undeclared", names=tuple(unknown), columns=tuple(columns))
        column = columns[self.column]
        if self.column in self.schema.key or column.personal:
            raise make_error(InvalidValue, "impute_refused", column=self.column)
        if self.strategy in {"median", "mean"} and column.type not in _NUMERIC:
            raise make_error(InvalidValue, "impute_no_number", column=self.column, strategy=self.strategy)
        if (self.strategy == "constant") == (self.value is None) or (self.strategy == "constant" and self._constant() is None):
            raise make_error(InvalidValue, "impute_constant_unfit", column=self.column, type=column.type)

    @property
    def needs(self) -> Needs:
        """Return that it asks for the counts of the column's values."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Fill the missing cells; those of a group with few known values stay."""
        if not {self.column, *self.by} <= set(batch.rows.columns):
            return unchanged(batch)
        uncast = unparsed_cells(batch.rows).filter(pl.col("column") == self.column)
        missing = batch.rows.filter(pl.col(self.column).is_null()).join(uncast, on=ROW, how="anti").select(ROW, *self.by)
        message = pl.lit(Message.of("imputed", strategy=self.strategy).dumps()).alias(MESSAGE)
        cells = self._values(batch, missing).select(ROW, NEW, CONFIDENCE, message)
        return apply_proposals(batch, [Proposal(self.column, cells)], "impute", 0.0)

    def _constant(self) -> object:
        dtype = self.schema.dtypes[self.column]
        if dtype == pl.Boolean:  # Polars casts no text to it, nor to a time
            return {"true": True, "false": False}.get(str(self.value).lower())
        if dtype.is_temporal():
            return _moment(str(self.value))
        return pl.Series([self.value], dtype=pl.String).cast(dtype, strict=False).item()

    def _values(self, batch: Batch, missing: pl.DataFrame) -> pl.DataFrame:
        """Return the missing cells with the value of their group and its confidence."""
        if self.strategy == "constant":
            constant = pl.lit(self._constant(), dtype=batch.rows.schema[self.column])
            return missing.select(ROW, constant.alias(NEW), pl.lit(1.0).alias(CONFIDENCE))
        by = [*self.by, _ALL]
        values = batch.rows.drop_nulls(self.column).select(*self.by, pl.lit(0).alias(_ALL), pl.col(self.column).alias(VALUE))
        counts = Tally(values.group_by([*by, VALUE]).agg(pl.len().alias(COUNT)), (*by, VALUE))
        tally, any_missing = batch.part.total(f"values of {self.column} by {', '.join(self.by)}", (counts, missing.height > 0))
        if any_missing:
            batch.part.wait()
        typical = typical_values(tally.counts, by, self.strategy).filter(pl.col(ROWS) >= self.min_rows)
        cells = missing.with_columns(pl.lit(0).alias(_ALL)).join(typical, on=by, how="inner", nulls_equal=True, maintain_order="left")
        return cells.select(ROW, pl.col(VALUE).alias(NEW), pl.col(SHARE).clip(_LEAST).alias(CONFIDENCE))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
