"""Parse cells that did not cast to their declared type: numbers, dates and truth values in other formats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from cleaning.parsers import ParsedValue, datetimes, numbers, parse_boolean
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, repeat_until_stable, unparsed_cells
from sluice.domain import ROW, Batch, Cleaned, Column, Schema, Verdict
from sluice.domain.units import normalize_unit
from sluice.ports import Snapshot

_ORDERS: Mapping[str, datetimes.DateOrder] = {"dmy": "day first", "mdy": "month first"}
_FORMATS = {"decimal_point": numbers.ColumnFormat(".", 0.98), "decimal_comma": numbers.ColumnFormat(",", 0.98)}
Parser = Callable[[str, str | None], ParsedValue | None]  # of a text, in a unit


@dataclass(frozen=True)
class Parse:
    """Repair cells whose text did not cast to the type of the column, by the number, date or truth formats that the column shows.

    Where one cell is ambiguous (`1,299`, `03/04/2026`) the other cells of the column decide; where they do not, the value
    is a Candidate. Numbers in another unit of the same quantity are converted to the unit of the column.

    Attributes:
        schema: Schema of the dataset.
        currency_column: Column with the currency of each row: a currency sign beside a number is removed where it agrees.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("price", "number"),))
        >>> batch = make_batch(schema, {"price": [None, 12.5]}, unparsed={0: {"price": "1.234,50"}})
        >>> cleaned = Parse(schema).clean(batch, [], MemorySnapshot())
        >>> cleaned.batch.rows["price"].to_list()
        [1234.5, 12.5]
    """

    schema: Schema
    currency_column: str | None = None
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Reject a currency column that the schema does not declare."""
        if self.currency_column is not None and self.currency_column not in self.schema.names:
            raise ValueError(f"currency_column must name a declared column; {self.currency_column} is not one of {', '.join(self.schema.names)}")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Parse the cells that can be parsed; the others stay in `_raw`."""
        return repeat_until_stable(batch, self._clean_once)

    def _clean_once(self, batch: Batch) -> Cleaned:
        texts = unparsed_cells(batch.rows)
        columns = [column for column in self.schema.columns if column.type != "string" and column.name in batch.rows.columns]
        cells = {column.name: texts.filter(pl.col("column") == column.name) for column in columns}
        proposals = [self._proposal(batch.rows, column, cells[column.name]) for column in columns if cells[column.name].height]
        return apply_proposals(batch, proposals, "parse", self.min_confidence)

    def _proposal(self, rows: pl.DataFrame, column: Column, cells: pl.DataFrame) -> Proposal:
        units = self._units(rows, column)
        texts = cells.join(units, on=ROW, how="left", maintain_order="left")
        distinct = texts.select("text", "_unit").unique(maintain_order=True)
        parse = _parser(column, rows[column.name], distinct["text"].to_list())
        values = [parse(text, unit) for text, unit in distinct.iter_rows()]
        parsed = distinct.with_columns(
            pl.Series(NEW, [value and value.value for value in values], dtype=column.dtype, strict=False),
            pl.Series(CONFIDENCE, [value and value.confidence for value in values], dtype=pl.Float64),
            pl.Series(MESSAGE, [value and value.message.dumps() for value in values], dtype=pl.String),
        ).drop_nulls(CONFIDENCE)
        matched = texts.join(parsed, on=["text", "_unit"], how="inner", nulls_equal=True, maintain_order="left")
        return Proposal(column.name, matched.select(ROW, NEW, CONFIDENCE, MESSAGE))

    def _units(self, rows: pl.DataFrame, column: Column) -> pl.DataFrame:
        by_row = column.type == "number" and column.unit is None and self.currency_column is not None and self.currency_column in rows.columns
        return rows.select(ROW, pl.col(str(self.currency_column)).alias("_unit") if by_row else pl.lit(column.unit, dtype=pl.String).alias("_unit"))


def _parser(column: Column, cast: pl.Series, texts: Sequence[str]) -> Parser:
    """Choose the parser of a column, by the formats that its other cells show."""
    parsers: Mapping[str, Callable[[], Parser]] = {
        "boolean": lambda: lambda text, _: parse_boolean(text),
        "date": lambda: _datetime_parser(column, texts),
        "timestamp": lambda: _datetime_parser(column, texts),
        "integer": lambda: _number_parser(column, cast, texts),
        "number": lambda: _number_parser(column, cast, texts),
    }
    return parsers[column.type]()


def _datetime_parser(column: Column, texts: Sequence[str]) -> Parser:
    declared = _ORDERS.get(column.format or "")
    zone = ZoneInfo(column.zone or "UTC")
    parser = datetimes.DatetimeParser(declared or datetimes.infer_date_order(texts), column.type == "date", declared is not None, zone)
    return lambda text, _: parser.parse(text)


def _number_parser(column: Column, cast: pl.Series, texts: Sequence[str]) -> Parser:
    integers = column.type == "integer"
    parts = [part for part in map(numbers.split_number, texts) if part is not None]
    decimals = 0 if integers else int((cast % 1 != 0).sum())
    units = Counter(normalize_unit(part.unit) for part in parts)
    unit, count = units.most_common(1)[0] if units else ("", 0)
    low, high = cast.cast(pl.Float64).min(), cast.cast(pl.Float64).max()
    return numbers.NumberParser(
        _FORMATS.get(column.format or "") or numbers.infer_format((part.digits for part in parts), cast_decimals=decimals, integers=integers),
        unit if _is_common(unit, count, len(parts), cast) else "",
        low if isinstance(low, float) else None,
        high if isinstance(high, float) else None,
        integers,
    ).parse


def _is_common(unit: str, count: int, texts: int, cast: pl.Series) -> bool:
    """Return True where nearly all texts carry the unit; where more cells carry none, it may be the difference between them."""
    without_unit = cast.len() - cast.null_count()
    return bool(unit) and count > 1 and count >= 0.95 * texts >= 0.95 * without_unit
