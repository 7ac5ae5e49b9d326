"""Give cells the one spelling that people decided on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unchanged
from sluice.domain import ROW, Batch, Cleaned, Message, Schema, Verdict
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_MESSAGE = Message.of("mapped_value").dumps()


@dataclass(frozen=True)
class MapValues:
    """Replace whole values of a text column by others, exactly as they are listed.

    `sluice values` finds the spellings of one thing, and writes what a person decides as this step. A personal column is refused, since its values would
    stand in sluice.yaml.

    Attributes:
        schema: Schema of the dataset.
        column: Column of type string.
        values: The right value by each wrong one; no right value is listed as a wrong one.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("brand"),))
        >>> batch = make_batch(schema, {"brand": ["Nike", "Nkie", None]})
        >>> MapValues(schema, "brand", {"Nkie": "Nike"}).clean(batch, [], MemorySnapshot()).batch.rows["brand"].to_list()
        ['Nike', 'Nike', None]
    """

    schema: Schema
    column: str
    values: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a column that has no such values, and values that would be replaced twice."""
        columns = {column.name: column for column in self.schema.columns}
        if self.column not in columns:
            raise make_error(InvalidValue, "mapped_column_undeclared", column=self.column, columns=tuple(columns))
        if self.schema.dtypes[self.column] != pl.String:
            raise make_error(InvalidValue, "mapped_column_no_text", column=self.column)
        if columns[self.column].personal:
            raise make_error(InvalidValue, "mapped_column_personal", column=self.column)
        if twice := sorted({*self.values} & {*self.values.values()}):
            raise make_error(InvalidValue, "mapped_values_contradict", values=tuple(twice))

    @property
    def needs(self) -> Needs:
        """Return that each row is cleaned by itself."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Replace the listed values."""
        if self.column not in batch.rows.columns or not self.values:
            return unchanged(batch)
        listed = batch.rows.select(ROW, pl.col(self.column)).filter(pl.col(self.column).is_in(list(self.values)))
        right = pl.col(self.column).replace_strict(dict(self.values), return_dtype=pl.String).alias(NEW)
        cells = listed.select(ROW, right, pl.lit(1.0).alias(CONFIDENCE), pl.lit(_MESSAGE).alias(MESSAGE))
        return apply_proposals(batch, [Proposal(self.column, cells)], "map_values", 1.0)
