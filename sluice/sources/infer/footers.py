"""Infer whether the last rows of a table are its footer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.config.checks import Check
from sluice.domain import Message, ReadOptions
from sluice.sources.footer import MAX_FOOTER, names_total
from sluice.sources.table import read_table


def infer_sheet_footer(
    path: Path, limits: Limits, options: ReadOptions, frame: pl.DataFrame, dataset: str
) -> tuple[ReadOptions, tuple[Check, ...], pl.DataFrame]:
    """Return how a sheet is read, what a person should check, and its rows: without its last rows where one of them is named a total.

    Other last rows with few cells may be rows or notes: they stay, and are reported.

    Args:
        path: The spreadsheet.
        limits: Largest sizes of a file, a cell and so on.
        options: How it is read.
        frame: Its rows, read so.
        dataset: Name of its dataset.
    """
    shorter = read_table(path, limits, replace(options, footer=True))
    if not shorter.footer:
        return options, (), frame
    lines = Message.of("init_lines_of", lines=tuple(shorter.footer), file=path.name)
    if any(names_total(row) for row in frame.tail(len(shorter.footer)).rows()):
        check = Check(Message.of("init_footer_of_rows", lines=lines), "rows", dataset)
        return replace(options, footer=True), (check,), shorter.frame
    return options, (Check(Message.of("init_few_cells", lines=lines), "values", dataset),), frame


def infer_csv_footer(
    path: Path, limits: Limits, options: ReadOptions, frame: pl.DataFrame, dataset: str
) -> tuple[ReadOptions, tuple[Check, ...], pl.DataFrame]:
    """Return the same for a CSV file whose last record is a total with all its separators: `Total,,,123`."""
    if not may_have_total(frame):
        return options, (), frame
    shorter = read_table(path, limits, replace(options, footer=True))
    if not shorter.footer:
        return options, (), frame
    lines = Message.of("init_lines_of", lines=tuple(shorter.footer), file=path.name)
    check = Check(Message.of("init_footer_of_records", lines=lines), "rows", dataset)
    return replace(options, footer=True), (check,), shorter.frame


def may_have_total(frame: pl.DataFrame) -> bool:
    """Return whether one of the last rows of a table is named a total."""
    return any(names_total(row) for row in frame.tail(MAX_FOOTER).rows())
