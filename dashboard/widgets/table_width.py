"""Fit tables into a page: columns that say nothing are left out, and no column ends beyond the edge of a small screen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

ROOM = 880
"""Pixels that a table has beside the menu on a screen of 1,366."""

_PADDING, _LETTER = 22, 7  # pixels of a column: around its text, and of a letter
_LEAST = 90  # of a column that is cut
_HEAD, _ROW = 38, 35  # pixels of the header, and of a row
_LEAST_WRAPPED = 68  # pixels of a row from which its texts are wrapped
_LINE, _AROUND = 17, 17  # pixels of a line of a wrapped text, and around it
_MOST_LINES = 4  # higher rows leave too few of them in view
_RAGGED = 1.25  # lines of a wrapped text, against letters that fit: words are not divided


def without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table without the columns that are empty in every row; one of which all are stays as it is.

    Example:
        >>> without_empty(pl.DataFrame({"a": [1, 2], "owner": ["", None]})).columns
        ['a']
    """
    filled = [name for name in frame.columns if not _is_empty(frame[name])]
    return frame.select(filled) if filled else frame


def _is_empty(column: pl.Series) -> bool:
    texts = column.replace("", None) if column.dtype == pl.String else column
    return texts.null_count() == column.len()


def widths_of(frame: pl.DataFrame, room: int = ROOM) -> Mapping[str, int]:
    """Return the pixels of each column: as wide as its longest text, but where that is more than there is room for, the widest ones share what is left.

    By itself the browser measures the first rows alone, and draws columns beyond the edge.

    Example:
        >>> frame = pl.DataFrame({"state": ["open"], "why": ["x" * 400]})
        >>> widths = widths_of(frame, 500)
        >>> widths["state"], sum(widths.values())
        (57, 500)
    """
    natural = {name: _natural(frame[name]) for name in frame.columns}
    cap = _cap(sorted(natural.values()), room)
    return {name: min(width, cap) for name, width in natural.items()}


def _cap(widths: list[int], room: int) -> int:
    """Return the greatest width with which all columns fit."""
    left = room
    for position, width in enumerate(widths):
        share = left // (len(widths) - position)
        if width > share:
            return max(share, _LEAST)
        left -= width
    return max(widths, default=room)


def _natural(column: pl.Series) -> int:
    longest = max(_letters(column), _letters(pl.Series([column.name])))
    return _PADDING + _LETTER * longest


def _letters(column: pl.Series) -> int:
    """Return the letters of the longest text; a Chinese one is as wide as two others, and a count has its separators."""
    if column.dtype == pl.String:
        signs = column.str.len_chars()
        return int((signs + (column.str.len_bytes() - signs) // 2).max() or 1)  # type: ignore[arg-type]  # a count
    if column.dtype.is_integer():
        return len(f"{int(column.abs().max() or 0):,}")  # type: ignore[arg-type]  # a count
    return 8


def settings_of(frame: pl.DataFrame, widths: Mapping[str, int]) -> dict[str, Any]:  # Streamlit's own
    """Return the settings of the columns: their widths, and counts with thousands separators."""
    numbers = {name for name, dtype in frame.schema.items() if dtype.is_integer()}
    return {
        name: st.column_config.NumberColumn(format="localized", width=width) if name in numbers else st.column_config.Column(width=width)
        for name, width in widths.items()
    }


def grid_height(rows: int, most: int, row: int | None = None) -> int:
    """Return the height of a table that shows all of a few rows, and of many as many as fit into `most` pixels.

    Args:
        rows: Number of rows.
        most: Pixels of a table with many rows.
        row: Pixels of a row; those of one line unless given.

    Example:
        >>> grid_height(1, 300), grid_height(80, 300)
        (73, 300)
    """
    return min(most, _HEAD + (row or _ROW) * rows)


def row_height(frame: pl.DataFrame, widths: Mapping[str, int]) -> int | None:
    """Return the height of rows of which a text does not fit its column, so that it is wrapped; None where all fit.

    Example:
        >>> frame = pl.DataFrame({"reason": ["a typo of the value that its product line determines"]})
        >>> row_height(frame, {"reason": 113}), row_height(frame, {"reason": 400})
        (85, None)
    """
    texts = [name for name in widths if frame.schema[name] == pl.String]
    cut = [name for name in texts if _natural(frame[name]) > widths[name]]
    if not cut:
        return None
    lines = max(_RAGGED * _letters(frame[name]) * _LETTER / max(1, widths[name] - _PADDING) for name in cut)
    return max(_LEAST_WRAPPED, _AROUND + _LINE * min(_MOST_LINES, math.ceil(lines)))
