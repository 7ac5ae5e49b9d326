"""Suggest that codes beside the key are unique, and that no row of a log without a key comes twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from checks.suggestions import Suggestion, flag_step
from sluice.domain import Column, Message, Schema
from sluice.rules.naming.column_names import words
from sluice.rules.naming.vocabulary import split_words

_MIN_ROWS = 100  # without a repeat: by the rule of three fewer than 3 % repeat
_MOSTLY = 0.95  # some codes are given twice, and are no fault
_CODES = split_words("sku gtin ean upc isbn asin barcode uuid guid transaction invoice receipt strichcode rechnungsnummer belegnummer bonnummer handle slug")
_HAN_CODES = ("条码", "货号", "流水号", "交易号", "发票号")


def suggest(schema: Schema, present: Sequence[Column], rows: pl.DataFrame, referring: Sequence[str]) -> Iterator[Suggestion]:
    """Suggest what never repeats beside the key.

    Args:
        schema: Schema of the dataset.
        present: Columns of the rows.
        rows: Some rows of the dataset.
        referring: Columns that refer to other datasets.
    """
    for column in present:
        if column.name in schema.key or column.name in referring or column.personal or column.type not in ("string", "integer") or not _is_code(column.name):
            continue
        cells = rows[column.name].drop_nulls()
        if cells.len() >= _MIN_ROWS and cells.n_unique() == cells.len():
            reason = Message.of("suggested_second_key", rows=cells.len())
            yield flag_step("expect_column_values_to_be_unique", reason, column=column.name, mostly=_MOSTLY)
    if schema.mode == "append" and not schema.key and schema.time in rows.columns:
        yield from _of_rows([column.name for column in present], rows)


def _of_rows(names: list[str], rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Suggest that rows differ, where all do: without a key nothing else knows a row that a till wrote twice."""
    if len(names) > 1 and rows.height >= _MIN_ROWS and rows.select(names).n_unique() == rows.height:
        reason = Message.of("suggested_different_rows", rows=rows.height)
        yield flag_step("expect_compound_columns_to_be_unique", reason, column_list=names, mostly=_MOSTLY)


def _is_code(name: str) -> bool:
    """Return True for the name of a code that one thing or document has; a parent's is that of several."""
    parts = words(name)
    return (bool(set(parts) & _CODES) and not set(parts) & {"parent", "group", "related", "original"}) or any(part in name for part in _HAN_CODES)
