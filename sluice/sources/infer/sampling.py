"""Read the newest files of a dataset, in the form that the first of them has."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.config.checks import Check
from sluice.domain import ReadOptions
from sluice.errors import SourceError
from sluice.sources.content import format_of
from sluice.sources.infer.file_form import footer_check, infer_options
from sluice.sources.infer.file_groups import Group
from sluice.sources.infer.footers import infer_csv_footer, infer_sheet_footer
from sluice.sources.table import read_table

SAMPLE_ROWS = 1_000_000  # rows of a dataset that are read, the newest files first


def read_sample(group: Group, limits: Limits) -> tuple[ReadOptions, tuple[Check, ...], list[tuple[Path, pl.DataFrame]], list[str]]:
    """Return how the newest file that can be read is read, the newest files with their rows in their order, and the errors of those that cannot be read."""
    files: list[tuple[Path, pl.DataFrame]] = []
    unread: list[str] = []
    first: tuple[ReadOptions, tuple[Check, ...]] = (ReadOptions(), ())
    for path in reversed(group.files):
        try:
            if not sum(frame.height for _, frame in files):  # a file without rows says little about the others
                options, checks, frame = _read_first(group, path, limits)
                first = options, checks
                files = [(path, frame)] if frame.height or not files else files
            else:
                files.insert(0, (path, read_table(path, limits, first[0]).frame))
        except SourceError as error:
            unread.append(str(error))
        if sum(frame.height for _, frame in files) >= SAMPLE_ROWS:
            break
    return *first, files, unread


def _read_first(group: Group, path: Path, limits: Limits) -> tuple[ReadOptions, tuple[Check, ...], pl.DataFrame]:
    options, checks = infer_options(group, path, limits)
    try:
        frame = read_table(path, limits, options).frame
    except SourceError:
        if group.format != "csv":
            raise
        options = replace(options, footer=True)
        with suppress(SourceError):
            table = read_table(path, limits, options)
            return options, (*checks, footer_check(path.name, table.footer, group.dataset)), table.frame
        raise
    infer_footer = {"excel": infer_sheet_footer, "csv": infer_csv_footer}.get(group.format or format_of(path))
    if infer_footer is None:
        return options, checks, frame
    options, more, frame = infer_footer(path, limits, options, frame, group.dataset)
    return options, (*checks, *more), frame
