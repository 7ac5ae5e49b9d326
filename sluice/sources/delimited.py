"""Reads CSV as text: no type is guessed, so that a ZIP code keeps its zeros."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.errors import SourceError
from sluice.sources.inspect import kept, utf8
from sluice.sources.records import layout
from sluice.sources.unpack import unpacked


def read(path: Path, separator: str, limits: Limits, wanted: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """The names of all columns, and the wanted ones as text; an empty field is null.

    Raises:
        SourceError: The text is broken; says on which line.
        TooLarge: It is beyond a limit.
    """
    found = layout(utf8(unpacked(path, limits.unpacked), path.name), path.name, separator, limits)
    keep = kept(found.header, wanted)
    frame = pl.read_csv(path, separator=separator, infer_schema=False, columns=keep)
    if frame.height != found.records:
        raise SourceError(f"{path.name}: {found.records:,} records, of which {frame.height:,} can be parsed; are its quotes right? Send it again")
    if found.blank:
        blank = pl.Series(found.blank, dtype=pl.UInt32)
        frame = frame.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(blank.implode()))
    return found.header, frame.with_columns(pl.all().replace("", None))
