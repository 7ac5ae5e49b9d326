"""Infer the columns of a table from a sample of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import polars as pl

from sluice.domain import EMPTY, Message
from sluice.sources.cast import to_type
from sluice.sources.infer.evidence import DATABASE_NULLS, NULL_WORDS, Inference
from sluice.sources.infer.personal import personal_columns
from sluice.sources.infer.shared_formats import settle_formats
from sluice.sources.infer.types import infer_column

_Rows = TypeVar("_Rows", pl.DataFrame, pl.Series)
_LONGEST_WORD = max(len(word.encode()) for word in (*NULL_WORDS, *DATABASE_NULLS)) + 8  # bytes, with blanks around it
MAX_ROWS = 20_000  # rows that decide the types of columns, evenly spread over all


def infer_columns(rows: pl.DataFrame, file_dates: pl.Series | None, table: Sequence[str]) -> list[Inference]:
    """Infer the columns of a table, the personal ones marked.

    A sample of the rows decides, except that a column is declared as integer only where every value of all rows is whole.

    Args:
        rows: Rows that were read.
        file_dates: A date in the name of the file of each row; None where no name has one.
        table: Words of the names of the table and its files.
    """
    sample, dates = spread(rows), None if file_dates is None else spread(file_dates)
    personal = personal_columns(sample, table)
    inferences = settle_formats([_infer(rows[cells.name], cells, file_dates, dates) for cells in sample])
    marked = [_mark_personal(inference, personal.get(inference.column.name, EMPTY)) for inference in inferences]
    return [_name_empty_words(inference, rows[inference.column.name]) for inference in marked]


def spread(rows: _Rows, count: int = MAX_ROWS) -> _Rows:
    """Return at most about `count` rows, evenly spread.

    Example:
        >>> spread(pl.Series(range(10)), 5).to_list()
        [0, 2, 4, 6, 8]
    """
    return rows.gather_every(-(-len(rows) // count)) if len(rows) > count else rows


def _infer(cells: pl.Series, sample: pl.Series, file_dates: pl.Series | None, sample_dates: pl.Series | None) -> Inference:
    inference = infer_column(sample, sample_dates)
    if len(sample) < len(cells) and inference.column.type == "integer" and to_type(cells, inference.column).null_count() > cells.null_count():
        return infer_column(cells, file_dates)
    return inference


def _mark_personal(inference: Inference, reason: Message) -> Inference:
    note = Message.join(filter(None, (inference.note, Message.of("init_personal", reason=reason) if reason else EMPTY)))
    return replace(inference, column=replace(inference.column, personal=bool(reason)), note=note)


def _name_empty_words(inference: Inference, cells: pl.Series) -> Inference:
    """Declare the words that stand for nothing among numbers, times and Booleans, so that their rows are not held; among texts, those of databases alone."""
    if cells.dtype != pl.String:
        return inference
    empty = DATABASE_NULLS if inference.column.type == "string" else NULL_WORDS
    short = cells.filter(cells.str.len_bytes().is_between(1, _LONGEST_WORD))  # most texts are no such word by their length, or as they have digits
    short = short.filter(~short.str.contains(r"\d")).unique().str.strip_chars()
    words = short.filter(short.str.to_lowercase().is_in(empty) & (short != "")).unique().sort()
    return replace(inference, column=replace(inference.column, empty=tuple(words))) if len(words) else inference
