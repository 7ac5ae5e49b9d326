"""Infer a column's type, unit and format from the counts of its distinct values and from its name."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sluice.config.checks import Check
from sluice.domain import EMPTY, CellFormat, Column, Message
from sluice.domain.truth import FALSE_WORDS, TRUE_WORDS
from sluice.rules.naming.column_names import role
from sluice.rules.naming.vocabulary import Role
from sluice.sources.cast import as_text, to_type
from sluice.sources.infer.evidence import MIN_SHARE, Inference, Values
from sluice.sources.infer.number_format import infer_number
from sluice.sources.infer.time_format import infer_epoch, infer_time_type, serial_days_check

MIN_CODE_DIGITS = 4  # of whole numbers that are codes
_PAIRS = (("t", "f"), ("y", "n"), ("j", "n"), ("o", "n"), ("s", "n"))  # letters that mean true and false where no others occur


def infer_column(cells: pl.Series, file_dates: pl.Series | None = None) -> Inference:
    """Return a column with the type that nearly all values have, the reason, and what is not sure.

    Args:
        cells: Cells as text, or typed as in Parquet.
        file_dates: For each cell the date in the name of its file, where there is one: it may decide the order of day and month.
    """
    if cells.dtype == pl.Boolean:
        return Inference(Column(cells.name, "boolean"))
    if isinstance(cells.dtype, pl.Datetime | pl.Date):
        return Inference(Column(cells.name, "date" if cells.dtype == pl.Date else "timestamp"))
    if cells.dtype.is_numeric():
        return _infer_typed_number(cells)
    return _infer_text(Values.of(as_text(cells), file_dates))


def _infer_typed_number(cells: pl.Series) -> Inference:
    """Return the type of numbers that a Parquet file or a database declares as such."""
    name, kind = cells.name, role(cells.name)
    if kind in {"id", "code"}:
        return Inference(Column(name), Message.of("init_no_quantity"))
    values = Values.of(as_text(cells), None)
    if (counts := infer_epoch(values, kind)) is not None:
        return counts
    if (cells.dtype.is_integer() or kind == "time") and (days := infer_time_type(values, kind)) is not None:
        return days
    whole = cells.dtype.is_integer() or (kind == "count" and to_type(cells.drop_nulls().drop_nans(), Column(name, "integer")).null_count() == 0)
    return Inference(Column(name, "integer" if whole and kind != "quantity" else "number"), checks=serial_days_check(values, kind))


def _infer_text(values: Values) -> Inference:
    if not values.rows:
        return Inference(Column(values.name), Message.of("init_no_values"))
    if is_boolean(values):
        return Inference(Column(values.name, "boolean"))
    kind = role(values.name)
    time = infer_time_type(values, kind)
    if time is not None:
        return time
    if kind in {"id", "code"}:
        digits = values.share(values.text.str.contains(r"^\d+(?:\.0)?$")) == 1
        return Inference(Column(values.name, format=_format_of_id(values, kind)), Message.of("init_no_quantity") if digits else EMPTY)
    inference = infer_number(values, kind)
    inference = replace(inference, checks=(*inference.checks, *serial_days_check(values, kind), *_quotes_check(values)))
    return inference if inference.column.type != "string" else replace(inference, column=replace(inference.column, format=_format_of_id(values, kind)))


def _quotes_check(values: Values) -> tuple[Check, ...]:
    """Return what a person should know where nearly all values stand between single quotes, which CSV has no meaning for."""
    quoted = values.share(values.text.str.contains(r"(?s)^'.*'$"))
    return (Check(Message.of("init_single_quotes"), "values", column=values.name),) if quoted >= MIN_SHARE else ()


def _format_of_id(values: Values, kind: Role | None) -> CellFormat | None:
    """Return the format of ids that a program may write with a decimal: all are whole numbers, and long ones where the name says no id.

    So 1.0 stays the version that it may be.
    """
    whole = r"(?:0|[1-9]\d*)" if kind == "id" else rf"[1-9]\d{{{MIN_CODE_DIGITS - 1},}}"
    is_whole = values.text.str.contains(rf"^{whole}(?:\.0)?$")
    return "whole_number" if values.rows and is_whole.all() else None


def is_boolean(values: Values) -> bool:
    """Return True for words for yes and no: whole words, or the two letters of a pair; `f` and `m` are no truth values, nor are digits."""
    lower = values.text.str.to_lowercase()
    letters = set(lower.filter(lower.str.contains(r"^[a-z]$")).to_list())
    whole_words = [word for word in TRUE_WORDS | FALSE_WORDS if word.isalpha() and (len(word) > 1 or not word.isascii())]
    spelled = lower.is_in(whole_words)
    if letters and any(letters == set(pair) for pair in _PAIRS):
        spelled = spelled | lower.is_in(sorted(letters))
    return values.share(spelled) >= MIN_SHARE
