"""Look at some columns of all rows of a batch, whose rows may be in several parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from sluice.domain import ROW, Batch, Rows


def find_in_all_rows(batch: Batch, name: str, columns: Iterable[str], find: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Return what a function finds for the rows of a batch in some columns of all rows of the file.

    Where the batch is a part, the first one takes these columns of all rows and says what it found; each takes what is of its own rows.

    Args:
        batch: The batch, or a part of one.
        name: Name of the step.
        columns: The columns.
        find: Takes rows with `_row_id` and the columns, in the order of the file; returns rows with `_row_id`.
    """
    names = [ROW, *dict.fromkeys(columns)]
    if batch.part.meets(()):
        return find(batch.rows.select(names))
    rows = batch.part.exchange(f"rows of {name}", batch.rows.select(names), ())
    everywhere = batch.part.total(f"cells of {name}", {name: Rows(find(rows))} if batch.part.is_first else {})
    batch.part.wait()
    return everywhere[name].frame.join(batch.rows, on=ROW, how="semi", maintain_order="left")
