"""Find the rows that are out of order in a batch, whose rows may be in several parts."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sluice.domain import ROW, Batch, Rows
from sluice.errors import NotInParts
from sluice.messages import make_error


def masks_in_order(batch: Batch, conditions: Mapping[str, pl.Expr]) -> dict[str, pl.Series]:
    """Return the masks of conditions that compare a row with the one before it in the file; none where all rows are in the batch itself.

    One part takes the columns that the conditions read of all rows, and says which rows meet them.

    Args:
        batch: The batch, or a part of one.
        conditions: Expressions over its rows, by name.

    Raises:
        NotInParts: A condition cannot be computed of the rows.
    """
    if not conditions or batch.part.meets(()):
        return {}
    names = dict.fromkeys(name for condition in conditions.values() for name in condition.meta.root_names())
    rows = batch.part.exchange("rows in order", batch.rows.select(ROW, *names), ())
    own = {name: Rows(_meeting(rows, condition)) for name, condition in conditions.items()} if batch.part.is_first else {}
    everywhere = batch.part.total("rows out of order", own)
    batch.part.wait()
    return {name: batch.rows[ROW].is_in(everywhere[name].frame[ROW].implode()).alias(name) for name in conditions}


def _meeting(rows: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    try:
        return rows.filter(rows.select(condition).to_series()).select(ROW)
    except pl.exceptions.PolarsError:  # of a batch that is evaluated at once this is the result of the rule
        raise make_error(NotInParts, "order_not_computed") from None
