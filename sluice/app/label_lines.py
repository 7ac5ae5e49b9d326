"""Put answers into the lines of labels, and take them out again."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sluice.domain import LABEL_COLUMNS, WHOLE_ROW, row_value
from sluice.rules.labels import answers_of, places_without


def answer_lines(row: str, cells: Mapping[str, str], corrected: Mapping[str, str]) -> pl.DataFrame:
    """Return the lines of an answer: the cells of the row as they were shown, and the right value of each wrong one."""
    names = [WHOLE_ROW, *corrected]
    return pl.DataFrame({"row": [row] * len(names), "column": names, "value": [row_value(cells), *corrected.values()]})


def without_answer(lines: pl.DataFrame, row: str, corrected: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Return the lines without those of an answer on a row; see `places_without`."""
    return lines[places_without(lines.select(LABEL_COLUMNS).rows(), row, corrected)]


def with_answer(lines: pl.DataFrame, answer: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with those of an answer on one row behind them, unless the last answer on that row is the same."""
    (added,) = answers_of(answer.rows())
    before = [(former.cells, former.corrected) for former in answers_of(lines.select(LABEL_COLUMNS).rows()) if former.row == added.row]
    return lines if before[-1:] == [(added.cells, added.corrected)] else pl.concat([lines, answer], how="diagonal")
