"""Write blocks of the rows of a Parquet file, for which only the row groups that they are in are read."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import polars as pl


def row_count(path: Path) -> int:
    """Return the number of rows that the footer of a Parquet file states; 0 where it cannot be read."""
    with suppress(pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    return 0


def write_blocks(path: Path, place: Path, *, total: int, rows: int, blocks: int) -> bool:
    """Write blocks of rows, evenly spread from the first to the last row, as a Parquet file.

    Args:
        path: The file.
        place: Where to write.
        total: Number of its rows.
        rows: Number of rows to write.
        blocks: Number of blocks.

    Returns:
        Whether they were written; False where a block cannot be read, or has a type that Polars cannot write.
    """
    length = rows // blocks
    scan = pl.scan_parquet(path, glob=False)
    with suppress(pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        pl.concat([scan.slice((total - length) * number // (blocks - 1), length) for number in range(blocks)]).sink_parquet(place)
        return True
    return False
