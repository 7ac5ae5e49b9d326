"""Parse cells that did not cast to their declared type: numbers, dates and truth values in other formats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

import polars as pl

from cleaning.parsers import ParsedValue, datetimes, numbers, parse_boolean
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, repeat_until_stable, unparsed_cells
from sluice.domain import ROW, Batch, Cleaned, Column, Greatest, Least, Schema, Tally, Verdict
from sluice.domain.units import normalize_unit
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_ORDERS: Mapping[str, datetimes.DateOrder] = {"dmy": "day first", "mdy": "month first"}
_FORMATS = {"decimal_point": numbers.ColumnFormat(".", 0.98), "decimal_comma": numbers.ColumnFormat(",", 0.98)}


class Parser(Protocol):
    """Read the text of a cell; parsers with the same settings are equal."""

    def parse(self, text: str, unit: str | None) -> ParsedValue | None:
        """Return the value, in a unit; None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class BooleanParser:
    """Read truth values."""

    def parse(self, text: str, unit: str | None) -> ParsedValue | None:
        """Return the truth value."""
        _ = unit
        return parse_boolean(text)


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
            raise make_error(InvalidValue, "currency_column_undeclared", column=self.currency_column, columns=tuple(self.schema.names))

    @property
    def needs(self) -> Needs:
        """Return nothing: what it must know of other rows it asks for."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Parse the cells that can be parsed; the others stay in `_raw`."""
        return repeat_until_stable(batch, self._clean_once)

    def _clean_once(self, batch: Batch) -> Cleaned:
        texts = unparsed_cells(batch.rows)
        columns = [column for column in self.schema.columns if column.type != "string" and column.name in batch.rows.columns]
        cells = {column.name: texts.filter(pl.col("column") == column.name) for column in columns}
        unparsed = batch.part.total("unparsed columns", frozenset(name for name, texts in cells.items() if texts.height))
        proposals = [self._proposal(batch, column, cells[column.name]) for column in columns if column.name in unparsed]
        return apply_proposals(batch, proposals, "parse", self.min_confidence)

    def _proposal(self, batch: Batch, column: Column, cells: pl.DataFrame) -> Proposal:
        units = self._units(batch.rows, column)
        texts = cells.join(units, on=ROW, how="left", maintain_order="left")
        distinct = texts.select("text", "_unit").unique(maintain_order=True)
        all_texts = batch.part.total(f"texts of {column.name}", Tally(distinct, ("text", "_unit"))).counts["text"].to_list()
        parser = _parser(column, batch, all_texts)
        batch.part.confirm(f"format of {column.name}", parser)
        values = [parser.parse(text, unit) for text, unit in distinct.iter_rows()]
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


def _parser(column: Column, batch: Batch, texts: Sequence[str]) -> Parser:
    """Choose the parser of a column, by the formats that its other cells show."""
    parsers: Mapping[str, Callable[[], Parser]] = {
        "boolean": BooleanParser,
        "date": lambda: _datetime_parser(column, texts),
        "timestamp": lambda: _datetime_parser(column, texts),
        "integer": lambda: _number_parser(column, batch, texts),
        "number": lambda: _number_parser(column, batch, texts),
    }
    return parsers[column.type]()


def _datetime_parser(column: Column, texts: Sequence[str]) -> Parser:
    declared = _ORDERS.get(column.format or "")
    zone = ZoneInfo(column.zone or "UTC")
    return datetimes.DatetimeParser(declared or datetimes.infer_date_order(texts), column.type == "date", declared is not None, zone)


def _number_parser(column: Column, batch: Batch, texts: Sequence[str]) -> Parser:
    integers, cast = column.type == "integer", batch.rows[column.name]
    parts = [part for part in map(numbers.split_number, texts) if part is not None]
    units = Counter(normalize_unit(part.unit) for part in parts)
    unit, count = units.most_common(1)[0] if units else ("", 0)
    numbers_of_part = cast.cast(pl.Float64)
    decimals, filled, least, greatest = batch.part.total(
        f"numbers of {column.name}",
        (
            0 if integers else int((cast % 1 != 0).sum()),
            cast.len() - cast.null_count(),
            Least(numbers_of_part.min()),
            Greatest(numbers_of_part.max()),
        ),
    )
    return numbers.NumberParser(
        _FORMATS.get(column.format or "") or numbers.infer_format((part.digits for part in parts), cast_decimals=decimals, integers=integers),
        unit if _is_common(unit, count, len(parts), filled) else "",
        least.value,
        greatest.value,
        integers,
    )


def _is_common(unit: str, count: int, texts: int, without_unit: int) -> bool:
    """Return True where nearly all texts carry the unit; where more cells carry none, it may be the difference between them."""
    return bool(unit) and count > 1 and count >= 0.95 * texts >= 0.95 * without_unit
