"""Read CSV as text: no type is guessed, so that a ZIP code keeps its zeros."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.errors import SourceError
from sluice.sources.csv_layout import read_layout
from sluice.sources.decompression import decompress
from sluice.sources.text_encoding import check_utf8, columns_to_read


def read(path: Path, separator: str, limits: Limits, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Return the names of all columns, and the requested ones as text; an empty field is null.

    Raises:
        SourceError: The text is broken; says on which line.
        TooLarge: It is beyond a limit.
    """
    layout = read_layout(check_utf8(decompress(path, limits.unpacked), path.name), path.name, separator, limits)
    frame = pl.read_csv(path, separator=separator, infer_schema=False, columns=columns_to_read(layout.header, columns))
    if frame.height != layout.records:
        raise SourceError(f"{path.name}: {layout.records:,} records, of which {frame.height:,} can be parsed; are its quotes right? Send it again")
    if layout.blank:
        blank = pl.Series(layout.blank, dtype=pl.UInt32)
        frame = frame.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(blank.implode()))
    return layout.header, frame.with_columns(pl.all().replace("", None))
