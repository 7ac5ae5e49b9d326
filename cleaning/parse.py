"""Reads cells that did not cast: the numbers, moments and truths that people write in other forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.parsers import booleans as truths
from cleaning.parsers import datetimes as moments
from cleaning.parsers import numbers
from cleaning.parsers.reading import Reading
from cleaning.parsers.units import plain
from cleaning.repair import NEW, SURE, WHY, Proposal, mend, settle, texts_of
from sluice.domain import ROW, Batch, Cleaned, Column, Schema, Verdict
from sluice.ports import Snapshot

Form = Callable[[str, str | None], Reading | None]


@dataclass(frozen=True)
class Parse:
    """Mends cells whose text did not cast to the column's type, by the forms of number, date and truth that the column shows.

    What a single cell leaves open (`1,299`, `03/04/2026`) the column's other cells decide; where they do not, the reading
    is a Candidate. Numbers in another unit of the same quantity are converted to the column's.

    Attributes:
        schema: The dataset's.
        currency_column: A column that names each row's currency: a sign beside a number is taken off where it agrees with it.
        min_confidence: Lowest confidence that is applied.
    """

    schema: Schema
    currency_column: str | None = None
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Refuse a currency column that the schema does not declare."""
        if self.currency_column is not None and self.currency_column not in self.schema.names:
            raise ValueError(f"currency_column must name a declared column; {self.currency_column} is not one of {', '.join(self.schema.names)}")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Read what can be read; the rest stays in `_raw`."""
        return settle(batch, self._once)

    def _once(self, batch: Batch) -> Cleaned:
        texts = texts_of(batch.rows)
        columns = [column for column in self.schema.columns if column.type != "string" and column.name in batch.rows.columns]
        cells = {column.name: texts.filter(pl.col("column") == column.name) for column in columns}
        proposals = [self._proposal(batch.rows, column, cells[column.name]) for column in columns if cells[column.name].height]
        return mend(batch, proposals, "parse", self.min_confidence)

    def _proposal(self, rows: pl.DataFrame, column: Column, cells: pl.DataFrame) -> Proposal:
        units = self._units(rows, column)
        told = cells.join(units, on=ROW, how="left", maintain_order="left")
        distinct = told.select("text", "_unit").unique(maintain_order=True)
        form = _form(column, rows[column.name], distinct["text"].to_list())
        readings = [form(text, unit) for text, unit in distinct.iter_rows()]
        read = distinct.with_columns(
            pl.Series(NEW, [each and each.value for each in readings], dtype=column.dtype, strict=False),
            pl.Series(SURE, [each and each.sure for each in readings], dtype=pl.Float64),
            pl.Series(WHY, [each and each.why for each in readings], dtype=pl.String),
        ).drop_nulls(SURE)
        return Proposal(column.name, told.join(read, on=["text", "_unit"], how="inner", nulls_equal=True, maintain_order="left").select(ROW, NEW, SURE, WHY))

    def _units(self, rows: pl.DataFrame, column: Column) -> pl.DataFrame:
        by_row = column.type == "number" and column.unit is None and self.currency_column is not None and self.currency_column in rows.columns
        return rows.select(ROW, pl.col(str(self.currency_column)).alias("_unit") if by_row else pl.lit(column.unit, dtype=pl.String).alias("_unit"))


def _form(column: Column, cast: pl.Series, texts: Sequence[str]) -> Form:
    """How the column's cells are read, by what its other cells show."""
    forms: Mapping[str, Callable[[], Form]] = {
        "boolean": lambda: lambda text, _: truths.read(text),
        "date": lambda: _moment(texts, dated=True),
        "timestamp": lambda: _moment(texts, dated=False),
        "integer": lambda: _number(cast, texts, whole=True),
        "number": lambda: _number(cast, texts, whole=False),
    }
    return forms[column.type]()


def _moment(texts: Sequence[str], *, dated: bool) -> Form:
    form = moments.MomentForm(moments.order(texts), dated)
    return lambda text, _: form.read(text)


def _number(cast: pl.Series, texts: Sequence[str], *, whole: bool) -> Form:
    found = [each for each in map(numbers.parts, texts) if each is not None]
    decimals = 0 if whole else int((cast % 1 != 0).sum())
    units = Counter(plain(each.unit) for each in found)
    common, often = units.most_common(1)[0] if units else ("", 0)
    low, high = cast.cast(pl.Float64).min(), cast.cast(pl.Float64).max()
    return numbers.NumberForm(
        numbers.habit((each.digits for each in found), plain_decimals=decimals, whole=whole),
        common if _is_common(common, often, len(found), cast) else "",
        low if isinstance(low, float) else None,
        high if isinstance(high, float) else None,
        whole,
    ).read


def _is_common(unit: str, often: int, texts: int, cast: pl.Series) -> bool:
    """Do the texts agree on a unit; beside more cells without one, it may be what sets them apart."""
    bare = cast.len() - cast.null_count()
    return bool(unit) and often > 1 and often >= 0.95 * texts >= 0.95 * bare
