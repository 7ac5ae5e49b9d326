"""Turn the cells of a file into the rows of a dataset, as its options and its declared columns say."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import Column, ReadOptions
from sluice.sources.continuation import join_groups
from sluice.sources.guards import decode_lists, take_off_apostrophes, take_off_guards, unescape_lines
from sluice.sources.joined_columns import join_columns
from sluice.sources.nested import Extracted, extract


def decode_cells(frame: pl.DataFrame, options: ReadOptions) -> pl.DataFrame:
    """Return the cells of a file without what its system writes around them and in place of line breaks and commas of lists.

    Args:
        frame: Its cells.
        options: How the file is read.
    """
    bare = take_off_apostrophes(take_off_guards(frame, options.guard), options.apostrophes)
    return decode_lists(unescape_lines(bare, options.escaped), options.lists)


def shape_rows(columns: Sequence[str], frame: pl.DataFrame, declared: Sequence[Column], options: ReadOptions) -> Extracted:
    """Return the rows without guards and escapes, with joined columns, filled down and numbered within their groups, with a column for each path.

    Args:
        columns: Names of all columns of the file.
        frame: Its cells.
        declared: The declared columns.
        options: How the file is read.
    """
    rows = join_groups(join_columns(decode_cells(frame, options), options.join), options)
    added = [name for name in rows.columns if name not in frame.columns and name not in columns]
    return extract([*columns, *added], rows, declared, options.explode)
