"""Find the rows that share their cells with another row: by the hashes first, and exactly among those whose hash occurs again."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.rules.masks import mask_of

_MAX_SHARE = 0.25  # share of the rows whose hash occurred before, up to which comparing these alone costs less than comparing all


def repeated(rows: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Return True for each row whose cells in some columns, nulls among them, are those of another row too.

    Most keys of a batch occur once: sorting their hashes shows the few that may repeat, in a tenth of the time of comparing all of them.

    Args:
        rows: Rows to compare.
        names: Columns to compare them by; at least one.

    Example:
        >>> repeated(pl.DataFrame({"id": ["a", "b", "a"], "day": [1, 1, 1]}), ["id", "day"]).to_list()
        [True, False, True]
    """
    cells = rows[names[0]] if len(names) == 1 else rows.select(pl.struct(names)).to_series()
    hashes = cells.hash()
    ordered = hashes.sort(multithreaded=False)  # radix sort: one thread takes less time in all than several
    again = ordered.filter(ordered == ordered.shift(1))
    if again.len() > _MAX_SHARE * cells.len():
        return cells.is_duplicated()
    candidates = hashes.is_in(again.unique().implode()).arg_true()
    return mask_of(candidates.filter(cells.gather(candidates).is_duplicated()), cells.len())  # two keys may share a hash
